"""The manager's card: exactly as agreed, and inside Feishu's limits whatever the month brought."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.reports import publish
from feishu_plugin.reports.cards import BUTTONS, Addresses, report_card
from feishu_plugin.reports.result import ReportResult, Row
from tests.builders import SCHEMA, local, policy
from tests.fakes import MemoryTables
from tests.reports.pictured import fullest
from tests.reports.sample import OCTOBER, base

GOLDEN = Path(__file__).parents[1] / "golden" / "report_card.json"


def sample(month: str = "2026-09") -> ReportResult:
    tables = base()
    tables.put("trend", {"month": "2026-08", "created": 4.0, "resolved": 1.0})
    return publish.run(tables, policy(), month, OCTOBER)


def link(target: str) -> str:
    return f"https://example.feishu.cn/base/bascnMemory?open={target}"


def opens(more: str = "") -> Addresses:
    places = {key: link(key) + more for key in BUTTONS}
    return Addresses(record=lambda record_id: link(record_id) + more, places=places)


def parts(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a card."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(child)


def test_the_card_of_the_sample_month(update_goldens: bool) -> None:
    card = json.dumps(report_card(sample(), policy(), opens()), ensure_ascii=False, indent=1) + "\n"
    if update_goldens:
        GOLDEN.write_text(card, encoding="utf-8")

    assert card == GOLDEN.read_text(encoding="utf-8")


def test_every_text_speaks_both_languages() -> None:
    texts = [part for part in parts(report_card(sample(), policy(), opens())) if "content" in part]

    assert texts
    for text in texts:
        assert text["content"] == text["i18n_content"]["zh_cn"]
        assert text["i18n_content"]["en_us"]
        assert "{" not in text["content"] + text["i18n_content"]["en_us"]


def test_english_texts_contain_no_chinese_but_requirement_numbers() -> None:
    result = replace(sample(), names={})

    for part in parts(report_card(result, policy(), opens())):
        english = part.get("i18n_content", {}).get("en_us", "")
        assert not [letter for letter in english.replace("、", "") if "一" <= letter <= "鿿"]


def charts_of(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [part for part in parts(card) if part.get("tag") == "chart"]


def test_the_chart_of_the_flow_tells_what_the_tables_say() -> None:
    flow = charts_of(report_card(sample(), policy()))[0]["chart_spec"]

    assert flow["data"]["values"] == [
        {"month": "2026-08", "kind": "新增 New", "count": 4.0},
        {"month": "2026-08", "kind": "解决数 Resolved", "count": 1.0},
        {"month": "2026-09", "kind": "新增 New", "count": 3.0},
        {"month": "2026-09", "kind": "解决数 Resolved", "count": 2.0},
    ]


def test_at_the_end_the_buttons_give_way_too() -> None:
    card = report_card(full(), policy(), opens("x" * 2500))

    buttons = [part["text"]["content"] for part in parts(card) if part.get("tag") == "button"]
    assert buttons == ["经营看板", "KPI月报", "指标明细"]
    assert "| 满意度 | 3.50 分 |" in json.dumps(card, ensure_ascii=False)


def test_a_full_month_has_five_charts() -> None:
    kinds = [chart["chart_spec"]["type"] for chart in charts_of(report_card(full(), policy(), opens()))]

    assert kinds == ["bar", "line", "bar", "pie", "funnel"]


def full() -> ReportResult:
    """The figures of the sample with the fullest charts."""
    most = fullest()
    return replace(
        sample(),
        rows={**sample().rows, **most.rows},
        trend=most.trend,
        kpis=most.kpis,
        statuses=most.statuses,
    )


@pytest.mark.parametrize(("more", "left"), [(0, 5), (490, 4), (600, 2), (740, 1), (1500, 0)])
def test_charts_give_way_to_long_addresses_the_least_important_first(more: int, left: int) -> None:
    whole = [chart["chart_spec"] for chart in charts_of(report_card(full(), policy(), opens()))]

    card = report_card(full(), policy(), opens("x" * more))

    assert [chart["chart_spec"] for chart in charts_of(card)] == whole[:left]
    assert "| 满意度 | 3.50 分 |" in json.dumps(card, ensure_ascii=False)


def restated(month: str) -> Row:
    return Row(table="restatement", key=f"{month} 新增", values={"month": month})


def test_corrections_of_earlier_months_are_told() -> None:
    rows = [restated(month) for month in ("2026-08", "2026-07", "2026-08")]

    text = json.dumps(report_card(sample(), policy(), corrected=rows), ensure_ascii=False)

    assert "**更正**：2026-07、2026-08 已公布的数字有 3 处更正" in text
    assert "**Corrected**: 3 published figures of 2026-07, 2026-08;" in text


def test_corrections_of_the_month_itself_are_told() -> None:
    result = replace(sample(), restated=(restated("2026-09"),))

    assert "**更正**：2026-09 " in json.dumps(report_card(result, policy()), ensure_ascii=False)


def test_without_corrections_none_are_mentioned() -> None:
    assert "更正**" not in json.dumps(report_card(sample(), policy()), ensure_ascii=False)


def test_failing_requirements_and_tables_open_by_link() -> None:
    card = report_card(sample(), policy(), opens())
    text = json.dumps(card, ensure_ascii=False)

    assert f"[20260902-产品-001]({link('rec_slow')})" in text
    buttons = [part for part in parts(card) if part.get("tag") == "button"]
    assert [button["behaviors"][0]["default_url"] for button in buttons] == [link(key) for key in BUTTONS]


def test_what_the_base_lacks_has_no_button() -> None:
    card = report_card(sample(), policy(), Addresses(record=link, places={"trend": link("trend")}))

    buttons = [part["text"]["content"] for part in parts(card) if part.get("tag") == "button"]
    assert buttons == ["月度需求趋势"]


def test_without_links_nothing_pretends_to_open() -> None:
    card = report_card(sample(), policy())

    assert not [part for part in parts(card) if part.get("tag") == "button"]
    assert "](" not in json.dumps(card)


@pytest.mark.parametrize(("month", "colour"), [("2026-09", "orange"), ("2026-06", "green")])
def test_the_colour_says_whether_a_target_was_missed(month: str, colour: str) -> None:
    assert report_card(sample(month), policy())["header"]["template"] == colour


def test_an_empty_base_makes_a_card_without_numbers() -> None:
    result = publish.run(MemoryTables(SCHEMA), policy(), "2026-09", OCTOBER)

    assert "| 需求响应率 | – | ≥ 90.0% | – |" in json.dumps(report_card(result, policy()), ensure_ascii=False)


def test_a_running_month_says_so() -> None:
    result = publish.run(base(), policy(), "2026-09", local("2026-09-20"))

    assert "未完月" in report_card(result, policy())["header"]["title"]["content"]


@pytest.mark.parametrize("address", [0, 100, 300, 3000])
def test_a_terrible_month_still_fits(address: int) -> None:
    """Thousands of failing requirements with hostile numbers and ever longer addresses."""
    found = sample()
    ids = tuple(f"rec{number:08d}" for number in range(5000))
    result = replace(
        found,
        figures=tuple(
            replace(f, met=False, failed=ids, pending=5000) if f.target is not None else f
            for f in found.figures
        ),
        names=dict.fromkeys(ids, "[x](evil)|<at id=all></at>\n" * 20),
        undated=ids,
    )

    card = report_card(result, policy(), opens("x" * address))

    assert "5000 条" in json.dumps(card, ensure_ascii=False)
    assert len(json.dumps(card, ensure_ascii=False).encode()) < 30 * 1024
    assert sum("tag" in part for part in parts(card)) < 200
    assert "<at" not in json.dumps(card)
