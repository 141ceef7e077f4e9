"""``report --format``: the same report as a workbook, as CSV files, as a document or as JSON.

For people without Feishu. It writes files only, never to the base.
"""

import csv
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from feishu_plugin.app.report_sheets import Cell, Sheet
from feishu_plugin.app.report_workbook import shown, write_workbook
from feishu_plugin.app.whole_file import write_whole, written_whole
from feishu_plugin.errors import ReportError
from feishu_plugin.language import Phrase


class Format(StrEnum):
    """What a report is written as."""

    csv = "csv"
    xlsx = "xlsx"
    json = "json"
    md = "md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """``--format`` and ``--output``."""

    form: Format
    output: Path | None = None
    """None: JSON and documents are printed, the others go to the current folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One period, ready to be written down."""

    key: str
    sheets: Sequence[Sheet]
    data: Mapping[str, Any]
    """What ``--json`` prints."""
    now: datetime


def wish_of(form: str | None, output: Path | None, base_token: str = "") -> Wish | None:
    """The wish of a command line; of several bases each has a folder of its own, named by its token."""
    if form is None:
        return None
    if base_token and (output or form in (Format.csv, Format.xlsx)):
        output = (output or Path()) / base_token
        output.mkdir(parents=True, exist_ok=True)
    return Wish(form=Format(form), output=output)


def write(paper: Paper, wish: Wish) -> tuple[str, tuple[Path, ...]]:
    """What is to be printed, and the files that were written or replaced.

    ReportError when a file cannot be written.
    """
    try:
        if wish.form is Format.csv:
            return _told(_write_csv(paper, wish.output or Path(_name(paper))))
        if wish.form is Format.xlsx:
            path = _file(paper, wish.output or Path(), "xlsx")
            with written_whole(path) as beside:
                write_workbook(beside, paper.sheets, f"月报 {paper.key} Monthly report", paper.now)
            return _told((path,))
        return _write_text(paper, wish)
    except OSError as error:
        where = error.filename or wish.output
        raise ReportError(
            Phrase(
                f"报表写不到 {where}：{error.strerror}；请另选 --output",
                f"the report cannot be written to {where}: {error.strerror}; choose another --output",
            )
        ) from error


def _write_text(paper: Paper, wish: Wish) -> tuple[str, tuple[Path, ...]]:
    is_json = wish.form is Format.json
    text = json.dumps(paper.data, ensure_ascii=False, default=str) if is_json else document(paper)
    if wish.output is None:
        return text, ()
    path = _file(paper, wish.output, wish.form.value)
    write_whole(path, text.rstrip("\n") + "\n")
    return _told((path,))


def _told(paths: Sequence[Path]) -> tuple[str, tuple[Path, ...]]:
    return "\n".join(f"{Phrase('已写入', 'written to')} {path}" for path in paths), tuple(paths)


def _name(paper: Paper) -> str:
    return f"report-{paper.key}"


def _file(paper: Paper, wanted: Path, ending: str) -> Path:
    path = wanted / f"{_name(paper)}.{ending}" if wanted.is_dir() else wanted
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _write_csv(paper: Paper, folder: Path) -> tuple[Path, ...]:
    """One file per table; with the mark by which Excel knows UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for sheet in paper.sheets:
        path = folder / f"{_UNFIT.sub('_', sheet.title)}.csv"
        with written_whole(path) as beside, beside.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.writer(file)
            writer.writerow(in_csv(column.title) for column in sheet.columns)
            writer.writerows([in_csv(cell) for cell in row] for row in sheet.rows)
        paths.append(path)
    return tuple(paths)


_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f]|^\.')
"""What may not stand in the name of a file; a team may call its tables anything."""
_CALCULATES = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")


def in_csv(cell: Cell) -> str | float | None:
    """Words that a spreadsheet would take for a formula get an apostrophe in front."""
    if isinstance(cell, str) and _CALCULATES.match(cell):
        return f"'{cell}"
    if isinstance(cell, datetime):
        return shown(cell, "")
    return int(cell) if isinstance(cell, float) and cell.is_integer() else cell


def document(paper: Paper) -> str:
    """The whole report in Markdown; a table of one row lies on its side, for it has many columns."""
    parts = [f"# 月报 {paper.key} · Monthly report"]
    for sheet in paper.sheets:
        lines = _upright(sheet) if len(sheet.rows) != 1 else _lying(sheet)
        parts.append("\n".join([f"## {sheet.title}", "", *(lines if sheet.rows else ["无 · none"])]))
    return "\n\n".join(parts) + "\n"


def _upright(sheet: Sheet) -> list[str]:
    numeric = [all(not isinstance(row[n], str) for row in sheet.rows) for n in range(len(sheet.columns))]
    rows = [[shown(c, k.pattern) for c, k in zip(row, sheet.columns, strict=True)] for row in sheet.rows]
    rules = ["---:" if right else "---" for right in numeric]
    return [_line(column.title for column in sheet.columns), f"|{'|'.join(rules)}|", *map(_line, rows)]


def _lying(sheet: Sheet) -> list[str]:
    [row] = sheet.rows
    told = [
        (column.title, shown(cell, column.pattern))
        for column, cell in zip(sheet.columns, row, strict=True)
        if cell is not None
    ]
    return [_line(("项目", "数值")), "|---|---|", *map(_line, told)]


def _line(cells: Any) -> str:
    return "| " + " | ".join(map(_in_table, cells)) + " |"


def _in_table(text: str) -> str:
    """Without what would end the cell or be taken for markup."""
    return re.sub(r"([\\|`*_<>\[\]])", r"\\\1", " ".join(text.split()))
