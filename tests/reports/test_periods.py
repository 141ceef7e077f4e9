"""Months are cut at midnight in the team's zone."""

from zoneinfo import ZoneInfo

import pytest

from feishu_plugin.errors import ReportError
from feishu_plugin.reports.periods import before, ending_with, last_month, period
from feishu_plugin.worktime import WorkTime
from tests.builders import local


def test_a_month_begins_and_ends_at_midnight_of_the_zone() -> None:
    september = period("2026-09", WorkTime())

    assert september.begin == local("2026-09-01")
    assert september.end == local("2026-10-01")
    assert september.begin.isoformat() == "2026-08-31T16:00:00+00:00"


def test_the_first_instant_belongs_to_a_month_and_the_last_midnight_does_not() -> None:
    september = period("2026-09", WorkTime())

    assert september.begin in september
    assert september.end not in september


def test_a_month_with_a_clock_change_has_an_hour_less() -> None:
    march = period("2026-03", WorkTime(zone=ZoneInfo("Europe/Berlin")))

    assert (march.end - march.begin).total_seconds() == 31 * 24 * 3600 - 3600


def test_december_ends_with_the_year() -> None:
    assert period("2026-12", WorkTime()).end == local("2027-01-01")


def test_a_quarter_and_a_year_are_whole_months() -> None:
    quarter, year = period("2026-Q4", WorkTime()), period("2026", WorkTime())

    assert (quarter.begin, quarter.end) == (local("2026-10-01"), local("2027-01-01"))
    assert (year.begin, year.end) == (local("2026-01-01"), local("2027-01-01"))


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-9", "202609", "2026-09-01", "", "二〇二六", "0000-01", "2026-Q5", "2026-Q", "26"],
)
def test_anything_but_a_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ReportError, match="2026-09, 2026-Q3 or 2026"):
        period(text, WorkTime())


@pytest.mark.parametrize(
    ("key", "earlier"),
    [
        ("2026-09", "2026-08"),
        ("2026-01", "2025-12"),
        ("2026-Q3", "2026-Q2"),
        ("2026-Q1", "2025-Q4"),
        ("2026", "2025"),
    ],
)
def test_the_period_before_has_the_same_length(key: str, earlier: str) -> None:
    assert before(key) == earlier


@pytest.mark.parametrize(
    ("month", "ending"),
    [
        ("2026-08", ("2026-08",)),
        ("2026-09", ("2026-09", "2026-Q3")),
        ("2026-12", ("2026-12", "2026-Q4", "2026")),
    ],
)
def test_a_month_may_end_a_quarter_and_a_year(month: str, ending: tuple[str, ...]) -> None:
    assert ending_with(month) == ending
    assert {last_month(key) for key in ending} == {month}
