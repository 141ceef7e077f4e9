"""Changes that no event told, counted by day, and the one calm line a working day says of them.

Events get lost when the connection was down for long or the tenant has a disturbance. A
sweep finds what they would have told; whoever runs the service should know how often.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from feishu_plugin.reminders.quiet import is_quiet
from feishu_plugin.sync.aged import is_aged
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.outgoing import tell_administrator

FACT, _TOLD = "recovered", "recovered:told"


def count(desk: Desk, changes: int) -> None:
    """Adds changes that a sweep found to those of this local day.

    What a database does not know because it was put back from a copy is no lost event.
    """
    if changes and not is_aged(desk):
        day = desk.policy.worktime.local_day(desk.clock.now())
        desk.store.tally(desk.app_token, FACT, day.isoformat(), changes)


def by_day(desk: Desk) -> Mapping[date, int]:
    """How many changes were found on which local day."""
    fact = desk.store.recall(desk.app_token, FACT) or {}
    return {date.fromisoformat(day): changes for day, changes in sorted(fact.items())}


def tell(desk: Desk) -> bool:
    """In the working time of a day: one card about the days before it, if anything was found on them.

    What was found on days off is told on the next working day. True when there was something to tell.
    """
    now = desk.clock.now()
    policy, today = desk.policy, desk.policy.worktime.local_day(now)
    if is_quiet(policy, now) or now < policy.worktime.at(today, policy.parameters.digest_at):
        return False
    told = desk.store.recall(desk.app_token, _TOLD)
    last = date.fromisoformat(told["day"]) if told else date.min
    yesterday = today - timedelta(days=1)
    if last >= yesterday:
        return False
    days = {day: changes for day, changes in by_day(desk).items() if last < day <= yesterday}
    if days:
        _say(desk, today, days)
    desk.store.keep(desk.app_token, _TOLD, {"day": yesterday.isoformat()})
    return bool(days)


def _say(desk: Desk, today: date, days: Mapping[date, int]) -> None:
    changes, listed = sum(days.values()), "、".join(f"{day} {number}" for day, number in days.items())
    text = (
        f"有 {changes} 处改动没有收到飞书的事件，已由定时补查找到并照常处理（{listed}），不需要做什么。"
        f"经常出现时请检查长连接。 Changes without an event from Feishu: {changes}; sweeps found them and "
        "they were handled as usual. If this happens often, look at the long connection."
    )
    tell_administrator(desk, f"recovered:{today}", text)
    desk.saw("recovered", changes=changes, because=listed)
