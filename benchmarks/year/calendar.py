"""Working time counted on its own, hour by hour from the statutory calendar; nothing of the plugin's.

09:00-12:00 and 13:00-18:00 in Shanghai, where clocks are never changed.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from chinese_calendar import is_workday

ZONE = ZoneInfo("Asia/Shanghai")
SPANS = ((time(9), time(12)), (time(13), time(18)))
HOURS_A_DAY = 8
_DAY = timedelta(days=1)
_ANNOUNCED_UNTIL = date(2026, 12, 31)


@lru_cache(maxsize=4096)
def works(day: date) -> bool:
    """True on working days; days that are not announced yet are plain weekdays."""
    return is_workday(day) if day <= _ANNOUNCED_UNTIL else day.weekday() < 5


def at(day: date, clock: time) -> datetime:
    """A clock time of a day."""
    return datetime.combine(day, clock, ZONE)


def of_ms(ms: object) -> datetime | None:
    """A date cell as an instant in the team's zone."""
    return datetime.fromtimestamp(ms / 1000, ZONE) if isinstance(ms, int | float) else None


def is_quiet(moment: datetime) -> bool:
    """True at night (20:00-08:30) and on days off."""
    clock = moment.astimezone(ZONE).time()
    return not works(moment.astimezone(ZONE).date()) or not time(8, 30) <= clock < time(20)


def after(start: datetime, hours: float) -> datetime:
    """When so many working hours have passed."""
    left = timedelta(hours=hours)
    for opens, closes in _spans(start):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    raise AssertionError("there is always another day")


def after_days(start: datetime, days: float) -> datetime:
    """When so many workdays of eight hours have passed."""
    return after(start, days * HOURS_A_DAY)


def hours_between(start: datetime, end: datetime) -> float:
    """Working hours from one instant to a later one."""
    total = timedelta()
    for opens, closes in _spans(start):
        if opens >= end:
            return total / timedelta(hours=1)
        total += min(closes, end) - opens
    raise AssertionError("there is always another day")


def workday_before(day: date) -> date:
    """The last working day before a day."""
    day -= _DAY
    while not works(day):
        day -= _DAY
    return day


def workday_from(day: date) -> date:
    """The day itself, or the next working day."""
    while not works(day):
        day += _DAY
    return day


def end_of_day(moment: datetime) -> datetime:
    """A date without a time means the end of that day's work."""
    local = moment.astimezone(ZONE)
    return at(local.date(), SPANS[-1][1]) if local.time() == time() else local


def _spans(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    day = start.astimezone(ZONE).date()
    while True:
        if works(day):
            for opens, closes in SPANS:
                if at(day, closes) > start:
                    yield max(at(day, opens), start), at(day, closes)
        day += _DAY
