"""The stand-ins refuse what Feishu refuses, so that a test cannot pass for the wrong reason."""

from datetime import UTC, datetime

import pytest

from feishu_plugin.errors import BindingError, FeishuError
from feishu_plugin.ports import Tables
from feishu_plugin.records import Value
from tests.builders import SCHEMA
from tests.fakes import MemoryTables

AT = datetime(2026, 9, 1, 2, 3, 4, 567890, UTC)


def test_it_is_a_tables_port() -> None:
    tables: Tables = MemoryTables(SCHEMA)

    assert set(tables.binding.tables) == set(SCHEMA.by_key)


def test_rows_read_back_as_people_see_them() -> None:
    tables = MemoryTables(SCHEMA)
    [record_id] = tables.create("kpi", [{"month": "2026-09", "created": 3, "met": "", "failing": ()}], "a")

    assert tables.read("kpi", [record_id, "recGone"])[record_id].values == {
        "month": "2026-09",
        "created": 3.0,
    }


def test_moments_are_cut_to_the_millisecond() -> None:
    tables = MemoryTables(SCHEMA)
    record_id = tables.put("transition", {"at": AT})

    assert tables.read("transition", [record_id])[record_id].get("at") == AT.replace(microsecond=567000)


def test_an_update_merges_and_none_clears() -> None:
    tables = MemoryTables(SCHEMA)
    record_id = tables.put("kpi", {"month": "2026-09", "created": 1.0, "resolved": 2.0})

    tables.update("kpi", {record_id: {"created": None, "closing": 5.0}})

    assert tables.rows("kpi")[0].values == {"month": "2026-09", "resolved": 2.0, "closing": 5.0}


def test_a_create_with_a_known_identity_adds_nothing() -> None:
    tables = MemoryTables(SCHEMA)

    first = tables.create("kpi", [{"month": "2026-09"}], "same")

    assert tables.create("kpi", [{"month": "2026-09"}], "same") == first
    assert len(tables.rows("kpi")) == 1
    assert tables.writes == 2


def test_an_identity_with_another_body_is_refused() -> None:
    tables = MemoryTables(SCHEMA)
    tables.create("kpi", [{"month": "2026-09"}], "same")

    with pytest.raises(FeishuError, match="1255006"):
        tables.create("kpi", [{"month": "2026-10"}], "same")


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("kpi", "created", "3"),
        ("kpi", "month", 3.0),
        ("kpi", "failing", "rec1"),
        ("transition", "at", "2026-09-01"),
        ("requirement", "created_at", AT),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(table: str, key: str, value: Value) -> None:
    with pytest.raises(FeishuError):
        MemoryTables(SCHEMA).create(table, [{key: value}], "a")


def test_changes_of_rows_that_are_gone_are_left_out() -> None:
    tables = MemoryTables(SCHEMA)
    record_id = tables.put("kpi", {"month": "2026-09"})

    tables.update("kpi", {"recGone": {"created": 1.0}, record_id: {"created": 2.0}})

    assert [row.get("created") for row in tables.rows("kpi")] == [2.0]


def test_unknown_tables_and_fields_are_refused() -> None:
    tables = MemoryTables(SCHEMA, missing=("notice", "kpi.created"))

    with pytest.raises(BindingError):
        list(tables.scan("notice"))
    with pytest.raises(BindingError):
        tables.create("kpi", [{"created": 1.0}], "a")


def test_find_compares_the_whole_text() -> None:
    tables = MemoryTables(SCHEMA)
    tables.put("kpi", {"month": "2026-09"})
    tables.put("kpi", {"month": "2026-09 "})

    assert len(tables.find("kpi", "month", "2026-09")) == 1


def test_scan_gives_pages_and_can_begin_with_the_latest_change() -> None:
    times = iter(datetime(2026, 9, day, tzinfo=UTC) for day in range(1, 10))
    tables = MemoryTables(SCHEMA, now=lambda: next(times), page_size=2)
    ids = [tables.put("requirement", {"title": f"第 {number} 条"}) for number in range(1, 6)]
    tables.update("requirement", {ids[0]: {"title": "改了"}})

    pages = [[row.record_id for row in page] for page in tables.scan("requirement", newest_first=True)]

    assert pages == [[ids[0], ids[4]], [ids[3], ids[2]], [ids[1]]]
    assert tables.calls["scan"] == 3


def test_a_read_counts_a_call_for_every_hundred_rows() -> None:
    tables = MemoryTables(SCHEMA)

    tables.read("kpi", [f"rec{number}" for number in range(250)])

    assert tables.calls["read"] == 3
