"""From the base to the report rows and back: once, twice, and after changes."""

from dataclasses import replace
from typing import Any

import pytest

from feishu_plugin.errors import BindingError, ReportError
from feishu_plugin.records import Values
from feishu_plugin.reports import publish
from feishu_plugin.reports.columns import COLUMNS
from feishu_plugin.reports.result import ReportResult
from tests.builders import SCHEMA, local, move, policy
from tests.fakes import MemoryTables
from tests.reports.sample import OCTOBER, add, base


def run(tables: MemoryTables, month: str = "2026-09", **more: Any) -> ReportResult:
    return publish.run(tables, policy(), month, more.pop("now", OCTOBER), **more)


def only(tables: MemoryTables, table: str, key: str = "2026-09") -> Values:
    primary = SCHEMA.table(table).fields[0].key
    [row] = [row for row in tables.rows(table) if row.get(primary) == key]
    return row.values


def test_the_kpi_row_of_the_sample_month() -> None:
    """fast: 1 h, 2 workdays; slow: 145 h, 15 workdays; again: reopened; new: still inside its 24 h."""
    tables = base()

    run(tables)

    row = only(tables, "kpi")
    assert {key: row.get(key) for key in ("response_rate", "resolution_days", "resolution_high")} == {
        "response_rate": 0.5,
        "resolution_days": 8.5,
        "resolution_high": 2.0,
    }
    assert {key: row.get(key) for key in ("opening", "created", "reopened", "finished", "closing")} == {
        "opening": 0.0,
        "created": 3.0,
        "reopened": 1.0,
        "finished": 2.0,
        "closing": 2.0,
    }
    assert row["satisfaction"] == 3.5
    assert row["customers"] == 2.0


def test_the_kpi_row_says_what_was_met_what_was_missed_and_by_whom() -> None:
    tables = base()

    run(tables)

    row = only(tables, "kpi")
    assert (
        row["met"] == "解决时效（高） 2.00 个工作日（目标 ≤ 2.00 个工作日）；需求复现率 0.0%（目标 ≤ 5.0%）"
    )
    assert str(row["missed"]).startswith("需求响应率 50.0%（目标 ≥ 90.0%）；解决时效 8.50 个工作日")
    assert row["failing"] == ("rec_again", "rec_slow")
    assert row["pending"] == "需求响应率 1 条；需求复现率 2 条；当月新增解决率 1 条"


def test_the_kpi_row_holds_every_target_as_it_was_for_its_month() -> None:
    tables = base()
    run(tables)
    assert {key: value for key, value in only(tables, "kpi").items() if key.endswith("_target")} == {
        "response_rate_target": 0.9,
        "resolution_days_target": 5.0,
        "resolution_high_target": 2.0,
        "resolution_medium_target": 4.0,
        "resolution_low_target": 7.0,
        "recurrence_rate_target": 0.05,
        "satisfaction_target": 4.5,
    }

    stricter = replace(policy(), parameters=replace(policy().parameters, target_response_rate=0.95))
    changed = publish.run(tables, stricter, "2026-09", OCTOBER).changed_rows

    assert {(row.table, row.key): [*row.after] for row in changed} == {
        ("kpi", "2026-09"): ["response_rate_target", "missed"],
        ("figure", "2026-09 需求响应率"): ["target"],
        ("review", "2026-09·需求响应率"): ["kpi"],
    }
    assert "需求响应率 50.0%（目标 ≥ 95.0%）" in [row.after.get("kpi") for row in changed]


def test_every_channel_and_priority_gets_its_row() -> None:
    tables = base()

    run(tables)

    assert [row.get("key") for row in tables.rows("channel")] == ["2026-09 未填", "2026-09 电话"]
    phone = only(tables, "channel", "2026-09 电话")
    assert (phone["channel"], phone["created"], phone["share"]) == ("电话", 2.0, 0.6667)
    assert (phone["resolved"], phone["resolution_days"], phone["response_rate"]) == (2.0, 8.5, 0.5)
    assert [row.get("key") for row in tables.rows("timeliness")] == [
        "2026-09 高",
        "2026-09 中",
        "2026-09 低",
    ]
    medium = only(tables, "timeliness", "2026-09 中")
    assert (medium["target"], medium["hit_rate"], medium["response_median"]) == (4.0, 0.0, 145.0)
    assert medium["resolution_days"] == 15.0


def test_a_second_run_writes_nothing() -> None:
    tables = base()
    first = run(tables)
    tables.calls.clear()

    second = run(tables, now=local("2026-10-01 09:05"))

    assert {change.table for change in first.changed_rows} == set(COLUMNS)
    assert second.changed_rows == ()
    assert tables.writes == 0
    assert second.figures == first.figures


def test_a_dry_run_says_the_same_and_writes_nothing() -> None:
    tables = base()

    told = run(tables, write=False)

    assert tables.writes == 0
    assert told.changed_rows == run(tables).changed_rows


def test_a_late_edit_changes_only_the_cells_it_touches() -> None:
    tables = base()
    run(tables)
    tables.update("requirement", {"rec_fast": {"score": 4.0}})

    changed = run(tables).changed_rows

    assert {(c.table, c.key) for c in changed} == {
        ("kpi", "2026-09"),
        ("figure", "2026-09 满意度"),
        ("review", "2026-09·满意度"),
    }
    [kpi] = [change for change in changed if change.table == "kpi"]
    assert (kpi.before or {})["satisfaction"] == 3.5
    assert kpi.after["satisfaction"] == 3.0


