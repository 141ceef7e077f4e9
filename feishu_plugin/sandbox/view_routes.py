"""Views: list, create, read, patch (name, filter, hidden fields, hierarchy), delete."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.access import field_of, table_of, view_of
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.conditions import Context, predicate
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.forms import new_form
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.pages import page_by_id
from feishu_plugin.sandbox.parsing import body_object, invalid
from feishu_plugin.sandbox.search import CONDITIONS_MOST
from feishu_plugin.sandbox.tables import Table, View
from feishu_plugin.sandbox.world import World

VIEWS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/views"
VIEW_TYPES = ("grid", "kanban", "gallery", "gantt", "form")
VIEWS_MOST, HIDDEN_MOST, NAME_MOST = 200, 300, 100


def list_views(world: World, call: Call) -> Json:
    """``items[{view_id, view_name, view_type, view_public_level}]``."""
    views = list(table_of(world, call)[1].views.values())
    return page_by_id(call, views, lambda view: view.view_id, View.as_item)


def create(world: World, call: Call) -> Json:
    """``{view_name, view_type}``; a form view gets its form, whose id is the view's."""
    base, table = table_of(world, call, manage=True)
    body = body_object(call.body)
    name, kind = free_name(table, body.get("view_name")), body.get("view_type") or "grid"
    if kind not in VIEW_TYPES:
        raise Refusal(1254019, "InvalidViewType", detail=f"one of {', '.join(VIEW_TYPES)}")
    if len(table.views) >= VIEWS_MOST:
        raise Refusal(1254101, "ViewExceedLimit", detail=f"at most {VIEWS_MOST} views")
    view = View(view_id=new_id("vew"), name=name, type=kind, form=new_form(name) if kind == "form" else None)
    table.views[view.view_id] = view
    base.touch(table)
    return {"view": {"view_id": view.view_id, "view_name": view.name, "view_type": view.type}}


def get(world: World, call: Call) -> Json:
    """The view with its ``property``."""
    view = view_of(table_of(world, call)[1], call.params["view_id"])
    return {"view": {**view.as_item(), "property": view.property}}


def patch(world: World, call: Call) -> Json:
    """``{view_name?, property?}``; what ``property`` does not mention stays."""
    base, table = table_of(world, call, manage=True)
    view, body = view_of(table, call.params["view_id"]), body_object(call.body)
    name = body.get("view_name")
    changed = checked_property(world, base, table, body.get("property") or {})
    if name and name != view.name:
        view.name = free_name(table, name)
    view.property = {**view.property, **changed}
    base.touch(table)
    shown = {"view_id": view.view_id, "view_name": view.name, "view_type": view.type}
    answered = view.property
    if world.switches.views_lose_hidden_fields and (hidden := changed.get("hidden_fields")):
        view.property = {**view.property, "hidden_fields": hidden[:1]}
    return {"view": {**shown, "property": answered}}


def delete(world: World, call: Call) -> Json:
    """Deletes a view; the last one stays (1254023)."""
    base, table = table_of(world, call, manage=True)
    view = view_of(table, call.params["view_id"])
    if len(table.views) == 1:
        raise Refusal(1254023, "LastViewCannotBeDeleted", detail="the last view of a table cannot be deleted")
    del table.views[view.view_id]
    base.touch(table)
    return {}


def free_name(table: Table, name: Any) -> str:
    """A name for a view: 1254021 empty, 1254022 not allowed, 1254020 taken."""
    if not isinstance(name, str) or not name.strip():
        raise Refusal(1254021, "EmptyViewName")
    if len(name) > NAME_MOST or {"[", "]"} & set(name):
        raise Refusal(1254022, "InvalidViewName", detail="1 to 100 characters without [ ]")
    if any(view.name == name for view in table.views.values()):
        raise Refusal(1254020, "ViewNameDuplicated")
    return name


