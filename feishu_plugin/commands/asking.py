"""The person at the terminal, or ``--yes`` in their stead; for ``init``."""

from dataclasses import dataclass

import typer


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """``app.setup.talk.Talk``. What is said goes to stderr when stdout is for machines."""

    yes: bool
    """Nobody is asked: every question is agreed to, every answer is the default."""
    on_stderr: bool

    @property
    def is_person(self) -> bool:
        """False with ``--yes``."""
        return not self.yes

    def say(self, text: str) -> None:
        """Prints it."""
        typer.echo(text, err=self.on_stderr)

    def ask(self, question: str, default: str = "") -> str:
        """One line from the terminal."""
        if self.yes:
            return default
        answer = typer.prompt(question, default=default, show_default=bool(default), err=self.on_stderr)
        return str(answer).strip()

    def ask_secret(self, question: str) -> str:
        """One line that is not echoed."""
        return "" if self.yes else str(typer.prompt(question, hide_input=True, err=self.on_stderr)).strip()

    def agrees(self, question: str) -> bool:
        """Yes or no, no by default."""
        return self.yes or typer.confirm(question, err=self.on_stderr)

    def wait(self, text: str) -> bool:
        """Until Enter is pressed."""
        if self.yes:
            return False
        typer.prompt(text, default="", show_default=False, err=self.on_stderr)
        return True
