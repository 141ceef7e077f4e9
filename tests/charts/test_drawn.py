"""Every chart of the manager's card, drawn on a telephone and on a desk: nothing empty, nothing on top."""

from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest

from feishu_plugin.reports.charts import BLUE, Chart, charts
from feishu_plugin.reports.result import ReportResult
from tests.builders import policy
from tests.charts.chromium import Drawn, Json, Sheet, drawn
from tests.reports.pictured import busy, first_month, fullest

TELEPHONE, DESK = 300, 560
CASES: tuple[Callable[[], ReportResult], ...] = (busy, fullest, first_month)
CHARTS = {f"{case.__name__}-{chart.key}": chart for case in CASES for chart in charts(case(), policy())}
NAMES = [f"{name}-{width}" for name in CHARTS for width in (TELEPHONE, DESK)]
_LEAST_INK = 0.03


def _crowded(spec: Json) -> None:
    """Letters so large that the months cannot stand side by side, and none may give way."""
    spec["axes"][0]["sampling"] = False
    spec["axes"][0]["label"] = {"autoHide": False, "autoLimit": False, "style": {"fontSize": 40}}


def _empty(spec: Json) -> None:
    spec["data"]["values"] = []


def spoilt(chart: Chart, spoil: Callable[[Json], None]) -> tuple[Json, str, int]:
    spec = deepcopy(chart.spec)
    spoil(spec)
    return spec, chart.aspect_ratio, TELEPHONE


def wanted() -> Iterator[tuple[str, tuple[Json, str, int]]]:
    for name, chart in CHARTS.items():
        for width in (TELEPHONE, DESK):
            yield f"{name}-{width}", (chart.spec, chart.aspect_ratio, width)
    yield "crowded", spoilt(CHARTS["busy-flow"], _crowded)
    yield "empty", spoilt(CHARTS["busy-flow"], _empty)


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Sheet:
    return drawn(dict(wanted()), tmp_path_factory.mktemp("charts"))


def words(chart: Drawn) -> set[str]:
    return {text.words for text in chart.texts}


def test_the_library_complains_of_nothing(sheet: Sheet) -> None:
    assert sheet.errors == ()
    assert {name: chart.said for name, chart in sheet.charts.items() if chart.said} == {}


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_filled_and_its_texts_stand_apart(sheet: Sheet, name: str) -> None:
    chart = sheet.charts[name]

    assert chart.ink > _LEAST_INK
    assert chart.overlaps == []
    assert chart.cut == []
    assert not [text for text in words(chart) if text.endswith("...")]


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_shows_its_title_and_every_colour_it_needs(sheet: Sheet, name: str) -> None:
    spec = CHARTS[name.rpartition("-")[0]].spec
    category = spec.get("seriesField") or spec["categoryField"]
    kinds = {point[category] for point in spec["data"]["values"]}

    assert any(spec["title"]["text"] in text for text in words(sheet.charts[name]))
    assert {*spec["color"][: len(kinds)]} <= sheet.charts[name].colours


@pytest.mark.parametrize("name", [name for name in NAMES if "kpis" not in name])
def test_a_chart_names_everything_it_shows(sheet: Sheet, name: str) -> None:
    spec = CHARTS[name.rpartition("-")[0]].spec
    category = spec.get("seriesField") or spec["categoryField"]
    told = " ".join(words(sheet.charts[name]))

    assert [p[category] for p in spec["data"]["values"] if p[category] not in told] == []


def test_the_lines_of_all_kpis_are_named(sheet: Sheet) -> None:
    spec = CHARTS["busy-kpis"].spec

    assert {point["kpi"] for point in spec["data"]["values"]} <= words(sheet.charts["busy-kpis-300"])


def test_chinese_letters_have_glyphs_of_their_own(sheet: Sheet) -> None:
    """A browser without a Chinese font draws the same box for all."""
    assert len(set(sheet.glyphs.values())) == len(sheet.glyphs)


def test_what_is_crowded_or_empty_would_be_noticed(sheet: Sheet) -> None:
    assert sheet.charts["crowded"].overlaps
    assert BLUE not in sheet.charts["empty"].colours
