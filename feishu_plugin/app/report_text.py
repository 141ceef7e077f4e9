"""A report run in words for the terminal and as plain data for machines."""

import hashlib
import json
from typing import Any

from feishu_plugin.language import Phrase, spoken
from feishu_plugin.reports.custom import key_of
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.result import ReportResult
from feishu_plugin.reports.wording import aim, shown, verdict


def data_of(result: ReportResult) -> dict[str, Any]:
    """``{"month", "figures": {key: …}, "rows": {table: […]}, "custom": {table: name},
    "changed_rows", "undated", "running"}``."""
    return {
        "month": result.month,
        "figures": {figure.key: _figure(figure) for figure in result.figures},
        "rows": {
            table: [{"key": row.key, **_plain(row.values)} for row in rows]
            for table, rows in result.rows.items()
        },
        "custom": {key_of(one): one.name for one in result.definitions},
        "changed_rows": [{"table": change.table, "key": change.key} for change in result.changed_rows],
        "undated": list(result.undated),
        "running": result.running,
    }


def text_of(result: ReportResult) -> str:
    """One line per figure: name, value, target, verdict."""
    names = {measure.key: str(Phrase(measure.zh, measure.en)) for measure in MEASURES}
    lines = [_line(names[figure.key], figure) for figure in result.figures if figure.value is not None]
    for one in result.definitions:
        rows = len(result.rows[key_of(one)])
        lines.append(f"  {one.name}: {Phrase(f'{rows} 行', f'{rows} rows')}")
    month, changed = result.month, len(result.changed_rows)
    head = Phrase(f"{month}：报表改动 {changed} 行", f"{month}: {changed} rows of the report tables changed")
    return "\n".join([str(head), *lines])


def fingerprint(result: ReportResult) -> str:
    """Short name of exactly these figures: the same month told twice is told once."""
    figures = {figure.key: figure.rounded for figure in result.figures}
    return hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()[:12]


def _line(name: str, figure: Figure) -> str:
    language, target, pending = spoken(), "", ""
    if figure.target is not None:
        goal = Phrase("目标", "target")
        target = f"  {goal} {aim(figure, language)}  {verdict(figure, language)}"
    if figure.pending:
        pending = f"  ({Phrase(f'{figure.pending} 条待定', f'{figure.pending} pending')})"
    return f"  {name}: {shown(figure, language)}{target}{pending}"


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "value": figure.rounded,
        "unit": figure.unit,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "target": figure.target,
        "met": figure.met,
        "pending": figure.pending,
        "record_ids": list(figure.record_ids),
        "failed": list(figure.failed),
    }


def _plain(values: Any) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}
