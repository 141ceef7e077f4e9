"""A row of a file against the base and against what the last import wrote."""

from datetime import UTC, datetime

import pytest

from feishu_plugin.records import Record, Value
from feishu_plugin.sync.intake import remembered
from feishu_plugin.sync.intake.plan import Imported, compare, prints_of, verdict
from feishu_plugin.sync.intake.rows import FileRow
from tests.fakes import MemoryStore

NOW = datetime(2026, 9, 1, tzinfo=UTC)


def row(**values: Value) -> FileRow:
    return FileRow(number=2, cells=(), key="池:1", values=values)


def last(record_id: str = "rec1", **values: Value) -> Imported:
    return Imported(prints=prints_of(values), record_id=record_id)


@pytest.mark.parametrize(
    ("known", "memory", "expected"),
    [
        (None, None, "create"),
        (None, last("", title="甲"), "create"),
        (None, last(title="甲"), "deleted"),
        ("rec1", last(title="甲"), "same"),
        ("rec1", last(title="乙"), "look"),
        ("rec1", last("", title="甲"), "look"),
        ("rec1", None, "look"),
    ],
)
def test_what_is_known_decides(known: str | None, memory: Imported | None, expected: str) -> None:
    assert verdict(row(title="甲"), known, memory) == expected


@pytest.mark.parametrize(
    ("file", "here", "imported", "written", "kept"),
    [
        ("新", "旧", "旧", {"progress": "新"}, ()),
        (None, "旧", "旧", {"progress": None}, ()),
        ("旧", "人改的", "旧", {}, ()),
        ("新", "人改的", "旧", {}, ("progress",)),
        ("新", "新", "旧", {}, ()),
        ("新", None, None, {"progress": "新"}, ()),
        (None, "人填的", None, {}, ()),
    ],
)
def test_a_cell_is_written_only_where_the_file_says_something_new_and_nobody_edited(
    file: Value, here: Value, imported: Value, written: dict[str, Value], kept: tuple[str, ...]
) -> None:
    there = Record(record_id="rec1", values={} if here is None else {"progress": here})

    found = compare(row(progress=file), there, last(progress=imported))

    assert (found.values, found.kept) == (written, kept)


def test_a_row_of_which_nothing_is_remembered_is_only_completed() -> None:
    there = Record(record_id="rec1", values={"title": "甲", "progress": "人填的"})

    found = compare(row(title="甲", progress="新", risk="有"), there, None)

    assert (found.values, found.kept) == ({"risk": "有"}, ("progress",))


def test_what_was_written_is_the_same_next_time() -> None:
    wanted = row(title="甲", progress="新", submitted_at=NOW, owner=("ou_li",), score=3.0)
    there = Record(record_id="rec1", values={"title": "甲", "progress": "旧"})
    change = compare(wanted, there, last(title="甲", progress="旧"))

    assert verdict(wanted, "rec1", Imported(prints=change.prints, record_id="rec1")) == "same"


def test_memory_comes_back_as_it_was() -> None:
    store = MemoryStore()
    told = Imported(
        prints={"title": "ab"}, record_id="rec1", history=(("done", NOW.isoformat()),), place="池.csv 第 2 行"
    )
    remembered.remember(store, "base", {"池:1": told}, NOW)

    assert remembered.recall(store, "base", ["池:1", "池:2"]) == {"池:1": told}
