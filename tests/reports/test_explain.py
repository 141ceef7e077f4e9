"""Every figure can be opened: the requirements behind it, what each gives, and how it comes about."""

import pytest

from feishu_plugin.errors import ReportError
from feishu_plugin.reports.explain import Explanation, explain
from feishu_plugin.reports.figures import Measure
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.periods import period
from tests.builders import policy
from tests.reports.sample import OCTOBER, base


def explained(kpi: str, key: str = "2026-09") -> Explanation:
    facts, _ = gather(base(), policy(), period(key, policy().worktime), OCTOBER)
    return explain(facts, kpi)


def test_a_mean_lists_the_days_of_each_requirement_the_worst_first() -> None:
    found = explained("resolution_days")

    assert found.text.splitlines() == [
        "2026-09 Resolution time: 8.50 workdays, target ≤ 5.00 workdays, not met",
        *(f"  {line}" for line in found.data["definition"].splitlines() if line),
        "  17 ÷ 2 = 8.50 workdays",
        "  ✗ 20260902-产品-001    15.00 workdays",
        "    20260901-客服-001    2.00 workdays",
    ]


def test_a_share_says_who_failed_and_how_many_are_pending() -> None:
    found = explained("需求响应率")

    assert "  1 pending" in found.text
    assert [(r["number"], r["failed"]) for r in found.data["records"]] == [
        ("20260902-产品-001", True),
        ("20260901-客服-001", False),
    ]


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.key)
def test_every_figure_is_explained_by_its_key_and_its_names(measure: Measure) -> None:
    texts = {explained(name).text for name in (measure.key, measure.zh, measure.en.upper())}

    assert len(texts) == 1


def test_a_quarter_can_be_opened_too() -> None:
    assert explained("created", "2026-Q3").figure.value == 4


def test_an_unknown_figure_is_refused_with_those_there_are() -> None:
    with pytest.raises(ReportError, match=r"'speed' is no figure of the report.*response_rate 需求响应率"):
        explained("speed")
