"""Which reminders are due for which records; pure, knows no wording and no sending hours.

A reminder is (event, record, stage, due value): unchanged it is the same one for ever, a
moved due date makes another. With the person *meant* it is told once, whoever gets it. Which
events exist, to whom and how (at once or in the morning card) the policy's templates say; when
each comes up, ``stages``.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Requirement, Snooze
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.notice import Facts, Notice, facts_of, passed_on
from feishu_plugin.reminders.stages import IN_HAND, Stage, Tick, watched
from feishu_plugin.reminders.standins import Reach, Standby
from feishu_plugin.reminders.templates import rows_of
from feishu_plugin.rules.actions import Offer

Told = Callable[[Sequence[str]], AbstractSet[str]]
"""Those of these notice identities that were told."""
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
    heard: tuple[str, ...] = ()
    """open_ids of those who got an earlier stage of the same due value, or stood in for it."""
    earlier: tuple[str, ...] = ()
    """The identity of each earlier stage of the same due value, and ``told_to`` of everybody it means,
    told or not."""

    @property
    def to(self) -> tuple[str, ...]:
        """open_ids of those who get it, once each."""
        return tuple(dict.fromkeys(reach.open_id for reach in self.people))

    @property
    def identity(self) -> str:
        """(event, record, stage, due value); with the person it is a notice's identity."""
        return _identity(self.event, self.record_id, self.stage, self.due)

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
            # By the stage alone, too: the owner it was handed over for may be another one by then.
            with_it=tuple(passed_on(one, reach.open_id) for one in (identity, self.identity) if reach.why),
            # Who heard of it in the name of another, owner or manager, is not told a later stage.
            unless=tuple(passed_on(one, who) for one in self.earlier for who in {reach.meant, reach.open_id}),
            heard=self.heard,
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


def _identity(event: str, record_id: str, stage: str, due: datetime) -> str:
    return f"{event}:{record_id}:{stage}:{due.astimezone(UTC).isoformat()}"


def due(
    accepted: Iterable[tuple[str, Accepted]],
    policy: Policy,
    circle: Circle,
    now: datetime,
    told: Told = lambda identities: frozenset(),
) -> Iterator[Reminder]:
    """Every reminder that has come up for these records, told already or not.

    ``told`` is asked about stand-ins only: who heard an earlier stage for somebody else.
    """
    audiences = {event: _audiences(policy, event) for event, _ in IN_HAND}
    tick = Tick(policy, now)
    for _, state in accepted:
        record = Requirement.of(state.record)
        ripe = tuple(snooze for snooze in state.snoozes if snooze.until <= now)
        for event, stages_of in watched(policy, record.status):
            if not audiences[event]:
                continue
            stages = list(stages_of(tick, record, state))
            for reminder in _reminders(tick, circle, event, record, stages, audiences[event], told):
                yield replace(reminder, snoozed=ripe) if ripe else reminder


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
    tick: Tick,
    circle: Circle,
    event: str,
    record: Requirement,
    stages: Sequence[Stage],
    audiences: Mapping[str, Literal["instant", "digest"]],
    told: Told,
) -> Iterator[Reminder]:
    at_once = tuple(a for a in audiences if event not in _ESCALATING or a not in tick.later)
    before: dict[datetime, list[Reach]] = defaultdict(list)
    earlier: dict[datetime, list[str]] = defaultdict(list)
    for stage in stages:
        for audience in (a for a in stage.audiences or at_once if a in audiences):
            named = circle.named(audience, record)
            standby = Standby(circle=circle, audience=audience, record=record, at=tick.now)
            up = [_identity(event, record.record_id, s.name, s.due) for s in stages if s.due == stage.due]
            itself = _identity(event, record.record_id, stage.name, stage.due)
            heard = _Heard(told, itself, up, before[stage.due], earlier[stage.due])
            reminder = Reminder(
                event=event,
                record_id=record.record_id,
                audience=audience,
                people=heard.people(standby, named),
                stage=stage.name,
                due=stage.due,
                since=stage.since,
                kind=audiences[audience],
                priority=record.priority,
                facts={**facts_of(circle.policy, record, circle.people), **stage.facts},
                heard=tuple(dict.fromkeys(reach.open_id for reach in before[stage.due])),
                earlier=tuple(earlier[stage.due]),
            )
            earlier[stage.due] += [reminder.identity, *(reminder.told_to(one) for one in named)]
            before[stage.due] += reminder.people
            if reminder.people:
                yield reminder


@dataclass(frozen=True, slots=True)
class _Heard:
    """Who knows of one stage: of those there today the plan says it, of stand-ins the ledger only."""

    told: Told
    itself: str
    """The identity of the stage; who heard it in the name of another goes on standing in for them."""
    up: Sequence[str]
    """The identity of each stage of the due value that has come up, later ones as well."""
    before: Sequence[Reach]
    earlier: Sequence[str]

    def people(self, standby: Standby, named: Iterable[str]) -> tuple[Reach, ...]:
        """Who was meant by an earlier stage need not be told as their own manager, nor through another."""
        first = {reach.meant for reach in self.before}
        present = first | {reach.open_id for reach in self.before if not reach.why}
        meant = [one for one in named if one not in first]
        return standby.reach(meant, lambda one: one in present or self._from_the_ledger(one))

    def _from_the_ledger(self, open_id: str) -> bool:
        """Told in the name of another, or in their own: while they still owned it, or as the manager of a
        former owner, at a later stage.

        Who stands in today may have heard nothing: that was told before the leave.
        """
        own = (f"{stage}:{open_id}" for stage in self.up)
        others = (one for one in (*self.up, *self.earlier) if one != self.itself)
        return bool(self.told([*own, *(passed_on(one, open_id) for one in others)]))
