"""Puts replies into the rows of their requirements, and bounces to the notices of the mails that came back.

A reply is written once: its entry in 客户反馈 says that it is there already. What follows from an
answer (a reopening, a closing) is judged when the cells come back as an event, as with the form.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from feishu_plugin.errors import BindingError, FeishuError
from feishu_plugin.ports import Json, PendingEffect, Settlement
from feishu_plugin.records import Record, Requirement, Value, Values
from feishu_plugin.rules.actions import Tell
from feishu_plugin.rules.automatic import may_reopen
from feishu_plugin.sync import mail_state
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history import asked
from feishu_plugin.sync.history.journal import ids_now
from feishu_plugin.sync.intake.arrivals import Arrival, effect_of
from feishu_plugin.sync.outgoing import cards_of, tell_administrator
from feishu_plugin.sync.postbox.threads import Thread, archived_by, requirement_of
from feishu_plugin.sync.survey_form import note_answer

log = logging.getLogger(__name__)

_PAGE = 200
_MOST_TRIES = 72  # about three days, as with cards
_PATIENCE = 10
"""Tries, some 17 minutes, in which a requirement should be back from the archive."""
_LONGEST_CELL = 90_000
"""Characters of 客户反馈; Feishu takes 100,000."""
_REQUIREMENT, _NOTICE, _FILES = "requirement", "notice", "attachments"


def put_in_rows(desk: Desk, go_on: Callable[[], bool] = lambda: True) -> int:
    """Performs every reply and bounce that is due, oldest first; how many came to an end."""
    now, ended = desk.clock.now(), 0
    for one in desk.store.posts_due(desk.app_token, now, _PAGE):
        if not go_on():
            break
        try:
            outcome = _reply(desk, one, now) if one.effect.body["what"] == "reply" else _bounce(desk, one)
        except (FeishuError, BindingError) as error:
            ended += _failed(desk, one, now, str(error))
            continue
        if outcome is None:
            ended += _failed(desk, one, now, "what it belongs to is not written yet")
        else:
            desk.store.done([one.row], now, outcome)
            ended += 1
    return ended


def _reply(desk: Desk, one: PendingEffect, now: datetime) -> str | None:
    """record_id of the row that has it now; None while there is no row."""
    body = one.effect.body
    thread = Thread(requirement=body["requirement"], waits_for=body["waits_for"])
    record_id = requirement_of(desk, thread)
    if record_id == "":
        return None
    record_id = next(iter(ids_now(desk, [record_id])), "") if record_id else ""
    row = desk.tables.read(_REQUIREMENT, [record_id]).get(record_id) if record_id else None
    if row is None:
        archived = archived_by(desk, "origin", record_id)
        if archived and _may_come_back(desk, archived, one):
            asked.ask(desk, [archived.record_id])
            return None
        # Nothing is left to which it could be added: what the customer says is not lost with it.
        arrival = Arrival(door=body["door"], key=body["key"], values=_cells(body, archived), at=now)
        desk.store.settle(desk.app_token, Settlement(effects=[effect_of(arrival)]))
        return ""
    if changes := _changes(desk, row, body):
        desk.tables.update(_REQUIREMENT, {row.record_id: changes})
    _tell(desk, row, one, now)
    return row.record_id


def _may_come_back(desk: Desk, archived: Record, one: PendingEffect) -> bool:
    """What an answer may reopen comes back for whoever may answer; the judging thread sees to it in a moment.

    Not for ever: of a row that cannot come back the administrators have heard why.
    """
    may_answer = one.effect.body.get("may_answer", False)
    return may_answer and one.tries < _PATIENCE and may_reopen(desk.policy, str(archived.get("status") or ""))


def _cells(body: Json, archived: Record | None) -> Values:
    """Those of a new requirement, which names the one that it was a reply to."""
    cells: dict[str, Value] = dict(body["cells"])
    if archived is None:
        return cells
    note = f"（回复已归档的需求 Reply to the archived requirement {archived.get('number')}）"
    return {**cells, "description": f"{note}\n{cells.get('description') or ''}".strip()}


def _changes(desk: Desk, row: Record, body: Json) -> dict[str, Value]:
    """The cells that the reply changes; empty when it is in the row already."""
    feedback = row.get("feedback")
    before = feedback if isinstance(feedback, str) else ""
    if body["entry"] in before:
        return {}
    longer = f"{before}\n\n{body['entry']}".strip()
    changes: dict[str, Value] = {"feedback": longer[: max(_LONGEST_CELL, len(before))]}
    files = row.get(_FILES)
    if body["files"]:
        changes[_FILES] = (*(files if isinstance(files, tuple) else ()), *body["files"])
    if body["answer"] and _is_finished(desk, row):
        changes |= body["answer"]
        note_answer(desk, row.record_id, desk.clock.now())
    return changes


def _is_finished(desk: Desk, row: Record) -> bool:
    return row.get("status") in desk.policy.parameters.finished_statuses


def _tell(desk: Desk, row: Record, one: PendingEffect, now: datetime) -> None:
    """The owner reads what came; an answer is told by what follows from it."""
    body = one.effect.body
    if body["answer"] and _is_finished(desk, row):
        return
    requirement = Requirement.of(row)
    tell = Tell(
        event="replied", identity=f"replied:{body['key']}", facts={"note": body["words"] or "（无正文）"}
    )
    desk.store.settle(desk.app_token, Settlement(effects=cards_of(desk, [(requirement, tell)], now)))


def _bounce(desk: Desk, one: PendingEffect) -> str | None:
    """record_id of the notice; None while its row is not written."""
    body = one.effect.body
    rows = desk.tables.find(_NOTICE, "identity", body["notice"])
    if not rows:
        return None
    if body["no_such_address"]:
        mail_state.stop(desk, body["customer"], body["address"], "bounced")
    cause = f"退信 came back: {body['reason']}".replace(body["address"], "***")
    desk.tables.update(_NOTICE, {row.record_id: {"state": "failed", "cause": cause} for row in rows})
    return rows[0].record_id


def _failed(desk: Desk, one: PendingEffect, now: datetime, cause: str) -> int:
    """1 when it is given up, which the administrators hear."""
    if one.tries < _MOST_TRIES:
        # Soon at first: a letter that is answered at once gets its row in a moment.
        again = now + timedelta(seconds=min(2 ** min(one.tries, 12), 3600))
        desk.store.failed([one.row], again, cause)
        return 0
    if one.effect.body["what"] == "reply":
        note = f"客户的邮件回复未能写入需求，请到邮箱查看 a reply was not written, see the mailbox: {cause}"
        tell_administrator(desk, one.effect.identity, note)
    log.error("mailbox: %s was given up: %s", one.effect.identity, cause)
    desk.store.failed([one.row], None, cause)
    return 1
