"""Fields: list, create, overwrite, delete."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.access import field_of, table_of, view_of
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.commits import field_actions
from feishu_plugin.sandbox.computed import number_records
from feishu_plugin.sandbox.conversion import convert_cells
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.field_types import LINKS, PRIMARY, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.formulas import bind_formula
from feishu_plugin.sandbox.idempotency import once
from feishu_plugin.sandbox.pages import page_by_id
from feishu_plugin.sandbox.parsing import body_object, flag
from feishu_plugin.sandbox.permissions import permission_of
from feishu_plugin.sandbox.properties import complete
from feishu_plugin.sandbox.table_making import (
    add_field,
    description,
    field_name,
    field_type,
    link_target,
    new_field,
)
from feishu_plugin.sandbox.tables import Table
from feishu_plugin.sandbox.world import World

FIELDS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/fields"
LINK_KEYS = ("back_field_id", "back_field_name")


def list_fields(world: World, call: Call) -> Json:
    """``items`` in order; ``is_hidden`` is told for ``view_id``; descriptions are text or segments."""
    base, table = table_of(world, call)
    shown = permission_of(world, base, table, call.caller).columns(list(table.fields.values()))
    view_id, segments = call.query.get("view_id"), flag(call.query, "text_field_as_array")
    hidden = (view_of(table, view_id).property["hidden_fields"] or ()) if view_id else ()

    def show(field: Field) -> Json:
        item = {**field.as_item(), "is_hidden": field.field_id in hidden}
        text = item.pop("description", {}).get("text", "")
        item["description"] = ([{"type": "text", "text": text}] if text else []) if segments else text
        return item

    return page_by_id(call, shown, lambda field: field.field_id, show)


def create(world: World, call: Call) -> Json:
    """A field; for type 21 also its partner in the linked table."""
    base, table = table_of(world, call, manage=True)

    def run() -> Json:
        field = new_field(body_object(call.body))
        if field.type == Type.FORMULA:
            bind_formula(world, base, table, field)
        for where, added in add_field(base, table, field).fields:
            base.touch(where)
            _tell(world, call, base, where, "field_added", added.field_id, None, added.as_event_value())
        return {"field": field.as_item()}

    return once(world, base, call, run)


def update(world: World, call: Call) -> Json:
    """Overwrites the whole definition; 99992402 without type or name, 1254606 when nothing changes."""
    base, table = table_of(world, call, manage=True)
    old = field_of(table, call.params["field_id"])
    new = _overwritten(base, table, old, body_object(call.body))
    if _definition(old) == _definition(new):
        raise Refusal(1254606, "DataNotChange")
    if new.type == Type.FORMULA:
        bind_formula(world, base, table, new)
    _replace(base, table, old, new)
    base.touch(table)
    before, after = old.as_event_value(), new.as_event_value()
    _tell(world, call, base, table, "field_edited", new.field_id, before, after)
    return {"field": new.as_item()}


def delete(world: World, call: Call) -> Json:
    """Deletes a field with its cells, and the partner of a duplex link; never the primary (1254046)."""
    base, table = table_of(world, call, manage=True)
    field = field_of(table, call.params["field_id"])
    if field.is_primary:
        raise Refusal(1254046, "PrimaryFieldCannotBeDeleted")
    for where, gone in [(table, field), *_partners(base, field)]:
        where.remove_field(gone)
        base.touch(where)
        base.touch_records(where, where.records)
        _tell(world, call, base, where, "field_deleted", gone.field_id, gone.as_event_value(), None)
    return {"field_id": field.field_id, "deleted": True}


def _partners(base: Base, field: Field) -> list[tuple[Table, Field]]:
    target = base.tables.get(field.setting("table_id", ""))
    partner = target.fields.get(field.setting("back_field_id", "")) if target else None
    return [(target, partner)] if target and partner and field.type == Type.DUPLEX_LINK else []


def _overwritten(base: Base, table: Table, old: Field, body: Json) -> Field:
    number, ui_type = field_type(body) if body.get("type") != old.type else _same_type(body, old)
    name = field_name(body)
    if name != old.name and name in table.names:
        raise Refusal(1254014, "FieldNameDuplicated")
    if old.is_primary and number not in PRIMARY:
        raise Refusal(1254012, "NotSupportFieldOrView", detail=f"type {number} cannot be the primary field")
    if Type.DUPLEX_LINK in (number, old.type) and number != old.type:
        raise Refusal(1254012, "NotSupportFieldOrView", detail="a duplex link cannot change its type")
    new = Field(
        field_id=old.field_id,
        name=name,
        type=number,
        ui_type=ui_type,
        property=complete(number, ui_type, body.get("property"), old),
        description=description(body) if "description" in body else old.description,
        is_primary=old.is_primary,
    )
    if number in LINKS:
        _keep_link(base, old, new)
    return new


def _same_type(body: Json, old: Field) -> tuple[int, str]:
    """Keeping the type is always allowed, also for types nobody can create."""
    ui_type = body.get("ui_type") or old.ui_type
    return field_type({**body, "ui_type": ui_type}) if ui_type != old.ui_type else (old.type, old.ui_type)


def _keep_link(base: Base, old: Field, new: Field) -> None:
    """A link keeps its table and its partner; only name and ``multiple`` may change."""
    link_target(base, new)
    if new.property is None or old.type not in LINKS:
        return
    if new.property["table_id"] != old.setting("table_id"):
        raise Refusal(1254089, "LinkFieldPropertyError", detail="the linked table cannot change")
    new.property.update({key: old.setting(key) for key in LINK_KEYS if old.setting(key)})


def _definition(field: Field) -> str:
    return json.dumps(field.as_state(), sort_keys=True)


def _replace(base: Base, table: Table, old: Field, new: Field) -> None:
    """Puts the new definition in the old one's place and brings cells and partner in line."""
    table.fields[new.field_id] = new
    del table.names[old.name]
    table.names[new.name] = new.field_id
    if convert_cells(table, old, new, ZoneInfo(base.time_zone)):
        base.touch_records(table, table.records)
    if new.type == Type.AUTO_NUMBER and old.type != Type.AUTO_NUMBER:
        number_records(base, table, new, table.records.values())
        base.touch_records(table, table.records)
    for _, partner in _partners(base, new):
        if partner.property is not None:
            partner.property["back_field_name"] = new.name


def _tell(
    world: World,
    call: Call,
    base: Base,
    table: Table,
    action: str,
    field_id: str,
    before: Json | None,
    after: Json | None,
) -> None:
    actions = field_actions([(action, field_id, before, after)])
    world.delivery.field_changed(base.app_token, table.table_id, table.revision, call.caller, actions)


def _route(method: str, suffix: str, handler: Any, summary: str) -> Route:
    return Route(
        method=method,
        pattern=FIELDS + suffix,
        handler=handler,
        summary=summary,
        tier="T8" if method == "GET" else "T7",
        writes_base=method != "GET",
    )


ROUTES: tuple[Route, ...] = (
    _route("GET", "", list_fields, "List fields"),
    _route("POST", "", create, "Create a field"),
    _route("PUT", "/:field_id", update, "Overwrite a field"),
    _route("DELETE", "/:field_id", delete, "Delete a field"),
)
