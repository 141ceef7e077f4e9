"""A closed period never changes silently: later differences are named, with the requirements behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from feishu_plugin.policy import Policy
from feishu_plugin.records import Values
from feishu_plugin.reports import publish
from feishu_plugin.reports.columns import COLUMNS
from feishu_plugin.reports.frozen import NOT_FROZEN, differences, from_json, to_json
from feishu_plugin.reports.restate import TABLES, Touch
from feishu_plugin.reports.result import ReportResult, Snapshot
from tests.builders import SCHEMA, local, policy
from tests.fakes import MemoryTables
from tests.reports.sample import OCTOBER, add, base
from tests.reports.test_breakdown import NEW_YEAR, some_year

NOVEMBER = local("2026-11-01 09:00")
SETTLED = {"rec_new": {"first_response_at": local("2026-09-30 17:30")}}
"""Answered in time, so that no figure of September changes by the mere passing of time."""


def reported(
    tables: MemoryTables, frozen: Snapshot | None = None, now: datetime = OCTOBER, **more: Any
) -> ReportResult:
    told = publish.Told(frozen={frozen.key: frozen} if frozen else {}, **more)
    return publish.run_all(tables, policy(), ("2026-09",), now, told=told)[0]


def settled() -> MemoryTables:
    """The sample, with nothing left open that time would decide."""
    tables = base()
    tables.update("requirement", SETTLED)
    return tables


def closed(tables: MemoryTables) -> Snapshot:
    found = reported(tables).snapshot
    assert found is not None
    return found


def restated(tables: MemoryTables) -> dict[object, tuple[object, object]]:
    return {row.get("kpi"): (row.get("old"), row.get("new")) for row in tables.rows("restatement")}


def test_a_rerun_of_a_closed_month_is_the_same_to_the_byte() -> None:
    tables = base()
    frozen = closed(tables)
    before = [row.values for table in ("kpi", "figure", "breakdown") for row in tables.rows(table)]
    tables.calls.clear()

    again = reported(tables, frozen, local("2026-10-01 09:30"))

    assert (again.changed_rows, again.restated) == ((), ())
    assert tables.writes == 0
    assert again.snapshot is not None
    assert (again.snapshot.rows, again.snapshot.given) == (frozen.rows, frozen.given)
    assert [r.values for table in ("kpi", "figure", "breakdown") for r in tables.rows(table)] == before


def test_a_running_month_is_not_frozen() -> None:
    assert reported(base(), now=local("2026-09-29 09:00")).snapshot is None


def test_a_late_edit_is_said_with_old_new_cause_and_person() -> None:
    tables = settled()
    frozen = closed(tables)
    tables.update("requirement", {"rec_fast": {"score": 2.0}})
    asked: list[tuple[str, ...]] = []

    def touches(record_ids: Sequence[str], since: datetime) -> list[Touch]:
        asked.append(tuple(record_ids))
        assert since == frozen.at
        return [Touch(record_id="rec_fast", text="满意度评分 5 → 2", person="ou_li", at=NOVEMBER)]

    reported(tables, frozen, NOVEMBER, touches=touches)

    [row] = [row.values for row in tables.rows("restatement") if row.get("kpi") == "2026-09 满意度"]
    assert (row["month"], row["old"], row["new"]) == ("2026-09", "3.50 分", "2.00 分")
    assert row["cause"] == "20260901-客服-001：满意度评分 5 → 2，ou_li"
    assert (row["people"], row["records"]) == (("ou_li",), ("rec_fast",))
    assert set(restated(tables)) == {"2026-09 满意度", "2026-09 满意占比"}
    assert asked == [("rec_fast",), ("rec_fast",)]


def test_a_requirement_that_moves_to_another_part_is_said_of_both_parts() -> None:
    tables = settled()
    frozen = closed(tables)
    tables.update("requirement", {"rec_fast": {"source": "mail"}})

    reported(tables, frozen, NOVEMBER)

    [row] = [row.values for row in tables.rows("restatement")]
    assert row["kpi"] == "2026-09 渠道需求分布"
    assert str(row["old"]).splitlines()[1].startswith("2026-09 邮件：新增 –；需求响应率 –；解决数 –")
    assert str(row["new"]).splitlines()[1].startswith("2026-09 邮件：新增 1；需求响应率 100.0%；解决数 1")
    assert row["records"] == ("rec_fast",)


def test_a_run_that_was_killed_after_saying_it_says_it_once() -> None:
    tables = settled()
    frozen = closed(tables)
    tables.update("requirement", {"rec_fast": {"score": 2.0}})
    reported(tables, frozen, NOVEMBER)
    said = len(tables.rows("restatement"))

    reported(tables, frozen, local("2026-11-01 09:10"))  # the snapshot was not replaced

    assert said == len(tables.rows("restatement")) > 0


def test_a_dry_run_restates_nothing_in_the_base() -> None:
    tables = settled()
    frozen = closed(tables)
    tables.update("requirement", {"rec_fast": {"score": 2.0}})

    told = publish.Told(frozen={"2026-09": frozen})
    [result] = publish.run_all(tables, policy(), ("2026-09",), NOVEMBER, write=False, told=told)

    assert len(result.restated) == 2
    assert tables.rows("restatement") == []


def test_another_target_for_a_closed_month_is_said_with_the_version_of_the_rules() -> None:
    tables = settled()
    frozen = closed(tables)

    told = publish.Told(frozen={"2026-09": frozen})
    publish.run_all(tables, _other_rules(), ("2026-09",), NOVEMBER, told=told)

    [row] = [row.values for row in tables.rows("restatement")]
    assert (row["kpi"], row["old"], row["new"]) == ("2026-09 需求响应率目标", "90.0%", "95.0%")
    assert row["cause"] == "规则版本 test → stricter"


def _other_rules() -> Policy:
    return replace(policy(target_response_rate=0.95), version="stricter")


@pytest.mark.parametrize("seed", range(4))
def test_every_difference_of_a_random_year_names_requirements(seed: int) -> None:
    """One more finished requirement: each figure that differs names it, and no figure differs without."""
    tables = some_year(seed)
    [before] = publish.run_all(tables, policy(), ("2026-06",), NEW_YEAR, write=False)
    add(
        tables,
        "rec_late",
        "2026-06-02 09:00",
        [("2026-06-03 09:00", "done")],
        status="done",
        type="complaint",
        source="phone",
    )
    [after] = publish.run_all(tables, policy(), ("2026-06",), NEW_YEAR, write=False)

    assert before.snapshot
    assert after.snapshot
    found = list(differences(before.snapshot, after.snapshot))
    assert {"created", "resolved", "finished"} <= {c for d in found if d.table == "kpi" for c in d.numbers}
    assert all("rec_late" in difference.record_ids for difference in found)
    assert list(differences(after.snapshot, after.snapshot)) == []


def test_the_parts_are_called_as_their_tables() -> None:
    assert {key: SCHEMA.table(key).zh for key in TABLES} == TABLES
    assert {*TABLES, "kpi"} == set(COLUMNS) - NOT_FROZEN


def test_what_time_alone_decides_is_said_to_be_so() -> None:
    """rec_new was inside its 24 hours on the 1st of October, and then nobody answered."""
    tables = base()
    frozen = closed(tables)

    reported(tables, frozen, NOVEMBER)

    found = {row.get("kpi"): row.values for row in tables.rows("restatement")}
    rate = found["2026-09 需求响应率"]
    assert (rate["old"], rate["new"]) == ("50.0%", "33.3%")
    assert rate["cause"] == "时间推移或记录有变动，涉及：20260930-客服-001"


def test_a_snapshot_survives_the_store() -> None:
    frozen = closed(base())

    assert from_json(to_json(frozen)) == frozen


def test_every_figure_lists_the_requirements_behind_it() -> None:
    tables = base()
    reported(tables)

    rows: dict[object, Values] = {row.get("key"): row.values for row in tables.rows("figure")}
    rate = rows["2026-09 需求响应率"]
    assert (rate["value"], rate["target"], rate["result"]) == ("50.0%", "≥ 90.0%", "未达标")
    assert (rate["working"], rate["records"], rate["failed"]) == (
        "1 ÷ 2 = 50.0%",
        ("rec_fast", "rec_slow"),
        ("rec_slow",),
    )
    assert rows["2026-09 解决时效"]["working"] == "17 ÷ 2 = 8.50 个工作日"
    assert rows["2026-09 解决时效P90"].get("working") is None  # no quotient: it is read from the list


def test_a_figure_of_more_than_500_requirements_goes_on_in_further_rows() -> None:
    tables = MemoryTables(SCHEMA, now=lambda: OCTOBER)
    for number in range(1201):
        add(tables, f"rec{number:05d}", "2026-09-02 09:00", [], status="pending")

    reported(tables)

    rows = [row for row in tables.rows("figure") if str(row.get("key")).startswith("2026-09 新增")]
    assert [row.get("key") for row in rows] == ["2026-09 新增", "2026-09 新增（2）", "2026-09 新增（3）"]
    linked = [row.get("records") for row in rows]
    assert [len(ids) for ids in linked if isinstance(ids, tuple)] == [500, 500, 201]
    assert rows[0].get("count") == 1201
