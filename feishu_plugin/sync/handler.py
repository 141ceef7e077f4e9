"""One round of work for one base: read what changed, judge it, write once, remember.

The order is the law: the effects on the base come first, then everything that is to be
remembered goes into the store in one transaction. A kill between the two repeats a write
that changes nothing. The handler never judges by an event: it reads the record again.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from feishu_plugin.packaged import POLICY_TABLES
from feishu_plugin.policy import Policy
from feishu_plugin.policy_rows import WRITTEN
from feishu_plugin.ports import Hint, Settlement
from feishu_plugin.records import Accepted, Person, Record, Requirement, owners_of
from feishu_plugin.rules.decide import Question, decide
from feishu_plugin.sync import chat, customers, faq, imported, presses, stuck, surveys
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.edits import edits_of
from feishu_plugin.sync.heard import hear
from feishu_plugin.sync.history import asked
from feishu_plugin.sync.history.returning import returning
from feishu_plugin.sync.pauses import can_enforce, lost_statuses, rest
from feishu_plugin.sync.settling import (
    GONE,
    TABLE,
    Judged,
    draw_all,
    settlement,
    tell_verdicts,
    whole_second,
    write,
)
from feishu_plugin.sync.undo import carry_out

_TOLD_BY_EVENT = frozenset({"added", "edited", "deleted"})
MOST = 1000
"""Hints of one round at most: about ten reads and two writes."""
LEAST = 100
"""Hints of one round where rounds take long: fewer would cost more calls for each row."""
_ROUND_S = 0.8
_MOST_GRACES = 10
"""How often an edit may start the grace anew."""
_CROWD = 50
"""Records of one round whose settlement somebody else should not have to wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round did."""

    hints: int = 0
    judged: int = 0
    corrected: int = 0
    waiting: int = 0
    """Records whose missing step is awaited: ask again after the grace."""
    resting: tuple[tuple[Sequence[Hint], datetime], ...] = ()
    """Hints of records whose missing step was pushed when nobody listened, and when it has come again."""
    policy_changed: bool = False
    structure_changed: bool = False


def work_once(desk: Desk, most: int = MOST) -> Round:
    """Takes the oldest open hints of a base through judgement; idle when there are none."""
    hints = stuck.ready(desk, most)
    if not hints:
        return Round()
    ours, others = _split(desk, hints)
    structure = any(not hint.record_id for hint in others)
    policy = any(_is_about_rules(desk, hint) for hint in others)
    ours = _judgeable(desk, ours)
    said = [hint for hint in others if chat.is_chat(hint)]
    pressed = [h for h in others if h.press and h.kind != "undo" and not chat.is_chat(h)]
    undone = [hint for hint in others if hint.kind == "undo"]
    others = [hint for hint in others if not hint.press]
    if not can_enforce(desk.tables.binding):
        pressed = []  # they stay open, too; failing here would keep the news of the mended table waiting
    _settle_presses(desk, pressed, patient=bool(ours))
    chat.hear(desk, said)
    settled = _settle_requirements(desk, ours)
    stuck.settle_most(desk, _by_record(undone), lambda part: carry_out.carry_out(desk, part))
    asked.restore(desk, [hint.record_id for hint in others if hint.kind == asked.KIND])
    answers = [hint.record_id for hint in others if _table_key(desk, hint) == surveys.TABLE]
    if answers:
        surveys.take_answers(desk, answers)
    for kept in (customers, faq):
        told = [hint for hint in others if _table_key(desk, hint) == kept.TABLE]
        hear(told, kept.KNOWN, partial(kept.take, desk))
    desk.store.settle(desk.app_token, Settlement(closed=[hint.row for hint in others]))
    return replace(
        settled,
        hints=len(ours) + len(undone) + len(pressed) + len(said) + len(others),
        policy_changed=policy,
        structure_changed=structure,
    )


def fitting(most: int, hints: int, took_s: float) -> int:
    """How many hints the next round takes, so that whoever edits a row waits a second, not ten."""
    if took_s > 2 * _ROUND_S:
        return max(LEAST, most // 2)
    return min(MOST, most * 2) if hints >= most and took_s < _ROUND_S / 2 else most


def _judgeable(desk: Desk, hints: Sequence[Hint]) -> list[Hint]:
    """Those that can be judged now; the others stay open until the column or the option is back."""
    binding = desk.tables.binding
    if not can_enforce(binding):
        return []
    lost = lost_statuses(binding)
    if not lost:
        return list(hints)
    accepted = _remembered(desk, [hint.record_id for hint in hints])
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


def _is_about_rules(desk: Desk, hint: Hint) -> bool:
    """False for what we write into the policy tables ourselves: it is no rule."""
    ours = bool(hint.fields) and WRITTEN.issuperset(hint.fields)
    return _table_key(desk, hint) in POLICY_TABLES and not ours


def _table_key(desk: Desk, hint: Hint) -> str:
    bound = desk.tables.binding.by_id(hint.table_id)
    return bound.key if bound else ""


def _settle_requirements(desk: Desk, hints: Sequence[Hint]) -> Round:
    done = [
        one
        for lot in _lots(_by_record(hints))
        for one in stuck.settle_most(desk, lot, lambda part: _settle_records(desk, part))
    ]
    for resting, until in (found for one in done for found in one.resting):
        stuck.rest(desk, resting, until)
    return Round(
        judged=sum(one.judged for one in done),
        corrected=sum(one.corrected for one in done),
        waiting=sum(one.waiting for one in done),
    )


def _lots(by_record: Mapping[str, Sequence[Hint]]) -> list[dict[str, Sequence[Hint]]]:
    """A crowded round goes in two: first the records that whoever changed most did not touch."""
    senders = {record_id: {(h.operator, h.kind) for h in hints} for record_id, hints in by_record.items()}
    if len(by_record) < _CROWD:
        return [dict(by_record)]
    [(largest, _)] = Counter(one for found in senders.values() for one in found).most_common(1)
    lots = (
        {one: by_record[one] for one in by_record if (largest in senders[one]) is is_last}
        for is_last in (False, True)
    )
    return [lot for lot in lots if lot]


def _settle_presses(desk: Desk, hints: Sequence[Hint], *, patient: bool) -> None:
    stuck.settle_most(desk, _by_record(hints), lambda part: presses.carry_out(desk, part, patient=patient))


def _by_record(hints: Sequence[Hint]) -> dict[str, list[Hint]]:
    by_record: dict[str, list[Hint]] = {}
    for hint in hints:
        by_record.setdefault(hint.record_id, []).append(hint)
    return by_record


def _settle_records(desk: Desk, by_record: Mapping[str, Sequence[Hint]]) -> Round:
    now = whole_second(desk.clock.now())
    records = desk.tables.read(TABLE, list(by_record))
    judged = _judge(desk, by_record, records, now)
    ready = _still_true(desk, [j for j in judged if not j.decision.waiting])
    draw_all(desk, ready, now)
    desk.stop_if_lost()
    write(desk, ready)
    gone = [record_id for record_id in by_record if record_id not in records]
    settled = settlement(desk, ready, gone, by_record, now)
    desk.stop_if_lost()
    desk.store.settle(desk.app_token, settled)
    tell_verdicts(desk, ready)
    _tell_how_long(desk, [hint for one in ready for hint in one.hints])
    return Round(
        judged=len(ready),
        corrected=sum(one.decision.corrected for one in ready),
        waiting=sum(one.decision.waiting and not one.until for one in judged),
        resting=tuple((one.hints, one.until) for one in judged if one.decision.waiting and one.until),
    )


def _tell_how_long(desk: Desk, hints: Sequence[Hint]) -> None:
    """From the receipt of an event to its settlement, by the clock that stamped the receipt."""
    now = desk.clock.now()
    for hint in hints:
        if hint.kind in _TOLD_BY_EVENT:
            desk.saw("settled", seconds=(now - hint.received_at).total_seconds())


def _judge(
    desk: Desk, hints: Mapping[str, Sequence[Hint]], records: Mapping[str, Record], now: datetime
) -> list[Judged]:
    accepted = _known(desk, records)
    policy = rest(desk.policy, desk.tables.binding)
    people = _people(desk, policy, hints, records, accepted)
    matches = customers.matches(desk, records.values(), accepted)
    grace = timedelta(seconds=policy.parameters.grace_seconds)
    news_until = desk.news_until if desk.news_until and now <= desk.news_until else None
    imports = imported.adopted(desk, records.values(), accepted)
    matches = {**matches, **{one: replace(matches[one], adds=True) for one in imports if one in matches}}
    found = []
    for record_id, record in records.items():
        told = hints[record_id]
        late = _is_grace_over(told, record, grace, now)
        question = Question(
            policy=policy,
            record=Requirement.of(record),
            accepted=accepted.get(record_id),
            steps=[hint.step for hint in told if hint.step],
            now=now,
            grace_over=late,
            may_be_told=news_until is not None,
            people=people,
            adopt=record_id in imports or any(hint.kind == "adopted" for hint in told),
            editor=_editor(desk, told, record),
            suggest=desk.suggest,
            touched=frozenset(key for hint in told if hint.operator != desk.bot for key in hint.fields),
            match=matches.get(record_id),
        )
        decision = decide(question)
        one = Judged(hints=told, decision=decision, until=news_until if late else None)
        one.edits = edits_of(question, decision, told)
        if (brought := imports.get(record_id)) and not decision.waiting:
            one.decision, one.calm = brought.settled(decision, policy), True
            one.ledger = brought.ledger(policy, decision.record, now)
        found.append(one)
    return found


def _is_grace_over(told: Sequence[Hint], record: Record, grace: timedelta, now: datetime) -> bool:
    """Whether what nobody told by now is judged without its event.

    An edit made while an older one is waited for has a grace of its own, or two quick legal moves
    would be one jump; but somebody who types on and on is not waited for for ever.
    """
    waited = now - min(hint.received_at for hint in told)
    rested = now - record.modified_at if record.modified_at else grace
    return waited >= grace and (rested >= grace or waited >= _MOST_GRACES * grace)


def _editor(desk: Desk, told: Sequence[Hint], record: Record) -> str:
    """Who edited the row last, as far as events or Feishu tell; never the plugin itself."""
    operators = (*(hint.operator for hint in reversed(told)), record.modified_by)
    return next((one for one in operators if one and one != desk.bot), "")


def _known(desk: Desk, records: Mapping[str, Record]) -> Mapping[str, Accepted]:
    """The accepted state; a row that comes back from the archive is no new one."""
    accepted = _remembered(desk, list(records))
    return {**returning(desk, [r for one, r in records.items() if one not in accepted]), **accepted}


def _remembered(desk: Desk, record_ids: Sequence[str]) -> Mapping[str, Accepted]:
    """By record id; a row that comes back with its own (Ctrl+Z after a deletion) is no new one, either."""
    accepted = desk.store.accepted(desk.app_token, TABLE, record_ids)
    unknown = [record_id for record_id in record_ids if record_id not in accepted]
    return {**desk.store.accepted(desk.app_token, GONE, unknown), **accepted} if unknown else accepted


def _people(
    desk: Desk,
    policy: Policy,
    hints: Mapping[str, Sequence[Hint]],
    records: Mapping[str, Record],
    accepted: Mapping[str, Accepted],
) -> dict[str, Person]:
    """Everybody the rules may ask about; looked up only where the answer matters.

    A look-up is a call to Feishu that would come before the put-back.
    """
    creators = {record.created_by for record in records.values()} - {None, desk.bot}
    asked = _may_get(policy, records.values())
    asked |= {one for r in records.values() for one in _handed_over(r, accepted.get(r.record_id))}
    if any(move.roles for move in policy.moves):
        asked |= {hint.operator for told in hints.values() for hint in told}
        asked |= {record.modified_by or "" for record in records.values()}
    found = {person: Person(open_id=person) for person in creators if person}
    return found | {person: desk.judged_person(person) for person in asked - {"", desk.bot}}


def _may_get(policy: Policy, records: Iterable[Record]) -> set[str]:
    """Everybody to whom one of these records may be given."""
    initial = policy.parameters.initial_status
    if not any(r.is_empty("owner") or r.get("status") == initial for r in records):
        return set()
    return {one for route in policy.routes for one in (*route.owners, *route.backup, *route.managers)}


def _handed_over(record: Record, accepted: Accepted | None) -> tuple[str, ...]:
    """The old and the new owners, when they are not the same: the ledger names them."""
    if accepted is None or accepted.record.get("owner") == record.get("owner"):
        return ()
    return (*owners_of(accepted.record), *owners_of(record))


def _still_true(desk: Desk, judged: Sequence[Judged]) -> list[Judged]:
    """Without the corrections that a newer edit has overtaken: the next round judges both."""
    correcting = [one for one in judged if one.decision.corrected]
    if not correcting:
        return list(judged)
    last = max(hint.row for one in judged for hint in one.hints)
    ids = [one.record.record_id for one in correcting]
    overtaken = desk.store.newer(desk.app_token, ids, last)
    return [one for one in judged if one.record.record_id not in overtaken]