def checked_property(world: World, base: Base, table: Table, given: Json) -> Json:
    """The parts of ``property`` that were sent, checked and as Feishu shows them."""
    if not isinstance(given, dict):
        raise invalid("property", "must be an object")
    changed: Json = {}
    if "filter_info" in given:
        changed["filter_info"] = _filter_info(world, base, table, given["filter_info"])
    if "hidden_fields" in given:
        changed["hidden_fields"] = _hidden(table, given["hidden_fields"])
    if "hierarchy_config" in given:
        config = given["hierarchy_config"]
        field_id = str(config.get("field_id")) if isinstance(config, dict) else None
        changed["hierarchy_config"] = {"field_id": field_of(table, field_id).field_id} if field_id else None
    return changed


def _hidden(table: Table, ids: Any) -> list[str] | None:
    if not ids:
        return None
    if not isinstance(ids, list) or len(ids) > HIDDEN_MOST:
        raise invalid("property.hidden_fields", f"the max len is {HIDDEN_MOST}")
    fields = [field_of(table, str(id)) for id in ids]
    if any(field.is_primary for field in fields):
        raise Refusal(1254012, "NotSupportFieldOrView", detail="the primary field cannot be hidden")
    return [field.field_id for field in fields]


def _filter_info(world: World, base: Base, table: Table, given: Any) -> Json | None:
    conditions = given.get("conditions") if isinstance(given, dict) else None
    if not conditions:
        return None
    if not isinstance(conditions, list) or not all(isinstance(item, dict) for item in conditions):
        raise Refusal(1254018, "InvalidFilter", detail="conditions are objects")
    if given.get("conjunction") not in ("and", "or"):
        raise Refusal(1254018, "InvalidFilter", detail="conjunction must be and or or")
    if len(conditions) > CONDITIONS_MOST:
        raise invalid("property.filter_info.conditions", f"the max len is {CONDITIONS_MOST}")
    context = Context(
        people=world.people, id_type="open_id", zone=ZoneInfo(base.time_zone), now=world.clock.now()
    )
    shown = [_condition(table, item, context) for item in conditions]
    return {"condition_omitted": None, "conditions": shown, "conjunction": given["conjunction"]}


def _condition(table: Table, item: Json, context: Context) -> Json:
    """One stored condition; compiling it is the check that type, operator and value go together."""
    field = field_of(table, str(item.get("field_id")))
    values, operator = _values(item.get("value")), str(item.get("operator"))
    predicate(field, operator, [str(value) for value in values], context)
    shown = {"condition_id": new_id("con"), "field_id": field.field_id, "field_type": field.type}
    return {**shown, "operator": operator, "value": _shown_values(field, values)}


def _values(text: Any) -> list[Any]:
    """View filters carry their value as JSON text of a list."""
    try:
        values = json.loads(text) if isinstance(text, str) and text else []
    except ValueError:
        values = None
    if not isinstance(values, list):
        raise Refusal(1254018, "InvalidFilter", detail="value must be the JSON text of a list")
    return values


def _shown_values(field: Field, values: list[Any]) -> str:
    """ExactDate comes back with a number, options as ids."""
    values = [str(value) for value in values]
    if len(values) == 2 and values[0] == "ExactDate":
        return json.dumps(["ExactDate", int(values[1])], separators=(",", ":"))
    if not values:
        return ""
    ids = [field.option_ids.get(value, value) for value in values]
    return json.dumps(ids, ensure_ascii=False, separators=(",", ":"))


def _route(method: str, suffix: str, handler: Any, summary: str, *, rest: bool = False) -> Route:
    return Route(
        method=method,
        pattern=VIEWS + suffix,
        handler=handler,
        summary=summary,
        tier="T8" if method == "GET" else "T7",
        writes_base=method != "GET",
        rest_style=rest,
    )


ROUTES: tuple[Route, ...] = (
    _route("GET", "", list_views, "List views"),
    _route("POST", "", create, "Create a view"),
    _route("GET", "/:view_id", get, "Get a view", rest=True),
    _route("PATCH", "/:view_id", patch, "Patch a view", rest=True),
    _route("DELETE", "/:view_id", delete, "Delete a view"),
)
