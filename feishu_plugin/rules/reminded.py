"""What follows when a person answers a reminder: 确认按期, 延期, 更新进展, 有风险, 稍后提醒.

Pure. Everything is judged by the moment of the press, not of its carrying out, so that a press
repeated after a kill comes to the same values, rows and times.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Literal

from feishu_plugin.records import Snooze, Value
from feishu_plugin.rules.actions import WriteLedger
from feishu_plugin.rules.answers import Answer, Pressed, entered, moving
from feishu_plugin.rules.due_times import deadline
from feishu_plugin.rules.inputs import typed

CONFIRMED, POSTPONED = "确认按期", "延期"
_HOURS = {"1h": 1.0, "4h": 4.0}


def _confirm(pressed: Pressed) -> Answer:
    """确认按期: the plan stands; a row in the ledger, once for each due time and person."""
    at = deadline(pressed.policy, pressed.record)
    if at is None:
        return Answer(
            zh="这条需求没有时限，请用「延期」填写计划完成时间",
            en="It has no due time: give a plan date by postponing",
            done=False,
        )
    if at <= pressed.press.at:
        return Answer(
            zh="已经超期，不能确认按期，请延期或更新进展",
            en="It is overdue: postpone it or write your progress",
            done=False,
        )
    shown = f"{_local(pressed, at):%Y-%m-%d %H:%M}"
    told = f"confirm:{at.astimezone(UTC).isoformat()}:{pressed.presser.open_id}"
    return Answer(
        zh=f"已确认按期完成：{shown}",
        en=f"Confirmed for {shown}",
        ledger=(_row(pressed, CONFIRMED, f"按期：{shown}", told),),
    )


def _postpone(pressed: Pressed) -> Answer:
    """延期: another 计划完成时间 with its reason; managers hear of it as of every moved plan."""
    reason, day = entered(pressed, "note"), _later_day(pressed)
    if not reason or day is None:
        return Answer(
            zh="延期需要选择新的计划完成时间（今天以后）并填写理由",
            en="Postponing needs a day after today and a reason",
            done=False,
        )
    shown = f"{_local(pressed, day):%Y-%m-%d}"
    was = pressed.accepted.record.get("planned_finish")
    if was == day:
        return Answer(zh=f"计划完成时间已经是 {shown}", en=f"The plan is {shown} already")
    before = f"{_local(pressed, was):%Y-%m-%d}" if isinstance(was, datetime) else "（空）"
    row = _row(pressed, POSTPONED, f"{before} → {shown}：{reason}", f"postpone:{pressed.press.event_id}")
    kept = pressed.policy.is_service(pressed.record.type) and pressed.record.resolve_due is not None
    return Answer(
        zh=f"计划完成时间已改为 {shown}：{reason}" + ("（解决时限不变）" if kept else ""),
        en=f"Postponed to {shown}: {reason}" + (" (the resolution limit stays)" if kept else ""),
        values={"planned_finish": day},
        ledger=(row,),
        note=reason,
    )


def _progress(pressed: Pressed) -> Answer:
    """更新进展: a dated line in front of 需求进展."""
    text = entered(pressed, "note")
    if not text:
        return Answer(zh="请填写进展", en="Write your progress", done=False)
    name = pressed.presser.name or pressed.presser.open_id
    line = f"{_local(pressed, pressed.press.at):%Y-%m-%d} {name}：{text}"
    known, shown = pressed.accepted.record.get("progress"), pressed.record.progress
    if _holds(known if isinstance(known, str) else "", line):
        return Answer(zh="这条进展已经写过了", en="This progress is written already")
    # It stands there unsettled when a kill came between our write and its settlement.
    written = shown if _holds(shown, line) else "\n".join(filter(None, (line, shown)))
    return Answer(zh=f"已更新进展：{text}", en=f"Progress written: {text}", values={"progress": written})


def _risk(pressed: Pressed) -> Answer:
    """有风险: the text becomes 风险提示, which managers and the submitter are told."""
    text = entered(pressed, "note")
    if not text:
        return Answer(zh="请填写有什么风险", en="Write what the risk is", done=False)
    if pressed.accepted.record.get("risk") == text:
        return Answer(zh="风险提示已经是这样写的", en="This risk is noted already")
    return Answer(zh=f"已写风险提示：{text}", en=f"Risk noted: {text}", values={"risk": text})


def _snooze(pressed: Pressed) -> Answer:
    """稍后提醒: the same reminders once more at a working moment, while they are still due."""
    choice = entered(pressed, "later")
    if choice not in (*_HOURS, "tomorrow"):
        return Answer(zh="请选择何时再提醒", en="Choose when to be reminded", done=False)
    if not pressed.reminders:
        return Answer(zh="已不在提醒之列，无需再提醒", en="It is not due any more")
    until, kind = _until(pressed, choice)
    shown = "下个工作日的晨报" if kind == "digest" else f"{_local(pressed, until):%Y-%m-%d %H:%M}"
    when = "with the next morning card" if kind == "digest" else f"at {shown}"
    return Answer(
        zh=f"稍后提醒：{shown}",
        en=f"You will be reminded {when}",
        # Put off for whom it is meant: whoever stands in by then gets it, or they themselves.
        snoozes=tuple(
            Snooze(stage=stage, person=meant, until=until, kind=kind) for stage, meant in pressed.reminders
        ),
    )


def _still_open(act: Callable[[Pressed], Answer]) -> Callable[[Pressed], Answer]:
    """Nothing is answered about a requirement that is finished, or whose move is not judged yet."""

    def guarded(pressed: Pressed) -> Answer:
        p, status = pressed.policy.parameters, pressed.record.status
        if status != (pressed.accepted.record.get("status") or ""):
            return moving()
        if status in (*p.finished_statuses, *p.ended_statuses):
            now = pressed.label(status)
            zh = f"状态已是「{now}」，此提醒不再有效"
            return Answer(zh=zh, en=f"It is {now} by now, this reminder is outdated")
        return act(pressed)

    return guarded


ANSWERS: Mapping[str, Callable[[Pressed], Answer]] = {
    "confirm": _still_open(_confirm),
    "postpone": _still_open(_postpone),
    "progress": _still_open(_progress),
    "risk": _still_open(_risk),
    "snooze": _still_open(_snooze),
}
"""What each button of a reminder does, by the ``do`` it carries."""


def _row(pressed: Pressed, rule: str, reason: str, told: str) -> WriteLedger:
    """A row with the same status on both sides, so that no report takes it for a move."""
    record = pressed.record
    return WriteLedger(
        from_status=record.status,
        to_status=record.status,
        operator=pressed.presser.open_id,
        at=pressed.press.at.replace(microsecond=0),
        source="person",
        verdict="pass",
        rule=rule,
        reason=reason,
        identity=f"{record.record_id}:{told}",
    )


def _later_day(pressed: Pressed) -> datetime | None:
    """The chosen day; None when it is missing, or not after the day of the press."""
    day: Value = typed(pressed.policy, "planned_finish", pressed.press.form.get("until"))
    if not isinstance(day, datetime) or day <= pressed.press.at:
        return None
    return day.astimezone(UTC)


def _until(pressed: Pressed, choice: str) -> tuple[datetime, Literal["instant", "digest"]]:
    worktime, at = pressed.policy.worktime, pressed.press.at.replace(microsecond=0)
    if choice in _HOURS:
        return worktime.add_hours(at, _HOURS[choice]).astimezone(UTC), "instant"
    tomorrow = worktime.workday_after(worktime.local_day(at))
    return worktime.midnight(tomorrow).astimezone(UTC), "digest"


def _holds(progress: str, line: str) -> bool:
    return f"\n{line}\n" in f"\n{progress}\n"


def _local(pressed: Pressed, at: datetime) -> datetime:
    return at.astimezone(pressed.policy.worktime.zone)
