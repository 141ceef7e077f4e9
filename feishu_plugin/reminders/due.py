"""Which reminders are due for which records; pure, knows no wording and no sending hours.

A reminder is (event, record, stage, due value): unchanged it is the same one for ever, a
moved due date makes another. With the person *meant* it is told once, whoever gets it. Which
events exist, to whom and how (at once or in the morning card) the policy's templates say; here
are only the mechanics of each event.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import ceil
from typing import Literal

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Requirement, Snooze
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.escalation import later_steps
from feishu_plugin.reminders.notice import Facts, Notice, facts_of, local_time, passed_on, requirement
from feishu_plugin.reminders.standins import Reach, Standby
from feishu_plugin.reminders.templates import rows_of
from feishu_plugin.rules.actions import Offer
from feishu_plugin.rules.due_times import deadline

ANSWERABLE = ("due_soon", "overdue", "progress_due")
"""Events whose reader can answer in the card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One stage of one reminder for everybody of one audience."""

    event: str
    record_id: str
    audience: str
    people: tuple[Reach, ...]
    """Who is meant, and who gets it while they are away."""
    stage: str
    due: datetime
    """The value it reminds of; a moved one is another reminder."""
    since: datetime
    """When it came up."""
    kind: Literal["instant", "digest"]
    priority: str = ""
    facts: Facts = field(default_factory=dict)
    snoozed: tuple[Snooze, ...] = ()
    """Those of the record whose time has come."""
    earlier: tuple[str, ...] = ()
    """``told_to`` of everybody meant by an earlier stage of the same due value."""

    @property
    def to(self) -> tuple[str, ...]:
        """open_ids of those who get it, once each."""
        return tuple(dict.fromkeys(reach.open_id for reach in self.people))

    @property
    def identity(self) -> str:
        """(event, record, stage, due value); with the person it is a notice's identity."""
        return f"{self.event}:{self.record_id}:{self.stage}:{self.due.astimezone(UTC).isoformat()}"

    def told_to(self, open_id: str) -> str:
        """The identity of the notice that one person is meant by."""
        return f"{self.identity}:{open_id}"

    def notices(self) -> Iterator[Notice]:
        """One notice for each person meant, and once more for who put it off until now."""
        for reach in self.people:
            yield self._notice(reach)
        for snooze in self.snoozed:
            if snooze.stage == self.identity:
                yield from (self._again(snooze, one) for one in self.people if one.meant == snooze.person)

    def _notice(self, reach: Reach) -> Notice:
        identity = self.told_to(reach.meant)
        return Notice(
            event=self.event,
            record_id=self.record_id,
            open_id=reach.open_id,
            identity=identity,
            about=self.identity,
            instead_of=reach.instead_of,
            with_it=(passed_on(identity, reach.open_id),) if reach.why else (),
            # A stand-in who is the manager, too, knows: that was told under the owner's name.
            unless=tuple(passed_on(one, reach.open_id) for one in self.earlier),
            kind=self.kind,
            audience=self.audience,
            facts={**self.facts, **reach.facts},
            priority=self.priority,
            since=self.since,
            due=self.due,
            offer=Offer(kind="remind", event=self.event) if self.event in ANSWERABLE else None,
        )

    def _again(self, snooze: Snooze, reach: Reach) -> Notice:
        until = f"snoozed:{snooze.until.astimezone(UTC).isoformat()}"
        return replace(
            self._notice(reach),
            identity=f"{self.told_to(reach.meant)}:{until}",
            about=f"{self.identity}:{until}",
            with_it=(),
            unless=(),
            kind=snooze.kind,
            since=snooze.until,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stage:
    """A moment at which an event of a record concerns certain audiences."""

    name: str
    due: datetime
    since: datetime
    audiences: tuple[str, ...] | None = None
    """None: all audiences of the event that have no stage of their own."""
    facts: Facts = field(default_factory=dict)


class _Tick:
    """The policy at one moment."""

    def __init__(self, policy: Policy, now: datetime) -> None:
        self.policy, self.now, self.worktime = policy, now, policy.worktime
        self.later = later_steps(policy)

    def workdays_since(self, start: datetime) -> float:
        """Workdays from a moment until now, as a fraction; 0 when it is still to come."""
        return round(self.worktime.days_between(start, self.now), 9)


_Stages = Callable[[_Tick, Requirement, Accepted], Iterator[_Stage]]


def due(
    accepted: Iterable[tuple[str, Accepted]], policy: Policy, circle: Circle, now: datetime
) -> Iterator[Reminder]:
    """Every reminder that has come up for these records, told already or not."""
    audiences = {event: _audiences(policy, event) for event in _EVENTS}
    tick = _Tick(policy, now)
    wanted = {event: stages for event, stages in _EVENTS.items() if audiences[event]}
    for _, state in accepted:
        record = requirement(state.record)
        if _is_silent(policy, record.status):
            continue
        ripe = tuple(snooze for snooze in state.snoozes if snooze.until <= now)
        for event, stages_of in wanted.items():
            stages = list(stages_of(tick, record, state))
            for reminder in _reminders(tick, circle, event, record, stages, audiences[event]):
                yield replace(reminder, snoozed=ripe) if ripe else reminder


def _is_silent(policy: Policy, status: str) -> bool:
    rules = policy.parameters
    return status in (*rules.paused_statuses, *rules.finished_statuses, *rules.ended_statuses)


def _unassigned(tick: _Tick, record: Requirement, state: Accepted) -> Iterator[_Stage]:
    if record.owner:
        return
    begun = record.submitted_at or state.record.created_at or state.status_since
    since = tick.worktime.add_hours(begun, tick.policy.parameters.unassigned_hours)
    if since <= tick.now:
        yield _Stage(name="unassigned", due=since, since=since)


def _untriaged(tick: _Tick, record: Requirement, state: Accepted) -> Iterator[_Stage]:
    rules = tick.policy.parameters
    missing = [tick.policy.label(key) for key in rules.triage_fields if record.is_empty(key)]
    if not missing or not rules.triage_days or record.status != rules.initial_status:
        return
    begun = record.submitted_at or state.record.created_at or state.status_since
    since = tick.worktime.add_days(begun, rules.triage_days)
    if since <= tick.now:
        facts = {"days": f"{rules.triage_days:g}", "missing": "、".join(missing)}
        yield _Stage(name="untriaged", due=since, since=since, facts=facts)


def _due_soon(tick: _Tick, record: Requirement, state: Accepted) -> Iterator[_Stage]:
    at = deadline(tick.policy, record)
    if at is None or at <= tick.now:
        return
    since = _days_ahead(tick.policy, at)
    if since <= tick.now:
        yield _Stage(name="soon", due=at, since=since, facts={"due": local_time(tick.policy, at)})


def _days_ahead(policy: Policy, at: datetime) -> datetime:
    # From the morning of that workday on, so that its morning card can still tell it.
    day = policy.worktime.local_day(at)
    for _ in range(ceil(policy.parameters.soon_days)):
        day = policy.worktime.workday_before(day)
    return policy.worktime.midnight(day)


def _overdue(tick: _Tick, record: Requirement, state: Accepted) -> Iterator[_Stage]:
    at = deadline(tick.policy, record)
    if at is None or at > tick.now:
        return
    late = int(tick.workdays_since(at))
    facts = {"due": local_time(tick.policy, at), "days": str(late)}
    yield _Stage(name="breach", due=at, since=at, facts=facts)
    for audience, days in tick.later.items():
        since = tick.worktime.add_days(at, days)
        if since <= tick.now:
            yield _Stage(name=audience, due=at, since=since, audiences=(audience,), facts=facts)


def _progress_due(tick: _Tick, record: Requirement, state: Accepted) -> Iterator[_Stage]:
    limit = tick.policy.limit(record.type, record.priority or record.urgency)
    if record.status == tick.policy.parameters.initial_status or limit is None or not limit.progress_days:
        return
    last = record.progress_at or record.started_at or state.status_since
    silent = tick.workdays_since(last)
    if (missed := int(silent / limit.progress_days)) >= 1:
        since = tick.worktime.add_days(last, missed * limit.progress_days)
        yield _Stage(name=f"missed-{missed}", due=since, since=since, facts={"days": str(int(silent))})


_EVENTS: Mapping[str, _Stages] = {
    "unassigned": _unassigned,
    "untriaged": _untriaged,
    "due_soon": _due_soon,
    "overdue": _overdue,
    "progress_due": _progress_due,
}
_ESCALATING = ("overdue",)
"""Events of which some audiences are told at a later stage only."""


def _audiences(policy: Policy, event: str) -> Mapping[str, Literal["instant", "digest"]]:
    """Audience of an event to how it is told; the first row that names it decides."""
    found: dict[str, Literal["instant", "digest"]] = {}
    for row in rows_of(policy, event):
        for audience in row.audience:
            found.setdefault(audience, row.kind)
    return found


def _reminders(
    tick: _Tick,
    circle: Circle,
    event: str,
    record: Requirement,
    stages: Iterable[_Stage],
    audiences: Mapping[str, Literal["instant", "digest"]],
) -> Iterator[Reminder]:
    at_once = tuple(a for a in audiences if event not in _ESCALATING or a not in tick.later)
    before: dict[datetime, list[Reminder]] = defaultdict(list)
    for stage in stages:
        for audience in stage.audiences or at_once:
            earlier = before[stage.due]
            people = _people(circle, audience, record, tick.now, earlier) if audience in audiences else ()
            if people:
                reminder = Reminder(
                    event=event,
                    record_id=record.record_id,
                    audience=audience,
                    people=people,
                    stage=stage.name,
                    due=stage.due,
                    since=stage.since,
                    kind=audiences[audience],
                    priority=record.priority,
                    facts={**facts_of(circle.policy, record, circle.people), **stage.facts},
                    earlier=tuple(one.told_to(reach.meant) for one in earlier for reach in one.people),
                )
                earlier.append(reminder)
                yield reminder


def _people(
    circle: Circle, audience: str, record: Requirement, now: datetime, earlier: Iterable[Reminder]
) -> tuple[Reach, ...]:
    """Who was told in an earlier stage need not be told as their own manager, nor through another."""
    known = {one for reminder in earlier for reach in reminder.people for one in (reach.meant, reach.open_id)}
    meant = [one for one in circle.named(audience, record) if one not in known]
    return Standby(circle=circle, audience=audience, record=record, at=now).reach(meant, known)
