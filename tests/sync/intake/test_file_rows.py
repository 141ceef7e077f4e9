"""Rows of a file as requirements: nothing that stands in a cell is dropped."""

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.sync.intake.cells import SEVERAL, Around
from feishu_plugin.sync.intake.mapping import FileColumn, FileMapping
from feishu_plugin.sync.intake.rows import FileRow, Reader
from tests import builders

TABLE = builders.SCHEMA.table("requirement")
AROUND = Around(zone=ZoneInfo("Asia/Shanghai"), people={"李雷": "ou_li", "han@example.com": "ou_han"})


def column(name: str, to: str | None = None, **more: object) -> FileColumn:
    return FileColumn.model_validate({"name": name, "to": to, **more})


def reader(*columns: FileColumn, key: str | None = None) -> Reader:
    mapping = FileMapping(source="池", key=key, columns=columns)
    return Reader(mapping, TABLE, [one.name for one in columns])


def read(cells: Sequence[str], *columns: FileColumn, key: str | None = None) -> FileRow:
    return reader(*columns, key=key).row((2, tuple(cells)), AROUND)


TITLE = column("标题", "title")


@pytest.mark.parametrize(
    ("made", "cell", "value"),
    [
        (column("描述", "description"), " 两\r\n行 ", "两\n行"),
        (column("状态", "status", options={"已上线": "done"}), "已上线", "done"),
        (column("状态", "status"), "处理中", "in_progress"),
        (column("协作", "co_departments"), "客服、研发", ("support", "engineering")),
        (column("时间", "submitted_at", dates="dmy"), "5/3/2026", datetime(2026, 3, 4, 16, tzinfo=UTC)),
        (column("价值", "customer_value"), "4", 4.0),
        (column("负责人", "owner"), "李雷", ("ou_li",)),
        (column("负责人", "owner"), "Han <han@example.com>", ("ou_han",)),
    ],
)
def test_a_cell_becomes_a_value(made: FileColumn, cell: str, value: object) -> None:
    found = read(["甲", cell], TITLE, made)

    assert found.values[str(made.to)] == value
    assert (found.values["remark"], found.doubts) == (None, ())


@pytest.mark.parametrize(
    ("made", "cell", "why"),
    [
        (column("状态", "status"), "飞了", "选项"),
        (column("状态", "status", options={"处理中": None}), "处理中", "选项"),
        (column("时间", "submitted_at", dates="ymd"), "明天", "日期"),
        (column("价值", "customer_value"), "9", "评分"),
        (column("价值", "customer_value"), "nan", "数字"),
        (column("负责人", "owner"), "路人", "此人"),
    ],
)
def test_what_is_no_value_stands_in_the_remark_and_in_the_report(
    made: FileColumn, cell: str, why: str
) -> None:
    found = read(["甲", cell, "原有"], TITLE, made, column("备注", "remark"))

    assert found.values[str(made.to)] is None
    assert found.values["remark"] == f"原有\n{made.name}：{cell}"
    assert len(found.doubts) == 1
    assert why in found.doubts[0]


def test_only_the_unknown_of_several_is_left() -> None:
    found = read(["甲", "李雷, 路人"], TITLE, column("协助", "helpers"))

    assert (found.values["helpers"], found.values["remark"]) == (("ou_li",), "协助：路人")


def test_columns_without_a_field_and_cells_beyond_the_headings_stand_in_the_remark() -> None:
    found = read(["甲", "七", "丢", "多出"], TITLE, column("楼层"), column("隐去", keep=False))

    assert found.values["remark"] == "楼层：七\n列4：多出"


def test_a_row_without_a_title_gets_the_beginning_of_its_description() -> None:
    found = read(["导出\n很慢"], column("描述", "description"))

    assert found.values["title"] == "导出 很慢"


def test_history_is_told_oldest_first_and_fills_what_no_column_does() -> None:
    found = read(
        ["甲", "2026-03-09", "2026-03-05"],
        TITLE,
        column("完成时间", history="done", dates="ymd"),
        column("处理中时间", history="in_progress", dates="ymd"),
    )

    assert [status for status, _ in found.history] == ["in_progress", "done"]
    assert found.values["finished_at"] == found.history[1][1]


def test_the_key_column_names_the_row_whatever_else_changes() -> None:
    columns = (TITLE, column("单号"))

    assert read(["甲", "T-1"], *columns, key="单号").key == "池:T-1"
    assert read(["甲", "T-1"], *columns, key="单号").values["remark"] is None
    assert read(["甲", "T" * 999], *columns, key="单号").values["remark"] == f"单号：{'T' * 999}"
    assert read(["乙", "T-1"], *columns, key="单号").key == "池:T-1"
    assert read(["乙", ""], *columns, key="单号").key.startswith("池:#")


def test_without_a_key_column_a_row_is_named_by_what_identifies_it() -> None:
    columns = (TITLE, column("状态", "status"))

    assert read(["甲", "待处理"], *columns).key == read(["甲", "处理中"], *columns).key
    assert read(["甲", ""], *columns).key != read(["乙", ""], *columns).key


@given(st.lists(st.sampled_from(["甲", "乙", "丙"]), max_size=12))
def test_identical_rows_are_numbered_and_none_is_lost(titles: list[str]) -> None:
    found = reader(TITLE)
    keys = [found.row((n, (title,)), AROUND).key for n, title in enumerate(titles)]
    again = reader(TITLE)

    assert len(set(keys)) == len(titles)
    assert keys == [again.row((n, (title,)), AROUND).key for n, title in enumerate(titles)]


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1), min_size=3, max_size=3)
)
def test_every_cell_is_a_value_or_in_the_remark(cells: list[str]) -> None:
    columns = (column("状态", "status"), column("负责人", "owner"), column("别的"))
    found = read(cells, *columns)
    told = str(found.values["remark"])

    for made, cell in zip(columns, cells, strict=True):
        parts = [part for part in SEVERAL.split(cell) if part]
        assert found.values.get(str(made.to)) or f"{made.name}：" in told or not parts
