"""How ``init`` talks to whoever runs it; the command line brings the real one."""

from typing import Protocol

from feishu_plugin.language import Phrase


class Talk(Protocol):
    """A person, or flags that stand for one."""

    @property
    def is_person(self) -> bool:
        """False when flags stand for one: nobody can do anything meanwhile."""

    def say(self, text: Phrase | str) -> None:
        """Tells something."""

    def ask(self, question: Phrase, default: str = "") -> str:
        """An answer in one line; without a person the default."""

    def ask_secret(self, question: Phrase) -> str:
        """The same, and it is not shown while it is typed."""

    def agrees(self, question: Phrase | str) -> bool:
        """True for yes."""

    def wait(self, text: Phrase) -> bool:
        """Waits until the person says that it is done; False at once when there is none."""
