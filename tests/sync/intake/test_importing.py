"""Imports into a whole base in memory: created once, adopted, completed, and never over a person's edit."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feishu_plugin.errors import FeishuError, FeishuRefused, FeishuUnreachable
from feishu_plugin.ports import Hint, Settlement
from feishu_plugin.records import Values
from feishu_plugin.sync.imported import adopted
from feishu_plugin.sync.intake.cells import Around
from feishu_plugin.sync.intake.known import by_name, known
from feishu_plugin.sync.intake.mapping import FileColumn, FileMapping
from feishu_plugin.sync.intake.perform import Base as Target
from feishu_plugin.sync.intake.perform import Importing, Tally
from feishu_plugin.sync.intake.rows import Reader
from feishu_plugin.sync.sweep import sweep
from tests import builders
from tests.sync.base import Base

MAPPING = FileMapping(
    source="池",
    key="单号",
    columns=(
        FileColumn(name="单号", keep=False),
        FileColumn(name="标题", to="title"),
        FileColumn(name="状态", to="status"),
        FileColumn(name="进展", to="progress"),
        FileColumn(name="处理中时间", history="in_progress", dates="ymd"),
        FileColumn(name="关闭时间", history="closed", dates="ymd"),
        FileColumn(name="负责人", to="owner"),
    ),
)
NAMES = [column.name for column in MAPPING.columns]
Cells = Sequence[str]
DONE: Cells = ("T-1", "导出很慢", "已完成", "在看", "", "")
OPEN: Cells = ("T-2", "深色主题", "处理中", "", "", "")


class PowerCut(Exception):
    """The process ends here."""


class Cut:
    """The store of a base, which dies before it keeps something for the n-th time."""

    def __init__(self, base: Base, at: int) -> None:
        self._store, self._left = base.store, at

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def settle(self, app_token: str, settlement: Settlement) -> None:
        self._step()
        self._store.settle(app_token, settlement)

    def put(self, hints: Sequence[Hint]) -> int:
        self._step()
        return self._store.put(hints)

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise PowerCut


class Refusing:
    """The tables of a base, which answer batches that hold the row 太大 with an error."""

    def __init__(self, base: Base, error: FeishuError) -> None:
        self._tables, self._error = base.tables, error

    def __getattr__(self, name: str) -> object:
        return getattr(self._tables, name)

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        if any(row.get("title") == "太大" for row in rows):
            raise self._error
        return self._tables.create(table, rows, identity)


def run(
    base: Base,
    *rows: Cells,
    dry_run: bool = False,
    cut_at: int | None = None,
    tables: Refusing | None = None,
) -> Tally:
    reader = Reader(MAPPING, builders.SCHEMA.table("requirement"), NAMES)
    around = Around(zone=ZoneInfo("Asia/Shanghai"), people={"李雷": "ou_li"})
    target = Target(
        app_token=base.desk.app_token,
        tables=tables or base.tables,  # type: ignore[arg-type]
        store=base.store if cut_at is None else Cut(base, cut_at),  # type: ignore[arg-type]
        clock=base.clock,
        labels={"progress": "需求进展"},
    )
    here = known(base.tables, "池", ())
    work = Importing(target, here.records, "池.csv", archived=here.archived, dry_run=dry_run, batch=8)
    for _ in work.run(reader.row(row, around) for row in enumerate(map(tuple, rows), start=2)):
        pass
    base.settle()
    return work.tally


def counts(tally: Tally) -> tuple[int, int, int, int]:
    return tally.created, tally.updated, tally.unchanged, tally.left_out


def rows_of(base: Base) -> Mapping[str, Values]:
    return {str(row.get("import_key")): row.values for row in base.tables.rows("requirement")}


def test_imported_rows_are_adopted_with_the_status_they_bring() -> None:
    base = Base()

    assert counts(run(base, DONE, OPEN)) == (2, 0, 0, 0)

    rows = rows_of(base)
    assert rows["池:T-1"]["status"] == "done"
    assert rows["池:T-2"]["status"] == "in_progress"
    assert all(row["number"] and row["priority"] for row in rows.values())
    assert base.put_backs == []
    assert [(row["source"], row["verdict"], row["reason"]) for row in base.ledger()] == [
        ("import", "pass", "池.csv 第 2 行"),
        ("import", "pass", "池.csv 第 3 行"),
    ]


def test_a_row_with_a_source_key_that_no_import_brought_is_judged() -> None:
    base = Base()
    base.tables.create("requirement", [{"title": "甲", "status": "done", "import_key": "池:T-9"}], "arrival")
    base.settle()

    assert rows_of(base)["池:T-9"]["status"] == "pending"


def test_a_copy_that_a_person_makes_of_an_imported_row_is_judged() -> None:
    base = Base()
    run(base, DONE)
    rid = base.add(title="抄一行", status="done", import_key="池:T-1")
    base.settle()

    assert base.record(rid).get("status") == "pending"


def test_a_row_is_known_as_imported_by_its_id_whoever_feishu_calls_its_creator() -> None:
    base = Base()
    run(base, DONE)
    [row] = base.tables.rows("requirement")
    ours, copy = (replace(row, record_id=rid, created_by="cli_app") for rid in (row.record_id, "recCopy"))

    assert list(adopted(base.desk, [ours, copy], {})) == [row.record_id]


def test_owners_hear_of_their_open_rows_in_the_morning_and_not_of_what_is_done() -> None:
    base = Base()
    base.clock.advance(8 * 3600)
    run(base, *(("T-" + str(n), "甲", ("待处理", "已完成")[n % 2], "", "", "", "李雷") for n in range(60)))

    assert base.cards() == []
    lines = base.store.lines(base.desk.app_token, base.clock.now() + timedelta(days=7))
    assert [(line.effect.target, line.effect.body["event"]) for line in lines] == [("ou_li", "assigned")] * 30


def test_history_columns_become_moves_of_the_ledger() -> None:
    base = Base()
    run(base, ("T-1", "甲", "已关闭", "", "2026-01-02", "2026-01-04"))

    moves = [row for row in base.ledger() if row["from_status"] != row["to_status"]]
    assert [(row["from_status"], row["to_status"], row["source"]) for row in moves] == [
        ("pending", "in_progress", "import"),
        ("in_progress", "closed", "import"),
    ]
    [rid] = [row.record_id for row in base.tables.rows("requirement")]
    closed = datetime(2026, 1, 3, 16, tzinfo=UTC)
    assert base.store.states["requirement", rid].status_since == closed
    assert (moves[1]["at"], base.record(rid).get("closed_at")) == (closed, closed)


def test_the_same_file_again_changes_nothing_and_reads_no_row() -> None:
    base = Base()
    run(base, DONE, OPEN)
    before, calls = rows_of(base), base.tables.calls.copy()

    assert counts(run(base, DONE, OPEN)) == (0, 0, 2, 0)
    assert rows_of(base) == before
    assert base.tables.calls - calls == {"scan": 2}, "the source keys of the register and of the archive"


def test_a_changed_cell_is_updated_and_a_cell_that_a_person_changed_is_kept() -> None:
    base = Base()
    run(base, DONE, OPEN)
    first, second = (row.record_id for row in base.tables.rows("requirement"))
    base.edit(second, progress="人写的")
    base.settle()

    tally = run(base, (*DONE[:3], "有进展", "", ""), (*OPEN[:3], "文件写的", "", ""))

    assert counts(tally) == (0, 1, 1, 0)
    assert base.record(first).get("progress") == "有进展"
    assert base.record(second).get("progress") == "人写的"
    assert ["需求进展" in one.why for one in tally.remarks] == [True]


def test_a_row_that_a_person_deleted_does_not_come_back() -> None:
    base = Base()
    run(base, DONE, OPEN)
    base.tables.delete("requirement", base.tables.rows("requirement")[0].record_id)

    assert counts(run(base, DONE, OPEN)) == (0, 0, 1, 1)
    assert list(rows_of(base)) == ["池:T-2"]


def test_a_key_that_stands_twice_is_told() -> None:
    base = Base()

    tally = run(base, DONE, ("T-1", "另一行", "", "", "", ""))

    assert counts(tally) == (1, 0, 0, 1)
    assert [(one.row.number, one.left_out) for one in tally.remarks] == [(3, True)]


def test_a_dry_run_writes_nothing() -> None:
    base = Base()

    assert counts(run(base, DONE, OPEN, dry_run=True)) == (2, 0, 0, 0)
    assert base.tables.writes == 0
    assert base.store.states == {}


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize("cut_at", range(6))
def test_a_cut_anywhere_and_again_doubles_and_loses_nothing(cut_at: int, watched: bool) -> None:
    undisturbed, base = Base(), Base()
    many = [(f"T-{n}", f"需求 {n}", "已完成", "", "2026-01-02", "") for n in range(13)]
    run(undisturbed, *many)
    with pytest.raises(PowerCut):
        run(base, *many, cut_at=cut_at)
    if watched:
        base.settle()
        sweep(base.desk, full=True)
    else:
        base.wire.clear()

    run(base, *many)

    assert {k: v["status"] for k, v in rows_of(base).items()} == {
        k: v["status"] for k, v in rows_of(undisturbed).items()
    }
    assert len(base.tables.rows("requirement")) == 13
    assert all(row.get("number") for row in base.tables.rows("requirement"))
    assert sorted(str(row["effect_key"]) for row in base.ledger()) == sorted(
        str(row["effect_key"]) for row in undisturbed.ledger()
    )
    assert counts(run(base, *many)) == (0, 0, 13, 0)


def test_one_row_that_feishu_refuses_does_not_hold_up_the_others() -> None:
    base = Base()
    refusing = Refusing(base, FeishuRefused(code=1254130, msg="TooLargeCell", endpoint="create"))

    tally = run(base, DONE, ("T-3", "太大", "", "", "", ""), OPEN, tables=refusing)

    assert counts(tally) == (2, 0, 0, 1)
    assert ["1254130" in one.why for one in tally.remarks] == [True]


def test_an_outage_is_no_fault_of_a_row() -> None:
    base = Base()
    refusing = Refusing(base, FeishuUnreachable(code=1254002, msg="no answer", endpoint="create"))

    with pytest.raises(FeishuUnreachable):
        run(base, DONE, ("T-3", "太大", "", "", "", ""), tables=refusing)


def test_a_name_that_two_people_have_stands_for_nobody() -> None:
    names = {"ou_1": "李雷", "ou_2": "李雷", "ou_3": "韩梅梅", "ou_4": ""}

    assert by_name(names, names.__getitem__) == {"韩梅梅": "ou_3"}


def test_what_is_in_the_archive_is_not_created_again_even_by_a_new_database() -> None:
    base = Base()
    base.tables.put("archive", {"number": "20260801-客服-001", "import_key": "池:T-1"})

    tally = run(base, DONE, OPEN)

    assert counts(tally) == (1, 0, 0, 1)
    assert "已归档" in tally.remarks[0].why
    assert [row.get("import_key") for row in base.tables.rows("requirement")] == ["池:T-2"]
