"""Tables: list, create with fields, create several, rename, delete."""

from collections.abc import Sequence
from typing import Any

from feishu_plugin.sandbox.access import base_of, table_in, table_of
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.field_types import LINKS, Type
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.pages import page_by_id
from feishu_plugin.sandbox.parsing import body_object, invalid
from feishu_plugin.sandbox.table_making import make_table, table_name
from feishu_plugin.sandbox.tables import Table
from feishu_plugin.sandbox.world import World

TABLES = "/open-apis/bitable/v1/apps/:app_token/tables"
DELETE_MOST = 50


def list_tables(world: World, call: Call) -> Json:
    """``items[{table_id, revision, name}]``."""
    tables = list(base_of(world, call).tables.values())
    return page_by_id(call, tables, lambda table: table.table_id, _item)


def create(world: World, call: Call) -> Json:
    """``{"table": {name, default_view_name?, fields?}}`` -> ids of what was made."""
    base, body = base_of(world, call, manage=True), body_object(call.body).get("table")
    if not isinstance(body, dict):
        raise invalid("table", "table is required")
    narrow, lost = _narrowed(world, body)
    table = make_table(world, base, narrow)
    answer: Json = {"table_id": table.table_id}
    if body.get("fields"):
        answer["default_view_id"] = next(iter(table.views))
        answer["field_id_list"] = [*table.fields, *(new_id("fld") for _ in range(lost))]
    return answer


def _narrowed(world: World, body: Json) -> tuple[Json, int]:
    """The table without the columns that ``switches.wide_tables_lose_fields`` loses, and how many."""
    most, listed = world.switches.wide_tables_lose_fields, body.get("fields")
    if most < 1 or not isinstance(listed, list) or len(listed) <= most:
        return body, 0
    return {**body, "fields": listed[:most]}, len(listed) - most


def batch_create(world: World, call: Call) -> Json:
    """``{"tables": [{name, …}]}``; all or nothing for the names."""
    base, listed = base_of(world, call, manage=True), body_object(call.body).get("tables")
    if not isinstance(listed, list) or not listed:
        raise invalid("tables", "tables is required")
    names = [table_name(base, item.get("name") if isinstance(item, dict) else None) for item in listed]
    if len(set(names)) < len(names):
        raise Refusal(1254013, "TableNameDuplicated")
    return {"table_ids": [make_table(world, base, _narrowed(world, item)[0]).table_id for item in listed]}


def rename(world: World, call: Call) -> Json:
    """``{"name"}``; an empty or unchanged name is accepted and changes nothing."""
    base, table = table_of(world, call, manage=True)
    name = body_object(call.body).get("name")
    if name and name != table.name:
        table.name = table_name(base, name)
        _retitle_links(base, table)
        base.touch(table)
    return {"name": table.name}


def delete(world: World, call: Call) -> Json:
    """Deletes one table; the last one stays (1254034)."""
    base, table = table_of(world, call, manage=True)
    _delete(base, [table])
    return {}


def batch_delete(world: World, call: Call) -> Json:
    """``{"table_ids"}``, at most 50."""
    base, ids = base_of(world, call, manage=True), body_object(call.body).get("table_ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(id, str) for id in ids):
        raise invalid("table_ids", "a list of table ids is required")
    if len(ids) > DELETE_MOST:
        raise invalid("table_ids", f"the max len is {DELETE_MOST}", len(ids))
    _delete(base, [table_in(base, id) for id in dict.fromkeys(ids)])
    return {}


def _item(table: Table) -> Json:
    return {"table_id": table.table_id, "revision": table.revision, "name": table.name}


def _pointing_at(base: Base, table: Table) -> list[tuple[Table, Any]]:
    return [
        (other, field)
        for other in base.tables.values()
        for field in other.of_types(LINKS)
        if field.setting("table_id") == table.table_id
    ]


def _retitle_links(base: Base, table: Table) -> None:
    for _, field in _pointing_at(base, table):
        field.property["table_name"] = table.name


def _delete(base: Base, tables: Sequence[Table]) -> None:
    if len(base.tables) <= len(tables):
        raise Refusal(
            1254034, "LastTableCannotBeDeleted", detail="the last table of a base cannot be deleted"
        )
    for table in tables:
        del base.tables[table.table_id]
        for other, field in _pointing_at(base, table):
            if field.type == Type.DUPLEX_LINK:
                other.remove_field(field)
            else:
                for record in other.records.values():
                    record.cells.pop(field.field_id, None)
            base.touch_records(other, other.records)
        base.dirty_records.update(dict.fromkeys((table.table_id, id) for id in table.records))
    base.touch()


def _route(method: str, suffix: str, handler: Any, summary: str, *, rest: bool = False) -> Route:
    return Route(
        method=method,
        pattern=TABLES + suffix,
        handler=handler,
        summary=summary,
        tier="T8" if method == "GET" else "T7",
        writes_base=method != "GET",
        rest_style=rest,
    )


ROUTES: tuple[Route, ...] = (
    _route("GET", "", list_tables, "List tables"),
    _route("POST", "", create, "Create a table with fields"),
    _route("POST", "/batch_create", batch_create, "Create tables"),
    _route("POST", "/batch_delete", batch_delete, "Delete tables"),
    _route("PATCH", "/:table_id", rename, "Rename a table", rest=True),
    _route("DELETE", "/:table_id", delete, "Delete a table"),
)
