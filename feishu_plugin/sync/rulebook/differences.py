"""Two sets of policy rows compared row by row; pure, so that an import can be seen before it is made.

A row is known by its name (参数: its key, 作息: its day), never by its place: moving a row
changes nothing. Rows without a name are known by what they are about. Several rows of one
name are told apart by their order.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feishu_plugin.language import Phrase
from feishu_plugin.packaged import POLICY_TABLES
from feishu_plugin.policy_rows import Rows, content_of
from feishu_plugin.records import Record, Value, Values
from feishu_plugin.schema import Schema
from feishu_plugin.sync.rulebook.layout import shown_cell

_ABOUT: Mapping[str, tuple[str, ...]] = {
    "workflow": ("from_status", "to_status"),
    "sla": ("type_class", "priority"),
    "routing": ("order",),
    "template": ("event", "language"),
    "parameter": (),
    "calendar": (),
    "report_definition": ("dimension", "measure"),
}
"""What tells rows without a name apart, by table."""
_NAME = {"parameter": "key", "calendar": "day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row that is to be added (no ``before``), removed (no ``after``) or changed."""

    table: str
    name: str
    record_id: str = ""
    """Of the live row; empty when it is to be added."""
    before: Values | None = None
    after: Values | None = None

    @property
    def kind(self) -> str:
        """``added``, ``removed`` or ``changed``."""
        return "added" if self.before is None else "removed" if self.after is None else "changed"

    @property
    def cells(self) -> dict[str, tuple[Value, Value]]:
        """Column key to (before, after), only where they differ."""
        before, after = self.before or {}, self.after or {}
        keys = dict.fromkeys([*before, *after])
        return {k: (before.get(k), after.get(k)) for k in keys if before.get(k) != after.get(k)}

    @property
    def data(self) -> dict[str, Any]:
        """For machines: ``{"table", "name", "kind", "cells": {key: [before, after]}}``."""
        cells = {key: [shown_cell(a), shown_cell(b)] for key, (a, b) in self.cells.items()}
        return {"table": self.table, "name": self.name, "kind": self.kind, "cells": cells}


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """All rows that differ, tables in fixed order; false when nothing does."""

    changes: tuple[RowChange, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def of(self, table: str, kind: str) -> list[RowChange]:
        """The changes of one kind in one table."""
        return [change for change in self.changes if (change.table, change.kind) == (table, kind)]

    def lines(self, schema: Schema) -> Iterator[str]:
        """One line for each row (+ added, - removed, ~ changed) and one for each changed cell."""
        for change in self.changes:
            sign = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
            yield f"{sign} {schema.table(change.table).zh} {change.table}: {change.name}"
            if change.kind == "changed":
                for key, (before, after) in change.cells.items():
                    label = schema.label(change.table, key)
                    yield f"    {label} {key}: {_words(before)} → {_words(after)}"


def differences(wanted: Mapping[str, Sequence[Values]], live: Rows) -> Differences:
    """What makes ``live`` equal to ``wanted``; tables that ``wanted`` does not name are left alone."""
    named = [table for table in POLICY_TABLES if table in wanted]
    return Differences(changes=tuple(c for t in named for c in _of_table(t, wanted[t], live.get(t, ()))))


def name_of(table: str, row: Values) -> str:
    """What a row is known by, in words."""
    named = row.get(_NAME.get(table, "name"))
    about = [str(shown_cell(row[key])) for key in _ABOUT[table] if row.get(key) is not None]
    return str(shown_cell(named)).strip() if named else "·".join(about) or "（未命名 unnamed）"


def _of_table(table: str, wanted: Sequence[Values], live: Sequence[Record]) -> Iterator[RowChange]:
    there = dict(_identified(table, [(content_of(record.values), record.record_id) for record in live]))
    for (name, turn), (row, _) in _identified(table, [(content_of(row), "") for row in wanted]):
        before, record_id = there.pop((name, turn), (None, ""))
        if row != before:
            yield RowChange(table=table, name=name, record_id=record_id, before=before, after=row)
    for (name, _), (row, record_id) in there.items():
        yield RowChange(table=table, name=name, record_id=record_id, before=row)


def _identified(
    table: str, rows: Sequence[tuple[Values, str]]
) -> Iterator[tuple[tuple[str, int], tuple[Values, str]]]:
    seen: Counter[str] = Counter()
    for row, record_id in rows:
        if row:  # people leave empty rows at the end of a table
            name = name_of(table, row)
            yield (name, seen[name]), (row, record_id)
            seen[name] += 1


def _words(value: Value) -> str:
    shown = shown_cell(value)
    if shown is None:
        return str(Phrase("（空）", "(empty)"))
    text = "、".join(shown) if isinstance(shown, list) else str(shown)
    return text.replace("\n", "⏎")
