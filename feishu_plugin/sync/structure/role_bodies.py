"""What a role may do, as Feishu is told it (advanced permissions, roles v1 and v2).

Pure. ``table_perm``: 0 none, 1 read, 2 edit by rule, 4 full; ``field_perm`` by name: 0 hidden,
1 read, 3 edit. Every column is named, because Feishu does not say what a left-out one is.
Who edits may not delete: a requirement is voided, never removed.
"""

from collections.abc import Mapping

from feishu_plugin.binding import LiveTable, find_field, find_table
from feishu_plugin.ports import Json
from feishu_plugin.schema import Field, Right, Role, Schema, Table

_TABLE: Mapping[Right, int] = {"none": 0, "read": 1, "edit": 2, "full": 4}
_HIDDEN, _READ, _EDIT = 0, 1, 3


def role_body(role: Role, schema: Schema, tables: tuple[LiveTable, ...], now: Json) -> Json:
    """The whole role: our tables as wanted, other tables that still exist as they are now."""
    wanted = table_roles(role, schema, tables)
    others = {table.table_id for table in tables} - {item["table_id"] for item in wanted}
    kept = [item for item in now.get("table_roles") or () if item.get("table_id") in others]
    rest: Json = {key: now[key] for key in ("block_roles", "base_rule") if key in now}
    return {**rest, "role_name": role.zh, "table_roles": [*wanted, *kept]}


def table_roles(role: Role, schema: Schema, tables: tuple[LiveTable, ...]) -> list[Json]:
    """What the role may do in those of our tables that exist."""
    pairs = ((table, find_table(table, tables)) for table in schema.tables)
    return [_table_role(role, table, here) for table, here in pairs if here]


def differing(role: Role, schema: Schema, tables: tuple[LiveTable, ...], now: Json) -> list[str]:
    """Labels of the tables in which a live role may do something else than wanted."""
    there = {item.get("table_id"): item for item in now.get("table_roles") or ()}
    wanted = table_roles(role, schema, tables)
    labels = {here.table_id: t.zh for t in schema.tables if (here := find_table(t, tables))}
    names = _our_names(schema, tables)
    return [
        labels[w["table_id"]]
        for w in wanted
        if not _holds(there.get(w["table_id"], {}), _about(w, names[w["table_id"]]))
    ]


def _our_names(schema: Schema, tables: tuple[LiveTable, ...]) -> dict[str, set[str]]:
    """Table id to the names of our columns: a column that people add changes no role by itself."""
    found: dict[str, set[str]] = {}
    for table in schema.tables:
        if here := find_table(table, tables):
            ours = (find_field(table.key, field, here.fields) for field in table.fields)
            found[here.table_id] = {column.name for column in ours if column}
    return found


def _about(item: Json, names: set[str]) -> Json:
    if "field_perm" not in item:
        return item
    ours = {name: right for name, right in item["field_perm"].items() if name in names}
    return {**item, "field_perm": ours}


def _holds(now: Json, wanted: Json) -> bool:
    """True when everything that is wanted is so; Feishu adds members of its own."""
    return all(
        _holds(now.get(key) or {}, value) if isinstance(value, dict) else now.get(key) == value
        for key, value in wanted.items()
    )


def _table_role(role: Role, table: Table, here: LiveTable) -> Json:
    right, hidden = role.tables.get(table.key, role.default), role.hidden.get(table.key, ())
    item: Json = {"table_id": here.table_id, "table_perm": _TABLE[right]}
    if right == "edit" or (right == "read" and hidden):
        # Columns can be told apart only where rows may be edited "by rule".
        item["table_perm"] = _TABLE["edit"]
        item["allow_add_record"] = right == "edit"
        item["allow_delete_record"] = False
        item["field_perm"] = _columns(right, hidden, table, here)
    return item


def _columns(right: Right, hidden: tuple[str, ...], table: Table, here: LiveTable) -> dict[str, int]:
    found = ((field, find_field(table.key, field, here.fields)) for field in table.fields)
    rights = {live.field_id: _column(right, hidden, field) for field, live in found if live}
    default = _EDIT if right == "edit" else _READ
    return {column.name: rights.get(column.field_id, default) for column in here.fields}


def _column(right: Right, hidden: tuple[str, ...], field: Field) -> int:
    if field.key in hidden:
        return _HIDDEN
    return _EDIT if right == "edit" and field.filled_by in ("person", "override") else _READ
