"""The moments at which an event of a record comes up; pure, one function for each kind of moment.

A function says what has come up by now for one record: its name, due value, since when, and what
there is to say. Who is told, and how, is not decided here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from types import MappingProxyType

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Requirement
from feishu_plugin.reminders.escalation import later_steps
from feishu_plugin.reminders.notice import Facts, local_time
from feishu_plugin.reminders.templates import rows_of
from feishu_plugin.rules.due_times import deadline, deadline_field


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A moment at which an event of a record concerns certain audiences."""

    name: str
    due: datetime
    since: datetime
    audiences: tuple[str, ...] | None = None
    """None: all audiences of the event that have no stage of their own."""
    facts: Facts = field(default_factory=dict)


class Tick:
    """The policy at one moment."""

    def __init__(self, policy: Policy, now: datetime) -> None:
        self.policy, self.now, self.worktime = policy, now, policy.worktime
        self.later = later_steps(policy)

    def workdays_since(self, start: datetime) -> float:
        """Workdays from a moment until now, as a fraction; 0 when it is still to come."""
        return round(self.worktime.days_between(start, self.now), 9)


Stages = Callable[[Tick, Requirement, Accepted], Iterator[Stage]]


def _unassigned(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    if record.owner:
        return
    begun = record.submitted_at or state.record.created_at or state.status_since
    since = tick.worktime.add_hours(begun, tick.policy.parameters.unassigned_hours)
    if since <= tick.now:
        yield Stage(name="unassigned", due=since, since=since)


def _untriaged(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    rules = tick.policy.parameters
    missing = [tick.policy.label(key) for key in rules.triage_fields if record.is_empty(key)]
    if not missing or not rules.triage_days or record.status != rules.initial_status:
        return
    begun = record.submitted_at or state.record.created_at or state.status_since
    since = tick.worktime.add_days(begun, rules.triage_days)
    if since <= tick.now:
        facts = {"days": f"{rules.triage_days:g}", "missing": "、".join(missing)}
        yield Stage(name="untriaged", due=since, since=since, facts=facts)


def _due_soon(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    at = deadline(tick.policy, record)
    if at is None or at <= tick.now:
        return
    since = _days_ahead(tick.policy, at)
    if since <= tick.now:
        yield Stage(name="soon", due=at, since=since, facts={"due": local_time(tick.policy, at)})


def _days_ahead(policy: Policy, at: datetime) -> datetime:
    # From the morning of that workday on, so that its morning card can still tell it.
    day = policy.worktime.local_day(at)
    for _ in range(ceil(policy.parameters.soon_days)):
        day = policy.worktime.workday_before(day)
    return policy.worktime.midnight(day)


def _overdue(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    at = deadline(tick.policy, record)
    if at is not None:
        yield from _late(tick, at, deadline_field(tick.policy, record))


def _response_late(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    if record.response_due and record.first_response_at is None and _is_untouched(tick, record):
        yield from _late(tick, record.response_due, "response_due", "response")


def _start_late(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    if record.start_due and record.started_at is None and _is_untouched(tick, record):
        yield from _late(tick, record.start_due, "start_due", "start")


def _is_untouched(tick: Tick, record: Requirement) -> bool:
    """Whoever took it out of the initial status has answered and begun, even where no date tells."""
    return record.status == tick.policy.parameters.initial_status


def _late(tick: Tick, at: datetime, clock: str, name: str = "") -> Iterator[Stage]:
    """A due time that is over: told at once, and further up after some workdays."""
    if at > tick.now:
        return
    late = str(int(tick.workdays_since(at)))
    facts = {"due": local_time(tick.policy, at), "days": late, "clock": tick.policy.label(clock)}
    yield Stage(name=name or "breach", due=at, since=at, facts=facts)
    for audience, days in tick.later.items():
        since = tick.worktime.add_days(at, days)
        if since <= tick.now:
            stage = f"{name}-{audience}" if name else audience
            yield Stage(name=stage, due=at, since=since, audiences=(audience,), facts=facts)


def _progress_due(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    limit = tick.policy.limit(record.type, record.priority or record.urgency)
    if record.status == tick.policy.parameters.initial_status or limit is None:
        return
    last = record.progress_at or record.started_at or state.status_since
    yield from _every(tick, limit.progress_days, last)


def _waiting(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    rules = tick.policy.parameters
    if record.status in rules.waiting_statuses:
        yield from _every(tick, rules.waiting_days, state.status_since, {"note": record.progress})


def _follow_up(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    rules = tick.policy.parameters
    if record.status in rules.follow_up_statuses:
        facts = {"note": record.follow_up}
        for stage in _every(tick, rules.follow_up_days, state.status_since, facts):
            yield replace(stage, audiences=_owner_or_submitter(tick, "follow_up", record))


def _owner_or_submitter(tick: Tick, event: str, record: Requirement) -> tuple[str, ...]:
    """The audiences of the event; of these two only the one that knows more."""
    named = (audience for row in rows_of(tick.policy, event) for audience in row.audience)
    spared = "submitter" if record.owner else "owner"
    return tuple(audience for audience in dict.fromkeys(named) if audience != spared)


def _unconfirmed(tick: Tick, record: Requirement, state: Accepted) -> Iterator[Stage]:
    """Once for each time it was finished; a row that came without its date was finished before us."""
    rules = tick.policy.parameters
    awaited = record.status in rules.finished_statuses and record.status not in rules.ended_statuses
    if not awaited or record.confirmation or record.finished_at is None or not rules.confirm_days:
        return
    since = tick.worktime.add_days(state.status_since, rules.confirm_days)
    if since <= tick.now:
        facts = {"days": f"{rules.confirm_days:g}", "note": record.result}
        yield Stage(name="unconfirmed", due=since, since=since, facts=facts)


def _every(
    tick: Tick, days: float | None, since: datetime, facts: Facts = MappingProxyType({})
) -> Iterator[Stage]:
    """Again with every so many workdays since a moment; only the last time that has passed.

    Its moment alone tells it from the others: with another rhythm the same moment is no other one.
    """
    passed = tick.workdays_since(since)
    if days and (times := int(passed / days)) >= 1:
        at = tick.worktime.add_days(since, times * days)
        yield Stage(name="missed", due=at, since=at, facts={"days": str(int(passed)), **facts})


AT_REST: Sequence[tuple[str, Stages]] = (
    ("waiting", _waiting),
    ("follow_up", _follow_up),
    ("unconfirmed", _unconfirmed),
)
"""What comes up while nobody works on a record: its clocks stand still, or it is finished."""
IN_HAND: Sequence[tuple[str, Stages]] = (
    ("unassigned", _unassigned),
    ("untriaged", _untriaged),
    ("due_soon", _due_soon),
    ("overdue", _overdue),
    ("overdue", _response_late),
    ("overdue", _start_late),
    ("progress_due", _progress_due),
    *AT_REST,
)
"""An event of several clocks has a line for each: who was told of one is still to be told of another."""


def watched(policy: Policy, status: str) -> Sequence[tuple[str, Stages]]:
    """(event, its stages) of everything that may come up for a record in this status."""
    rules = policy.parameters
    resting = (*rules.paused_statuses, *rules.finished_statuses, *rules.ended_statuses)
    return AT_REST if status in resting else IN_HAND
