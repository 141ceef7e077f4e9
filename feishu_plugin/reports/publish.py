"""Writes a month's report rows: once or a hundred times, the tables end up the same.

The half of the shell that writes. Everything is computed and compared before the first
write; a month whose balance does not add up writes nothing. Rows are found again by the
text of their primary field, so a row that people moved or recoloured stays the same row.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from feishu_plugin.binding import Binding
from feishu_plugin.errors import BindingError, ReportError
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Tables
from feishu_plugin.records import Record, Values
from feishu_plugin.reports import periods
from feishu_plugin.reports.breakdown import channel_rows, timeliness_rows
from feishu_plugin.reports.columns import COLUMNS, PRIMARY
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.measures.balance import adds_up, broken
from feishu_plugin.reports.monthly import failing, kpi_row, trend_row
from feishu_plugin.reports.result import ReportResult, Row
from feishu_plugin.reports.upsert import Write, writes

SHOWN_MONTHS = 6
_LABELLED = 20


def run(tables: Tables, policy: Policy, month: str, now: datetime, *, write: bool = True) -> ReportResult:
    """Computes a month (``yyyy-MM``) and brings the four report tables up to date.

    With ``write=False`` only says what it would change. Raises ReportError for a month that
    is none, has not begun, or does not balance (naming the requirements), and BindingError
    when the base lacks a table or column that the report needs.
    """
    period = periods.month(month, policy.worktime)
    if period.begin > now:
        raise ReportError(f"{month} has not begun yet; choose this month or an earlier one")
    _require_tables(tables.binding)
    facts, undated = gather(tables, policy, period, now)
    figures = tuple(measure.figure(facts) for measure in MEASURES)
    _require_balance(facts, figures)
    trend = _trend(tables)
    rows = _rows(facts, figures, trend)
    wanted = {
        table: writes(table, primary, rows[table], tables.find(table, "month", month))
        for table, primary in PRIMARY.items()
    }
    if write:
        _perform(tables, wanted, now)
    return ReportResult(
        month=month,
        figures=figures,
        rows=rows,
        changed_rows=tuple(w.change for some in wanted.values() for w in some),
        trend=_latest(trend, rows["trend"][0]),
        names=_names(facts, figures),
        undated=undated,
        running=now < period.end,
    )


def _require_tables(binding: Binding) -> None:
    missing = [key for table in ("requirement", "transition") for key in binding.lacks(table)]
    for table, columns in COLUMNS.items():
        missing += binding.lacks(table, *columns)
    if missing:
        raise BindingError(f"the report needs {', '.join(missing)}; run feishu-plugin apply to add them")


def _require_balance(facts: Facts, figures: Sequence[Figure]) -> None:
    ids = broken(facts)
    if ids or not adds_up(figures):
        named = ", ".join(_shown_names(facts, ids)[:_LABELLED])
        raise ReportError(
            f"{facts.period.key} does not balance, nothing was written: the ledger rows of"
            f" {len(ids)} requirements do not follow one another ({named})",
            ids,
        )


def _rows(facts: Facts, figures: Sequence[Figure], trend: Mapping[str, Record]) -> dict[str, tuple[Row, ...]]:
    before = trend.get(periods.month_before(facts.period.key))
    return {
        "kpi": (kpi_row(facts.period.key, figures),),
        "trend": (trend_row(facts.period.key, figures, before.values if before else None),),
        "channel": channel_rows(facts),
        "timeliness": timeliness_rows(facts),
    }


def _trend(tables: Tables) -> dict[str, Record]:
    """The rows of 月度需求趋势 by month; a month is one row, so this table stays small."""
    return {str(row.get("month")): row for page in tables.scan("trend") for row in page}


def _latest(trend: Mapping[str, Record], row: Row) -> tuple[Values, ...]:
    known = {month: record.values for month, record in trend.items() if month < row.key}
    months = sorted(known)[1 - SHOWN_MONTHS :]
    return (*(known[month] for month in months), row.values)


def _perform(tables: Tables, wanted: Mapping[str, Sequence[Write]], now: datetime) -> None:
    for table, some in wanted.items():
        new = [write.change.after for write in some if write.record_id is None]
        changed = {write.record_id: write.change.after for write in some if write.record_id is not None}
        if new:
            tables.create(table, new, _identity(table, new, now))
        if changed:
            tables.update(table, changed)


def _identity(table: str, rows: Sequence[Values], now: datetime) -> str:
    """The same for a retry within a run; another run finds the rows by their key instead.

    With the run's time in it, rows that people deleted are written again by the next run.
    """
    content = json.dumps([dict(row) for row in rows], ensure_ascii=False, sort_keys=True, default=str)
    return f"report:{table}:{now.isoformat()}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _names(facts: Facts, figures: Sequence[Figure]) -> dict[str, str]:
    ids = failing(figures)
    return dict(zip(ids, _shown_names(facts, ids), strict=True))


def _shown_names(facts: Facts, ids: Sequence[str]) -> list[str]:
    known = {h.record_id: h.requirement.number for h in facts.histories}
    return [known.get(record_id) or record_id for record_id in ids]
