"""Months are cut at midnight in the team's zone."""

from zoneinfo import ZoneInfo

import pytest

from feishu_plugin.errors import ReportError
from feishu_plugin.reports.periods import month, month_before
from feishu_plugin.worktime import WorkTime
from tests.builders import local


def test_a_month_begins_and_ends_at_midnight_of_the_zone() -> None:
    september = month("2026-09", WorkTime())

    assert september.begin == local("2026-09-01")
    assert september.end == local("2026-10-01")
    assert september.begin.isoformat() == "2026-08-31T16:00:00+00:00"


def test_the_first_instant_belongs_to_a_month_and_the_last_midnight_does_not() -> None:
    september = month("2026-09", WorkTime())

    assert september.begin in september
    assert september.end not in september


def test_a_month_with_a_clock_change_has_an_hour_less() -> None:
    march = month("2026-03", WorkTime(zone=ZoneInfo("Europe/Berlin")))

    assert (march.end - march.begin).total_seconds() == 31 * 24 * 3600 - 3600


def test_december_ends_with_the_year() -> None:
    assert month("2026-12", WorkTime()).end == local("2027-01-01")


@pytest.mark.parametrize("text", ["2026-13", "2026-9", "202609", "2026-09-01", "", "二〇二六", "0000-01"])
def test_anything_but_a_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ReportError, match="2026-09"):
        month(text, WorkTime())


@pytest.mark.parametrize(("key", "before"), [("2026-09", "2026-08"), ("2026-01", "2025-12")])
def test_the_month_before(key: str, before: str) -> None:
    assert month_before(key) == before
