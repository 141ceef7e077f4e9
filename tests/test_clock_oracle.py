"""Working time against a counter that looks at every single minute: not one second of difference.

The oracle knows no spans, weeks or sums: for every minute of 2024-2027 it asks the calendar
library whether the day is worked and the clock whether the minute is.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from feishu_plugin.worktime import DEFAULT_ZONE, WorkTime, statutory_days
from tests.builders import local

CASES = 100_000
"""Random cases in China, and a fifth as many in Berlin; together about three seconds."""
DAYS, ANNOUNCED = statutory_days()
CHINA = WorkTime(days=DAYS, announced_until=ANNOUNCED)
BERLIN = WorkTime(zone=ZoneInfo("Europe/Berlin"))
NIGHT = WorkTime(zone=ZoneInfo("Europe/Berlin"), hours=((time(1), time(4)), (time(20), time(23))))
FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)
MINUTE = timedelta(minutes=1)


class MinuteCounter:
    """How many minutes were open before each minute since a beginning."""

    def __init__(self, begin: datetime, minutes: Iterator[bool]) -> None:
        self.begin = begin
        self.open = bytes(minutes)
        self.before = list(accumulate(self.open, initial=0))

    def seconds(self, start: datetime, end: datetime) -> int:
        return self._until(end) - self._until(start)

    def _until(self, at: datetime) -> int:
        minute, seconds = divmod(round((at - self.begin).total_seconds()), 60)
        return self.before[minute] * 60 + self.open[minute] * seconds


def day_is_worked(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # the year is not announced yet
        return day.weekday() < 5


def china() -> MinuteCounter:
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    minutes = (
        worked and (9 * 60 <= minute < 12 * 60 or 13 * 60 <= minute < 18 * 60)
        for worked in map(day_is_worked, days)
        for minute in range(24 * 60)
    )
    return MinuteCounter(datetime.combine(FIRST, time(), DEFAULT_ZONE), minutes)


def berlin(worked: Callable[[datetime], bool]) -> MinuteCounter:
    """The clocks of 2026 are set on 29 March and 25 October; each minute is asked for its local time."""
    begin, zone = datetime(2026, 3, 1, tzinfo=UTC), ZoneInfo("Europe/Berlin")
    moments = ((begin + n * MINUTE).astimezone(zone) for n in range(260 * 24 * 60))
    return MinuteCounter(begin, (at.weekday() < 5 and worked(at) for at in moments))


@pytest.mark.unmeasured
@pytest.mark.parametrize("longest_days", [3, 60, 1400])
def test_no_second_is_missed_from_2024_to_2027(longest_days: int) -> None:
    oracle, chance = china(), random.Random(longest_days)
    whole = int((LAST - FIRST).total_seconds())
    for _ in range(1 + CASES // 3):
        begin = chance.randrange(whole)
        end = min(begin + chance.randrange(longest_days * 86_400), whole)
        check(CHINA, oracle, *(oracle.begin + timedelta(seconds=at) for at in (begin, end)))


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    ("worktime", "worked"),
    [(BERLIN, {9, 10, 11, 13, 14, 15, 16, 17}), (NIGHT, {1, 2, 3, 20, 21, 22})],
    ids=["office", "night"],
)
def test_no_second_is_missed_where_the_clock_is_set(worktime: WorkTime, worked: set[int]) -> None:
    """Monday to Friday; the Sundays on which clocks are set have a test of their own."""
    oracle, chance = berlin(lambda at: at.hour in worked), random.Random(len(worked))
    for _ in range(CASES // 10):
        begin = chance.randrange(200 * 86_400)
        times = (begin, begin + chance.randrange(50 * 86_400))
        check(worktime, oracle, *(oracle.begin + timedelta(seconds=at) for at in times))


def check(worktime: WorkTime, oracle: MinuteCounter, start: datetime, end: datetime) -> None:
    found = worktime.between(start, end)

    assert found == timedelta(seconds=oracle.seconds(start, end)), (start, end)
    if worktime.is_open(start) and worktime.is_open(end - timedelta(seconds=1)):
        assert worktime.add(start, found) == end, (start, end)


@pytest.mark.parametrize("name", ["spring", "autumn"])
def test_a_sunday_night_shift_is_as_long_as_its_clock_runs(name: str) -> None:
    """01:00-04:00 is two hours when the clock is set forward, four when it is set back."""
    day, hours = {"spring": (date(2026, 3, 29), 2), "autumn": (date(2026, 10, 25), 4)}[name]
    shift = WorkTime(zone=NIGHT.zone, hours=((time(1), time(4)),), days={day: True})
    begin, end = shift.midnight(day), shift.midnight(day + timedelta(days=1))

    assert shift.between(begin, end) == timedelta(hours=hours)
    weeks = timedelta(days=700)
    plain = WorkTime(zone=NIGHT.zone, hours=shift.hours)
    around = (begin - weeks, end + weeks)
    assert shift.between(*around) - plain.between(*around) == timedelta(hours=hours)


def test_an_office_does_not_notice_that_the_clock_is_set() -> None:
    for friday, monday in (
        ("2026-03-27 17:00", "2026-03-30 10:00"),
        ("2026-10-23 17:00", "2026-10-26 10:00"),
    ):
        start, end = (datetime.fromisoformat(text).replace(tzinfo=BERLIN.zone) for text in (friday, monday))
        assert BERLIN.between(start, end) == timedelta(hours=2)
        assert BERLIN.add_hours(start, 2) == end


@pytest.mark.parametrize(
    ("what", "start", "hours", "due"),
    [
        ("Friday evening", "2026-09-04 17:30", 1, "2026-09-07 09:30"),
        ("lunch break", "2026-09-01 11:45", 0.5, "2026-09-01 13:15"),
        ("in the lunch break", "2026-09-01 12:20", 0.5, "2026-09-01 13:30"),
        ("at midnight", "2026-09-02 00:00", 1, "2026-09-02 10:00"),
        ("make-up Saturday", "2026-10-09 17:30", 1, "2026-10-10 09:30"),
        ("make-up Sunday", "2026-09-19 12:00", 1, "2026-09-20 10:00"),
        ("National Day week", "2026-09-30 17:30", 1, "2026-10-08 09:30"),
        ("over New Year", "2026-12-31 17:30", 1, "2027-01-01 09:30"),
    ],
)
def test_clock_bugs_that_others_are_known_for(what: str, start: str, hours: float, due: str) -> None:
    assert CHINA.add_hours(local(start), hours) == local(due), what
    assert CHINA.between(local(start), local(due)) == timedelta(hours=hours)


def test_a_year_that_is_not_announced_is_counted_in_plain_weeks_and_says_so() -> None:
    early = WorkTime(
        days={d: w for d, w in DAYS.items() if d.year < 2026}, announced_until=date(2025, 12, 31)
    )
    due, known = early.add_hours(local("2025-12-31 17:30"), 1), CHINA.add_hours(local("2025-12-31 17:30"), 1)

    assert (due, early.is_provisional(due)) == (local("2026-01-01 09:30"), True)
    assert (known, CHINA.is_provisional(known)) == (local("2026-01-04 09:30"), False)


def test_a_half_day_is_half_a_day() -> None:
    eve = date(2026, 2, 13)
    company = WorkTime(own_hours={eve: ((time(9), time(12)),)})

    assert company.add_hours(local("2026-02-13 11:00"), 2) == local("2026-02-16 10:00")
    assert company.between(local("2026-01-01"), local("2026-12-31")) == PLAIN_2026 - timedelta(hours=5)


PLAIN_2026 = WorkTime().between(local("2026-01-01"), local("2026-12-31"))
