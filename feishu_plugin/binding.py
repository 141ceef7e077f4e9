"""Which live table, field and option each stable key stands for; pure, reads no network.

Identity is the mark ``#table.field`` at the end of a field's description, so a field that
people rename stays the same field; a field without a mark is found by its name. A table
is the one that holds marked fields, else the one with the name. Options are found by name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feishu_plugin.schema import KINDS, Field, FieldType, Schema, Table

_MARK = re.compile(r"#([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveField:
    """A column as Feishu lists it; ``type`` is Feishu's number, ``property`` its object."""

    field_id: str
    name: str
    type: int
    ui_type: str = ""
    description: str = ""
    is_primary: bool = False
    property: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """A view as Feishu lists it; ``property`` only where it was fetched."""

    view_id: str
    name: str
    type: str
    property: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTable:
    """A table of the base with its columns and views."""

    table_id: str
    name: str
    fields: tuple[LiveField, ...] = ()
    views: tuple[LiveView, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundField:
    """A schema field and the live column it stands for."""

    key: str
    field_id: str
    name: str
    type: FieldType
    option_names: Mapping[str, str] = field(default_factory=dict)
    """Option key to the name shown in the base."""
    option_ids: Mapping[str, str] = field(default_factory=dict)
    """Option id to option key; options that people added stand for themselves by name."""

    def option_key(self, name: str) -> str:
        """The stable key of an option name; the name itself when people added the option."""
        return next((key for key, shown in self.option_names.items() if shown == name), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundTable:
    """A schema table and the live table it stands for."""

    key: str
    table_id: str
    name: str
    fields: Mapping[str, BoundField]
    """By stable key; a field that the base lacks is absent."""

    def by_id(self, field_id: str) -> BoundField | None:
        """The bound field of a live field id."""
        return next((f for f in self.fields.values() if f.field_id == field_id), None)

    def by_name(self, name: str) -> BoundField | None:
        """The bound field of a live field name (records are keyed by name)."""
        return next((f for f in self.fields.values() if f.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """One base as the plugin sees it, and what it lacks."""

    app_token: str
    tables: Mapping[str, BoundTable]
    missing: tuple[str, ...] = ()
    """Keys the base lacks: ``table``, ``table.field`` or ``table.field.option``; sorted."""

    def by_id(self, table_id: str) -> BoundTable | None:
        """The bound table of a live table id."""
        return next((t for t in self.tables.values() if t.table_id == table_id), None)

    def lacks(self, table: str, *fields: str) -> tuple[str, ...]:
        """Those of the named table and fields that the base lacks."""
        wanted = {table, *(f"{table}.{key}" for key in fields)}
        return tuple(
            key for key in self.missing if key in wanted or key.rsplit(".", 1)[0] in wanted - {table}
        )


def mark(table: str, field: str) -> str:
    """The identity mark that ends a field's description."""
    return f"#{table}.{field}"


def marked(description: str) -> tuple[str, str] | None:
    """The (table key, field key) a description names, if any."""
    found = _MARK.search(description)
    return (found[1], found[2]) if found else None


def find_table(table: Table, live: Sequence[LiveTable]) -> LiveTable | None:
    """The live table of a schema table: the one with its marks, else the one with its name."""
    by_mark = next((t for t in live if any(_is_of(f, table.key) for f in t.fields)), None)
    return by_mark or next((t for t in live if t.name == table.zh), None)


def find_field(table: str, wanted: Field, live: Sequence[LiveField]) -> LiveField | None:
    """The live column of a schema field: the marked one, else an unmarked one with its name."""
    by_mark = next((f for f in live if marked(f.description) == (table, wanted.key)), None)
    return by_mark or next((f for f in live if f.name == wanted.zh and not marked(f.description)), None)


def bind(schema: Schema, app_token: str, live: Sequence[LiveTable]) -> Binding:
    """Matches the schema with a live base; what is missing is listed, never raised."""
    missing: list[str] = []
    tables = {}
    for table in schema.tables:
        found = find_table(table, live)
        if found is None:
            missing.append(table.key)
        else:
            tables[table.key] = _bind_table(table, found, missing)
    return Binding(app_token=app_token, tables=tables, missing=tuple(sorted(missing)))


def _bind_table(table: Table, live: LiveTable, missing: list[str]) -> BoundTable:
    fields = {}
    for wanted in table.fields:
        found = find_field(table.key, wanted, live.fields)
        # A column whose type people changed holds values nobody here can read or write.
        if found is None or found.type != KINDS[wanted.type][0]:
            missing.append(f"{table.key}.{wanted.key}")
        else:
            fields[wanted.key] = _bind_field(table.key, wanted, found, missing)
    return BoundTable(key=table.key, table_id=live.table_id, name=live.name, fields=fields)


def _bind_field(table: str, wanted: Field, live: LiveField, missing: list[str]) -> BoundField:
    ids = {option["name"]: option["id"] for option in live.property.get("options") or ()}
    lost = [option for option in wanted.options if option.zh not in ids]
    missing.extend(f"{table}.{wanted.key}.{option.key}" for option in lost)
    keys = {option.zh: option.key for option in wanted.options}
    return BoundField(
        key=wanted.key,
        field_id=live.field_id,
        name=live.name,
        type=wanted.type,
        option_names={option.key: option.zh for option in wanted.options},
        option_ids={option_id: keys.get(name, name) for name, option_id in ids.items()},
    )


def _is_of(live: LiveField, table: str) -> bool:
    found = marked(live.description)
    return found is not None and found[0] == table
