"""The file that people review between ``adopt`` and ``adopt --confirm``; pure.

Ids decide, names are there to be read. Everything that is wrong is told at once, by JSON path.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic import Field as Attribute

from feishu_plugin.binding import LiveField, LiveTable, options_of
from feishu_plugin.errors import MappingError
from feishu_plugin.schema import Field, Schema, Table
from feishu_plugin.schema_parts import Strict
from feishu_plugin.sync.adopt.fitting import misfit

T = TypeVar("T", bound=BaseModel)
Words = Literal["keep", "ours"]
"""Whose names a column and its options have in the end: the team's or the schema's."""
Problem = tuple[str, str]
"""JSON path, what is wrong."""


class Alternative(Strict):
    """Another key that a column could stand for."""

    key: str
    score: float


class Column(Strict):
    """One column of the team; ``to`` null leaves it alone, and ours is added beside it."""

    field_id: str
    name: str
    type: str = ""
    to: str | None = None
    label: Words = "keep"
    score: float = 0.0
    note: str = ""
    """What the suggestion wants to say to the person who reviews it."""
    alternatives: tuple[Alternative, ...] = ()
    options: Mapping[str, str | None] = Attribute(default_factory=dict)
    """Name of an option to the key it stands for; null: it stays the team's own."""


class TableChoice(Strict):
    """The table that is adopted and the table of the schema that it becomes."""

    table_id: str
    name: str
    to: str
    label: Words = "keep"


class Adoption(Strict):
    """What a mapping file holds."""

    base: str
    table: TableChoice
    columns: tuple[Column, ...]

    def mapped(self) -> Mapping[str, Column]:
        """Field key to the column that stands for it."""
        return {column.to: column for column in self.columns if column.to is not None}


def parse(data: Any, source: str) -> Adoption:
    """The mapping in a file's JSON; MappingError names every wrong place."""
    return validated(Adoption, data, source)


def validated(kind: type[T], data: Any, source: str) -> T:
    """A file's JSON as the value it should hold; MappingError names every wrong place."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        found = [(f"${''.join(f'.{part}' for part in e['loc'])}", e["msg"]) for e in error.errors()]
        raise refusal(source, found) from error


def refusal(source: str, problems: Sequence[Problem]) -> MappingError:
    """All problems of a file as one error."""
    return MappingError(f"{source}: " + "; ".join(f"{path}: {text}" for path, text in problems))


def check(mapping: Adoption, schema: Schema, tables: Sequence[LiveTable]) -> list[Problem]:
    """What stands against a mapping in this base; empty when nothing does."""
    here = next((table for table in tables if table.table_id == mapping.table.table_id), None)
    wanted = schema.by_key.get(mapping.table.to)
    problems: list[Problem] = []
    if here is None:
        problems.append(("$.table.table_id", f"the base has no table {mapping.table.table_id}"))
    if wanted is None:
        problems.append(("$.table.to", f"the schema has no table {mapping.table.to}"))
    if here is None or wanted is None:
        return problems
    keys, ids = list[str](), list[str]()
    for n, column in enumerate(mapping.columns):
        path = f"$.columns.{n}"
        problems += twice(f"{path}.field_id", column.field_id, ids)
        problems += twice(f"{path}.to", column.to, keys)
        problems += _column(path, column, wanted, here)
    return problems


def twice(path: str, value: str | None, seen: list[str]) -> list[Problem]:
    """A problem when the value was seen before; None never is."""
    if value is None:
        return []
    seen.append(value)
    return [(path, f"{value} is there twice")] if seen.count(value) > 1 else []


def _column(path: str, column: Column, wanted: Table, here: LiveTable) -> Iterator[Problem]:
    live = next((field for field in here.fields if field.field_id == column.field_id), None)
    field = wanted.by_key.get(column.to or "")
    if live is None:
        yield f"{path}.field_id", f"the table has no column {column.field_id} ({column.name})"
    if column.to is None:
        return
    if field is None:
        yield f"{path}.to", f"{wanted.key} has no field {column.to}"
    elif live is not None:
        if reason := misfit(wanted.key, field, live, here):
            yield f"{path}.to", f"“{live.name}” {reason}"
        yield from _options(f"{path}.options", column, field, live)


def _options(path: str, column: Column, field: Field, live: LiveField) -> Iterator[Problem]:
    names = {str(option["name"]) for option in options_of(live)}
    known, seen = {option.key for option in field.options}, list[str]()
    for name, key in column.options.items():
        if name not in names:
            yield f"{path}.{name}", f"“{live.name}” has no such option"
        if key is not None and key not in known:
            yield f"{path}.{name}", f"{field.key} has no option {key}"
        yield from twice(f"{path}.{name}", key, seen)
