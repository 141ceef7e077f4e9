"""Columns that a team added travel along: by their own id, else by name, and formulas not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from feishu_plugin.archived import Own, content_of
from feishu_plugin.binding import Binding, BoundField
from feishu_plugin.records import Record, Value
from feishu_plugin.schema import FieldType
from feishu_plugin.sync.history.leaving import archive
from feishu_plugin.sync.history.own_columns import fitting, own_of
from tests import builders
from tests.fakes import MemoryTables, bind_schema
from tests.sync.base import Base
from tests.sync.history.test_leaving import MONTH_S, closed


def own(key: str, name: str, type: FieldType, **options: str) -> BoundField:
    return BoundField(key=key, field_id=f"fld{key}", name=name, type=type, option_names=options)


def bound(binding: Binding, table: str, *fields: BoundField) -> Binding:
    """A base with columns of the team's own."""
    there = binding.tables[table]
    wider = replace(there, fields={**there.fields, **{field.key: field for field in fields}})
    return replace(binding, tables={**binding.tables, table: wider})


REGISTER = bound(
    bind_schema(builders.SCHEMA),
    "requirement",
    own("x_budget", "预算编号", "text"),
    own("x_release", "版本", "single_select", x_q2="二季度"),
    own("x_teams", "相关团队", "multi_select", x_a="甲", x_b="乙"),
    own("x_sum", "金额", "number"),
).tables["requirement"]
HELD: dict[str, Value] = {
    "title": "一",
    "x_budget": "B-1",
    "x_release": "x_q2",
    "x_teams": ("x_a", "x_b"),
    "x_sum": 3.0,
}


def test_cells_are_kept_by_name_with_their_options_as_people_read_them() -> None:
    kept = own_of(builders.SCHEMA, REGISTER, Record(record_id="rec1", values=HELD))

    assert kept == {
        "预算编号": Own(key="x_budget", type="text", value="B-1"),
        "版本": Own(key="x_release", type="single_select", value="二季度"),
        "相关团队": Own(key="x_teams", type="multi_select", value=("甲", "乙")),
        "金额": Own(key="x_sum", type="number", value=3.0),
    }


def test_they_fit_back_where_they_were_and_into_columns_of_their_name_and_type() -> None:
    kept = own_of(builders.SCHEMA, REGISTER, Record(record_id="rec1", values=HELD))
    archive_table = bound(
        bind_schema(builders.SCHEMA),
        "archive",
        own("x_other", "预算编号", "text"),
        own("x_rel", "版本", "single_select", x_z="二季度"),
        own("x_amount", "金额", "text"),
    ).tables["archive"]

    back = fitting(builders.SCHEMA, REGISTER, kept)

    assert back == {key: value for key, value in HELD.items() if key != "title"}
    assert fitting(builders.SCHEMA, archive_table, kept) == {"x_other": "B-1", "x_rel": "x_z"}


class Ticking:
    """A base in which somebody added a formula that shows something else with every look."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables, self._looks = tables, count()
        self.binding = bound(tables.binding, "requirement", own("x_now", "现在", "formula"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tables, name)

    def read(self, table: str, record_ids: Sequence[str]) -> Mapping[str, Record]:
        rows = self._tables.read(table, record_ids)
        if table != "requirement":
            return rows
        return {id: row.with_values({"x_now": str(next(self._looks))}) for id, row in rows.items()}


def test_a_formula_that_never_shows_the_same_holds_nothing_back() -> None:
    base = Base()
    closed(base)
    base.clock.advance(MONTH_S)
    base.desk.tables = Ticking(base.tables)

    assert archive(base.desk).archived == 1
    [copy] = base.tables.rows("archive")
    assert content_of(copy).own == {}
