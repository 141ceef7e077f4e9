"""``status``: how a base stands, from the store alone, so that it can be asked beside a running service."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.jobs import Outcome
from feishu_plugin.sync import recovered
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.postbox.polling import COUNTS, STATE

_MOST_FAILURES = 5

_WORDS: Mapping[str, str] = {
    "base_token": "多维表格 base",
    "policy": "执行中的规则 rules in force",
    "worked_on_by": "处理进程 worked on by",
    "pending": "待判定 waiting to be judged",
    "oldest_pending_s": "最早的已等待（秒） oldest has waited (s)",
    "effects_waiting": "待发送或写入 cards and rows to go out",
    "next_try": "下次发送 next try",
    "lines_waiting": "等待晨报 lines for the morning card",
    "effects_failed": "已放弃 given up",
    "mails_sent": "已发邮件 mails sent",
    "mails_skipped": "未发邮件 mails not sent",
    "mails_waiting": "待发邮件 mails waiting",
    "mails_failed": "失败邮件 mails failed",
    "letters": "客户来信 letters read",
    "mailbox_trouble": "邮箱读取失败 the mailbox cannot be read",
    "set_aside": "看不懂的推送 deliveries set aside",
    "last_sweep": "上次补查 last sweep",
    "recovered": "补查找回 found by sweeps only",
    "calls_this_month": "本月调用 calls this month",
    "calls_forecast": "预计全月 forecast for the month",
    "calls_allowed": "每月可用 allowed a month",
}
"""Key of the JSON to its line for people, in the order of the lines."""


def status(office: Office, app_token: str) -> Outcome:
    """Who works on the base, what waits and since when, what failed, what rests, and the calls to Feishu."""
    desk = desk_for(office, app_token)
    now = desk.clock.now()
    data = {
        "base_token": app_token,
        "policy": desk.policy.version,
        **_work(office, desk, now),
        **office.store.counts(app_token),
        **office.store.mails(app_token),
        **_letters(desk),
        **_swept(desk),
        **_calls(office, now),
        "paused": list(desk.paused),
        "troubles": desk.store.recall(app_token, "troubles") or {},
        "failures": [f"{one.kind} {one.identity}: {one.cause}" for one in _failures(office, app_token)],
    }
    return Outcome(text="\n".join(_lines(desk, data)), data=data)


def _work(office: Office, desk: Desk, now: datetime) -> dict[str, Any]:
    """A lease runs by the clock of the database, what waits by the business clock."""
    lease = office.store.lease_of(desk.app_token)
    oldest, next_try = office.store.oldest_open(desk.app_token), office.store.next_try(desk.app_token)
    return {
        "worked_on_by": {"process": lease[0], "for_s": round(lease[1], 1)} if lease else None,
        "oldest_pending_s": round((now - oldest).total_seconds()) if oldest else 0,
        "next_try": next_try.isoformat() if next_try else None,
    }


def _swept(desk: Desk) -> dict[str, Any]:
    last = desk.store.recall(desk.app_token, "sweep") or {}
    at = last.get("at")
    days = {day.isoformat(): changes for day, changes in recovered.by_day(desk).items()}
    return {
        "last_sweep": {**last["found"], "at": at.isoformat()} if at else None,
        "recovered": dict(list(days.items())[-7:]),
    }


def _letters(desk: Desk) -> dict[str, Any]:
    """How the mailbox stands, where there is one."""
    if desk.mailbox is None:
        return {}
    counts = desk.store.recall(desk.app_token, COUNTS) or {}
    trouble = (desk.store.recall(desk.app_token, STATE) or {}).get("error", "")
    return {"letters": dict(counts), **({"mailbox_trouble": trouble} if trouble else {})}


def _calls(office: Office, now: datetime) -> dict[str, Any]:
    found = office.budget(now)
    allowed = {"calls_allowed": found.most} if found.most else {}
    return {"calls_this_month": found.used, "calls_forecast": found.forecast, **allowed}


def _failures(office: Office, app_token: str) -> list[Any]:
    return list(office.store.failures(app_token, _MOST_FAILURES))


def _lines(desk: Desk, data: Mapping[str, Any]) -> Iterator[str]:
    for key, words in _WORDS.items():
        if key in data and (shown := _shown(desk, key, data[key])) is not None:
            yield f"{words}: {shown}"
    yield from (f"暂停 paused: {line}" for line in data["paused"])
    for job, why in data["troubles"].items():
        yield f"任务失败，会重试 job failed, tried again: {job}: {why}"
    yield from (f"放弃 given up: {line}" for line in data["failures"])


def _shown(desk: Desk, key: str, value: Any) -> str | None:
    """None for what there is nothing to say of."""
    match key:
        case "worked_on_by" if value:
            return f"{value['process']}（{value['for_s']} 秒内有效 good for {value['for_s']} s）"
        case "worked_on_by":
            return "没有进程 no process"
        case "letters" if value:
            return ", ".join(f"{number} {what}" for what, number in value.items())
        case "next_try" if value:
            return _local(desk, datetime.fromisoformat(value))
        case "last_sweep" if value:
            found = ", ".join(f"{number} {what}" for what, number in value.items() if what != "at")
            return f"{_local(desk, datetime.fromisoformat(value['at']))}: {found}"
        case "recovered" if value:
            return "、".join(f"{day} {changes}" for day, changes in value.items())
        case "next_try" | "last_sweep" | "recovered":
            return None
        case _:
            return str(value)


def _local(desk: Desk, at: datetime) -> str:
    return f"{at.astimezone(desk.policy.worktime.zone):%Y-%m-%d %H:%M:%S}"
