"""Which stable key every live table and column goes by: ours by the schema, people's by their id.

Pure. A generated key is ``x_`` and the id without its prefix in small letters, so it can never
be one of ours and stays the same as long as the column lives.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from feishu_plugin.binding import LiveField, LiveTable, find_field, find_table
from feishu_plugin.schema import Field, Schema, Table

_PREFIX = re.compile(r"^(tbl|fld|vew|opt)")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownField:
    """A live column, its key, and the schema's field where it is one of ours."""

    key: str
    live: LiveField
    wanted: Field | None = None

    @property
    def en(self) -> str:
        """The English label; of people's columns their only name."""
        return self.wanted.en if self.wanted else self.live.name


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTable:
    """A live table, its key, and the schema's table where it is one of ours."""

    key: str
    live: LiveTable
    wanted: Table | None
    fields: tuple[KnownField, ...]
    """The primary one first."""


def generated(id: str, taken: Collection[str]) -> str:
    """The key of something people made; ids may differ in capitals alone, keys may not."""
    key = "x_" + re.sub(r"[^a-z0-9_]", "_", _PREFIX.sub("", id).lower())
    while key in taken:
        key += "_"
    return key


def identify(schema: Schema, live: Sequence[LiveTable]) -> tuple[KnownTable, ...]:
    """Every live table with its columns, in the order in which Feishu lists them."""
    ours: dict[str, Table] = {}
    for table in schema.tables:
        if found := find_table(table, live):
            ours.setdefault(found.table_id, table)
    known: dict[str, KnownTable] = {}
    for one in live:
        wanted = ours.get(one.table_id)
        key = wanted.key if wanted else generated(one.table_id, known)
        known[key] = KnownTable(key=key, live=one, wanted=wanted, fields=_fields(wanted, one))
    return tuple(known.values())


def paths_of(tables: Iterable[KnownTable]) -> dict[str, str]:
    """Live id to key path: ``table`` and ``table.field``."""
    found: dict[str, str] = {}
    for table in tables:
        found[table.live.table_id] = table.key
        found |= {field.live.field_id: f"{table.key}.{field.key}" for field in table.fields}
    return found


def _fields(wanted: Table | None, live: LiveTable) -> tuple[KnownField, ...]:
    ours = _ours(wanted, live)
    known: dict[str, KnownField] = {}
    for column in sorted(live.fields, key=lambda column: not column.is_primary):
        field = ours.get(column.field_id)
        key = field.key if field else generated(column.field_id, known)
        known[key] = KnownField(key=key, live=column, wanted=field)
    return tuple(known.values())


def _ours(wanted: Table | None, live: LiveTable) -> Mapping[str, Field]:
    if wanted is None:
        return {}
    found: dict[str, Field] = {}
    for field in wanted.fields:
        if column := find_field(wanted.key, field, live.fields):
            found.setdefault(column.field_id, field)
    return found
