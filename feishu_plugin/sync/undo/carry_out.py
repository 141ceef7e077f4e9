"""Carries an undo out: hints in the inbox, worked off by whoever holds the base, like any edit.

So it never races the judging thread, is repeated after a crash, and is done once. The given
back status is accepted in the same settlement, with a ledger row that says so: nobody is judged
for it, and its event is recognised as our own.
"""

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feishu_plugin.ports import Edit, Hint, Settlement
from feishu_plugin.records import Accepted, Press, Record, Requirement, Values
from feishu_plugin.rules.actions import WriteLedger
from feishu_plugin.rules.decide import Question, decide
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.edits import edits_of
from feishu_plugin.sync.pauses import rest
from feishu_plugin.sync.settling import (
    TABLE,
    Judged,
    draw_all,
    settlement,
    tell_verdicts,
    whole_second,
    write,
)
from feishu_plugin.sync.undo.plan import STATUS, Step, UndoPlan

log = logging.getLogger(__name__)

RULE = "撤销"
"""The rule that the ledger names for a status that was given back."""


def hints_of(desk: Desk, plan: UndoPlan, live: Mapping[str, Record], why: str) -> list[Hint]:
    """One hint for each record; the same undo of the same row is the same hint."""
    now = desk.clock.now()
    return [_hint(desk, step, _identity(step, live.get(step.record_id)), why, now) for step in plan.steps]


def carry_out(desk: Desk, by_record: Mapping[str, Sequence[Hint]]) -> int:
    """Gives back what still shows what it is to be taken back from; answers how many records."""
    now = whole_second(desk.clock.now())
    records = desk.tables.read(TABLE, list(by_record))
    accepted = desk.store.accepted(desk.app_token, TABLE, list(by_record))
    judged, overtaken = list[Judged](), list[Hint]()
    for record_id, (hint, *_) in by_record.items():
        live, known = records.get(record_id), accepted.get(record_id)
        if live and known and _stands(hint, live, known):
            judged.append(_judged(desk, hint, live, known, now))
        else:
            overtaken.append(hint)
            log.warning("undo of %s: the record was edited meanwhile and is left alone", record_id)
    draw_all(desk, judged, now)
    desk.stop_if_lost()
    write(desk, judged)
    settled = settlement(desk, judged, [], {}, now)
    desk.stop_if_lost()
    desk.store.settle(desk.app_token, settled)
    desk.store.settle(desk.app_token, Settlement(closed=[hint.row for hint in overtaken]))
    tell_verdicts(desk, judged)
    return len(judged)


def _judged(desk: Desk, hint: Hint, live: Record, known: Accepted, now: datetime) -> Judged:
    """The row as if the mistake had never been accepted; the other rules compute the rest anew."""
    values = _asked(hint, "values")
    since = _moment(hint) or now if STATUS in values else known.status_since
    question = Question(
        policy=rest(desk.policy, desk.tables.binding),
        record=Requirement.of(live.with_values(values)),
        live=Requirement.of(live),
        accepted=replace(known, record=known.record.with_values(values), status_since=since),
        now=now,
        grace_over=True,
        suggest=desk.suggest,
    )
    decision = decide(question)
    actions = (*_ledger(desk, hint, live, known, now), *decision.actions)
    edits = (*edits_of(question, decision, [hint]), *_edits(hint, live, values, now))
    return Judged(hints=[hint], decision=replace(decision, actions=actions), edits=edits)


def _ledger(desk: Desk, hint: Hint, live: Record, known: Accepted, now: datetime) -> list[WriteLedger]:
    target = _asked(hint, "values").get(STATUS)
    if target is None:
        return []
    row = WriteLedger(
        from_status=str(live.get(STATUS)),
        to_status=str(target),
        operator="",
        at=now,
        source="rule",
        verdict="pass",
        rule=RULE,
        reason=hint.press.asked.get("why", "") if hint.press else "",
        hours_in_previous=round(desk.policy.worktime.hours_between(known.status_since, now), 2),
        identity=f"{hint.record_id}:{hint.event_id}",
    )
    return [row]


def _edits(hint: Hint, live: Record, values: Values, now: datetime) -> list[Edit]:
    """So that a later undo sees that somebody went on from there."""
    return [
        Edit(
            record_id=hint.record_id,
            field=key,
            before=live.get(key),
            after=value,
            operator="",
            at=now,
            event_id=hint.event_id,
        )
        for key, value in values.items()
        if key != STATUS
    ]


def _stands(hint: Hint, live: Record, known: Accepted) -> bool:
    """True while the row shows, and we have accepted, what is to be taken back."""
    expected = _asked(hint, "expected")
    return all(live.get(k) == v == known.record.get(k) for k, v in expected.items())


def _asked(hint: Hint, part: str) -> Values:
    found: Values = hint.press.form.get(part, {}) if hint.press else {}
    return found


def _moment(hint: Hint) -> datetime | None:
    found = hint.press.form.get("since") if hint.press else None
    return found if isinstance(found, datetime) else None


def _hint(desk: Desk, step: Step, identity: str, why: str, now: datetime) -> Hint:
    form = {"values": step.values, "expected": step.expected, "since": step.since}
    press = Press(do="undo", operator="", at=now, event_id=identity, asked={"why": why}, form=form)
    return Hint(
        app_token=desk.app_token,
        table_id="",
        record_id=step.record_id,
        kind="undo",
        event_id=identity,
        received_at=now,
        press=press,
    )


def _identity(step: Step, live: Record | None) -> str:
    # With the state of the row: what was overtaken by an edit may be asked for again.
    parts = [step.values, step.expected, live.modified_at if live else None]
    text = json.dumps(parts, default=str, sort_keys=True)
    return f"undo:{hashlib.sha256(text.encode()).hexdigest()[:24]}"
