"""Which live table, field and option each stable key stands for; pure, reads no network.

Identity is what the store remembers of an id (``key``, see ``identity``), else the mark
``#table.field`` at the end of a field's description, else the name. So what people rename
stays what it is, a copy of a column is not the column, and a base that nobody remembers is
still known by its marks. A table without a remembered id is the one that holds marked fields.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feishu_plugin.schema import KINDS, Field, FieldType, Option, Schema, Table, View

_MARK = re.compile(r"#([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\s*$")
CUSTOM = "custom_report_"
"""How the keys of custom reports begin. Their tables and charts are in no schema file: to
provisioning they are people's, for who defines a report may also leave it behind."""


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
    key: str = ""
    """The key path ``table.field`` that is remembered of its id."""
    option_keys: Mapping[str, str] = field(default_factory=dict)
    """Option id to the option key that is remembered of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveView:
    """A view as Feishu lists it; ``property`` only where it was fetched."""

    view_id: str
    name: str
    type: str
    property: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    """The view key that is remembered of its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTable:
    """A table of the base with its columns and views."""

    table_id: str
    name: str
    fields: tuple[LiveField, ...] = ()
    views: tuple[LiveView, ...] = ()
    key: str = ""
    """The table key that is remembered of its id."""


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


def is_custom(path: str) -> bool:
    """True for the key of the table of a custom report, and for the key path of its chart."""
    return path.rpartition(".")[2].startswith(CUSTOM)


def path_of(live: LiveField) -> tuple[str, str] | None:
    """The (table key, field key) a column stands for, by memory or by its mark."""
    table, _, key = live.key.partition(".")
    return (table, key) if live.key else marked(live.description)


def options_of(live: LiveField) -> Sequence[Mapping[str, Any]]:
    """The options of a select column: ``{id, name, color}``."""
    return live.property.get("options") or ()


def find_table(table: Table, live: Sequence[LiveTable]) -> LiveTable | None:
    """The live table of a schema table: the remembered one, the one with its marks, the one with its name.

    A table with marks of another one is that one, whatever it is called; a table that people made
    (in an exported schema none of its fields is marked) may hold a copy of a marked column.
    The table of a custom report is never known by its name: people choose that freely.
    """
    known = next((t for t in live if t.key == table.key), None)
    rest = [t for t in live if not t.key]
    by_mark = next((t for t in rest if any(_is_of(f, table.key) for f in t.fields)), None)
    ours = any(field.marked for field in table.fields)
    plain = (t for t in rest if not (ours and any(path_of(field) for field in t.fields)))
    by_name = (t for t in plain if t.name == table.zh and not is_custom(table.key))
    return known or by_mark or next(by_name, None)


def find_field(table: str, wanted: Field, live: Sequence[LiveField]) -> LiveField | None:
    """The live column of a schema field: remembered, marked, or neither and of its name.

    What people made is found by its name alone: a copy of our column carries our mark as well.
    """
    path = (table, wanted.key)
    known = next((f for f in live if f.key and path_of(f) == path), None)
    rest = [f for f in live if not f.key]
    if not wanted.marked:
        return known or next((f for f in rest if f.name == wanted.zh), None)
    by_mark = next((f for f in rest if path_of(f) == path), None)
    return known or by_mark or next((f for f in rest if f.name == wanted.zh and not path_of(f)), None)


def find_option(wanted: Option, live: LiveField) -> Mapping[str, Any] | None:
    """The live option ``{id, name, color}`` of a schema option: the remembered one, else by name."""
    known = next((o for o in options_of(live) if live.option_keys.get(o["id"]) == wanted.key), None)
    free = (o for o in options_of(live) if o["id"] not in live.option_keys)
    return known or next((o for o in free if o["name"] == wanted.zh), None)


def find_view(view: View, live: Sequence[LiveView]) -> LiveView | None:
    """The live view of a schema view: the remembered one, else by name."""
    known = next((v for v in live if v.key == view.key), None)
    return known or next((v for v in live if not v.key and v.name == view.zh), None)


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
    found = {option.key: find_option(option, live) for option in wanted.options}
    missing.extend(f"{table}.{wanted.key}.{key}" for key, option in found.items() if option is None)
    keys = {str(option["id"]): key for key, option in found.items() if option}
    names = {option.key: option.zh for option in wanted.options}
    return BoundField(
        key=wanted.key,
        field_id=live.field_id,
        name=live.name,
        type=wanted.type,
        option_names=names | {key: str(option["name"]) for key, option in found.items() if option},
        option_ids={str(o["id"]): keys.get(str(o["id"]), str(o["name"])) for o in options_of(live)},
    )


def _is_of(live: LiveField, table: str) -> bool:
    return (path_of(live) or ("", ""))[0] == table
