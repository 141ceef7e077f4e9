"""The administrator hears a month before the statutory calendar ends, and once."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from feishu_plugin.reminders.calendar_end import calendar_ends
from tests.builders import local, with_parameters
from tests.reminders.samples import POLICY

KNOWN = replace(POLICY, worktime=replace(POLICY.worktime, announced_until=date(2026, 12, 31)))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-11-30 23:59", False),
        ("2026-12-01 00:00", True),
        ("2026-12-31 23:59", True),
        ("2027-02-01", True),
    ],
)
def test_thirty_days_before_the_end(now: str, told: bool) -> None:
    assert bool(calendar_ends(KNOWN, local(now))) == told


def test_the_line_names_the_last_day_in_both_languages_and_stays_the_same() -> None:
    lines = {calendar_ends(KNOWN, local(now)) for now in ("2026-12-01", "2026-12-31", "2027-01-15")}

    [line] = lines
    assert line.count("2026-12-31") == 2
    assert "chinesecalendar" in line


def test_a_team_may_hear_of_it_earlier() -> None:
    rules = with_parameters(KNOWN, calendar_days=60.0)

    assert calendar_ends(rules, local("2026-10-31")) == ""
    assert calendar_ends(rules, local("2026-11-01")) != ""


def test_without_a_statutory_calendar_nothing_ends() -> None:
    plain = replace(POLICY, worktime=replace(POLICY.worktime, announced_until=None))

    assert calendar_ends(plain, datetime(2030, 1, 1, tzinfo=POLICY.worktime.zone)) == ""
