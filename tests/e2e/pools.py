"""The requirement pools of the data folder as a team would have them in a base; keeps nothing of them."""

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from benchmarks.real_rows import milliseconds
from tests.e2e.team_tables import ZONE, Json

SELECTS = frozenset(
    {"优先级", "需求来源", "需求状态", "完成状态", "状态", "需求类型", "需求分类", "说明", "需求难度"}
)
"""Headers of columns that a team has as single selects (说明 of one pool is a type: it stays text below)."""
DATES = frozenset({"提交时间", "需求提出日期", "计划开始时间", "计划完成时间", "实际完成时间"})


def columns(rows: list[Mapping[str, str]]) -> list[Json]:
    """Bodies of the columns; a header without a name gets one, as Feishu has none without."""
    return [_column(header, rows) for header in rows[0]]


def _column(header: str, rows: list[Mapping[str, str]]) -> Json:
    body: Json = {"field_name": header.strip() or "分组"}
    if header in DATES:
        return {**body, "type": 5, "property": {"date_formatter": "yyyy-MM-dd"}}
    if header == "序号":
        return {**body, "type": 2, "property": {"formatter": "0"}}
    if header in SELECTS - {"说明"}:
        names = dict.fromkeys(row[header].strip() for row in rows if row[header].strip())
        return {**body, "type": 3, "property": {"options": [{"name": name} for name in names]}}
    return {**body, "type": 1}


def cells(row: Mapping[str, str]) -> Json:
    """One row as Feishu takes it; empty cells are left out."""
    return {header.strip() or "分组": _cell(header, text) for header, text in row.items() if text.strip()}


def _cell(header: str, text: str) -> str | float:
    if header in DATES:
        return milliseconds(datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE))
    return float(text) if header == "序号" else text.strip()


def read(file: Path) -> list[Mapping[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
