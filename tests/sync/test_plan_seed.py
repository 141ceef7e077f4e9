"""Seeding: empty policy tables get the packaged rows once; what a team wrote is never touched."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from feishu_plugin.errors import PolicyError
from feishu_plugin.packaged import POLICY_TABLES, packaged_path, typed_rows
from feishu_plugin.schema import load
from feishu_plugin.sync import seed
from tests.fakes import MemoryTables

SCHEMA = load()


def packaged() -> Any:
    return json.loads(packaged_path().read_text(encoding="utf-8"))


@pytest.fixture
def tables() -> MemoryTables:
    return MemoryTables(SCHEMA)


def test_a_new_base_gets_every_packaged_row(tables: MemoryTables) -> None:
    rows = typed_rows(packaged())
    added = seed.fill(tables, rows)
    assert added == {key: len(wanted) for key, wanted in rows.items() if wanted}
    assert added["workflow"] > 10
    for key, wanted in rows.items():
        assert [row.values for row in tables.rows(key)] == [dict(row) for row in wanted]


def test_a_second_run_adds_nothing(tables: MemoryTables) -> None:
    seed.fill(tables, typed_rows(packaged()))
    writes = tables.writes
    assert seed.fill(tables, typed_rows(packaged())) == {}
    assert tables.writes == writes


def test_a_table_with_any_row_is_the_teams(tables: MemoryTables) -> None:
    tables.put("workflow", {"name": "我们自己的规则"})
    assert "workflow" not in seed.fill(tables, typed_rows(packaged()))
    assert [row.values for row in tables.rows("workflow")] == [{"name": "我们自己的规则"}]


def test_a_row_without_any_value_is_no_row(tables: MemoryTables) -> None:
    tables.put("sla", {})
    assert "sla" in seed.missing(tables)


def test_a_table_that_the_base_lacks_is_left_out() -> None:
    tables = MemoryTables(SCHEMA, missing=["template"])
    assert "template" not in seed.missing(tables)
    assert "template" not in seed.fill(tables, typed_rows(packaged()))


def test_a_lost_answer_does_not_double_the_rows(tables: MemoryTables) -> None:
    """The rows arrived, the program did not hear of it and read an old copy that shows none."""
    rows = typed_rows(packaged())
    seed.fill(tables, rows)
    count = len(tables.rows("workflow"))

    class Stale(MemoryTables):
        def scan(self, table: str, *, newest_first: bool = False) -> Any:
            yield ()

    stale = Stale(SCHEMA)
    stale.__dict__.update(tables.__dict__)
    seed.fill(stale, rows)
    assert len(tables.rows("workflow")) == count


def test_values_are_typed_and_empty_ones_left_out() -> None:
    (row,) = typed_rows(
        {"workflow": [{"name": "a", "types": ["inquiry"], "roles": [], "automatic": False, "after_days": 5}]}
    )["workflow"]
    assert row == {"name": "a", "types": ("inquiry",), "after_days": 5.0}
    assert isinstance(row["after_days"], float)


def test_a_day_is_midnight_of_the_teams_zone() -> None:
    (row,) = typed_rows({"calendar": [{"day": "2026-10-01", "kind": "holiday"}]})["calendar"]
    assert row["day"] == datetime(2026, 9, 30, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("policy", "complaint"),
    [
        ({"workflows": []}, "workflows is no policy table"),
        ({"calendar": [{"day": "1. Oktober"}]}, "no day like 2026-10-01"),
        ({"sla": [{"name": {"zh": "a"}}]}, r"sla\.name"),
    ],
)
def test_a_wrong_policy_file_says_where(policy: Any, complaint: str) -> None:
    with pytest.raises(PolicyError, match=complaint):
        typed_rows(policy)


def test_every_packaged_key_and_option_is_one_of_the_schema() -> None:
    for key, rows in typed_rows(packaged()).items():
        assert key in POLICY_TABLES
        for row in rows:
            for name, value in row.items():
                options = {option.key for option in SCHEMA.table(key).field(name).options}
                chosen = (
                    {value} if isinstance(value, str) else set(value) if isinstance(value, tuple) else set()
                )
                assert not options or chosen <= options, f"{key}.{name}: {chosen - options}"
