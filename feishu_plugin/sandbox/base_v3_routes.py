"""Base v3 as the official command line client uses it: bases, tables and fields; names stand for ids."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from feishu_plugin.sandbox import base_routes, field_routes, table_routes
from feishu_plugin.sandbox.access import base_of
from feishu_plugin.sandbox.base_v3_dialect import invalid_request, not_found
from feishu_plugin.sandbox.base_v3_fields import as_v1, as_v3
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Json, Raw, Route
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.tables import Table
from feishu_plugin.sandbox.world import World

BASES = "/open-apis/base/v3/bases"
BASE = f"{BASES}/:app_token"
TABLE = f"{BASE}/tables/:table_id"
LIMIT, LIMIT_MOST = 100, 200
Item = TypeVar("Item")


def v3_table(world: World, call: Call, *, manage: bool = False) -> tuple[Base, Table]:
    """The base, and the table by id or by name."""
    base, wanted = base_of(world, call, manage=manage), call.params["table_id"]
    table = base.tables.get(wanted) or base.named(wanted)
    if table is None:
        raise not_found("table", wanted)
    return base, table


def v3_field(table: Table, wanted: Any) -> Field:
    """The field by id or by name."""
    field = table.fields.get(str(wanted)) or table.field_named(str(wanted))
    if field is None:
        raise not_found("field", str(wanted))
    return field


def part_of(call: Call, key: str, items: Sequence[Item], show: Callable[[Item], Json]) -> Json:
    """``{key: […], "total"}`` by ``offset`` and ``limit`` (100, at most 200)."""
    offset, limit = _whole(call, "offset", 0), _whole(call, "limit", LIMIT)
    if limit > LIMIT_MOST:
        raise invalid_request(f"limit is at most {LIMIT_MOST}", "limit")
    return {key: [show(item) for item in items[offset : offset + limit]], "total": len(items)}


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name) or str(default)
    if not text.isdigit():
        raise invalid_request(f"{name} must be a whole number", name)
    return int(text)


def create_base(world: World, call: Call) -> Json:
    """``{name, folder_token?, time_zone?}``."""
    return _shown_base(base_routes.create(world, call)["app"])


def get_base(world: World, call: Call) -> Json:
    """The base's token, name and time zone."""
    return _shown_base(base_routes.get(world, call)["app"])


def _shown_base(app: Json) -> Json:
    """Both names of the token: the client has read either."""
    return {"base_token": app["app_token"], **app}


def list_tables(world: World, call: Call) -> Json:
    """``tables[{id, name}]``."""
    return part_of(call, "tables", list(base_of(world, call).tables.values()), _shown_table)


def get_table(world: World, call: Call) -> Json:
    """``{id, name, primary_field}``."""
    return _shown_table(v3_table(world, call)[1])


def _shown_table(table: Table) -> Json:
    return {"id": table.table_id, "name": table.name, "primary_field": table.primary().field_id}


def create_table(world: World, call: Call) -> Json:
    """``{name, fields?}``."""
    base, body = base_of(world, call, manage=True), _body(call)
    fields = [as_v1(base, item) for item in body.get("fields") or []]
    table: Json = {"name": body.get("name"), **({"fields": fields} if fields else {})}
    made = table_routes.create(world, replace(call, body={"table": table}))
    return _shown_table(base.tables[made["table_id"]])


def rename_table(world: World, call: Call) -> Json:
    """``{name}``."""
    table = v3_table(world, call, manage=True)[1]
    table_routes.rename(world, _named(call, table))
    return _shown_table(table)


def delete_table(world: World, call: Call) -> Json:
    """Deletes a table; the last one stays."""
    return table_routes.delete(world, _named(call, v3_table(world, call, manage=True)[1]))


def list_fields(world: World, call: Call) -> Json:
    """``fields[{id, name, type, …}]``."""
    base, table = v3_table(world, call)
    return part_of(call, "fields", list(table.fields.values()), lambda field: as_v3(base, field))


def get_field(world: World, call: Call) -> Json:
    """One field by id or name."""
    base, table = v3_table(world, call)
    return as_v3(base, v3_field(table, call.params["field_id"]))


def create_field(world: World, call: Call) -> Json:
    """``{name, type, …}``."""
    base, table = v3_table(world, call, manage=True)
    made = field_routes.create(world, replace(_named(call, table), body=as_v1(base, _body(call))))
    return as_v3(base, table.fields[made["field"]["field_id"]])


def update_field(world: World, call: Call) -> Json:
    """Overwrites a field; options are matched by name, which is all that v3 knows of them."""
    base, table = v3_table(world, call, manage=True)
    field = v3_field(table, call.params["field_id"])
    body = as_v1(base, _body(call), field)
    field_routes.update(world, replace(_named(call, table, field), body=body))
    return as_v3(base, table.fields[field.field_id])


def delete_field(world: World, call: Call) -> Json:
    """Deletes a field."""
    table = v3_table(world, call, manage=True)[1]
    field_routes.delete(world, _named(call, table, v3_field(table, call.params["field_id"])))
    return {}


def options(world: World, call: Call) -> Json:
    """``options[{id, name}]`` of a select, those with ``keyword`` in their name."""
    field = v3_field(v3_table(world, call)[1], call.params["field_id"])
    found = [option for option in field.options() if call.query.get("keyword", "") in option["name"]]
    return part_of(call, "options", found, lambda option: {"id": option["id"], "name": option["name"]})


def _named(call: Call, table: Table, field: Field | None = None) -> Call:
    """The same call with ids in its path, for the v1 handler that does the work."""
    ids = {"table_id": table.table_id, **({"field_id": field.field_id} if field else {})}
    return replace(call, params={**call.params, **ids})


def _body(call: Call) -> Json:
    if not isinstance(call.body, dict):
        raise invalid_request("the body must be a JSON object")
    return call.body


def v3_route(
    method: str, pattern: str, handler: Callable[[World, Call], Json | Raw], summary: str, tier: str = ""
) -> Route:
    """A route of base v3: REST statuses, its own error dialect."""
    return Route(
        method=method,
        pattern=pattern,
        handler=handler,
        summary=summary,
        tier=tier or ("T8" if method == "GET" else "T7"),
        writes_base=method != "GET" and ":app_token" in pattern,
        rest_style=True,
        dialect="v3",
    )


ROUTES: tuple[Route, ...] = (
    v3_route("POST", BASES, create_base, "Create a base (v3)", "T2"),
    v3_route("GET", BASE, get_base, "Get a base (v3)"),
    v3_route("GET", f"{BASE}/tables", list_tables, "List tables (v3)"),
    v3_route("POST", f"{BASE}/tables", create_table, "Create a table (v3)"),
    v3_route("GET", TABLE, get_table, "Get a table (v3)"),
    v3_route("PATCH", TABLE, rename_table, "Rename a table (v3)"),
    v3_route("DELETE", TABLE, delete_table, "Delete a table (v3)"),
    v3_route("GET", f"{TABLE}/fields", list_fields, "List fields (v3)"),
    v3_route("POST", f"{TABLE}/fields", create_field, "Create a field (v3)"),
    v3_route("GET", f"{TABLE}/fields/:field_id", get_field, "Get a field (v3)"),
    v3_route("PUT", f"{TABLE}/fields/:field_id", update_field, "Overwrite a field (v3)"),
    v3_route("DELETE", f"{TABLE}/fields/:field_id", delete_field, "Delete a field (v3)"),
    v3_route("GET", f"{TABLE}/fields/:field_id/options", options, "List options of a select (v3)"),
)
