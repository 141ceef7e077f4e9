"""Which rows to add and which cells to change so that a table shows the wanted rows; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from feishu_plugin.records import Record, Value, Values
from feishu_plugin.reports.result import Row, RowChange

NAMING = frozenset({"key", "month", "span", "channel", "priority", "dimension", "value", "kpi", "stage"})
"""Columns that say what a row is about; they stay when a row has nothing left to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One row to add (no ``record_id``) or to change."""

    record_id: str | None
    change: RowChange


def emptied(row: Record) -> Values:
    """What becomes of a row that has nothing left to show."""
    return {key: None for key in row.values if key not in NAMING}


def writes(
    table: str,
    primary: str,
    wanted: Sequence[Row],
    existing: Iterable[Record],
    gone: Callable[[Record], Values] = emptied,
) -> list[Write]:
    """What turns the existing rows of a period into the wanted ones; empty when nothing differs.

    Rows of the period that are not wanted any more get what ``gone`` says; none is ever
    deleted. When people copied a row, the oldest one is kept up to date.
    """
    known = _by_key(primary, existing)
    unwanted = [Row(table=table, key=key, values=gone(known[key])) for key in known]
    rows = {row.key: row for row in (*unwanted, *wanted)}
    found = (_write(row, known.get(key)) for key, row in rows.items())
    return [write for write in found if write is not None]


def after(existing: Iterable[Record], planned: Iterable[Write]) -> list[Values]:
    """The rows of a period as they will be when these writes are done."""
    changed = {write.record_id: write.change.after for write in planned if write.record_id is not None}
    new = [write.change.after for write in planned if write.record_id is None]
    return [*({**row.values, **changed.get(row.record_id, {})} for row in existing), *new]


def _by_key(primary: str, rows: Iterable[Record]) -> Mapping[str, Record]:
    named = [row for row in rows if row.get(primary)]
    newest_first = sorted(named, key=lambda row: (str(row.created_at), row.record_id), reverse=True)
    return {str(row.get(primary)): row for row in newest_first}


def _write(row: Row, known: Record | None) -> Write | None:
    if known is None:
        cells = {**row.values, **row.once}
        given = {key: value for key, value in cells.items() if value is not None}
        return Write(record_id=None, change=RowChange(table=row.table, key=row.key, before=None, after=given))
    after = {key: value for key, value in row.values.items() if not _same(known.get(key), value)}
    if not after:
        return None
    before = {key: known.get(key) for key in after}
    change = RowChange(table=row.table, key=row.key, before=before, after=after)
    return Write(record_id=known.record_id, change=change)


def _same(shown: Value, wanted: Value) -> bool:
    if isinstance(shown, tuple) and isinstance(wanted, tuple):
        return sorted(shown) == sorted(wanted)  # the order of links is Feishu's
    return shown == wanted
