"""Sheets as one Excel workbook: numbers as numbers, headings that stay in sight, no text that calculates."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from feishu_plugin.app.report_sheets import Cell, Sheet

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_NARROWEST, _WIDEST = 8, 40
_LONGEST, _LONGEST_TITLE = 32_767, 31
"""Excel's limits of letters in a cell, and in the name of a sheet."""
_UNFIT = re.compile(r"[\\/*?:\[\]\x00-\x1f]")


def write_workbook(path: Path, sheets: Sequence[Sheet], title: str, now: datetime) -> None:
    """Writes (or replaces) the workbook; OSError when it cannot."""
    from openpyxl import Workbook  # takes 0.2 s

    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(_UNFIT.sub("_", sheet.title)[:_LONGEST_TITLE]), sheet)
    book.properties.title, book.properties.creator = title, "feishu-plugin"
    book.properties.created = book.properties.modified = now.replace(tzinfo=None)
    book.save(path)


def _fill(page: "Worksheet", sheet: Sheet) -> None:
    _write_headings(page, sheet)
    for number, row in enumerate(sheet.rows, start=2):
        for place, (column, cell) in enumerate(zip(sheet.columns, row, strict=True), start=1):
            if cell is not None:
                _write(page, number, place, cell, column.pattern)
    page.freeze_panes = "B2"
    page.auto_filter.ref = page.dimensions


def _write_headings(page: "Worksheet", sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for place, column in enumerate(sheet.columns, start=1):
        cell = page.cell(1, place)
        _write(page, 1, place, column.title, column.pattern)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7F5")
        cell.alignment = Alignment(vertical="center")
        letter = get_column_letter(place)
        told = [column.title, *(shown(row[place - 1], column.pattern) for row in sheet.rows)]
        page.column_dimensions[letter].width = min(max(_NARROWEST, *map(_breadth, told)) + 2, _WIDEST)


def _write(page: "Worksheet", number: int, place: int, value: Cell, pattern: str) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cell = page.cell(number, place)
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST]
        # A customer's words may begin with "=": they stay words, even after somebody edits the cell.
        cell.data_type, cell.quotePrefix = "s", True
    else:
        cell.value, cell.number_format = value, pattern


def shown(cell: Cell, pattern: str) -> str:
    """A cell in letters, as a spreadsheet would show it with this pattern."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, str):
        return cell
    digits = len(pattern.removesuffix("%").partition(".")[2])
    return f"{cell:.{digits}%}" if pattern.endswith("%") else f"{cell:.{digits}f}"


def _breadth(text: str) -> int:
    """In columns of a Latin letter; a Chinese one takes two."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
