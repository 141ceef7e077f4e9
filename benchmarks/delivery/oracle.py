"""What a person with the rules in hand would say to each edit, in the order in which they were made.

It knows no event, no delivery and nothing of the product: a table of moves written by hand from
the process documents, for an inquiry whose every field is filled and whose customer is content.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

STATUSES = ("pending", "in_progress", "testing", "done", "closed", "waiting_customer", "shelved", "void")
LEGAL = {
    ("pending", "in_progress"), ("pending", "shelved"), ("pending", "void"),
    ("in_progress", "testing"), ("in_progress", "done"), ("in_progress", "waiting_customer"),
    ("in_progress", "shelved"), ("waiting_customer", "in_progress"), ("shelved", "pending"),
    ("testing", "in_progress"), ("testing", "done"), ("done", "closed"),
}  # fmt: skip
ENDS = frozenset({"closed", "void"})

Fate = Literal["told", "late", "malformed", "never", "overtaken"]
"""What happens to the event of an edit; ``overtaken``: never delivered, and edited again at once."""


@dataclass(slots=True)
class Edit:
    """One edit of a status by a person, and what is owed for it."""

    number: int
    record_id: str
    operator: str
    fate: Fate
    before: str
    """What the person saw."""
    after: str
    accepted: str
    """What was accepted when it was made; the move that is judged leads from here."""
    verdict: Literal["pass", "put_back", "none"]
    """``none``: nothing is owed, the edit undoes one that was refused, or nobody can know of it."""

    @property
    def event_id(self) -> str:
        """Of every delivery of this edit."""
        return f"edit{self.number}"


@dataclass(slots=True)
class Life:
    """One requirement as it ought to be."""

    record_id: str
    accepted: str = "pending"
    remark: str = ""
    refused_at_end: int = 0
    """Illegal edits since it was closed; after two nobody touches it any more."""
    edits: list[int] = field(default_factory=list)


def verdict(accepted: str, after: str) -> Literal["pass", "put_back", "none"]:
    """What is said to a move."""
    if accepted == after:
        return "none"
    return "pass" if (accepted, after) in LEGAL else "put_back"


def legal_from(status: str) -> Sequence[str]:
    """Where a status may go, the ends last."""
    return sorted((after for before, after in LEGAL if before == status), key=lambda one: (one in ENDS, one))


def illegal_from(status: str) -> Sequence[str]:
    """Where it may not go."""
    return [one for one in STATUSES if one != status and (status, one) not in LEGAL]
