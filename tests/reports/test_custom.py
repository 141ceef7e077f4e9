"""Custom reports: the standing figures over a part, once and twice, in closed months, beside bad ones."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from feishu_plugin.policy import ChartKind, Condition, Definition, Policy
from feishu_plugin.records import Value, Values
from feishu_plugin.reports import custom, publish
from feishu_plugin.reports.breakdown import DIMENSIONS
from feishu_plugin.reports.custom import COLUMNS, MOST_VALUES, REST, key_of, problems_of, rows_of, sound
from feishu_plugin.reports.custom_tables import widened
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.measures import BREAKDOWN_MEASURES
from feishu_plugin.reports.periods import period
from feishu_plugin.reports.restate import Touch
from feishu_plugin.reports.result import ReportResult, Snapshot
from tests.builders import SCHEMA, local, policy, requirement
from tests.fakes import MemoryTables
from tests.reports.sample import OCTOBER, base
from tests.reports.test_breakdown import NEW_YEAR, some_year
from tests.reports.test_frozen import NOVEMBER, SETTLED
from tests.reports.told import facts

PHONE = Definition(
    name="电话按优先级",
    dimension="priority",
    measure="新增",
    conditions=(Condition(field="source", values=("phone",)),),
)
OWNERS = Definition(name="各负责人按时率", dimension="owner", measure="按时率")


def defined(*definitions: Definition) -> Policy:
    return replace(policy(), definitions=definitions)


def wide(*definitions: Definition) -> MemoryTables:
    """The sample in a base that has the tables of these definitions."""
    return base(schema=widened(SCHEMA, definitions))


def run(tables: MemoryTables, rules: Policy, now: datetime = OCTOBER, **more: Any) -> ReportResult:
    return publish.run_all(tables, rules, ("2026-09",), now, **more)[0]


def amounts(tables: MemoryTables, definition: Definition) -> dict[Value, Value]:
    return {row.get("key"): row.get("amount") for row in tables.rows(key_of(definition))}


def shown(known: Facts, definition: Definition) -> dict[Value, Value]:
    return {row.values["value"]: row.values["amount"] for row in rows_of(known, definition)}


def of(dimension: str, measure: str = "新增") -> Definition:
    return Definition(name="x", dimension=dimension, measure=measure)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_without_a_filter_the_figures_are_those_of_the_standing_table(dimension: str) -> None:
    tables = some_year(3)
    [result] = publish.run_all(tables, policy(), ("2026-Q3",), NEW_YEAR, write=False)
    known, _ = gather(tables, policy(), period("2026-Q3", policy().worktime), NEW_YEAR)
    rows = [row.values for row in result.rows["breakdown"] if row.values["dimension"] == dimension]
    assert len(rows) > 1

    for measure in BREAKDOWN_MEASURES:
        standing = {row["value"]: row[measure.key] for row in rows}
        says = {value: n for value, n in standing.items() if n is not None and (n or measure.unit != "count")}
        assert shown(known, of(dimension, measure.zh)) == says


def test_a_filter_leaves_what_it_asks_for_and_the_row_links_it() -> None:
    tables = wide(PHONE)

    result = run(tables, defined(PHONE))

    table = key_of(PHONE)
    assert amounts(tables, PHONE) == {"2026-09 高": 1.0, "2026-09 中": 1.0}
    [high] = [row for row in tables.rows(table) if row.get("value") == "高"]
    assert high.values == {
        "key": "2026-09 高",
        "month": "2026-09",
        "span": "month",
        "value": "高",
        "amount": 1.0,
        "numerator": 1.0,
        "records": ("rec_fast",),
    }
    assert [row.table for row in result.rows[table]] == [table, table]
    assert result.definitions == (PHONE,)
    assert {*result.rows[table][0].values} == {*COLUMNS}


def test_a_share_tells_what_was_divided_by_what() -> None:
    rate = of("source", "response_rate")
    known, _ = gather(base(), policy(), period("2026-09", policy().worktime), OCTOBER)

    [phone] = [row.values for row in rows_of(known, rate) if row.values["value"] == "电话"]

    assert (phone["amount"], phone["numerator"], phone["denominator"]) == (0.5, 1.0, 2.0)
    assert phone["records"] == ("rec_fast", "rec_slow")


def test_a_second_run_writes_nothing() -> None:
    tables = wide(PHONE, OWNERS)
    run(tables, defined(PHONE, OWNERS))
    tables.calls.clear()

    again = run(tables, defined(PHONE, OWNERS), local("2026-10-01 09:05"))

    assert (again.changed_rows, tables.writes) == ((), 0)


def test_a_value_that_has_nothing_left_to_show_keeps_its_name_and_loses_its_figure() -> None:
    tables = wide(PHONE)
    run(tables, defined(PHONE))
    tables.update("requirement", {"rec_fast": {"source": "mail"}})

    run(tables, defined(PHONE))

    assert amounts(tables, PHONE) == {"2026-09 高": None, "2026-09 中": 1.0}


def test_a_filter_may_ask_for_a_long_text_that_no_figure_needs() -> None:
    empty = replace(PHONE, conditions=(Condition(field="description", compare="empty"),))
    tables = wide(empty)
    tables.update("requirement", {"rec_fast": {"description": "收银台打不开"}})

    run(tables, defined(empty))

    assert amounts(tables, empty) == {"2026-09 中": 1.0, "2026-09 低": 1.0}


def test_a_dry_run_needs_no_table_and_a_run_makes_it_when_all_is_computed() -> None:
    tables, asked = base(), list[int]()

    tried = run(tables, defined(PHONE), write=False)
    left_out = run(tables, defined(PHONE), prepare=lambda: asked.append(tables.writes))

    assert [row.key for row in tried.changed_rows if row.table == key_of(PHONE)] == [
        "2026-09 高",
        "2026-09 中",
    ]
    assert asked == [0]
    assert {row.table for row in left_out.changed_rows} == {row.table for row in tried.changed_rows} - {
        key_of(PHONE)
    }


def test_months_and_weekdays_of_submission_are_days_of_the_teams_zone() -> None:
    late = requirement("rec1", submitted="2026-08-31 23:59")
    early = requirement("rec2", submitted="2026-09-01 00:00")
    known = facts([late, early])

    assert shown(known, of("submitted_month", "期末")) == {"2026-08": 1.0, "2026-09": 1.0}
    assert shown(known, of("submitted_weekday", "期末")) == {"周一": 1.0, "周二": 1.0}


def test_of_several_values_the_first_counts_and_long_texts_are_cut() -> None:
    known = facts(
        [
            requirement(
                "rec1", submitted="2026-09-01", co_departments=("product", "support"), title="长" * 80
            ),
            requirement("rec2", submitted="2026-09-01", title=" 两个\n词 "),
        ]
    )

    assert shown(known, of("co_departments")) == {"产品": 1.0, "未填": 1.0}
    assert shown(known, of("title")) == {"长" * 59 + "…": 1.0, "两个 词": 1.0}


def test_two_people_of_one_name_are_told_apart() -> None:
    both = [requirement(f"rec{n}", submitted="2026-09-01", submitter=(f"ou_{n}",)) for n in range(2)]
    known = replace(facts(both), name=lambda open_id: "李雷")

    assert shown(known, of("submitter")) == {"李雷（ou_0）": 1.0, "李雷（ou_1）": 1.0}


def test_a_dimension_of_very_many_values_ends_in_the_rest() -> None:
    count = MOST_VALUES + 5
    many = [requirement(f"rec{n:03d}", submitted="2026-09-01", title=f"题{n:03d}") for n in range(count)]
    often = [requirement(f"often{n}", submitted="2026-09-01", title="题204") for n in range(3)]

    found = shown(facts([*many, *often]), of("title"))

    assert len(found) == MOST_VALUES
    assert (found["题204"], found[REST]) == (4.0, 6.0)
    assert sum(float(str(n)) for n in found.values()) == count + 3


@pytest.mark.parametrize("measure", custom.MEASURED.values(), ids=lambda measure: measure.key)
def test_every_figure_of_the_reports_may_be_asked_for_by_key_and_name(measure: Any) -> None:
    for name in (measure.key, measure.zh, measure.en, measure.en.upper()):
        assert custom.measure_of(of("owner", name)) is measure


def said(*definitions: Definition) -> list[str]:
    return [text for _, text in problems_of(definitions)]


@pytest.mark.parametrize(
    ("measure", "chart", "text"),
    [
        ("按时", "none", "没有名为「按时」的指标，是不是「按时率」？"),
        ("天气", "none", "没有名为「天气」的指标"),
        ("按时率", "pie", "「按时率」不是数量，不能画成饼图：请改为柱或线"),
    ],
)
def test_what_cannot_be_reported_is_said(measure: str, chart: ChartKind, text: str) -> None:
    bad = Definition(name="x", dimension="owner", measure=measure, chart=chart)

    assert said(bad, OWNERS) == [text]
    assert sound((bad, OWNERS)) == (OWNERS,)


def test_of_one_name_the_first_is_reported() -> None:
    second = replace(OWNERS, measure="新增")

    assert said(OWNERS, second) == ["「各负责人按时率」已有一行，请换一个「报表名称」"]
    assert sound((OWNERS, OWNERS)) == (OWNERS,)


def test_a_bad_definition_stops_no_other_report() -> None:
    bad = Definition(name="坏的", dimension="", measure="新增", problems=("请填写「维度」",))
    tables = wide(PHONE)

    result = run(tables, defined(bad, PHONE))

    assert result.definitions == (PHONE,)
    assert amounts(tables, PHONE)
    assert tables.rows("kpi")


def closed(tables: MemoryTables, rules: Policy) -> Snapshot:
    tables.update("requirement", SETTLED)
    found = run(tables, rules).snapshot
    assert found is not None
    return found


def restated(tables: MemoryTables, frozen: Snapshot, rules: Policy, *touches: Touch) -> Sequence[Values]:
    """The rows of 更正记录 about custom reports after the month is looked at again."""
    told = publish.Told(frozen={frozen.key: frozen}, touches=lambda ids, since: touches)
    run(tables, rules, NOVEMBER, told=told)
    return [row.values for row in tables.rows("restatement") if PHONE.name in str(row.get("kpi"))]


def test_a_late_edit_of_a_closed_month_is_said_with_its_cause() -> None:
    tables, rules = wide(PHONE), defined(PHONE)
    frozen = closed(tables, rules)
    tables.update("requirement", {"rec_fast": {"source": "mail"}})
    touch = Touch(record_id="rec_fast", text="需求来源 电话 → 邮件", person="ou_li", at=NOVEMBER)

    [row] = restated(tables, frozen, rules, touch)

    assert row["kpi"] == f"2026-09 {PHONE.name}"
    assert row["old"] == "2026-09 高：数值 1；分子 1"
    assert row["new"] == "2026-09 高：数值 –；分子 –"
    assert "需求来源 电话 → 邮件" in str(row["cause"])
    assert row["records"] == ("rec_fast",)


def test_a_report_that_is_defined_later_fills_closed_months_and_corrects_nothing() -> None:
    tables = wide(PHONE)
    frozen = closed(tables, defined())

    assert restated(tables, frozen, defined(PHONE)) == []
    assert amounts(tables, PHONE) == {"2026-09 高": 1.0, "2026-09 中": 1.0}


def test_a_report_without_rows_in_a_closed_month_was_told_all_the_same() -> None:
    fax = replace(PHONE, conditions=(Condition(field="source", values=("fax",)),))
    tables, rules = wide(fax), defined(fax)
    frozen = closed(tables, rules)
    tables.update("requirement", {"rec_fast": {"source": "fax"}})

    [row] = restated(tables, frozen, rules)

    assert (row["old"], row["new"]) == ("2026-09 高：数值 –；分子 –", "2026-09 高：数值 1；分子 1")


def test_another_definition_changes_closed_months_and_is_named_as_the_cause() -> None:
    tables = wide(PHONE)
    frozen = closed(tables, defined(PHONE))
    other = replace(PHONE, measure="解决数")
    same = replace(PHONE, conditions=(*PHONE.conditions, *PHONE.conditions))

    assert restated(tables, frozen, defined(same)) == []
    tables.update("requirement", {"rec_slow": {"priority": "high"}})
    [row] = restated(tables, frozen, defined(other))

    assert row["cause"] == "报表定义改过（维度、指标或筛选）"


def test_a_definition_that_is_gone_leaves_its_rows_and_says_nothing() -> None:
    tables = wide(PHONE)
    frozen = closed(tables, defined(PHONE))
    before = amounts(tables, PHONE)

    assert restated(tables, frozen, defined()) == []
    assert amounts(tables, PHONE) == before
