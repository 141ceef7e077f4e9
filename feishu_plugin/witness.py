"""What happened, told as it happens to whoever keeps count: the log, the figures.

A fact is a short word or a number. Never a record, the text of a cell, an address or a secret:
what is told here leaves the machine.
"""

from typing import Protocol

Fact = str | int | float

SEEN: dict[str, tuple[str, ...]] = {
    "event": ("kind",),
    "verdict": ("base", "event_id", "record_id", "table", "rule", "action", "because"),
    "write": ("base", "event_id", "record_id", "table", "fields"),
    "settled": ("base", "seconds"),
    "card": ("base", "event", "identity", "to", "outcome", "because"),
    "mail": ("base", "event", "identity", "outcome", "because"),
    "sweep": ("base", "read", "recovered", "adopted", "deleted"),
    "recovered": ("base", "changes", "because"),
    "restored": ("base", "records", "sent"),
    "restart": (),
    "call": ("endpoint", "code", "seconds"),
}
"""What is told, and with which facts."""


class Witness(Protocol):
    """Whoever wants to know."""

    def saw(self, what: str, **facts: Fact) -> None:
        """Something happened just now (see ``SEEN``); must return at once and never raise."""
        ...


class Nobody:
    """Nobody wants to know."""

    def saw(self, what: str, **facts: Fact) -> None:
        """Does nothing."""


NOBODY = Nobody()


class Both:
    """Tells two."""

    def __init__(self, first: Witness, second: Witness) -> None:
        self._both = (first, second)

    def saw(self, what: str, **facts: Fact) -> None:
        """Tells one, then the other."""
        for one in self._both:
            one.saw(what, **facts)
