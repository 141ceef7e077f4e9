"""Which reminders are due for which records; pure, knows no wording and no sending hours.

A reminder is (event, record, stage, due value): unchanged it is the same one for ever, a
moved due date makes another. Which events exist, to whom and how (at once or in the
morning card) the policy's templates say; when each comes up, ``stages``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Literal

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Requirement, Snooze
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.notice import Facts, Notice, facts_of, requirement
from feishu_plugin.reminders.stages import IN_HAND, Stage, Tick, watched
from feishu_plugin.reminders.templates import rows_of
from feishu_plugin.rules.actions import Offer

ANSWERABLE = ("due_soon", "overdue", "progress_due")
"""Events whose reader can answer in the card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One stage of one reminder for everybody of one audience."""

    event: str
    record_id: str
    audience: str
    to: tuple[str, ...]
    """open_ids; people who left are already replaced by their leader."""
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

    @property
    def identity(self) -> str:
        """(event, record, stage, due value); with the person it is a notice's identity."""
        return f"{self.event}:{self.record_id}:{self.stage}:{self.due.astimezone(UTC).isoformat()}"

    def told_to(self, open_id: str) -> str:
        """The identity of the notice that one person gets."""
        return f"{self.identity}:{open_id}"

    def notices(self) -> Iterator[Notice]:
        """One notice for each person, and once more for who put it off until now."""
        for open_id in self.to:
            yield self._notice(open_id)
        for snooze in self.snoozed:
            if snooze.stage == self.identity and snooze.person in self.to:
                yield self._again(snooze)

    def _notice(self, open_id: str) -> Notice:
        return Notice(
            event=self.event,
            record_id=self.record_id,
            open_id=open_id,
            identity=self.told_to(open_id),
            kind=self.kind,
            audience=self.audience,
            facts=self.facts,
            priority=self.priority,
            since=self.since,
            due=self.due,
            offer=Offer(kind="remind", event=self.event) if self.event in ANSWERABLE else None,
        )

    def _again(self, snooze: Snooze) -> Notice:
        return replace(
            self._notice(snooze.person),
            identity=f"{self.told_to(snooze.person)}:snoozed:{snooze.until.astimezone(UTC).isoformat()}",
            kind=snooze.kind,
            since=snooze.until,
        )


def due(
    accepted: Iterable[tuple[str, Accepted]], policy: Policy, circle: Circle, now: datetime
) -> Iterator[Reminder]:
    """Every reminder that has come up for these records, told already or not."""
    audiences = {event: _audiences(policy, event) for event, _ in IN_HAND}
    tick = Tick(policy, now)
    for _, state in accepted:
        record = requirement(state.record)
        ripe = tuple(snooze for snooze in state.snoozes if snooze.until <= now)
        for event, stages_of in watched(policy, record.status):
            if not audiences[event]:
                continue
            stages = list(stages_of(tick, record, state))
            for reminder in _reminders(circle, event, record, stages, audiences[event]):
                yield replace(reminder, snoozed=ripe) if ripe else reminder


_LATER_STAGES = {"overdue": ("manager", "head")}


def _audiences(policy: Policy, event: str) -> Mapping[str, Literal["instant", "digest"]]:
    """Audience of an event to how it is told; the first row that names it decides."""
    found: dict[str, Literal["instant", "digest"]] = {}
    for row in rows_of(policy, event):
        for audience in row.audience:
            found.setdefault(audience, row.kind)
    return found


def _reminders(
    circle: Circle,
    event: str,
    record: Requirement,
    stages: Iterable[Stage],
    audiences: Mapping[str, Literal["instant", "digest"]],
) -> Iterator[Reminder]:
    reached: set[str] = set()
    at_once = tuple(a for a in audiences if a not in _LATER_STAGES.get(event, ()))
    for stage in stages:
        for audience in stage.audiences or at_once:
            # Who was told in an earlier stage need not be told as their own manager.
            people = [p for p in circle.named(audience, record) if p not in reached]
            if audience in audiences and people:
                reached.update(people)
                yield Reminder(
                    event=event,
                    record_id=record.record_id,
                    audience=audience,
                    to=tuple(people),
                    stage=stage.name,
                    due=stage.due,
                    since=stage.since,
                    kind=audiences[audience],
                    priority=record.priority,
                    facts={**facts_of(circle.policy, record, circle.people), **stage.facts},
                )
