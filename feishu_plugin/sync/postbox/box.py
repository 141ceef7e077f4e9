"""What the reading of letters needs of a mailbox; implemented in gateway."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in a mailbox; numbers mean something only while ``validity`` stays (RFC 3501, 2.3.1.1)."""

    validity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A letter as it lies in the mailbox."""

    position: Position
    content: bytes
    size: int
    """Bytes of the whole, as the server tells."""
    is_whole: bool = True
    """False for one that is too large: then ``content`` is its beginning."""


class Mailbox(Protocol):
    """One folder with letters; nothing in it is ever deleted."""

    @property
    def door(self) -> str:
        """The name under which its letters come in."""
        ...

    @property
    def days(self) -> int:
        """How far back letters are taken when nothing is known of the mailbox."""
        ...

    @property
    def minutes(self) -> float:
        """How often it is to be looked at."""
        ...

    def letters(self, after: Position | None, since: datetime) -> Generator[Fetched, None, None]:
        """Letters behind a position, oldest first; where that is no good any more, those ``since`` a day.

        A letter counts as stored when the next one is asked for. MailboxError when it cannot be read.
        """
        ...
