"""CSV files in whatever encoding, with whatever sign between the cells."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feishu_plugin.errors import IntakeError
from feishu_plugin.sync.intake import source, text_file
from tests import builders

TABLE = builders.SCHEMA.table("requirement")
TEXT = "需求标题,当前状态\n登录失败,待处理\n“导出”很慢,处理中\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_the_encoding_is_found(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "pool.csv"
    file.write_bytes(TEXT.encode(encoding))

    layout = source.layout_of(file, TABLE)

    assert [cells for _, cells in source.rows(file, layout)] == [
        ("需求标题", "当前状态"),
        ("登录失败", "待处理"),
        ("“导出”很慢", "处理中"),
    ]


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "pool.csv"
    file.write_bytes(b"\x89PNG\xff\xff\xfe\x81\x20")

    with pytest.raises(IntakeError, match="save it as"):
        source.layout_of(file, TABLE)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_one_that_gives_even_rows(tmp_path: Path, sign: str) -> None:
    file = tmp_path / "pool.csv"
    cells = [["标题", "描述"], ["甲", f"一{sign}二,三;四"], ["乙", "跨\n行"]]
    lines = io.StringIO()
    csv.writer(lines, delimiter=sign).writerows(cells)
    file.write_text(lines.getvalue(), encoding="utf-8", newline="")

    layout = source.layout_of(file, TABLE)

    assert layout.delimiter == sign
    assert [list(row) for _, row in source.rows(file, layout)] == cells


def test_one_column_needs_no_delimiter(tmp_path: Path) -> None:
    file = tmp_path / "pool.csv"
    file.write_text("需求标题\n甲\n乙\n", encoding="utf-8")

    assert source.layout_of(file, TABLE).delimiter == ","


def test_the_headings_are_found_under_a_title_and_blank_lines(tmp_path: Path) -> None:
    file = tmp_path / "pool.csv"
    file.write_text("2026 年需求池,,\n,,\n需求标题,状态,备注\n甲,待处理,\n", encoding="utf-8")

    assert source.layout_of(file, TABLE).heading_row == 3


@pytest.mark.parametrize("text", ["", "\n\n", ",,\n"])
def test_a_file_without_rows_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "pool.csv"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(IntakeError, match="holds no row"):
        source.layout_of(file, TABLE)


def test_a_quotation_mark_that_nobody_closed_does_not_swallow_the_rest(tmp_path: Path) -> None:
    file = tmp_path / "pool.csv"
    file.write_text('标题,描述\n甲,一\n乙,"二\n丙,三\n丁,四\n', encoding="utf-8")

    with pytest.raises(IntakeError, match="quotation mark open"):
        list(text_file.rows(file, "utf-8", ","))


@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_marks_that_people_set_freely_are_read(tmp_path: Path, end: str) -> None:
    file = tmp_path / "pool.csv"
    file.write_text(f'标题,描述\n"甲"一,5" 屏{end}', encoding="utf-8")

    assert [cells for _, cells in text_file.rows(file, "utf-8", ",")][:2] == [
        ("标题", "描述"),
        ("甲一", '5" 屏'),
    ]


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match="cannot be read"):
        source.layout_of(tmp_path / "none.csv", TABLE)


_CELL = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=1, max_size=6))
def test_every_cell_comes_back(tmp_path: Path, cells: list[list[str]]) -> None:
    file = tmp_path / "any.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows(cells)

    assert [list(row) for _, row in text_file.rows(file, "utf-8", ",")] == cells
