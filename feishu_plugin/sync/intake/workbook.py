"""XLSX files, a row at a time, and none that claims more than a spreadsheet of requirements can hold."""

import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feishu_plugin.errors import IntakeError
from feishu_plugin.language import Phrase
from feishu_plugin.sync.intake.text_file import Row

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

MOST_BYTES = 512 << 20
"""What all members of the file may unpack to."""
MOST_WORDS_BYTES = 64 << 20
"""What its list of texts may unpack to: it is the one part that has to be in memory."""
DENSEST = 200
"""Text of people packs to a tenth or so; what claims two hundred times its size is made to hurt."""
MOST_COLUMNS = 500
_OLD = b"\xd0\xcf\x11\xe0"
"""How .xls files and workbooks with a password begin."""
_IN_MEMORY = ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml")


def is_workbook(path: Path) -> bool:
    """True for what claims to be a spreadsheet, by its first bytes; IntakeError for the old kinds."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == _OLD:
        raise IntakeError(
            Phrase(
                f"{path}：是旧的 .xls 或设了密码；请存成不带密码的 .xlsx",
                f"{path}: is an old .xls file or has a password; save it as .xlsx without one",
            )
        )
    return start == b"PK\x03\x04"


def sheets(path: Path) -> list[str]:
    """The names of the visible sheets."""
    with closing(_opened(path)) as book:
        return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]


def rows(path: Path, sheet: str) -> Iterator[Row]:
    """Every row of a sheet in turn; moments as ISO text, whole numbers without a point."""
    with closing(_opened(path)) as book:
        if sheet not in book.sheetnames:
            raise IntakeError(
                Phrase(
                    f"{path}：没有工作表 {sheet}；有 {', '.join(book.sheetnames)}",
                    f"{path}: has no sheet {sheet}; it has {', '.join(book.sheetnames)}",
                )
            )
        found: Any = book[sheet]
        # A sheet may claim a million rows of 16,384 cells: only what is there is read.
        found.reset_dimensions()
        try:
            for number, cells in enumerate(found.iter_rows(values_only=True), start=1):
                yield number, _cells(path, number, cells)
        except IntakeError:
            raise
        except Exception as error:  # openpyxl meets broken files with whatever Python raises
            raise IntakeError(
                Phrase(
                    f"{path}：工作表 {sheet} 已损坏（{type(error).__name__}）；请重新存成 .xlsx",
                    f"{path}: sheet {sheet} is damaged ({type(error).__name__}); save it anew as .xlsx",
                )
            ) from error


def _cells(path: Path, number: int, cells: tuple[Any, ...]) -> tuple[str, ...]:
    last = max((place for place, cell in enumerate(cells, start=1) if cell is not None), default=0)
    if last > MOST_COLUMNS:
        raise IntakeError(
            Phrase(
                f"{path}：第 {number} 行有 {last} 列，超过 {MOST_COLUMNS}：这是表格吗？",
                f"{path}: row {number} has {last} columns, more than {MOST_COLUMNS}: is it a table?",
            )
        )
    return tuple(text(cell) for cell in cells[:last])


def text(cell: Any) -> str:
    """A cell as a person would type it."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(cell).replace("\0", "")


def _opened(path: Path) -> "Workbook":
    from openpyxl import load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            _refuse_bombs(path, packed.infolist())
        return load_workbook(path, read_only=True, data_only=True)
    except IntakeError:
        raise
    except Exception as error:
        raise IntakeError(
            Phrase(
                f"{path}：不能作为 .xlsx 读取（{type(error).__name__}: {error}）；请重新保存",
                f"{path}: cannot be read as .xlsx ({type(error).__name__}: {error}); save it anew",
            )
        ) from error


def _refuse_bombs(path: Path, members: list[zipfile.ZipInfo]) -> None:
    """Nothing is unpacked yet: only what the directory of the file claims, which binds the unpacking."""
    claimed, size = sum(one.file_size for one in members), path.stat().st_size
    words = sum(one.file_size for one in members if one.filename in _IN_MEMORY)
    if claimed > MOST_BYTES or words > MOST_WORDS_BYTES or claimed > DENSEST * size + _small():
        raise IntakeError(
            Phrase(
                f"{path}：{size:,} 字节会解出 {claimed:,} 字节，不予读取；请把工作表存成 CSV",
                f"{path}: unpacks to {claimed:,} bytes from {size:,}: it is not read; save the sheet as CSV",
            )
        )


def _small() -> int:
    """Below this no density is a danger: a new workbook is mostly one repeated pattern."""
    return 16 << 20
