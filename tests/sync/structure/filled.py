"""Cells of a whole base: filled by type, and read back by the ids of row, column and option."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from feishu_plugin.binding import LiveField, LiveTable, options_of
from feishu_plugin.ports import Json

Place = tuple[str, str, str]
"""Table id, row id, column id."""
Snapshot = Mapping[Place, Any]
MS = 1_700_000_000_000


class Cells(Protocol):
    """Rows by column name; values in words: option names, numbers, milliseconds, row ids of links."""

    def add(self, table_id: str, rows: Sequence[Json]) -> list[str]:
        """Adds rows and returns their ids."""
        ...

    def rows(self, table_id: str) -> Mapping[str, Json]:
        """Every row by its id."""
        ...


def fill(tables: Sequence[LiveTable], cells: Cells) -> None:
    """Two rows in every table, then one with links to the first row of the linked table."""
    first = {
        table.table_id: cells.add(table.table_id, [_row(table, n) for n in range(2)])[0] for table in tables
    }
    for table in tables:
        links = [field for field in table.fields if _is_owner(field)]
        row = {field.name: [first[field.property["table_id"]]] for field in links}
        cells.add(table.table_id, [{**_row(table, 2), **row}])


def snapshot(tables: Sequence[LiveTable], cells: Cells) -> Snapshot:
    """Every cell; options by their ids, lists as sets."""
    return {
        (table.table_id, row_id, field.field_id): _by_id(field, row[field.name])
        for table in tables
        for row_id, row in cells.rows(table.table_id).items()
        for field in table.fields
        if field.name in row
    }


def _row(table: LiveTable, number: int) -> Json:
    values = {field.name: _value(field, number) for field in table.fields}
    return {name: value for name, value in values.items() if value is not None}


def _value(field: LiveField, number: int) -> Any:
    names = [str(option["name"]) for option in options_of(field)]
    if field.type in (3, 4) and names:
        chosen = names[number % len(names)]
        return chosen if field.type == 3 else list(dict.fromkeys([chosen, names[0]]))
    plain = {1: f"{number}", 2: number + 0.5, 5: MS + number * 60_000, 7: True, 13: f"1380{number}"}
    return plain.get(field.type)


def _is_owner(field: LiveField) -> bool:
    """A duplex link is filled from one side: the one that Feishu did not make by itself."""
    return field.type == 18 or (
        field.type == 21 and bool(field.description) and "back_field_name" in field.property
    )


def _by_id(field: LiveField, value: Any) -> Any:
    ids = {str(option["name"]): str(option["id"]) for option in options_of(field)}
    if isinstance(value, list):
        return frozenset(ids.get(one, one) for one in value)
    return ids.get(value, value) if field.type == 3 else value
