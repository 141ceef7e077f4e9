"""Writes the report rows of months, quarters and years: once or a hundred times, the tables end up the same.

The half of the shell that writes. Everything is computed and compared before the first
write; a period whose balance does not add up writes nothing. A closed period that says
something else than before says so in 更正记录 first. Rows are found again by the text of
their primary field, so a row that people moved or recoloured stays the same row.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from feishu_plugin.binding import Binding, is_custom
from feishu_plugin.errors import BindingError, ReportError
from feishu_plugin.language import Phrase
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Tables
from feishu_plugin.records import Record, Values
from feishu_plugin.reports import periods, restate
from feishu_plugin.reports.columns import COLUMNS, PRIMARY, columns_of
from feishu_plugin.reports.compute import Computed, compute, latest, names_of
from feishu_plugin.reports.custom import key_of, sound
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.result import ReportResult, Row, Snapshot, linkable
from feishu_plugin.reports.reviews import Reviews
from feishu_plugin.reports.standing import standing
from feishu_plugin.reports.upsert import Write, writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the reports said before, and what was done since."""

    frozen: Mapping[str, Snapshot] = field(default_factory=dict)
    """Closed periods by key, as they were last told."""
    touches: restate.Touches = lambda record_ids, since: ()


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
    told: Told | None = None,
    prepare: Callable[[], None] = lambda: None,
) -> tuple[ReportResult, ...]:
    """Computes months, quarters and years in one reading, and brings the report tables up to date.

    With ``write=False`` only says what it would change; ``name`` says what people call a person;
    ``prepare`` may make the tables of custom reports, when nothing else can go wrong any more: one
    that is not there then is left out.
    Raises ReportError for a key that is none, for a period that has not begun or does not
    balance (naming the requirements), and BindingError when the base lacks a table or column
    that the report needs; then nothing is written of any period.
    """
    wanted = [periods.period(key, policy.worktime) for key in keys]
    for one in wanted:
        if one.begin > now:
            raise ReportError(
                Phrase(
                    f"{one.key} 还没有开始；请选更早的时间",
                    f"{one.key} has not begun yet; choose an earlier period",
                )
            )
    _require_tables(tables.binding)
    facts, undated = gather(tables, policy, periods.around(wanted), now)
    facts = replace(facts, name=name)
    trend, kpis, reviews = _months(tables, "trend"), _months(tables, "kpi"), Reviews(tables)
    # Months first and in order: quarters count their reviews, and each is compared with the one before.
    order = sorted(wanted, key=lambda one: (one.end - one.begin, one.begin))
    known = {one.key: compute(facts.within(one), trend, reviews.causes) for one in order}
    computed = [known[key] for key in keys]
    kpis.update({one.key: one.rows["kpi"][0].values for one in computed if periods.is_month(one.key)})
    restated = [_restated(tables, one, told or Told()) for one in computed]
    changes = [_writes(tables, one, reviews) for one in computed]
    if write:
        prepare()
        changes = [_possible(tables.binding, some) for some in changes]
        _record(tables, [row for rows in restated for row in rows], now)
        _perform(tables, changes, now)
    return tuple(
        _result(one, latest(kpis, one.facts.period), some, rows, undated)
        for one, some, rows in zip(computed, changes, restated, strict=True)
    )


def _writes(tables: Tables, one: Computed, reviews: Reviews) -> Mapping[str, Sequence[Write]]:
    found = {
        table: writes(table, columns_of(table)[0], _linkable(one, rows), _existing(tables, table, one.key))
        for table, rows in one.rows.items()
        if table != "review"
    }
    return {**found, "review": reviews.planned.get(one.key, ())}


def _linkable(one: Computed, rows: Sequence[Row]) -> list[Row]:
    return [linkable(row, one.facts.archived) for row in rows]


def _existing(tables: Tables, table: str, month: str) -> Sequence[Record]:
    """The rows of a period; none where the table of a custom report is still to be made."""
    is_there = not is_custom(table) or _has(tables.binding, table, ("key", "month"))
    return tables.find(table, "month", month) if is_there else ()


def _possible(binding: Binding, changes: Mapping[str, Sequence[Write]]) -> Mapping[str, Sequence[Write]]:
    """Without the custom reports whose table could not be made."""
    return {
        table: some
        for table, some in changes.items()
        if not is_custom(table) or _has(binding, table, columns_of(table))
    }


def _has(binding: Binding, table: str, columns: Sequence[str]) -> bool:
    return table in binding.tables and not binding.lacks(table, *columns)


def _restated(tables: Tables, one: Computed, told: Told) -> tuple[Row, ...]:
    """The rows of 更正记录 that are still to be written."""
    old = told.frozen.get(one.key)
    if old is None or one.snapshot is None:
        return ()
    facts = one.facts
    rows = restate.restatements(
        old,
        one.snapshot,
        restate.together(told.touches, restate.moves_of(facts)),
        restate.Names(
            requirement=lambda one: names_of(facts, [one])[0],
            person=facts.name,
            reports={key_of(one): one.name for one in facts.policy.definitions},
        ),
    )
    if not rows:
        return ()
    known = {row.get("key") for row in tables.find(restate.TABLE, "month", one.key)}
    return tuple(row for row in _linkable(one, rows) if row.key not in known)


def _record(tables: Tables, rows: Sequence[Row], now: datetime) -> None:
    """First of all: a figure must not change before it is said why."""
    if rows:
        new = [{key: value for key, value in row.values.items() if value is not None} for row in rows]
        tables.create(restate.TABLE, new, _identity(restate.TABLE, new, now))


def _result(
    one: Computed,
    kpis: tuple[Values, ...],
    changes: Mapping[str, Sequence[Write]],
    restated: tuple[Row, ...],
    undated: tuple[str, ...],
) -> ReportResult:
    return ReportResult(
        month=one.key,
        figures=one.figures,
        rows=one.rows,
        changed_rows=tuple(write.change for some in changes.values() for write in some),
        trend=one.trend,
        kpis=kpis,
        statuses=standing(one.facts),
        names=one.names,
        numbers=one.numbers,
        undated=undated,
        running=one.facts.now < one.facts.period.end,
        snapshot=one.snapshot,
        restated=restated,
        definitions=sound(one.facts.policy.definitions),
    )


def _require_tables(binding: Binding) -> None:
    missing = [key for table in ("requirement", "transition") for key in binding.lacks(table)]
    for table, columns in {**COLUMNS, restate.TABLE: restate.COLUMNS}.items():
        missing += binding.lacks(table, *columns)
    if missing:
        raise BindingError(
            Phrase(
                f"报表需要 {', '.join(missing)}；请运行 feishu-plugin apply 补上",
                f"the report needs {', '.join(missing)}; run feishu-plugin apply to add them",
            )
        )


def _months(tables: Tables, table: str) -> dict[str, Values]:
    """The rows of a table with one row a month, by month; such a table stays small."""
    rows = (row for page in tables.scan(table) for row in page)
    return {month: row.values for row in rows if periods.is_month(month := str(row.get("month")))}


def _perform(tables: Tables, wanted: Sequence[Mapping[str, Sequence[Write]]], now: datetime) -> None:
    for table in dict.fromkeys([*PRIMARY, *(table for one in wanted for table in one)]):
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
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"report:{table}:{now.isoformat()}:{digest}"
