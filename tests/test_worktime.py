"""Working time against hand-counted tables: lunch, weekends, make-up days, the National Day of 2026."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin import worktime
from feishu_plugin.worktime import WorkTime, clock_of, spans_of, statutory_days
from tests.builders import local

PLAIN = WorkTime()
"""Every week the same: Monday to Friday, 09:00-12:00 and 13:00-18:00, Shanghai."""
STATUTORY, ANNOUNCED_UNTIL = statutory_days()
CHINA = WorkTime(days=STATUTORY, announced_until=ANNOUNCED_UNTIL)


@pytest.mark.parametrize(
    ("since", "hours", "due"),
    [
        # Tuesday 2026-09-01
        ("2026-09-01 09:00", 1, "2026-09-01 10:00"),
        ("2026-09-01 11:00", 1, "2026-09-01 12:00"),
        ("2026-09-01 11:00", 2, "2026-09-01 14:00"),
        ("2026-09-01 12:30", 1, "2026-09-01 14:00"),
        ("2026-09-01 09:00", 8, "2026-09-01 18:00"),
        ("2026-09-01 07:00", 0.5, "2026-09-01 09:30"),
        ("2026-09-01 17:30", 1, "2026-09-02 09:30"),
        ("2026-09-01 20:00", 1, "2026-09-02 10:00"),
        ("2026-09-01 10:00", 16, "2026-09-03 10:00"),
        # Friday 2026-09-04, over the weekend
        ("2026-09-04 17:00", 2, "2026-09-07 10:00"),
        ("2026-09-05 12:00", 1, "2026-09-07 10:00"),
        ("2026-09-01 12:30", 0, "2026-09-01 13:00"),
    ],
)
def test_hours_pass_only_while_people_work(since: str, hours: float, due: str) -> None:
    assert PLAIN.add_hours(local(since), hours) == local(due)


@pytest.mark.parametrize(
    ("begin", "end", "hours"),
    [
        ("2026-09-01 09:00", "2026-09-01 18:00", 8),
        ("2026-09-01 11:30", "2026-09-01 13:30", 1),
        ("2026-09-01 12:00", "2026-09-01 13:00", 0),
        ("2026-09-01 00:00", "2026-09-02 00:00", 8),
        ("2026-09-04 17:00", "2026-09-07 10:00", 2),
        ("2026-09-05 09:00", "2026-09-06 18:00", 0),
        ("2026-09-02 09:00", "2026-09-01 09:00", 0),
        ("2026-08-31 00:00", "2026-09-07 00:00", 40),
    ],
)
def test_hours_between_two_moments(begin: str, end: str, hours: float) -> None:
    assert PLAIN.hours_between(local(begin), local(end)) == hours


@pytest.mark.parametrize(
    ("day", "works"),
    [
        # 2026: the Mid-Autumn rest is Friday 25 to Sunday 27 September; the National Day rest
        # is 1 to 7 October; the make-up days are Sunday 20 September and Saturday 10 October.
        ("2026-09-18", True), ("2026-09-19", False), ("2026-09-20", True), ("2026-09-24", True),
        ("2026-09-25", False), ("2026-09-27", False), ("2026-09-28", True), ("2026-09-30", True),
        ("2026-10-01", False), ("2026-10-02", False), ("2026-10-05", False), ("2026-10-07", False),
        ("2026-10-08", True), ("2026-10-09", True), ("2026-10-10", True), ("2026-10-11", False),
        ("2026-10-12", True),
    ],
)  # fmt: skip
def test_the_statutory_calendar_of_autumn_2026(day: str, works: bool) -> None:
    assert CHINA.is_workday(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-09-30 10:00", 1, "2026-10-08 10:00"),
        ("2026-09-30 17:00", 2, "2026-10-09 17:00"),
        ("2026-10-01 10:00", 1, "2026-10-08 18:00"),
        ("2026-10-09 10:00", 1, "2026-10-10 10:00"),
        ("2026-10-09 10:00", 2, "2026-10-12 10:00"),
        ("2026-09-18 15:00", 1, "2026-09-20 15:00"),
        ("2026-09-24 09:30", 0.5, "2026-09-24 14:30"),
    ],
)
def test_workdays_jump_over_the_holiday_and_use_the_make_up_days(since: str, days: float, due: str) -> None:
    assert CHINA.add_days(local(since), days) == local(due)
    assert CHINA.days_between(local(since), local(due)) == days


def test_the_calendar_is_announced_by_whole_years() -> None:
    assert ANNOUNCED_UNTIL.year >= 2026
    assert (ANNOUNCED_UNTIL.month, ANNOUNCED_UNTIL.day) == (12, 31)
    for year in (2025, 2026):
        assert STATUTORY[date(year, 10, 1)] is False


def test_days_nobody_has_announced_are_plain_and_their_limits_provisional() -> None:
    worktime = WorkTime(days=STATUTORY, announced_until=date(2026, 12, 31))

    assert not worktime.is_provisional(local("2026-12-31 23:59"))
    assert worktime.is_provisional(local("2027-01-01 00:00"))
    assert worktime.is_provisional(datetime(2026, 12, 31, 16, tzinfo=UTC)), "it is next year in Shanghai"
    assert not PLAIN.is_provisional(local("2099-01-01 00:00")), "without a calendar nothing is awaited"


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-09-01 08:59", False),
        ("2026-09-01 09:00", True),
        ("2026-09-01 12:00", False),
        ("2026-09-01 17:59", True),
        ("2026-09-01 18:00", False),
        ("2026-09-30 18:00", False),
        ("2026-10-10 10:00", True),
    ],
)
def test_when_people_are_at_work(at: str, is_open: bool) -> None:
    assert CHINA.is_open(local(at)) is is_open


def test_workdays_before_and_after_a_day() -> None:
    assert CHINA.workday_after(date(2026, 9, 30)) == date(2026, 10, 8)
    assert CHINA.workday_after(date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert CHINA.workday_before(date(2026, 10, 8)) == date(2026, 9, 30)
    assert CHINA.workday_before(date(2026, 10, 12)) == date(2026, 10, 10)


def test_answers_are_instants_of_the_teams_zone_in_utc() -> None:
    assert PLAIN.midnight(date(2026, 9, 1)) == datetime(2026, 8, 31, 16, tzinfo=UTC)
    assert PLAIN.at(date(2026, 9, 1), time(9)) == datetime(2026, 9, 1, 1, tzinfo=UTC)
    assert PLAIN.local_day(datetime(2026, 8, 31, 16, tzinfo=UTC)) == date(2026, 9, 1)
    assert PLAIN.add_hours(local("2026-09-01 10:00"), 1).tzinfo is UTC
    assert PLAIN.hours_per_day == 8.0


def test_a_night_whose_clock_is_set_back_is_an_hour_longer() -> None:
    """Berlin, 2026-10-25: 02:00-04:00 on the clock are three hours of work for a night shift."""
    night = WorkTime(
        zone=ZoneInfo("Europe/Berlin"), hours=((time(2), time(4)),), days={date(2026, 10, 25): True}
    )
    begin = datetime(2026, 10, 24, 23, tzinfo=UTC)

    assert night.hours_between(begin, begin + timedelta(days=1)) == 3.0


@pytest.mark.parametrize("text", ["", "9", "24:00", "早上", "09:00+08:00", "9:5"])
def test_what_is_no_clock_time(text: str) -> None:
    with pytest.raises(ValueError):
        clock_of(text)


@pytest.mark.parametrize("texts", [[], ["09:00"], ["18:00-09:00"], ["09:00-12:00", "11:00-18:00"]])
def test_what_are_no_working_hours(texts: list[str]) -> None:
    with pytest.raises(ValueError):
        spans_of(texts)


moments = st.integers(0, 335 * 24 * 3600).map(
    lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
)
some_hours = st.integers(1, 400).map(lambda quarters: quarters / 4)


@given(moments, some_hours)
def test_adding_hours_and_counting_them_are_inverse(start: datetime, hours: float) -> None:
    assert CHINA.hours_between(start, CHINA.add_hours(start, hours)) == pytest.approx(hours)


@given(moments, some_hours, some_hours)
def test_hours_may_be_added_in_two_parts(start: datetime, first: float, second: float) -> None:
    whole = CHINA.add_hours(start, first + second)

    assert CHINA.add_hours(CHINA.add_hours(start, first), second) == whole


@given(moments, moments, some_hours)
def test_who_begins_later_is_not_done_sooner(one: datetime, other: datetime, hours: float) -> None:
    earlier, later = sorted((one, other))

    assert CHINA.add_hours(earlier, hours) <= CHINA.add_hours(later, hours)


@given(moments, some_hours, some_hours)
def test_more_hours_end_later(start: datetime, one: float, other: float) -> None:
    fewer, more = sorted((one, other))

    assert (CHINA.add_hours(start, fewer) < CHINA.add_hours(start, more)) == (fewer < more)


@given(moments, moments, moments)
def test_a_time_between_is_the_sum_of_its_parts(one: datetime, two: datetime, three: datetime) -> None:
    begin, middle, end = sorted((one, two, three))

    parts = CHINA.hours_between(begin, middle) + CHINA.hours_between(middle, end)
    assert CHINA.hours_between(begin, end) == pytest.approx(parts)


@given(moments, some_hours)
def test_a_limit_ends_inside_working_hours(start: datetime, hours: float) -> None:
    due = CHINA.add_hours(start, hours)

    assert CHINA.is_open(due - timedelta(seconds=1))


@given(moments, st.integers(367, 4000), moments)
def test_a_long_time_is_counted_as_if_it_were_walked_through(
    start: datetime, days: int, other: datetime
) -> None:
    end = start + timedelta(days=days, hours=other.hour, minutes=other.minute)

    quick = CHINA.hours_between(start, end)
    years = [start + timedelta(days=n) for n in range(0, days, 300)]
    walked = sum(CHINA.hours_between(a, b) for a, b in zip(years, [*years[1:], end], strict=True))

    assert quick == pytest.approx(walked)


def test_a_plan_for_the_year_9999_costs_nothing_and_fits() -> None:
    never = datetime(9998, 1, 1, tzinfo=UTC)

    assert PLAIN.days_between(local("2026-09-01 09:00"), never) == pytest.approx(2_079_780, rel=1e-4)


def test_a_date_of_the_first_century_costs_no_more_the_second_time() -> None:
    """People write any year; the clocks of two thousand years are not looked through at every tick."""
    ancient, now = datetime(2, 1, 1, tzinfo=UTC), local("2026-09-01 09:00")
    first = CHINA.hours_between(ancient, now)
    before = worktime._changes.cache_info().misses

    again = CHINA.hours_between(ancient + timedelta(days=1), now)

    assert worktime._changes.cache_info().misses == before
    assert 0 <= first - again <= 8
