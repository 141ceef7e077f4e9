"""Which rows of the base point at which requirements: read before they leave, set again when they return."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feishu_plugin.ports import Tables
from feishu_plugin.records import Record, Values
from feishu_plugin.schema import Schema

REGISTER = "requirement"
_LEDGER, _SURVEY = "transition", "survey"
_MOST_LINKED = 500
"""Rows that Feishu takes in one link cell."""


@dataclass(slots=True, kw_only=True)
class Pointing:
    """What was found in one reading."""

    at: dict[str, dict[str, list[str]]] = field(default_factory=lambda: defaultdict(dict))
    """Requirement to ``table.field`` to the rows whose link holds it."""
    numberless: dict[str, str] = field(default_factory=dict)
    """Ledger rows whose number is not that of the requirement they point at, to what it should be."""
    surveyed: set[str] = field(default_factory=set)
    """Numbers of requirements with an answer that nobody took yet."""


def pointing(schema: Schema, tables: Tables, numbers: Mapping[str, str]) -> Pointing:
    """Reads every table that links requirements once; ``numbers`` are those of the wanted record ids."""
    found = Pointing()
    for table, keys in _linking(schema, tables):
        for page in tables.scan(table):
            for row in page:
                _take(found, table, keys, row, numbers)
    return found


def pointing_again(
    schema: Schema, tables: Tables, linked_from: Mapping[str, Sequence[str]], new: str
) -> dict[str, dict[str, Values]]:
    """By table and row: the links that held a requirement before, with its new id. Full ones stay."""
    found: dict[str, dict[str, Values]] = {}
    for table, keys in _linking(schema, tables):
        wanted = {key: set(linked_from.get(f"{table}.{key}", ())) for key in keys}
        rows = tables.read(table, sorted(set().union(*wanted.values())))
        changes = {id: _added(row, wanted, new) for id, row in rows.items()}
        if changes := {id: values for id, values in changes.items() if values}:
            found[table] = changes
    return found


def _added(row: Record, wanted: Mapping[str, set[str]], new: str) -> Values:
    held = {key: _ids(row, key) for key, ids in wanted.items() if row.record_id in ids}
    return {key: (*ids, new) for key, ids in held.items() if new not in ids and len(ids) < _MOST_LINKED}


def _linking(schema: Schema, tables: Tables) -> Iterator[tuple[str, list[str]]]:
    """Tables with their one-way links to requirements; a two-way link is told by the requirement itself."""
    for key, bound in tables.binding.tables.items():
        ours = next((one for one in schema.tables if one.key == key), None)
        links = [f for f in ours.fields if f.type == "single_link" and f.table == REGISTER] if ours else []
        if keys := [one.key for one in links if one.key in bound.fields]:
            yield key, keys


def _take(found: Pointing, table: str, keys: Sequence[str], row: Record, numbers: Mapping[str, str]) -> None:
    for key in keys:
        for record_id in numbers.keys() & {*_ids(row, key)}:
            found.at[record_id].setdefault(f"{table}.{key}", []).append(row.record_id)
            if table == _LEDGER and row.get("number") != numbers[record_id]:
                found.numberless[row.record_id] = numbers[record_id]
    if table == _SURVEY and not row.get("state") and row.get("number"):
        found.surveyed.add(str(row.get("number")).strip())


def _ids(row: Record, key: str) -> tuple[str, ...]:
    value = row.get(key)
    return value if isinstance(value, tuple) else ()
