"""The charts of a period: exactly as agreed, and only where there is something to show."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from feishu_plugin.records import Values
from feishu_plugin.reports import publish
from feishu_plugin.reports.charts import MOST_SLICES, Chart, charts
from feishu_plugin.reports.result import ReportResult
from tests.builders import policy
from tests.reports.pictured import MONTHS, busy, first_month, fullest, nothing
from tests.reports.sample import OCTOBER, base

GOLDEN = Path(__file__).parents[1] / "golden" / "charts"
KEYS = ("flow", "kpis", "timeliness", "channels", "statuses")


def made(result: ReportResult) -> dict[str, Chart]:
    return {chart.key: chart for chart in charts(result, policy())}


def values(chart: Chart, *keys: str) -> list[tuple[object, ...]]:
    return [tuple(point[key] for key in keys) for point in chart.spec["data"]["values"]]


@pytest.mark.parametrize("key", KEYS)
def test_a_chart_of_a_busy_month(key: str, update_goldens: bool) -> None:
    found = json.dumps(made(busy())[key].element, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    path = GOLDEN / f"{key}.json"
    if update_goldens:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")

    assert found == path.read_text(encoding="utf-8")


def test_the_most_important_chart_comes_first() -> None:
    assert tuple(made(busy())) == KEYS


def test_nothing_happened_and_nothing_is_drawn() -> None:
    assert made(nothing()) == {}


def test_one_month_makes_no_line() -> None:
    assert tuple(made(first_month())) == ("flow", "timeliness", "channels", "statuses")


@pytest.mark.parametrize(
    ("kpi", "value", "target", "percent"),
    [
        ("response_rate", 0.9, 0.9, 100.0),
        ("response_rate", 0.45, 0.9, 50.0),
        ("resolution_days", 5.0, 5.0, 100.0),
        ("resolution_days", 2.5, 5.0, 150.0),
        ("resolution_days", 7.5, 5.0, 50.0),
        ("resolution_days", 60.0, 5.0, 0.0),
        ("recurrence_rate", 0.0, 0.05, 200.0),
        ("satisfaction", 4.5, 1.0, 200.0),
    ],
)
def test_every_kpi_is_told_in_per_cent_of_its_target(
    kpi: str, value: float, target: float, percent: float
) -> None:
    rows: list[Values] = [{"month": month, kpi: value, f"{kpi}_target": target} for month in MONTHS[:2]]

    found = values(made(replace(nothing(), kpis=tuple(rows)))["kpis"], "percent")

    assert found == [(100.0,), (100.0,), (percent,), (percent,)]


@pytest.mark.parametrize("target", [None, 0.0, -1.0])
def test_a_kpi_without_a_sensible_target_has_no_line(target: float | None) -> None:
    rows = tuple({"month": month, "satisfaction": 4.0, "satisfaction_target": target} for month in MONTHS)

    assert "kpis" not in made(replace(nothing(), kpis=rows))


def test_too_many_channels_share_a_slice_and_none_is_lost() -> None:
    found = values(made(fullest())["channels"], "channel", "count")

    assert len(found) == MOST_SLICES
    assert len({name for name, _ in found}) == MOST_SLICES
    assert sum(int(str(count)) for _, count in found) == sum(
        int(str(row.values["created"])) for row in fullest().rows["channel"]
    )
    assert str(found[-1][0]).startswith("其余 Rest ")


def test_a_bar_tells_its_figure_unless_it_is_wider_than_the_bar() -> None:
    small, large = made(busy())["flow"].spec, made(fullest())["flow"].spec

    assert (small["label"]["visible"], small["axes"][1]["visible"]) == (True, False)
    assert (large["label"]["visible"], large["axes"][1]["visible"]) == (False, True)


def test_the_statuses_are_those_at_the_end_of_the_month() -> None:
    """rec_again was reopened, rec_new waits, rec_fast was closed on the 3rd: all were open in September."""
    result = publish.run(base(), policy(), "2026-09", OCTOBER)

    assert result.statuses == {"closed": 1, "done": 1, "in_progress": 1, "pending": 1}


def test_a_later_move_does_not_change_where_august_stood() -> None:
    result = publish.run(base(), policy(), "2026-08", OCTOBER)

    assert result.statuses == {"done": 1}


def test_the_months_before_come_from_the_table_and_quarters_are_no_months() -> None:
    tables = base()
    for month in ("2026-07", "2026-08", "2026-Q3", "2026", "总计"):
        tables.put("kpi", {"month": month, "satisfaction": 4.0, "satisfaction_target": 4.5})

    result = publish.run(tables, policy(), "2026-09", OCTOBER)

    assert [row["month"] for row in result.kpis] == ["2026-07", "2026-08", "2026-09"]
