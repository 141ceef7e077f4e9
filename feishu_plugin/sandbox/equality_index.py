"""Which records hold a value in a column, so that an equality filter need not look at every record.

A column is indexed when it is first asked for and kept right by commits from then on. Whoever
changes cells in another way must call ``drop``; a dropped index is simply built again.
"""

from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, Protocol

from feishu_plugin.sandbox.field_types import Type

INDEXED = frozenset({Type.TEXT, Type.NUMBER, Type.SINGLE_SELECT, Type.PHONE})
"""Types whose cell is one value that can be looked up."""


class HasCells(Protocol):
    """All an index needs of a record."""

    cells: dict[str, Any]


class EqualityIndex:
    """The indexed columns of one table."""

    def __init__(self) -> None:
        self.drop()

    def drop(self) -> None:
        """Forgets everything."""
        self._columns: dict[str, dict[Any, set[str]]] = {}
        self._places: dict[str, int] = {}
        self._next = count()

    def ids(self, records: Mapping[str, HasCells], field_id: str, value: Any) -> set[str]:
        """The ids of the records that hold the value; builds the column's index when there is none."""
        column = self._columns.get(field_id)
        if column is None:
            column = self._build(records, field_id)
        return column.get(value, set())

    def in_order(self, ids: Iterable[str]) -> list[str]:
        """Ids in the order in which their records came into the table."""
        return sorted(ids, key=self._places.__getitem__)

    def _build(self, records: Mapping[str, HasCells], field_id: str) -> dict[Any, set[str]]:
        if not self._columns:
            self._places = dict(zip(records, self._next, strict=False))
        column: dict[Any, set[str]] = {}
        for record_id, record in records.items():
            value = record.cells.get(field_id)
            if value is not None:
                column.setdefault(value, set()).add(record_id)
        self._columns[field_id] = column
        return column

    def added(self, record_id: str) -> None:
        """A record came into the table, still empty."""
        if self._columns:
            self._places[record_id] = next(self._next)

    def changed(self, record_id: str, field_id: str, before: Any, after: Any) -> None:
        """One cell got another value."""
        column = self._columns.get(field_id)
        if column is None:
            return
        if before is not None:
            column[before].discard(record_id)
        if after is not None:
            column.setdefault(after, set()).add(record_id)

    def removed(self, record_id: str, cells: Mapping[str, Any]) -> None:
        """A record left the table."""
        self._places.pop(record_id, None)
        for field_id, column in self._columns.items():
            if (value := cells.get(field_id)) is not None:
                column[value].discard(record_id)
