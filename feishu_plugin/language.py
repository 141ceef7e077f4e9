"""What the program says, in the reader's language: words are data in both, one is chosen at print time.

A process speaks one language, as it has one locale: ``main`` sets it once. What people read in Feishu
(cards, cells) is no concern of this module; it has both languages or the language of the reader there.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "en"]


class _Process:
    language: Language = "en"
    both = False


def speak(language: Language) -> None:
    """From now on every phrase shows itself in this language."""
    _Process.language = language


def spoken() -> Language:
    """The language of this process."""
    return _Process.language


@contextlib.contextmanager
def in_both() -> Iterator[None]:
    """Meanwhile phrases show both languages: for what a command sends to people who read either."""
    _Process.both = True
    try:
        yield
    finally:
        _Process.both = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """The same words in both languages; ``str()``, f-strings and errors show the one that is spoken.

    >>> f"{Phrase('已停止', 'stopped')}"
    'stopped'
    """

    zh: str
    en: str

    @property
    def both(self) -> str:
        """Both languages at once: for machines, and for people who read either."""
        return f"{self.zh} {self.en}"

    def __str__(self) -> str:
        if _Process.both:
            return self.both
        return self.zh if _Process.language == "zh" else self.en


def counted(count: int, thing: str) -> str:
    """A number of things in English.

    >>> counted(1, "row"), counted(2, "row")
    ('1 row', '2 rows')
    """
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"
