"""The person at the terminal, or ``--yes`` in their stead; for ``init``."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import typer

from feishu_plugin.language import Phrase


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

    def say(self, text: Phrase | str) -> None:
        """Prints it."""
        typer.echo(str(text), err=self.on_stderr)

    def ask(self, question: Phrase, default: str = "") -> str:
        """One line from the terminal."""
        return default if self.yes else self._prompt(question, default=default, show_default=bool(default))

    def ask_secret(self, question: Phrase) -> str:
        """One line that is not echoed."""
        return "" if self.yes else self._prompt(question, hide_input=True)

    def agrees(self, question: Phrase | str) -> bool:
        """Yes or no, no by default."""
        if self.yes:
            return True
        with _stoppable():
            return typer.confirm(str(question), err=self.on_stderr)

    def wait(self, text: Phrase) -> bool:
        """Until Enter is pressed."""
        if self.yes:
            return False
        self._prompt(text, default="", show_default=False)
        return True

    def _prompt(self, question: Phrase, **options: object) -> str:
        with _stoppable():
            return str(typer.prompt(str(question), err=self.on_stderr, **options)).strip()  # type: ignore[arg-type]


@contextmanager
def _stoppable() -> Iterator[None]:
    """Ctrl-C at a question is Ctrl-C, which the library hides; the end of the input is taken for it."""
    try:
        yield
    except typer.Abort as abort:
        typer.echo(err=True)  # the line after that of the question
        stop = abort.__context__
        raise (stop if isinstance(stop, KeyboardInterrupt) else KeyboardInterrupt()) from None
