"""Which cells destructive changes would cost: the columns to be exported before; pure."""

from collections.abc import Sequence

from feishu_plugin.binding import LiveTable, find_field, find_table
from feishu_plugin.identity import own_key, own_path
from feishu_plugin.schema import Schema
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.live import Live


def lost_columns(schema: Schema, live: Live, changes: Sequence[Change]) -> dict[str, list[str]]:
    """Table id to the ids of the columns that lose cells; views, roles and charts hold none."""
    found: dict[str, list[str]] = {}
    for change in changes:
        for table in live.tables if change.is_destructive else ():
            for field_id in _columns(schema, table, live, change):
                kept = found.setdefault(table.table_id, [])
                if field_id not in kept:
                    kept.append(field_id)
    return found


def _columns(schema: Schema, table: LiveTable, live: Live, change: Change) -> list[str]:
    if change.what == "table":
        return _of_table(table, live, change.key)
    wanted = schema.by_key.get(change.table)
    if wanted is None or find_table(wanted, live.tables) is not table:
        return []
    if change.kind == "drop_field":
        return [f.field_id for f in table.fields if own_path(f, live.known) == change.path]
    if change.what in ("field", "option"):
        column = find_field(wanted.key, wanted.field(change.key.partition(".")[0]), table.fields)
        return [column.field_id] if column else []
    return []


def _of_table(table: LiveTable, live: Live, key: str) -> list[str]:
    """All columns of the table that goes, and of the others those that point to it."""
    gone = {one.table_id for one in live.tables if own_key(one, live.known) == key}
    if table.table_id in gone:
        return [field.field_id for field in table.fields]
    return [field.field_id for field in table.fields if field.property.get("table_id") in gone]
