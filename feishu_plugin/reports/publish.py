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
from feishu_plugin.records import Values
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
from feishu_plugin.reports.review import CAUSE, overdue_causes, review_rows, withdrawn
from feishu_plugin.reports.stages import bottleneck_words, stage_rows, stages_of
from feishu_plugin.reports.upsert import Write, after, writes

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What the base shows of other periods, kept up to date while a run goes on."""

    trend: dict[str, Values]
    """月度需求趋势 by month."""
    reviews: dict[str, Sequence[Values]]
    """The rows of 超期复盘 by month, as far as they were asked for."""


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
    shown = _Shown(trend=_trend(tables), reviews={})
    # Months first and in order: quarters count their reviews, and each is compared with the one before.
    order = sorted(wanted, key=lambda one: (one.end - one.begin, one.begin))
    computed = {one.key: _compute(tables, facts.within(one), shown) for one in order}
    if write:
        _perform(tables, [computed[one.key].writes for one in order], now)
    return tuple(_result(computed[key], undated) for key in keys)


def _compute(tables: Tables, facts: Facts, shown: _Shown) -> _Computed:
    """Everything about one period; its rows are added to what is shown."""
    key = facts.period.key
    figures = tuple(measure.figure(facts) for measure in MEASURES)
    _require_balance(facts, figures)
    reviews = review_rows(facts, figures) if _is_past_month(facts) else ()
    planned = {"review": _review_writes(tables, facts, reviews, shown)}
    rows = _rows(facts, figures, shown.trend, _causes(tables, key, shown))
    for row in rows.get("trend", ()):
        shown.trend[row.key] = row.values
    for table, some in rows.items():
        planned[table] = writes(table, PRIMARY[table], some, tables.find(table, "month", key))
    return _Computed(
        facts=facts,
        figures=figures,
        rows={**rows, "review": reviews},
        writes=planned,
        trend=_latest(shown.trend, facts.period),
    )


def _is_past_month(facts: Facts) -> bool:
    return periods.span_of(facts.period.key) == "month" and facts.now >= facts.period.end


def _review_writes(tables: Tables, facts: Facts, rows: Sequence[Row], shown: _Shown) -> list[Write]:
    """Of a past month; what the month will show is remembered for its quarter."""
    if not _is_past_month(facts):
        return []
    key = facts.period.key
    existing = tables.find("review", "month", key)
    planned = writes("review", PRIMARY["review"], rows, existing, withdrawn)
    shown.reviews[key] = after(existing, planned)
    return planned


def _causes(tables: Tables, key: str, shown: _Shown) -> str | None:
    """超期原因 of a period, from the reviews of its months."""
    for month in periods.months_of(key):
        if month not in shown.reviews:
            shown.reviews[month] = [row.values for row in tables.find("review", "month", month)]
    rows = (row for month in periods.months_of(key) for row in shown.reviews[month])
    return overdue_causes(rows, tables.binding.tables["review"].fields[CAUSE].option_names)


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


def _rows(
    facts: Facts, figures: Sequence[Figure], trend: Mapping[str, Values], causes: str | None
) -> dict[str, tuple[Row, ...]]:
    key, stages = facts.period.key, stages_of(facts)
    words: Values = {"bottleneck": bottleneck_words(facts, stages), "overdue_causes": causes}
    rows: dict[str, tuple[Row, ...]] = {
        "kpi": (kpi_row(key, figures, words),),
        "channel": channel_rows(facts),
        "timeliness": timeliness_rows(facts),
        "breakdown": dimension_rows(facts),
        "stage_time": stage_rows(facts, stages),
    }
    if periods.span_of(key) == "month":
        rows["trend"] = (trend_row(key, figures, trend.get(periods.before(key))),)
    return rows


def _trend(tables: Tables) -> dict[str, Values]:
    """The rows of 月度需求趋势 by month; a month is one row, so this table stays small."""
    return {str(row.get("month")): row.values for page in tables.scan("trend") for row in page}


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
