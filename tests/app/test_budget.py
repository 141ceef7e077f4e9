"""Calls of a month: forecast, what waits, and what never does."""

from datetime import UTC, datetime

import pytest

from feishu_plugin.app.budget import SPENT, STRAINED, budget
from feishu_plugin.app.periodic import JOBS

NEVER_WAIT = {"due", "remind", "recovered", "upkeep", "calls", "calendar", "learn"}


def on(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("used", "day", "forecast"),
    [(3000, 11, 9000), (700, 1, 21000), (0, 30, 0)],
    ids=["ten days", "the first day counts as a whole one", "nothing"],
)
def test_the_forecast_goes_on_at_the_pace_so_far(used: int, day: int, forecast: int) -> None:
    assert budget(used, on(day), 10_000).forecast == forecast


@pytest.mark.parametrize(
    ("used", "most", "sweeps_in", "reports_in"),
    [
        (3000, 10_000, 1, 1),
        (4000, 10_000, 6, 288),
        (10_000, 10_000, 36, 288),
        (4000, 0, 1, 1),
    ],
    ids=["enough", "strained", "spent", "no limit"],
)
def test_sweeps_and_reports_wait_longer_the_shorter_calls_are(
    used: int, most: int, sweeps_in: int, reports_in: int
) -> None:
    found = budget(used, on(11), most)
    assert (found.slots_of("sweep"), found.slots_of("report")) == (sweeps_in, reports_in)
    assert bool(found.warning) == found.is_strained == (sweeps_in > 1)


def test_a_busy_first_day_alone_is_no_alarm() -> None:
    assert not budget(900, on(1), 10_000).is_strained
    assert budget(1000, on(1), 10_000).is_strained


def test_every_job_either_waits_or_is_known_never_to() -> None:
    assert STRAINED.keys() == SPENT.keys() == JOBS.keys() - NEVER_WAIT


def test_the_warning_is_the_same_all_month_so_that_it_is_told_once() -> None:
    assert budget(4000, on(11), 10_000).warning == budget(9999, on(12), 10_000).warning
    assert budget(10_000, on(20), 10_000).warning == budget(12_000, on(29), 10_000).warning
