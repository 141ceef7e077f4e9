"""Buttons of cards, carried out: the press is answered by the rules, judged like an edit, written once.

A press comes through the same inbox as an edit and is repeated until it is settled; its
identity is that of Feishu's event, so that it is carried out once. The card then shows what
happened and has no buttons any more; a press that cannot be carried out leaves it as it is, and
so does one on a card that lists many requirements: its outcome is a card of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from feishu_plugin.archived import ARCHIVED
from feishu_plugin.errors import FeishuError
from feishu_plugin.ports import Effect, Hint, Json, Settlement
from feishu_plugin.records import Accepted, Press, Record, Requirement, Step
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.card import outcome_card
from feishu_plugin.reminders.due import ANSWERABLE, due
from feishu_plugin.reminders.notice import local_time, passed_on
from feishu_plugin.reminders.templates import Words, escape
from feishu_plugin.rules.actions import Tell
from feishu_plugin.rules.answers import Answer, Pressed
from feishu_plugin.rules.decide import Question, decide
from feishu_plugin.rules.presses import answer, original_of
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.edits import edits_of
from feishu_plugin.sync.outgoing import cards_of
from feishu_plugin.sync.pauses import lost_statuses, rest
from feishu_plugin.sync.settling import (
    TABLE,
    Judged,
    draw_all,
    settlement,
    tell_verdicts,
    whole_second,
    write,
)
from feishu_plugin.sync.stuck import is_of_a_record

_NO_RECORD = Answer(zh="这条需求已被删除", en="This requirement was deleted")
_ARCHIVED = Answer(
    zh="这条需求已归档，需要时请管理员恢复",
    en="This requirement is archived; an administrator can bring it back",
)
_LOST_STATUS = Answer(
    zh="这个状态的选项已被删除，管理员恢复后再按",
    en="The option of this status was deleted; press again when it is back",
    done=False,
)
_TOO_SOON = Answer(zh="这条需求正在登记，请稍后再按", en="It is being registered, press again", done=False)


def carry_out(desk: Desk, by_record: Mapping[str, Sequence[Hint]], *, patient: bool) -> None:
    """Settles the presses on these records, in the order in which they were made.

    ``patient``: a press on a record with an edit that is not judged yet stays open. It comes
    first nevertheless: what looks like such an edit may be our own write before a kill.
    """
    records = desk.tables.read(TABLE, list(by_record))
    for record_id, hints in by_record.items():
        for number, hint in enumerate(hints):
            _settle(desk, hint, _now(desk, record_id) if number else records.get(record_id), patient)


def _gone(desk: Desk, record_id: str) -> Answer:
    """Why the record is not there."""
    is_archived = desk.store.accepted(desk.app_token, ARCHIVED, [record_id])
    return _ARCHIVED if is_archived else _NO_RECORD


def _now(desk: Desk, record_id: str) -> Record | None:
    """The row again: the press before this one may have written it."""
    return desk.tables.read(TABLE, [record_id]).get(record_id)


def _settle(desk: Desk, hint: Hint, record: Record | None, patient: bool) -> None:
    press = hint.press
    if press is None:
        return
    accepted = desk.store.accepted(desk.app_token, TABLE, [hint.record_id]).get(hint.record_id)
    if record is None or accepted is None:
        _say(desk, hint, press, record, _TOO_SOON if record else _gone(desk, hint.record_id))
        return
    live = Requirement.of(record)
    pressed = Pressed(
        press=press,
        policy=rest(desk.policy, desk.tables.binding),
        record=live,
        accepted=accepted,
        presser=desk.judged_person(press.operator),
        now=whole_second(desk.clock.now()),
        original=_original(desk, press),
        reminders=_reminders(desk, press, accepted) if press.do == "snooze" else (),
    )
    found = answer(pressed)
    if found.busy and patient:
        return
    if found.values.get("status") in lost_statuses(desk.tables.binding):
        found = _LOST_STATUS  # writing it would make the option anew behind people's backs
    if found.is_settled:
        _make(desk, hint, pressed, found)
    else:
        _say(desk, hint, press, record, found)


def _original(desk: Desk, press: Press) -> Accepted | None:
    """The requirement to merge into, as it was accepted; None when it is gone or was not asked for."""
    chosen = original_of(press)
    known = desk.store.accepted(desk.app_token, TABLE, [chosen]) if chosen else {}
    return known.get(chosen)


def _reminders(desk: Desk, press: Press, accepted: Accepted) -> tuple[tuple[str, str], ...]:
    """Of the reminders that this card may have told the presser, those that are still due, and for whom."""
    circle = Circle(policy=desk.policy, people=desk.people.person, administrators=desk.administrators)
    asked = press.asked.get("event", "")
    mine = {
        _heard(one.told_to(reach.meant), reach.meant, press.operator): (one.identity, reach.meant)
        for one in due([(accepted.record.record_id, accepted)], desk.policy, circle, desk.clock.now())
        if one.event in ANSWERABLE and asked in ("", one.event)
        for reach in one.people
    }
    told = desk.store.told(desk.app_token, list(mine))
    return tuple(found for heard, found in mine.items() if heard in told)


def _heard(notice: str, meant: str, operator: str) -> str:
    """What is told when this person got the notice, as the one meant or as a stand-in."""
    return notice if meant == operator else passed_on(notice, operator)


def _make(desk: Desk, hint: Hint, pressed: Pressed, found: Answer) -> None:
    """Judges what the press asks for as if the person had typed it, and writes it."""
    operator = found.operator or pressed.press.operator
    accepted, live = _with_waiver(pressed, found), pressed.record
    question = Question(
        policy=pressed.policy,
        record=live.with_values(found.values),
        live=live,
        accepted=accepted,
        steps=_steps(pressed, found, operator),
        now=pressed.now,
        grace_over=True,
        people={one: desk.judged_person(one) for one in {operator, pressed.press.operator} if one},
        note=found.note,
        suggest=desk.suggest,
    )
    decision = decide(question)
    judged = Judged(
        hints=[hint],
        decision=decision,
        edits=edits_of(question, decision, [hint]),
        waivers=accepted.waivers,
        snoozes=found.snoozes,
        tells=found.tells,
        ledger=found.ledger,
        effects=_shown(desk, pressed.press, live, found),
    )
    draw_all(desk, [judged], pressed.now)
    desk.stop_if_lost()
    try:
        write(desk, [judged])
    except FeishuError as error:
        if not is_of_a_record(error):
            raise
        _say(desk, hint, pressed.press, live, _not_taken(error))
        return
    settled = settlement(desk, [judged], [], {}, pressed.now)
    desk.stop_if_lost()
    desk.store.settle(desk.app_token, settled)
    tell_verdicts(desk, [judged])


def _not_taken(error: FeishuError) -> Answer:
    """Whoever filled in the form can mend it; nobody else would ever hear of it."""
    return Answer(
        zh=f"飞书没有接受这些内容，请改正后再按（{error.code} {error.msg}）",
        en=f"Feishu refused these values, mend them and press again ({error.code} {error.msg})",
        done=False,
    )


def _steps(pressed: Pressed, found: Answer, operator: str) -> list[Step]:
    """The move that the press makes; none for an answer to a reminder."""
    if "status" not in found.values:
        return []
    step = Step(
        # Not the live status: that shows our own write when a kill came before its settlement.
        before=Requirement.of(pressed.accepted.record).status or None,
        after=str(found.values["status"]),
        operator=operator,
        at=pressed.now,
        event_id=pressed.press.event_id,
    )
    return [step]


def _with_waiver(pressed: Pressed, found: Answer) -> Accepted:
    waivers = (*pressed.accepted.waivers, found.waiver) if found.waiver else pressed.accepted.waivers
    return replace(pressed.accepted, waivers=waivers)


def _say(desk: Desk, hint: Hint, press: Press, record: Record | None, found: Answer) -> None:
    """Nothing is written into the row: the card, or a card of its own, says what came of the press."""
    row = record or Record(record_id="")
    tells = [(row, tell) for tell in found.tells]
    if not found.done:
        tells.append((row, _refusal(press, found)))
    cards = cards_of(desk, tells, whole_second(desk.clock.now()))
    shown = _shown(desk, press, Requirement.of(row), found)
    desk.store.settle(desk.app_token, Settlement(closed=[hint.row], effects=[*cards, *shown]))


def _refusal(press: Press, found: Answer) -> Tell:
    """Told to whoever pressed; the same answer to the same card only once."""
    said = sha256(found.zh.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    identity = f"{press.message_id}:{said}"  # short: a title in it may be longer than an index takes
    facts = {"note": found.zh, "note_en": found.en}
    return Tell(event="press_refused", identity=identity, to=(press.operator,), facts=facts)


def _shown(desk: Desk, press: Press, record: Requirement, found: Answer) -> tuple[Effect, ...]:
    """The card as it is to be shown from now on; none while its buttons are still to be pressed."""
    if not (found.done and press.message_id):
        return ()
    card, now = _outcome(desk, press, record, found), desk.clock.now()
    if "records" not in press.asked:
        patch = Effect(
            kind="patch",
            identity=f"press:{press.event_id}",
            target=press.message_id,
            body={"card": card},
            not_before=now,
        )
        return (patch,)
    # The other lines of the list are still to be answered.
    name, listed = f"已处理 {record.number}".strip(), [record.record_id] if record.record_id else []
    answered = Effect(
        kind="card",
        identity=f"press:{press.event_id}",
        target=press.operator,
        body={"card": card, "event": "answered", "name": name, "requirements": listed},
        not_before=now,
    )
    return (answered,)


def _outcome(desk: Desk, press: Press, record: Requirement, found: Answer) -> Json:
    now = desk.clock.now()
    who = escape(desk.people.person(press.operator).name or press.operator)
    what, at = f"**{escape(record.number)}** {escape(record.title)}", local_time(desk.policy, now)
    zh = Words(title=f"已处理：{record.number}", body=f"{what}\n{escape(found.zh)}\n{who} · {at}")
    en = Words(title=f"Answered: {record.number}", body=f"{what}\n{escape(found.en)}\n{who} · {at}")
    link = desk.link(TABLE, record.record_id) if record.record_id else ""
    return outcome_card(zh, en, link)
