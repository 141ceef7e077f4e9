"""XLSX files, and those that are made to hurt."""

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from feishu_plugin.errors import IntakeError
from feishu_plugin.sync.intake import source
from tests import builders

TABLE = builders.SCHEMA.table("requirement")


def made(file: Path, *rows: tuple[object, ...]) -> Path:
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "说明"
    sheet = book.create_sheet("需求池")
    for row in rows:
        sheet.append(row)
    hidden = book.create_sheet("隐藏")
    hidden.sheet_state = "hidden"
    book.save(file)
    return file


def test_the_first_sheet_that_holds_something_is_read(tmp_path: Path) -> None:
    moment, day = datetime.fromisoformat("2026-03-05 09:07"), date(2026, 3, 6)
    file = made(tmp_path / "pool.xlsx", ("需求标题", "提交时间", "分"), ("甲", moment, 3), ("乙", day, 2.5))

    layout = source.layout_of(file, TABLE)

    assert (layout.sheet, layout.heading_row) == ("需求池", 1)
    assert list(source.rows(file, layout)) == [
        (1, ("需求标题", "提交时间", "分")),
        (2, ("甲", "2026-03-05 09:07:00", "3")),
        (3, ("乙", "2026-03-06 00:00:00", "2.5")),
    ]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    file = made(tmp_path / "pool.xlsx", ("需求标题",), ("甲",))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet9.xml", b"\0" * (24 << 20))

    with pytest.raises(IntakeError, match="unpacks to"):
        source.layout_of(file, TABLE)


def test_a_sheet_as_wide_as_excel_allows_is_refused(tmp_path: Path) -> None:
    file = made(tmp_path / "pool.xlsx", tuple("x" for _ in range(600)))

    with pytest.raises(IntakeError, match="600 columns"):
        source.layout_of(file, TABLE)


@pytest.mark.parametrize(
    ("start", "said"),
    [(b"\xd0\xcf\x11\xe0rest", "old .xls"), (b"PK\x03\x04 torn", "cannot be read as .xlsx")],
)
def test_what_is_no_xlsx_says_what_to_do(tmp_path: Path, start: bytes, said: str) -> None:
    file = tmp_path / "pool.xlsx"
    file.write_bytes(start)

    with pytest.raises(IntakeError, match=said):
        source.layout_of(file, TABLE)
