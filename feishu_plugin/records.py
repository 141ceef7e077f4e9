"""Rows of the base as typed values; knows neither Feishu's JSON nor labels.

Keys and options are the stable keys of ``field_schema.json``. An empty cell is always
``None`` (also an unticked checkbox, an empty list and an empty text), so that equality
of two values means: a person would see no difference.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Self


@dataclass(frozen=True, slots=True)
class Url:
    """A hyperlink cell: what is shown and where it leads."""

    text: str
    link: str


Value = str | float | bool | datetime | Url | tuple[str, ...] | None
"""text, select (option key), phone, auto number: str · number: float · checkbox: True ·
date: aware UTC datetime · person, link, multi select, attachment: tuple of ids or keys."""

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row: its values by field key, and who touched it when (where Feishu told it)."""

    record_id: str
    values: Values = field(default_factory=dict)
    created_at: datetime | None = None
    created_by: str | None = None
    modified_at: datetime | None = None
    modified_by: str | None = None

    def get(self, key: str) -> Value:
        """The value of one field, None when empty or unknown."""
        return self.values.get(key)

    def is_empty(self, key: str) -> bool:
        """True when a person would see an empty cell."""
        return self.get(key) is None

    def with_values(self, changes: Values) -> Self:
        """The same row after an edit."""
        return replace(self, values={**self.values, **changes})


class _Text:
    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, record: Record, owner: type | None = None) -> str:
        value = record.values.get(self.key)
        return value if isinstance(value, str) else ""


class _Number:
    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, record: Record, owner: type | None = None) -> float | None:
        value = record.values.get(self.key)
        return float(value) if isinstance(value, int | float) else None


class _Moment:
    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, record: Record, owner: type | None = None) -> datetime | None:
        value = record.values.get(self.key)
        return value if isinstance(value, datetime) else None


