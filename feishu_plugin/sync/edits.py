"""Who changed what since the last settlement: the log that an undo of fields reads; pure.

Statuses are left out (the ledger tells them), and so is what only the plugin fills: a hand edit
of that is put back at once. What a passed move filled in stands under the person who moved.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from feishu_plugin.ports import Edit, Hint
from feishu_plugin.records import Accepted, Requirement
from feishu_plugin.rules.actions import WriteLedger
from feishu_plugin.rules.decide import Decision, Question

MOVED = (
    *("started_at", "first_response_at", "finished_at", "closed_at", "reopen_count", "paused_hours"),
    *("confirmation", "score"),
)
"""Fields that a move fills or empties and that nothing computes anew afterwards."""
_AUTOMATIC = frozenset(
    {"formula", "auto_number", "created_time", "modified_time", "created_user", "modified_user"}
)


def edits_of(question: Question, decision: Decision, hints: Sequence[Hint]) -> tuple[Edit, ...]:
    """What people changed, and what their moves filled in; nothing for a record seen for the first time."""
    accepted = question.accepted
    if accepted is None or decision.waiting:
        return ()
    by_hand = tuple(_by_hand(question, accepted, hints))
    touched = {edit.field for edit in by_hand}
    moved = (edit for edit in _moved(question, accepted, decision) if edit.field not in touched)
    return (*by_hand, *moved)


def _by_hand(question: Question, accepted: Accepted, hints: Sequence[Hint]) -> Iterator[Edit]:
    record, inputs = question.record, question.policy.inputs
    ours = {"status", *question.policy.rule_fields}
    for key in dict.fromkeys([*record.values, *accepted.record.values]):
        before, after = accepted.record.get(key), record.get(key)
        if before != after and key not in ours and key in inputs and inputs[key].type not in _AUTOMATIC:
            hint = _told_by(key, hints)
            yield Edit(
                record_id=record.record_id,
                field=key,
                before=before,
                after=after,
                operator=hint.operator or record.modified_by or "",
                at=_moment(hint, record),
                event_id=hint.event_id,
            )


def _moved(question: Question, accepted: Accepted, decision: Decision) -> Iterator[Edit]:
    moves = [a for a in decision.actions if isinstance(a, WriteLedger) and a.verdict != "put_back"]
    if not moves:
        return
    for key in MOVED:
        before, after = accepted.record.get(key), decision.record.get(key)
        if before != after:
            yield Edit(
                record_id=question.record.record_id,
                field=key,
                before=before,
                after=after,
                operator=moves[-1].operator,
                at=moves[-1].at,
                event_id=moves[-1].identity,
                by_rule=True,
            )


def _told_by(key: str, hints: Sequence[Hint]) -> Hint:
    """The last hint that names the field, else the last that names a person, else the last."""
    named = [hint for hint in hints if key in hint.fields]
    return (named or [hint for hint in hints if hint.operator] or list(hints))[-1]


def _moment(hint: Hint, record: Requirement) -> datetime:
    """When the edit was made; a late event or a sweep is received after the row was changed."""
    if hint.step:
        return hint.step.at
    return min(hint.received_at, record.modified_at or hint.received_at)
