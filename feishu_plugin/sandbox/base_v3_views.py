"""View settings of base v3 that v1 does not have: sort, group, card, timebar, visible fields, filter."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from feishu_plugin.sandbox import view_routes
from feishu_plugin.sandbox.base_v3_dialect import invalid_request, not_found
from feishu_plugin.sandbox.base_v3_filters import as_filter_info, as_v3_filter
from feishu_plugin.sandbox.base_v3_routes import TABLE, part_of, v3_field, v3_route, v3_table
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Json, Raw, Route
from feishu_plugin.sandbox.field_types import DATES, Type
from feishu_plugin.sandbox.forms import new_form
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.tables import Table, View
from feishu_plugin.sandbox.world import World

TYPES = ("grid", "kanban", "gallery", "gantt", "calendar", "form")
SORTS_MOST, GROUPS_MOST = 10, 3
GROUPED, CARDED, TIMED = ("grid", "kanban", "gantt"), ("gallery", "kanban"), ("gantt", "calendar")


def list_views(world: World, call: Call) -> Json:
    """``views[{id, name, type}]``."""
    return part_of(call, "views", list(v3_table(world, call)[1].views.values()), _shown)


def get_view(world: World, call: Call) -> Json:
    """One view by id or name."""
    return _shown(_view(world, call)[2])


def create_view(world: World, call: Call) -> Json:
    """``{name, type}``; calendars exist only here."""
    base, table = v3_table(world, call, manage=True)
    body = _body(call)
    kind = body.get("type") or "grid"
    if kind not in TYPES:
        raise invalid_request(f"unknown view type {kind!r}", "type", f"one of {', '.join(TYPES)}")
    name = view_routes.free_name(table, body.get("name"))
    view = View(view_id=new_id("vew"), name=name, type=kind, form=new_form(name) if kind == "form" else None)
    table.views[view.view_id] = view
    base.touch(table)
    return _shown(view)


def rename_view(world: World, call: Call) -> Json:
    """``{name}``."""
    base, table, view = _view(world, call, manage=True)
    name = _body(call).get("name")
    if name != view.name:
        view.name = view_routes.free_name(table, name)
        base.touch(table)
    return _shown(view)


def delete_view(world: World, call: Call) -> Json:
    """Deletes a view; the last one stays."""
    _, table, view = _view(world, call, manage=True)
    ids = {"table_id": table.table_id, "view_id": view.view_id}
    return view_routes.delete(world, replace(call, params={**call.params, **ids}))


def get_config(kind: str) -> Callable[[World, Call], Raw]:
    """Reads one setting; ``data`` is a list for sort, group and visible fields, an object otherwise."""

    def handler(world: World, call: Call) -> Raw:
        _, table, view = _view(world, call)
        return _answer(READ[kind](table, view) if kind in READ else view.config.get(kind, EMPTY[kind]))

    return handler


def set_config(kind: str) -> Callable[[World, Call], Raw]:
    """Overwrites one setting and answers it as it is now."""

    def handler(world: World, call: Call) -> Raw:
        base, table, view = _view(world, call, manage=True)
        shown = SET[kind](world, base, table, view, call)
        base.touch(table)
        return _answer(shown)

    return handler


def _sort(world: World, base: Base, table: Table, view: View, call: Call) -> Any:
    view.config["sort"] = _keys(table, _listed(call, "sort_config"), SORTS_MOST, "sort_config")
    return view.config["sort"]


def _group(world: World, base: Base, table: Table, view: View, call: Call) -> Any:
    _only(view, GROUPED, "group")
    view.config["group"] = _keys(table, _listed(call, "group_config"), GROUPS_MOST, "group_config")
    return view.config["group"]


def _card(world: World, base: Base, table: Table, view: View, call: Call) -> Any:
    _only(view, CARDED, "card")
    cover = _body(call).get("cover_field")
    if cover is not None and v3_field(table, cover).type != Type.ATTACHMENT:
        raise invalid_request("a cover is an attachment field", "cover_field")
    view.config["card"] = {"cover_field": None if cover is None else v3_field(table, cover).field_id}
    return view.config["card"]


def _timebar(world: World, base: Base, table: Table, view: View, call: Call) -> Any:
    _only(view, TIMED, "timebar")
    fields = {key: v3_field(table, _body(call).get(key)) for key in ("start_time", "end_time", "title")}
    for key in ("start_time", "end_time"):
        if fields[key].type not in DATES:
            raise invalid_request("a time bar runs between two dates", key)
    view.config["timebar"] = {key: field.field_id for key, field in fields.items()}
    return view.config["timebar"]


def _visible(world: World, base: Base, table: Table, view: View, call: Call) -> Any:
    """The primary field always comes first and is never hidden."""
    shown = [v3_field(table, name).field_id for name in _listed(call, "visible_fields")]
    order = list(dict.fromkeys((table.primary().field_id, *shown)))
    view.config["visible_fields"] = order
    view.property = {**view.property, "hidden_fields": [id for id in table.fields if id not in order] or None}
    return order


def _filter(world: World, base: Base, table: Table, view: View, call: Call) -> Any:
    info = as_filter_info(table, _body(call))
    view.property = {
        **view.property,
        **view_routes.checked_property(world, base, table, {"filter_info": info}),
    }
    return as_v3_filter(view.property["filter_info"])


def _read_visible(table: Table, view: View) -> Any:
    hidden = view.property["hidden_fields"] or ()
    order = [id for id in view.config.get("visible_fields", ()) if id in table.fields and id not in hidden]
    return [*order, *(id for id in table.fields if id not in hidden and id not in order)]


def _read_filter(_: Table, view: View) -> Any:
    return as_v3_filter(view.property["filter_info"])


def _keys(table: Table, listed: list[Any], most: int, path: str) -> list[Json]:
    if len(listed) > most:
        raise invalid_request(f"Array must contain at most {most} element(s)", path)
    if not all(isinstance(item, dict) for item in listed):
        raise invalid_request("every key is an object {field, desc}", path)
    return [
        {"field": v3_field(table, item.get("field")).field_id, "desc": item.get("desc") is True}
        for item in listed
    ]


def _listed(call: Call, key: str) -> list[Any]:
    """The list itself, or inside an object: releases of the client differ."""
    listed = call.body if isinstance(call.body, list) else _body(call).get(key)
    if not isinstance(listed, list):
        raise invalid_request(f"{key} must be a list", key)
    return listed


def _only(view: View, types: tuple[str, ...], setting: str) -> None:
    if view.type not in types:
        raise invalid_request(
            f"a {view.type} view has no {setting}", hint=f"only {', '.join(types)} views have"
        )


def _view(world: World, call: Call, *, manage: bool = False) -> tuple[Base, Table, View]:
    base, table = v3_table(world, call, manage=manage)
    wanted = call.params["view_id"]
    named = next((view for view in table.views.values() if view.name == wanted), None)
    view = table.views.get(wanted) or named
    if view is None:
        raise not_found("view", wanted)
    return base, table, view


def _shown(view: View) -> Json:
    return {"id": view.view_id, "name": view.name, "type": view.type}


def _answer(data: Any) -> Raw:
    body = {"code": 0, "msg": "success", "data": data}
    return Raw(body=json.loads(json.dumps(body)))


def _body(call: Call) -> Json:
    if not isinstance(call.body, dict):
        raise invalid_request("the body must be a JSON object")
    return call.body


EMPTY: dict[str, Any] = {"sort": [], "group": [], "card": {"cover_field": None}, "timebar": {}}
READ: dict[str, Callable[[Table, View], Any]] = {"visible_fields": _read_visible, "filter": _read_filter}
SET: dict[str, Callable[[World, Base, Table, View, Call], Any]] = {
    "sort": _sort,
    "group": _group,
    "card": _card,
    "timebar": _timebar,
    "visible_fields": _visible,
    "filter": _filter,
}
_VIEWS = f"{TABLE}/views"
_ONE = f"{_VIEWS}/:view_id"
ROUTES: tuple[Route, ...] = (
    v3_route("GET", _VIEWS, list_views, "List views (v3)"),
    v3_route("POST", _VIEWS, create_view, "Create a view (v3)"),
    v3_route("GET", _ONE, get_view, "Get a view (v3)"),
    v3_route("PATCH", _ONE, rename_view, "Rename a view (v3)"),
    v3_route("DELETE", _ONE, delete_view, "Delete a view (v3)"),
    *(v3_route("GET", f"{_ONE}/{kind}", get_config(kind), f"Get a view's {kind}") for kind in SET),
    *(v3_route("PUT", f"{_ONE}/{kind}", set_config(kind), f"Set a view's {kind}") for kind in SET),
)