class _Ids:
    """Persons (open_ids), links (record_ids) or several options (keys)."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __get__(self, record: Record, owner: type | None = None) -> tuple[str, ...]:
        value = record.values.get(self.key)
        return value if isinstance(value, tuple) else ()


class Requirement(Record):
    """A row of 需求台账; only the fields that code reads have an attribute."""

    __slots__ = ()

    @classmethod
    def of(cls, record: Record) -> Self:
        """The same row with the attributes of 需求台账."""
        return cls(
            record_id=record.record_id,
            values=record.values,
            created_at=record.created_at,
            created_by=record.created_by,
            modified_at=record.modified_at,
            modified_by=record.modified_by,
        )

    number = _Text("number")
    title = _Text("title")
    submitted_at = _Moment("submitted_at")
    submitter = _Ids("submitter")
    customer = _Ids("customer")
    customer_name = _Text("customer_name")
    customer_level = _Text("customer_level")
    customer_history = _Text("customer_history")
    industry = _Text("industry")
    contact_way = _Text("contact_way")
    product = _Text("product")
    source = _Text("source")
    description = _Text("description")
    scenario = _Text("scenario")
    type = _Text("type")
    scope = _Text("scope")
    customer_value = _Number("customer_value")
    business_value = _Number("business_value")
    effort = _Text("effort")
    difficulty = _Text("difficulty")
    urgency = _Text("urgency")
    priority = _Text("priority")
    priority_level = _Number("priority_level")
    priority_score = _Number("priority_score")
    manual_priority = _Text("manual_priority")
    override_reason = _Text("override_reason")
    override_until = _Moment("override_until")
    department = _Text("department")
    co_departments = _Ids("co_departments")
    owner = _Ids("owner")
    status = _Text("status")
    planned_start = _Moment("planned_start")
    planned_finish = _Moment("planned_finish")
    started_at = _Moment("started_at")
    finished_at = _Moment("finished_at")
    progress = _Text("progress")
    progress_at = _Moment("progress_at")
    risk = _Text("risk")
    result = _Text("result")
    follow_up = _Text("follow_up")
    void_reason = _Text("void_reason")
    duplicate_of = _Ids("duplicate_of")
    first_response_at = _Moment("first_response_at")
    response_due = _Moment("response_due")
    start_due = _Moment("start_due")
    resolve_due = _Moment("resolve_due")
    paused_hours = _Number("paused_hours")
    confirmation = _Text("confirmation")
    score = _Number("score")
    feedback = _Text("feedback")
    reopen_count = _Number("reopen_count")
    closed_at = _Moment("closed_at")
    similar_count = _Number("similar_count")


def owners_of(record: Record) -> tuple[str, ...]:
    """The open_ids in 负责人 of a row of 需求台账."""
    owners = record.get("owner")
    return owners if isinstance(owners, tuple) else ()


class Transition(Record):
    """A row of 状态流转记录: one judged move."""

    __slots__ = ()

    requirement = _Ids("requirement")
    number = _Text("number")
    from_status = _Text("from_status")
    to_status = _Text("to_status")
    operator = _Ids("operator")
    at = _Moment("at")
    source = _Text("source")
    verdict = _Text("verdict")
    score = _Number("score")
    hours_in_previous = _Number("hours_in_previous")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of the tenant as far as the rules care."""

    open_id: str
    name: str = ""
    departments: tuple[str, ...] = ()
    """Department names, for example ``客服``."""
    leader: str | None = None
    """open_id of the direct leader."""
    leads: tuple[str, ...] = ()
    """Names of the departments this person leads."""
    roles: tuple[str, ...] = ()
    """Role keys as the policy names them: department keys and ``manager``."""
    email: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One status change told by an event: what the table showed before and after it."""

    before: str | None
    after: str | None
    operator: str
    """open_id; empty when the event names nobody."""
    at: datetime
    revision: int = 0
    """Table revision of the event; 0 when the event carries none."""
    event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What a person asked for with a button of a card."""

    do: str
    """``retry``, ``ask``, ``grant``, ``deny`` … (see ``rules.presses``)."""
    operator: str
    """open_id of the person who pressed."""
    at: datetime
    event_id: str
    message_id: str = ""
    """The card, which afterwards shows what happened."""
    asked: Mapping[str, str] = field(default_factory=dict)
    """What our own button carried: ``from``, ``to``, ``by`` …"""
    form: Mapping[str, Any] = field(default_factory=dict)
    """What the person filled in, by element name, as Feishu sends it."""

    @property
    def record_id(self) -> str:
        """The record it is about: the card's own, or the one chosen of those that the card lists.

        Empty when none was chosen, or one that the card does not offer.
        """
        offered = self.asked.get("records", "").split()
        if not offered:
            return self.asked.get("record", "")
        chosen = self.form.get("record")
        return chosen if isinstance(chosen, str) and chosen in offered else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A manager lets one move of one record pass, whatever the policy says, until a moment."""

    from_status: str
    to_status: str
    by: str
    """open_id of the manager."""
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """One reminder that one person wants to hear again at a later moment."""

    stage: str
    """Identity of the reminder: event, record, stage and due value."""
    person: str
    """open_id of the person meant; their stand-in may have put it off for them."""
    until: datetime
    kind: Literal["instant", "digest"] = "instant"
    """``digest``: told again in the morning card."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """A move that was judged without its event, or our own write of which no event came back yet."""

    before: str
    after: str
    until: datetime | None = None
    """An event of a later moment tells another move; None (from an earlier version): any may be it."""

    def is_told_by(self, step: Step) -> bool:
        """True when the event of a step says nothing but this."""
        same = (self.before, self.after) == (step.before or "", step.after or "")
        return same and (self.until is None or step.at <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The last state of a record that was judged and let stand."""

    record: Record
    """All values as they stood after the plugin's own writes."""
    status_since: datetime
    corrections: tuple[datetime, ...] = ()
    """When this record was put back lately (for the circuit breaker)."""
    policy_version: str = ""
    unheard: tuple[Unheard, ...] = ()
    """Moves judged without their event, so that the late event says nothing new."""
    waivers: tuple[Waiver, ...] = ()
    """Moves that managers let pass for this record."""
    repeats: tuple[datetime, ...] = ()
    """When others were lately found to be duplicates of this record."""
    snoozes: tuple[Snooze, ...] = ()
    """Reminders put off by people; dropped when the record moves."""
