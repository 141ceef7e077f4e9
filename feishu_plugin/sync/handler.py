"""One round of work for one base: read what changed, judge it, write once, remember.

The order is the law: the effects on the base come first, then everything that is to be
remembered goes into the store in one transaction. A kill between the two repeats a write
that changes nothing. The handler never judges by an event: it reads the record again.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feishu_plugin.errors import LeaseLost
from feishu_plugin.packaged import POLICY_TABLES
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Hint, Settlement
from feishu_plugin.records import Accepted, Person, Record, Requirement, Values
from feishu_plugin.rules.actions import Tell, WriteLedger
from feishu_plugin.rules.decide import Decision, Question, decide
from feishu_plugin.sync import stuck, surveys
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.draws import Drawn, draw
from feishu_plugin.sync.outgoing import cards_of
from feishu_plugin.sync.pauses import can_enforce, lost_statuses, rest

log = logging.getLogger(__name__)

TABLE = "requirement"
_GONE = "requirement:deleted"
"""Where the accepted state of deleted rows is kept."""
_MOST = 1000
"""Hints of one round: about ten reads and two writes, so that a single edit never waits long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round did."""

    hints: int = 0
    judged: int = 0
    corrected: int = 0
    waiting: int = 0
    """Records whose missing step is awaited: ask again after the grace."""
    policy_changed: bool = False
    structure_changed: bool = False


@dataclass(slots=True, kw_only=True)
class _Judged:
    """One record on its way from hints to a settlement."""

    hints: Sequence[Hint]
    decision: Decision
    drawn: Drawn = field(default_factory=Drawn)

    @property
    def changes(self) -> Values:
        return {**self.decision.changes, **self.drawn.values}

    @property
    def record(self) -> Requirement:
        return self.decision.record.with_values(self.drawn.values)


def work_once(desk: Desk) -> Round:
    """Takes the open hints of a base through judgement; idle when there are none."""
    hints = stuck.ready(desk, _MOST)
    if not hints:
        return Round()
    ours, others = _split(desk, hints)
    structure = any(not hint.record_id for hint in others)
    policy = any(_table_key(desk, hint) in POLICY_TABLES for hint in others)
    ours = _judgeable(desk, ours)
    settled = _settle_requirements(desk, ours)
    answers = [hint.record_id for hint in others if _table_key(desk, hint) == surveys.TABLE]
    if answers:
        surveys.take_answers(desk, answers)
    desk.store.settle(desk.app_token, Settlement(closed=[hint.row for hint in others]))
    return replace(settled, hints=len(ours) + len(others), policy_changed=policy, structure_changed=structure)


def _judgeable(desk: Desk, hints: Sequence[Hint]) -> list[Hint]:
    """Those that can be judged now; the others stay open until the column or the option is back."""
    binding = desk.tables.binding
    if not can_enforce(binding):
        return []
    lost = lost_statuses(binding)
    if not lost:
        return list(hints)
    accepted = _known(desk, [hint.record_id for hint in hints])
    initial = desk.policy.parameters.initial_status
    stood = {one: known.record.get("status") for one, known in accepted.items()}
    held = [hint for hint in hints if stood.get(hint.record_id, initial) in lost]
    stuck.rest(desk, held)
    resting = {hint.record_id for hint in held}
    return [hint for hint in hints if hint.record_id not in resting]


def _split(desk: Desk, hints: Sequence[Hint]) -> tuple[list[Hint], list[Hint]]:
    ours = [hint for hint in hints if hint.record_id and _table_key(desk, hint) == TABLE]
    taken = {hint.row for hint in ours}
    return ours, [hint for hint in hints if hint.row not in taken]


def _table_key(desk: Desk, hint: Hint) -> str:
    bound = desk.tables.binding.by_id(hint.table_id)
    return bound.key if bound else ""


def _settle_requirements(desk: Desk, hints: Sequence[Hint]) -> Round:
    by_record: dict[str, list[Hint]] = {}
    for hint in hints:
        by_record.setdefault(hint.record_id, []).append(hint)
    done = stuck.settle_most(desk, by_record, lambda part: _settle_records(desk, part))
    return Round(
        judged=sum(one.judged for one in done),
        corrected=sum(one.corrected for one in done),
        waiting=sum(one.waiting for one in done),
    )


def _settle_records(desk: Desk, by_record: Mapping[str, Sequence[Hint]]) -> Round:
    now = _whole_second(desk.clock.now())
    records = desk.tables.read(TABLE, list(by_record))
    judged = _judge(desk, by_record, records, now)
    ready = _still_true(desk, [j for j in judged if not j.decision.waiting])
    for one in ready:
        one.drawn = draw(desk, one.record, one.decision.actions)
    _stop_if_lost(desk)
    _write(desk, ready)
    gone = [record_id for record_id in by_record if record_id not in records]
    settlement = _settlement(desk, ready, gone, by_record, now)
    _stop_if_lost(desk)
    desk.store.settle(desk.app_token, settlement)
    _log(ready)
    return Round(
        judged=len(ready),
        corrected=sum(one.decision.corrected for one in ready),
        waiting=sum(one.decision.waiting for one in judged),
    )


def _stop_if_lost(desk: Desk) -> None:
    """What another replica has accepted meanwhile must not be overwritten with our older view."""
    if not desk.may_write():
        raise LeaseLost(f"the lease of {desk.app_token} was lost during a round; its hints stay open")


def _judge(
    desk: Desk, hints: Mapping[str, Sequence[Hint]], records: Mapping[str, Record], now: datetime
) -> list[_Judged]:
    accepted = _known(desk, list(records))
    policy = rest(desk.policy, desk.tables.binding)
    people = _people(desk, policy, hints, records)
    grace = timedelta(seconds=policy.parameters.grace_seconds)
    found = []
    for record_id, record in records.items():
        told = hints[record_id]
        question = Question(
            policy=policy,
            record=_requirement(record),
            accepted=accepted.get(record_id),
            steps=[hint.step for hint in told if hint.step],
            now=now,
            grace_over=min(hint.received_at for hint in told) + grace <= now,
            people=people,
            adopt=any(hint.kind == "adopted" for hint in told),
        )
        found.append(_Judged(hints=told, decision=decide(question)))
    return found


def _known(desk: Desk, record_ids: Sequence[str]) -> Mapping[str, Accepted]:
    """The accepted state; a row that comes back (Ctrl+Z after a deletion) is no new one."""
    accepted = desk.store.accepted(desk.app_token, TABLE, record_ids)
    unknown = [record_id for record_id in record_ids if record_id not in accepted]
    return {**desk.store.accepted(desk.app_token, _GONE, unknown), **accepted} if unknown else accepted


def _people(
    desk: Desk, policy: Policy, hints: Mapping[str, Sequence[Hint]], records: Mapping[str, Record]
) -> dict[str, Person]:
    """Everybody the rules may ask about; looked up only where the answer matters.

    A look-up is a call to Feishu that would come before the put-back.
    """
    creators = {record.created_by for record in records.values()} - {None, desk.bot}
    unowned = any(record.is_empty("owner") for record in records.values())
    asked = {person for route in policy.routes for person in route.owners} if unowned else set()
    if any(move.roles for move in policy.moves):
        asked |= {hint.operator for told in hints.values() for hint in told}
        asked |= {record.modified_by or "" for record in records.values()}
    found = {person: Person(open_id=person) for person in creators if person}
    return found | {person: desk.judged_person(person) for person in asked - {"", desk.bot}}


def _requirement(record: Record) -> Requirement:
    return Requirement(
        record_id=record.record_id,
        values=record.values,
        created_at=record.created_at,
        created_by=record.created_by,
        modified_at=record.modified_at,
        modified_by=record.modified_by,
    )


def _still_true(desk: Desk, judged: Sequence[_Judged]) -> list[_Judged]:
    """Without the corrections that a newer edit has overtaken: the next round judges both."""
    correcting = [one for one in judged if one.decision.corrected]
    if not correcting:
        return list(judged)
    last = max(hint.row for one in judged for hint in one.hints)
    ids = [one.record.record_id for one in correcting]
    overtaken = desk.store.newer(desk.app_token, ids, last)
    return [one for one in judged if one.record.record_id not in overtaken]


def _write(desk: Desk, judged: Sequence[_Judged]) -> None:
    writable = desk.tables.binding.tables[TABLE].fields
    changes: dict[str, dict[str, object]] = {}
    for one in judged:
        for record_id, values in ((one.record.record_id, one.changes), *one.drawn.elsewhere.items()):
            wanted = {key: value for key, value in values.items() if key in writable}
            if wanted:
                changes.setdefault(record_id, {}).update(wanted)
    if changes:
        desk.tables.update(TABLE, changes)  # type: ignore[arg-type]


def _settlement(
    desk: Desk,
    judged: Sequence[_Judged],
    gone: Sequence[str],
    hints: Mapping[str, Sequence[Hint]],
    now: datetime,
) -> Settlement:
    closed = [hint.row for one in judged for hint in one.hints]
    closed += [hint.row for record_id in gone for hint in hints[record_id]]
    tells = [(one.record, action) for one in judged for action in _tells(one)]
    cards = cards_of(desk, tells, now)
    ledger = [row for one in judged for row in _ledger(desk, one, now)]
    last = desk.store.accepted(desk.app_token, TABLE, gone)
    return Settlement(
        closed=closed,
        accepted=_accepted(desk, judged, now)
        | {(_GONE, record_id): state for record_id, state in last.items()},
        forgotten=[(TABLE, record_id) for record_id in gone],
        effects=[*ledger, *cards],
    )


def _tells(judged: _Judged) -> list[Tell]:
    return [a for a in (*judged.decision.actions, *judged.drawn.tells) if isinstance(a, Tell)]


def _accepted(desk: Desk, judged: Sequence[_Judged], now: datetime) -> dict[tuple[str, str], Accepted]:
    ids = [one.record.record_id for one in judged]
    elsewhere = {record_id: values for one in judged for record_id, values in one.drawn.elsewhere.items()}
    known = desk.store.accepted(desk.app_token, TABLE, [*ids, *elsewhere])
    kept = [one for one in judged if not one.decision.blank]
    found = {(TABLE, one.record.record_id): _accept(desk, one, known, now) for one in kept}
    for record_id, values in elsewhere.items():
        before = found.get((TABLE, record_id)) or known.get(record_id)
        if before is not None:
            changed = replace(before, record=before.record.with_values(values))
            found[TABLE, record_id] = changed
    return found


def _accept(desk: Desk, one: _Judged, known: Mapping[str, Accepted], now: datetime) -> Accepted:
    before = known.get(one.record.record_id)
    past = before.corrections if before else ()
    window = timedelta(minutes=desk.policy.parameters.breaker_minutes)
    recent = tuple(at for at in past if now - at < window)
    return Accepted(
        record=one.record.with_values({"status": one.decision.status or None}),
        status_since=one.decision.status_since,
        corrections=(*recent, now) if one.decision.corrected else recent,
        policy_version=desk.policy.version,
        unheard=one.decision.unheard,
    )


def _ledger(desk: Desk, one: _Judged, now: datetime) -> list[Effect]:
    rows = [action for action in one.decision.actions if isinstance(action, WriteLedger)]
    return [_ledger_row(desk, one.record, row, now) for row in rows]


def _ledger_row(desk: Desk, record: Requirement, row: WriteLedger, now: datetime) -> Effect:
    body = {
        "name": f"{record.number or record.title} {row.rule}".strip(),
        "requirement": (record.record_id,),
        "number": record.number or None,
        "from_status": row.from_status,
        "to_status": row.to_status or None,
        "operator": (row.operator,) if row.operator else None,
        "at": row.at,
        "source": row.source,
        "verdict": row.verdict,
        "rule": row.rule,
        "reason": row.reason or None,
        "hours_in_previous": row.hours_in_previous,
        "policy_version": desk.policy.version,
        "effect_key": row.identity,
    }
    identity = f"ledger:{row.identity}"
    return Effect(kind="ledger", identity=identity, target="transition", body=body, not_before=now)


def _log(judged: Sequence[_Judged]) -> None:
    for one in judged:
        for action in one.decision.actions:
            if isinstance(action, WriteLedger):
                log.info(
                    "record_id=%s number=%s move=%s verdict=%s because=%s",
                    one.record.record_id,
                    one.record.number,
                    action.rule,
                    action.verdict,
                    action.reason or "-",
                )


def _whole_second(at: datetime) -> datetime:
    # Cells hold milliseconds; a value that changes when it is read back would look like an edit.
    return at.replace(microsecond=0)
