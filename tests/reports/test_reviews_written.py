"""超期复盘 in the base: written by the report, filled in by people, never taken away from them."""

from typing import Any

from feishu_plugin.records import Record, Values
from feishu_plugin.reports import publish
from feishu_plugin.reports.result import ReportResult
from tests.builders import local, policy
from tests.fakes import MemoryTables
from tests.reports.sample import OCTOBER, add, base

LATE = "2026-09·20260902-产品-001"
MISSED = "2026-09·需求响应率"


def overdue_base() -> MemoryTables:
    """The sample; rec_slow, finished on the 22nd, was due on the 18th."""
    tables = base()
    tables.update(
        "requirement", {"rec_slow": {"resolve_due": local("2026-09-18 18:00"), "owner": ("ou_li",)}}
    )
    tables.calls.clear()
    return tables


def run(tables: MemoryTables, *keys: str, **more: Any) -> tuple[ReportResult, ...]:
    return publish.run_all(tables, policy(), keys or ("2026-09",), more.pop("now", OCTOBER), **more)


def reviews(tables: MemoryTables) -> dict[str, Record]:
    return {str(row.get("key")): row for row in tables.rows("review")}


def only(tables: MemoryTables, key: str) -> Values:
    return reviews(tables)[key].values


def kpi(tables: MemoryTables, month: str = "2026-09") -> Values:
    [row] = [row for row in tables.rows("kpi") if row.get("month") == month]
    return row.values


def test_every_overdue_requirement_and_every_missed_target_gets_a_row() -> None:
    tables = overdue_base()

    run(tables)

    assert set(reviews(tables)) == {
        LATE,
        MISSED,
        *(f"2026-09·{name}" for name in ("解决时效", "解决时效（中）", "满意度")),
    }
    assert only(tables, LATE)["responsible"] == ("ou_li",)
    assert only(tables, LATE)["overrun_days"] == 2.0
    assert only(tables, MISSED)["requirement"] == ("rec_slow",)
    assert {row.get("state") for row in tables.rows("review")} == {"open"}


def test_a_rerun_never_touches_what_people_wrote() -> None:
    tables = overdue_base()
    run(tables)
    theirs: Values = {
        "cause": "staffing",
        "action": "十月加一人",
        "responsible": ("ou_wang",),
        "note": "已谈过",
    }
    tables.update("review", {reviews(tables)[LATE].record_id: {**theirs, "state": "reviewed"}})
    tables.update("requirement", {"rec_slow": {"resolve_due": local("2026-09-21 18:00"), "owner": ("ou_x",)}})

    run(tables)

    found = only(tables, LATE)
    assert {key: found.get(key) for key in theirs} == theirs
    assert found["state"] == "reviewed"
    assert found["overrun_days"] == 1.0


def test_what_people_emptied_stays_empty() -> None:
    tables = overdue_base()
    run(tables)
    emptied: Values = {"responsible": None, "state": None}
    tables.update("review", {reviews(tables)[LATE].record_id: emptied})

    run(tables)

    assert {key: only(tables, LATE).get(key) for key in emptied} == emptied


def test_a_row_whose_reason_went_away_is_withdrawn_and_may_come_back() -> None:
    tables = overdue_base()
    run(tables)
    tables.update("review", {reviews(tables)[LATE].record_id: {"cause": "external"}})
    due = tables.peek("requirement", "rec_slow").get("resolve_due")
    tables.update("requirement", {"rec_slow": {"resolve_due": local("2026-09-30")}})

    run(tables)
    gone = only(tables, LATE)
    again = run(tables)[0].changed_rows
    tables.update("requirement", {"rec_slow": {"resolve_due": due}})
    run(tables)

    assert (gone["standing"], gone.get("overrun_days"), gone["cause"]) == ("withdrawn", None, "external")
    assert gone["requirement"] == ("rec_slow",)
    assert again == ()
    assert (only(tables, LATE)["standing"], only(tables, LATE)["overrun_days"]) == ("stands", 2.0)


def test_a_row_that_people_added_is_theirs() -> None:
    tables = overdue_base()
    own: Values = {"key": "客服自查", "month": "2026-09", "cause": "process", "action": "改流程"}
    record_id = tables.put("review", own)

    run(tables)

    assert tables.peek("review", record_id).values == own


def test_the_second_run_writes_nothing_although_the_first_made_the_reviews_it_counts() -> None:
    tables = overdue_base()
    run(tables, "2026-09", "2026-Q3")
    tables.calls.clear()

    again = run(tables, "2026-Q3", "2026-09", now=local("2026-10-01 09:05"))

    assert [result.changed_rows for result in again] == [(), ()]
    assert tables.writes == 0


def test_nobody_reviews_a_month_that_is_not_over_nor_a_quarter() -> None:
    tables = overdue_base()

    run(tables, now=local("2026-09-25"))
    run(tables, "2026-Q3")

    assert tables.rows("review") == []


def test_the_month_and_its_quarter_count_the_causes() -> None:
    tables = overdue_base()
    add(tables, "rec_july", "2026-07-01", [("2026-07-02", "in_progress")], status="in_progress")
    tables.update("requirement", {"rec_july": {"planned_finish": local("2026-07-10")}})
    run(tables, "2026-07", "2026-08", "2026-09", "2026-Q3")

    assert kpi(tables, "2026-09")["overdue_causes"] == "未填 2"
    assert kpi(tables, "2026-Q3")["overdue_causes"] == "未填 4"  # rec_july in each of its months

    rows = reviews(tables)
    causes = {LATE: "external", "2026-09·rec_july": "staffing", "2026-07·rec_july": "staffing"}
    tables.update("review", {rows[key].record_id: {"cause": cause} for key, cause in causes.items()})
    run(tables, "2026-Q3", "2026-09")

    assert kpi(tables, "2026-09")["overdue_causes"] == "人手不足 1；外部依赖 1"
    assert kpi(tables, "2026-Q3")["overdue_causes"] == "人手不足 2；外部依赖 1；未填 1"


def test_the_kpi_row_names_the_bottleneck_and_its_table_shows_it() -> None:
    """Of 17 workdays: fast 0.125 pending and 1.875 in progress, slow 4.125 and 10.875."""
    tables = overdue_base()

    run(tables)

    assert kpi(tables)["bottleneck"] == "处理中 75.0%"
    [narrow] = [row for row in tables.rows("stage_time") if row.get("is_bottleneck")]
    assert (narrow.get("key"), narrow.get("time_share")) == ("2026-09 处理中", 0.75)
