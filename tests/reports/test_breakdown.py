"""By whatever a report tells requirements apart, the parts add up to the whole, in every period."""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from feishu_plugin.reports import publish
from feishu_plugin.reports.breakdown import CHECKED, DIMENSIONS, uneven
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.measures import BALANCE_MEASURES, MEASURES
from feishu_plugin.reports.measures.balance import LINE
from feishu_plugin.reports.periods import period
from feishu_plugin.reports.result import ReportResult
from tests.builders import SCHEMA, local, policy
from tests.fakes import MemoryTables
from tests.reports.sample import add, base

NEW_YEAR = local("2027-01-01 09:00")
_STATUSES = ("pending", "in_progress", "testing", "waiting_customer", "shelved", "done", "closed", "void")
_VALUES: dict[str, Sequence[Any]] = {
    "type": ("complaint", "feature", None),
    "department": ("support", "engineering", None),
    "owner": (("ou_li",), ("ou_han", "ou_li"), None),
    "customer_level": ("vip", "normal", None),
    "industry": ("酒店", " 酒店 ", "物业", None),
    "source": ("phone", "mail", None),
    "priority": ("high", "low", None),
}


def some_year(seed: int, count: int = 60) -> MemoryTables:
    """A year of random lives: any status may follow any other."""
    dice = random.Random(seed)
    tables = MemoryTables(SCHEMA, now=lambda: NEW_YEAR)
    for number in range(count):
        minutes = sorted(dice.sample(range(360 * 24 * 60), dice.randint(1, 7)))
        begun, *later = (_moment(minute) for minute in minutes)
        chain = [(at, dice.choice(_STATUSES)) for at in later]
        values = {key: dice.choice(choices) for key, choices in _VALUES.items()}
        status = chain[-1][1] if chain else "pending"
        add(tables, f"rec{number:04d}", begun, chain, status=status, **values)
    return tables


def _moment(minute: int) -> str:
    day, rest = divmod(minute, 24 * 60)
    month, day = day // 30 + 1, day % 30 + 1
    return f"2026-{month:02d}-{min(day, 28):02d} {rest // 60:02d}:{rest % 60:02d}"


def reported(tables: MemoryTables, *keys: str) -> tuple[ReportResult, ...]:
    return publish.run_all(tables, policy(), keys, NEW_YEAR, name=lambda open_id: "李雷")


def sums(result: ReportResult, dimension: str) -> dict[str, float]:
    """The line of the balance, added up over the values of one dimension."""
    total: Counter[str] = Counter()
    for row in result.rows["breakdown"]:
        if row.values["dimension"] == dimension:
            total.update({f.key: f.value or 0 for f in row.figures if f.key in (*LINE, "resolved")})
    return dict(total)


@pytest.mark.parametrize("seed", range(5))
def test_every_dimension_adds_up_to_the_month_the_quarter_and_the_year(seed: int) -> None:
    for result in reported(some_year(seed), "2026-03", "2026-Q1", "2026"):
        whole = {f.key: f.value for f in result.figures if f.key in (*LINE, "resolved")}
        assert {dimension: sums(result, dimension) for dimension in DIMENSIONS} == dict.fromkeys(
            DIMENSIONS, whole
        )


def test_months_add_up_to_their_quarter() -> None:
    months = reported(some_year(7), "2026-04", "2026-05", "2026-06")
    [quarter] = reported(some_year(7), "2026-Q2")

    flows = [measure.key for measure in BALANCE_MEASURES if measure.key not in ("opening", "closing")]
    figures = [{f.key: f.value or 0 for f in result.figures} for result in months]
    whole = {f.key: f.value for f in quarter.figures}
    assert {key: sum(month[key] for month in figures) for key in flows} == {key: whole[key] for key in flows}
    assert (figures[0]["opening"], figures[-1]["closing"]) == (whole["opening"], whole["closing"])


def test_a_part_that_lost_a_requirement_is_named() -> None:
    """The check itself can fail: a whole that counts one more is not the sum of its parts."""
    facts, _ = gather(some_year(1), policy(), period("2026-03", policy().worktime), NEW_YEAR)
    figures = [measure.figure(facts) for measure in MEASURES]
    lost = facts.histories[0].record_id
    part = facts.only(lambda requirement: requirement.record_id != lost).within(
        period("2026", policy().worktime)
    )

    assert uneven(facts, figures) == ()
    assert uneven(part, [measure.figure(facts.within(part.period)) for measure in MEASURES]) == tuple(CHECKED)


def test_two_people_of_one_name_keep_their_own_rows() -> None:
    [result] = reported(some_year(2), "2026")

    owners = [row.key for row in result.rows["breakdown"] if row.values["dimension"] == "owner"]
    assert owners == ["2026 负责人 未填", "2026 负责人 李雷（_han）", "2026 负责人 李雷（u_li）"]


def test_one_reading_serves_several_periods() -> None:
    tables = base()
    tables.calls.clear()

    results = publish.run_all(tables, policy(), ("2026-08", "2026-09", "2026-Q3"), local("2026-10-01 09:00"))

    assert tables.calls["scan"] == 5  # register, archive, ledger, and the months of trend and kpi
    assert [result.month for result in results] == ["2026-08", "2026-09", "2026-Q3"]
    alone = publish.run_all(base(), policy(), ("2026-09",), local("2026-10-01 09:00"))[0]
    assert alone.figures == results[1].figures
    assert [row["month"] for row in results[2].trend] == ["2026-08", "2026-09"]


def test_a_quarter_is_no_month_of_the_trend() -> None:
    tables = base()

    publish.run_all(tables, policy(), ("2026-09", "2026-Q3"), local("2026-10-01 09:00"))

    assert [row.get("month") for row in tables.rows("trend")] == ["2026-09"]
    assert {(row.get("month"), row.get("span")) for row in tables.rows("kpi")} == {
        ("2026-09", "month"),
        ("2026-Q3", "quarter"),
    }


def test_a_row_opens_the_requirements_it_counts() -> None:
    tables = base()

    publish.run_all(tables, policy(), ("2026-09",), local("2026-10-01 09:00"))

    rows = {str(row.get("key")): row.get("records") for row in tables.rows("channel")}
    assert rows["2026-09 电话"] == ("rec_fast", "rec_slow")


def test_the_dimensions_are_the_options_of_the_schema() -> None:
    options = SCHEMA.table("breakdown").field("dimension").options

    assert tuple(option.key for option in options) == tuple(DIMENSIONS)
