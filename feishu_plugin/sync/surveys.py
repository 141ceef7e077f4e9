"""Answers of the 满意度 form reach their requirement: confirmation, score and comment.

Only writes cells, as a person would: what follows (a reopening, a notice) is judged when they come
back as an event, by the same rules as an edit by hand. An answer is taken once; its row says what
became of it.
"""

import logging
from collections.abc import Sequence

from feishu_plugin.errors import FeishuError
from feishu_plugin.records import Record, Requirement, Value, Values
from feishu_plugin.sync import stuck
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history import asked
from feishu_plugin.sync.history.returning import find_archived
from feishu_plugin.sync.mail_state import unsubscribe
from feishu_plugin.sync.survey_form import note_answer

log = logging.getLogger(__name__)

TABLE = "survey"
_ANSWER = {"confirmation": "confirmation", "score": "score", "comment": "feedback"}
"""Survey field to requirement field."""


def take_answers(desk: Desk, record_ids: Sequence[str]) -> int:
    """Takes the named answers that were not taken yet; how many reached a requirement."""
    rows = desk.tables.read(TABLE, record_ids)
    new = [row for row in rows.values() if not row.get("state") and row.get("number")]
    try:
        return _take_all(desk, new)
    except FeishuError as error:
        if not stuck.is_of_a_record(error):
            raise
    return sum(_take_one(desk, row) for row in new)


def _take_one(desk: Desk, answer: Record) -> int:
    """An answer that Feishu will not take stops no other; the next sweep tries it again."""
    try:
        return _take_all(desk, [answer])
    except FeishuError as error:
        if not stuck.is_of_a_record(error):
            raise
        log.error("survey answer %s cannot be taken: %s", answer.record_id, error)
        return 0


def _take_all(desk: Desk, new: Sequence[Record]) -> int:
    states: dict[str, Values] = {}
    changes: dict[str, dict[str, Value]] = {}
    for row in new:
        states[row.record_id] = _take(desk, row, changes)
    if changes:
        desk.tables.update("requirement", changes)
    if states:
        desk.tables.update(TABLE, states)
    return len(changes)


def take_missed(desk: Desk) -> int:
    """Takes answers whose events were lost; looks at the newest page only."""
    if TABLE not in desk.tables.binding.tables:
        return 0
    newest = next(iter(desk.tables.scan(TABLE, newest_first=True)), ())
    missed = [row.record_id for row in newest if not row.get("state") and row.get("number")]
    return take_answers(desk, missed) if missed else 0


def _take(desk: Desk, answer: Record, changes: dict[str, dict[str, Value]]) -> Values:
    number = str(answer.get("number") or "").strip()
    found = desk.tables.find("requirement", "number", number) or _back_from_the_archive(desk, number)
    if not found:
        return {"state": "unknown_number"}
    requirement = Requirement.of(found[0])
    if answer.get("unsubscribe"):
        unsubscribe(desk, requirement)
    if not any(answer.get(key) for key in _ANSWER):
        state = "unsubscribed" if answer.get("unsubscribe") else "noted"
        return {"state": state, "requirement": (requirement.record_id,)}
    if requirement.status not in desk.policy.parameters.finished_statuses:
        return {"state": "not_finished", "requirement": (requirement.record_id,)}
    changes.setdefault(requirement.record_id, {}).update(_values(answer))
    note_answer(desk, requirement.record_id, answer.created_at or desk.clock.now())
    return {"state": "noted", "requirement": (requirement.record_id,)}


def _back_from_the_archive(desk: Desk, number: str) -> Sequence[Record]:
    """An answer may come late, and reopen what is archived: it is brought back first."""
    archived = find_archived(desk, number) if number else None
    back = asked.restore(desk, [archived] if archived else [])
    return list(desk.tables.read("requirement", [one.record_id for one in back]).values())


def _values(answer: Record) -> Values:
    return {to: answer.get(key) for key, to in _ANSWER.items() if answer.get(key) is not None}
