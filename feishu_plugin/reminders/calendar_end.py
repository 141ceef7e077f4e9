"""What the administrator is told before the statutory calendar ends; pure."""

from datetime import datetime, timedelta

from feishu_plugin.policy import Policy


def calendar_ends(policy: Policy, now: datetime) -> str:
    """One line in Chinese and English from ``calendar_days`` before the end on; empty before that.

    The line stays the same while it is true, so that it is told as one piece of news.
    """
    last = policy.worktime.announced_until
    today = policy.worktime.local_day(now)
    if last is None or today < last - timedelta(days=policy.parameters.calendar_days):
        return ""
    return (
        f"法定节假日数据到 {last} 为止，之后的日子按周一至周五算，时限标“暂按”。"
        "国家公布下一年放假安排后请升级 chinesecalendar 并重启服务，或先把安排写进作息日历。"
        f" The statutory calendar ends on {last}; later days count as plain weekdays and due times are "
        "provisional. Once the next year is announced, upgrade chinesecalendar and restart the service, or "
        "write the days into 作息日历."
    )
