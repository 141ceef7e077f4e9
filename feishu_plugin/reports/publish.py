"""Writes the report rows of months, quarters and years: once or a hundred times, the tables end up the same.

The half of the shell that writes. Everything is computed and compared before the first
write; a period whose balance does not add up writes nothing. Rows are found again by the
text of their primary field, so a row that people moved or recoloured stays the same row.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feishu_plugin.binding import Binding
from feishu_plugin.errors import BindingError, ReportError
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Tables
from feishu_plugin.records import Record, Values
from feishu_plugin.reports import periods
from feishu_plugin.reports.breakdown import channel_rows, dimension_rows, timeliness_rows, uneven
from feishu_plugin.reports.columns import COLUMNS, PRIMARY
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.measures.balance import adds_up, broken
from feishu_plugin.reports.monthly import failing, kpi_row, trend_row
from feishu_plugin.reports.periods import Period
from feishu_plugin.reports.result import ReportResult, Row
from feishu_plugin.reports.upsert import Write, writes

SHOWN_MONTHS = 6
_LABELLED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Computed:
    """One period, before anything is written."""

    facts: Facts
    figures: tuple[Figure, ...]
    rows: Mapping[str, tuple[Row, ...]]
    writes: Mapping[str, Sequence[Write]]
    trend: tuple[Values, ...]


def run(tables: Tables, policy: Policy, key: str, now: datetime, *, write: bool = True) -> ReportResult:
    """One period: see ``run_all``."""
    return run_all(tables, policy, (key,), now, write=write)[0]


def run_all(
    tables: Tables,
    policy: Policy,
    keys: Sequence[str],
    now: datetime,
    *,
    write: bool = True,
    name: Callable[[str], str] = str,
) -> tuple[ReportResult, ...]:
    """Computes months, quarters and years in one reading, and brings the report tables up to date.

    With ``write=False`` only says what it would change; ``name`` says what people call a person.
    Raises ReportError for a key that is none, for a period that has not begun or does not
    balance (naming the requirements), and BindingError when the base lacks a table or column
    that the report needs; then nothing is written of any period.
    """
    wanted = [periods.period(key, policy.worktime) for key in keys]
    for one in wanted:
        if one.begin > now:
            raise ReportError(f"{one.key} has not begun yet; choose an earlier period")
    _require_tables(tables.binding)
    facts, undated = gather(tables, policy, periods.around(wanted), now)
    facts = replace(facts, name=name)
    trend = {month: record.values for month, record in _trend(tables).items()}
    computed = [_compute(tables, facts.within(one), trend) for one in wanted]
    if write:
        _perform(tables, [one.writes for one in computed], now)
    return tuple(_result(one, undated) for one in computed)


def _compute(tables: Tables, facts: Facts, trend: dict[str, Values]) -> _Computed:
    """Everything about one period; its row is added to the trend that the next one is compared with."""
    figures = tuple(measure.figure(facts) for measure in MEASURES)
    _require_balance(facts, figures)
    rows = _rows(facts, figures, trend)
    for row in rows.get("trend", ()):
        trend[row.key] = row.values
    return _Computed(
        facts=facts,
        figures=figures,
        rows=rows,
        writes={
            table: writes(table, PRIMARY[table], some, tables.find(table, "month", facts.period.key))
            for table, some in rows.items()
        },
        trend=_latest(trend, facts.period),
    )


def _result(one: _Computed, undated: tuple[str, ...]) -> ReportResult:
    return ReportResult(
        month=one.facts.period.key,
        figures=one.figures,
        rows=one.rows,
        changed_rows=tuple(write.change for some in one.writes.values() for write in some),
        trend=one.trend,
        names=_names(one.facts, one.figures),
        undated=undated,
        running=one.facts.now < one.facts.period.end,
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
    if parts := uneven(facts, figures):
        raise ReportError(
            f"{facts.period.key} does not balance by {', '.join(parts)}, nothing was written", ids
        )


def _rows(facts: Facts, figures: Sequence[Figure], trend: Mapping[str, Values]) -> dict[str, tuple[Row, ...]]:
    key = facts.period.key
    rows: dict[str, tuple[Row, ...]] = {
        "kpi": (kpi_row(key, figures),),
        "channel": channel_rows(facts),
        "timeliness": timeliness_rows(facts),
        "breakdown": dimension_rows(facts),
    }
    if periods.span_of(key) == "month":
        rows["trend"] = (trend_row(key, figures, trend.get(periods.before(key))),)
    return rows


def _trend(tables: Tables) -> dict[str, Record]:
    """The rows of 月度需求趋势 by month; a month is one row, so this table stays small."""
    return {str(row.get("month")): row for page in tables.scan("trend") for row in page}


def _latest(trend: Mapping[str, Values], period: Period) -> tuple[Values, ...]:
    """The months up to the end of the period, oldest first."""
    last = periods.last_month(period.key)
    return tuple(trend[month] for month in sorted(trend) if month <= last)[-SHOWN_MONTHS:]


def _perform(tables: Tables, wanted: Sequence[Mapping[str, Sequence[Write]]], now: datetime) -> None:
    for table in PRIMARY:
        some = [write for one in wanted for write in one.get(table, ())]
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