def test_a_row_that_people_deleted_is_written_again() -> None:
    tables = base()
    run(tables)
    [row] = tables.rows("kpi")
    tables.delete("kpi", row.record_id)

    run(tables, now=local("2026-10-01 09:05"))

    assert only(tables, "kpi")["created"] == 3.0


def test_a_channel_that_lost_its_requirements_is_emptied() -> None:
    tables = base()
    run(tables)
    for record_id in ("rec_fast", "rec_slow"):
        tables.update("requirement", {record_id: {"source": "mail"}})

    run(tables)
    tables.calls.clear()

    assert only(tables, "channel", "2026-09 电话") == {
        "key": "2026-09 电话",
        "month": "2026-09",
        "span": "month",
        "channel": "电话",
    }
    assert only(tables, "channel", "2026-09 邮件")["created"] == 2.0
    assert run(tables).changed_rows == ()
    assert tables.writes == 0


def test_the_trend_compares_with_the_row_of_the_month_before() -> None:
    tables = base()
    tables.put("trend", {"month": "2026-08", "created": 4.0, "resolved": 0.0})

    found = run(tables)

    row = only(tables, "trend")
    assert (row["created"], row["created_change"]) == (3.0, -0.25)
    assert row.get("resolved_change") is None  # nothing to divide by
    assert [shown["month"] for shown in found.trend] == ["2026-08", "2026-09"]


def test_the_first_month_has_nothing_to_compare_with() -> None:
    tables = base()

    run(tables)

    assert only(tables, "trend").get("created_change") is None


def test_at_most_six_months_are_shown_and_none_of_the_future() -> None:
    tables = base()
    for month in ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-08", "2026-10"):
        tables.put("trend", {"month": month, "created": 1.0})

    months = [row["month"] for row in run(tables).trend]

    assert months == ["2026-03", "2026-04", "2026-05", "2026-06", "2026-08", "2026-09"]


def test_small_pages_give_the_same_report() -> None:
    assert run(base(page_size=1)).rows == run(base()).rows


def test_a_month_that_does_not_balance_writes_nothing_and_names_the_requirement() -> None:
    tables = base()
    add(tables, "rec_gap", "2026-09-01", [("2026-09-02", "done")], number="20260901-客服-009", status="done")
    tables.put("transition", move("rec_gap", "2026-09-09", "in_progress", "done").values)

    with pytest.raises(ReportError, match="20260901-客服-009") as refused:
        run(tables)

    assert refused.value.record_ids == ("rec_gap",)
    assert tables.writes == 0


def test_a_broken_ledger_of_another_month_does_not_stop_this_one() -> None:
    tables = base()
    add(tables, "rec_gap", "2026-07-01", [("2026-07-02", "done")], status="done")
    tables.put("transition", move("rec_gap", "2026-07-09", "in_progress", "done").values)

    assert run(tables).changed_rows


@pytest.mark.parametrize("month", ["2026-13", "September", "2026-11"])
def test_a_month_that_is_none_or_has_not_begun_is_refused(month: str) -> None:
    with pytest.raises(ReportError):
        run(base(), month)


def test_a_month_that_is_not_over_is_marked() -> None:
    assert run(base(), now=local("2026-09-20")).running
    assert not run(base()).running


@pytest.mark.parametrize("missing", ["channel", "kpi.satisfaction", "transition"])
def test_a_base_that_lacks_something_is_told_what(missing: str) -> None:
    tables = MemoryTables(SCHEMA, missing=(missing,))

    with pytest.raises(BindingError, match=missing):
        run(tables)

    assert not tables.calls


def test_a_requirement_without_any_date_is_named_and_left_out() -> None:
    class Undated(MemoryTables):
        """A base whose rows do not tell when they were created."""

        def scan(self, table: str, *, newest_first: bool = False) -> Any:
            for page in super().scan(table, newest_first=newest_first):
                yield [type(row)(record_id=row.record_id, values=row.values) for row in page]

    tables = Undated(SCHEMA)
    tables.put("requirement", {"status": "pending"}, "rec_undated")

    assert run(tables).undated == ("rec_undated",)


def test_requirements_that_rested_before_the_month_do_not_change_it() -> None:
    """They are not kept in memory; a requirement reopened since is."""
    before, now = local("2026-08-20"), OCTOBER
    clock = iter([*[before] * 3, *[now] * 100])
    tables = MemoryTables(SCHEMA, now=lambda: next(clock))
    add(tables, "rec_old", "2026-08-01", [("2026-08-05", "done"), ("2026-08-06", "closed")], status="closed")
    add(tables, "rec_open", "2026-08-02", [], status="pending")

    found = run(tables)

    assert {f.key: f.value for f in found.figures}["opening"] == 1
    assert {f.key: f.record_ids for f in found.figures}["closing"] == ("rec_open",)


def test_every_figure_names_the_records_behind_it() -> None:
    figures = {figure.key: figure for figure in run(base()).figures}

    assert figures["response_rate"].record_ids == ("rec_fast", "rec_slow")
    assert figures["response_rate"].failed == ("rec_slow",)
    assert figures["reopened"].record_ids == ("rec_again",)


def test_failing_requirements_are_named_by_their_number() -> None:
    assert run(base()).names == {"rec_again": "20260803-研发-001", "rec_slow": "20260902-产品-001"}
