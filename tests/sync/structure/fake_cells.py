"""Rows in memory: cells by the ids of their columns and options, as Feishu keeps them.

Values are told in words: option names, lists of names, numbers, milliseconds, row ids of links.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import count
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, options_of
from feishu_plugin.ports import Json

Row = dict[str, Any]
"""Field id to value; options by id."""
SINGLE, MULTI, DATE, LINKS = 3, 4, 5, (18, 21)
TEXTS = (1, 13)


class FakeCells:
    """The rows of the tables of one base; ``new_id`` gives ids for options made by a conversion."""

    def __init__(self, tables: Mapping[str, LiveTable]) -> None:
        self._tables = tables
        self._rows: dict[str, dict[str, Row]] = {}
        self._ids = count(1)

    def add(self, table_id: str, rows: Sequence[Json]) -> list[str]:
        """Adds rows by column name and returns their ids."""
        fields = {field.name: field for field in self._tables[table_id].fields}
        made = [f"rec{next(self._ids):04d}" for _ in rows]
        for row_id, row in zip(made, rows, strict=True):
            cells = {fields[name].field_id: _inside(fields[name], value) for name, value in row.items()}
            self._rows.setdefault(table_id, {})[row_id] = cells
        return made

    def rows(self, table_id: str) -> dict[str, Json]:
        """Row id to values by column name; empty cells are absent."""
        fields = {field.field_id: field for field in self._tables[table_id].fields}
        return {
            row_id: {fields[id].name: _outside(fields[id], value) for id, value in cells.items()}
            for row_id, cells in self._rows.get(table_id, {}).items()
        }

    def follow(self, table_id: str, old: LiveField, new: LiveField) -> None:
        """Brings cells in line with a column's new definition: lost options vanish, types convert."""
        ids = {str(option["id"]) for option in options_of(new)}
        if old.type != new.type:
            self._rewrite(table_id, new.field_id, lambda value: _converted(old, new, value))
        elif new.type in (SINGLE, MULTI):
            self._rewrite(table_id, new.field_id, lambda value: _without(value, ids))

    def drop_field(self, table_id: str, field_id: str) -> None:
        """Empties a column."""
        self._rewrite(table_id, field_id, lambda value: None)

    def drop_table(self, table_id: str) -> None:
        """Forgets the rows of a table."""
        self._rows.pop(table_id, None)

    def _rewrite(self, table_id: str, field_id: str, change: Callable[[Any], Any]) -> None:
        for cells in self._rows.get(table_id, {}).values():
            value = change(cells[field_id]) if field_id in cells else None
            if value is not None:
                cells[field_id] = value
            else:
                cells.pop(field_id, None)


def _inside(field: LiveField, value: Any) -> Any:
    ids = {str(option["name"]): str(option["id"]) for option in options_of(field)}
    if field.type == MULTI:
        return [ids[name] for name in value]
    return ids[value] if field.type == SINGLE else value


def _outside(field: LiveField, value: Any) -> Any:
    names = {str(option["id"]): str(option["name"]) for option in options_of(field)}
    if field.type == MULTI:
        return [names[id] for id in value]
    return names[value] if field.type == SINGLE else value


def _without(value: Any, ids: set[str]) -> Any:
    if isinstance(value, list):
        return [id for id in value if id in ids] or None
    return value if value in ids else None


def _converted(old: LiveField, new: LiveField, value: Any) -> Any:
    """By its plain text; what cannot be read as the new type is gone, as with Feishu."""
    told = _outside(old, value)
    texts = (
        [str(one) for one in (told if isinstance(told, list) else [told])] if old.type not in LINKS else []
    )
    if new.type in TEXTS:
        return ",".join(texts) or None
    if new.type in (SINGLE, MULTI):
        ids = {str(option["name"]): str(option["id"]) for option in options_of(new)}
        found = [ids[text] for text in texts if text in ids]
        return (found or None) if new.type == MULTI else next(iter(found), None)
    if new.type == DATE:
        return value if isinstance(value, int) and old.type == 2 else None
    return _number(texts) if new.type == 2 else None


def _number(texts: Sequence[str]) -> float | None:
    try:
        return float(texts[0])
    except (ValueError, IndexError):
        return None
