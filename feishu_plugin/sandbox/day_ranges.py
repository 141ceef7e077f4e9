"""Date values of a filter as half-open ranges of milliseconds in the base's time zone; pure."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.envelope import Refusal

Days = tuple[date, date]
"""The first day and the day after the last one."""


def _week(today: date, back: int) -> Days:
    monday = today - timedelta(days=today.weekday() + 7 * back)
    return monday, monday + timedelta(days=7)


def _month(today: date, back: int) -> Days:
    last = today.replace(day=1)
    first = (last - timedelta(days=1)).replace(day=1) if back else last
    return first, (first + timedelta(days=32)).replace(day=1)


def _span(today: date, start: int, end: int) -> Days:
    return today + timedelta(days=start), today + timedelta(days=end)


DAYS: dict[str, Callable[[date], Days]] = {
    "Today": lambda today: _span(today, 0, 1),
    "Tomorrow": lambda today: _span(today, 1, 2),
    "Yesterday": lambda today: _span(today, -1, 0),
}
PERIODS: dict[str, Callable[[date], Days]] = {
    "CurrentWeek": lambda today: _week(today, 0),
    "LastWeek": lambda today: _week(today, 1),
    "CurrentMonth": lambda today: _month(today, 0),
    "LastMonth": lambda today: _month(today, 1),
    "TheLastWeek": lambda today: _span(today, -7, 0),
    "TheNextWeek": lambda today: _span(today, 1, 8),
    "TheLastMonth": lambda today: _span(today, -30, 0),
    "TheNextMonth": lambda today: _span(today, 1, 31),
}
"""Only with the operator ``is``; weeks start on Monday."""


def range_ms(values: Sequence[str], operator: str, zone: ZoneInfo, now: datetime) -> tuple[int, int]:
    """``["ExactDate", "<ms>"]`` or a named day or period as (start, end) in ms; else 1254018."""
    today, name = now.astimezone(zone).date(), values[0] if values else ""
    if name == "ExactDate" and len(values) > 1 and str(values[1]).lstrip("-").isdigit():
        day = datetime.fromtimestamp(int(values[1]) / 1000, UTC).astimezone(zone).date()
        return _ms((day, day + timedelta(days=1)), zone)
    named = {**DAYS, **PERIODS} if operator == "is" else DAYS
    if name not in named:
        raise Refusal(1254018, "InvalidFilter", detail=f"date value {list(values)} with operator {operator}")
    return _ms(named[name](today), zone)


def _ms(days: Days, zone: ZoneInfo) -> tuple[int, int]:
    start, end = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in days)
    return int(start.timestamp() * 1000), int(end.timestamp() * 1000)
