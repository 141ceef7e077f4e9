"""Everything a rule may ask for; the list of actions is the only way out of the core."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feishu_plugin.records import Values

Verdict = Literal["pass", "put_back", "observe"]
Source = Literal["person", "rule", "api", "import"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFields:
    """Write these values into the judged record (None clears a cell)."""

    values: Values
    because: str
    """Why, in words for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteLedger:
    """Add one row to 状态流转记录: a move and what was said to it."""

    from_status: str
    to_status: str
    operator: str
    at: datetime
    source: Source
    verdict: Verdict
    rule: str
    """Name of the rule that decided, for example ``待处理→处理中``."""
    reason: str = ""
    """In words for people; empty when it passed."""
    hours_in_previous: float = 0.0
    score: float | None = None
    """满意度评分 at that moment, when finished work is closed or reopened."""
    identity: str = ""
    """Unique for this judged move; the same move judged again has the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What the reader of a card may do by its buttons: about a refused move, look-alikes, a reminder."""

    kind: Literal["move", "release", "merge", "remind"]
    """``move``: fill what is missing, or ask for a release; ``release``: grant or deny one;
    ``merge``: join the requirement to one of the ``originals``, or say that it is no duplicate;
    ``remind``: answer a reminder, or hear it again later."""
    event: str = ""
    """Key of the notice, for a reminder."""
    from_status: str = ""
    to_status: str = ""
    fields: tuple[str, ...] = ()
    """Keys of the fields that have to be filled."""
    by: str = ""
    """open_id of the person who wants the move."""
    why: str = ""
    """Why it was refused, in words."""
    say: str = ""
    """Identity of the refused move."""
    originals: Mapping[str, str] = field(default_factory=dict)
    """record_id of a look-alike to what people read of it, the most alike first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Tell people something about this record, with the notice policy's template."""

    event: str
    """Key of the notice (``assigned``, ``put_back``, ``risk`` …)."""
    identity: str
    """What makes it the same notice: usually stage and due value; record and person are added."""
    to: tuple[str, ...] = ()
    """open_ids; empty means: the audiences of the notice policy."""
    facts: Mapping[str, str] = field(default_factory=dict)
    """Words for the template, already labelled for people."""
    offer: Offer | None = None
    not_before: datetime | None = None
    """The earliest moment for a mail to the customer; None: now."""
    calm: bool = False
    """True: it waits for the morning card, also where its notice would be told at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignNumber:
    """Give the record the next number of its day and department: ``prefix-001``."""

    prefix: str
    wanted: str = ""
    """A number the row came with: kept when no other row has it (a copied row brings one too)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignOwner:
    """Give the record to the next of the candidates in rotation."""

    candidates: tuple[str, ...]
    scope: str
    """Which rotation: the routing rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountDuplicate:
    """The judged record is a duplicate: raise 同类反馈数 of the original, once."""

    original: str
    """record_id of the original requirement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindLookAlikes:
    """Put the text of the record into the index of look-alikes, and look there for others."""

    tell: bool
    """Also write 相似需求 and tell people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCustomer:
    """Add a row to 客户档案, once for each identity; the requirement is linked when the row is there."""

    values: Values
    identity: str
    """The compared part of the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowDealings:
    """Write 客户情况: what its customer had so far; empty without a customer."""

    is_first: bool = False
    """True for who is only being added to 客户档案: not linked yet, and had nothing before."""


Action = (
    SetFields
    | WriteLedger
    | Tell
    | AssignNumber
    | AssignOwner
    | CountDuplicate
    | FindLookAlikes
    | AddCustomer
    | ShowDealings
)
