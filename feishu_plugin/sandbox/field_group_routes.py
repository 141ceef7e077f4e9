"""Groups of columns: overwritten as a whole; the answer carries them as JSON text, as documented.

Feishu documents codes 1254114 to 1254123 without saying which is which; the ones here are chosen.
"""

import json
from typing import Any

from feishu_plugin.sandbox.access import field_of, table_of
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.parsing import body_object
from feishu_plugin.sandbox.tables import Table
from feishu_plugin.sandbox.world import World

GROUPS_MOST, NAME_MOST = 300, 100


def set_groups(world: World, call: Call) -> Json:
    """``{"field_groups": [{name, id?, children: [{type: "field", id}], description?}]}``."""
    base, table = table_of(world, call, manage=True)
    listed = body_object(call.body).get("field_groups")
    if not isinstance(listed, list) or not 0 < len(listed) <= GROUPS_MOST:
        raise Refusal(1254114, "FieldGroupCountInvalid", detail=f"1 to {GROUPS_MOST} groups")
    groups = [_group(table, item) for item in listed]
    _check_children(groups)
    table.field_groups = groups
    base.touch(table)
    return {"field_groups": json.dumps(groups, ensure_ascii=False)}


def _group(table: Table, item: Any) -> Json:
    name = item.get("name") if isinstance(item, dict) else None
    if not isinstance(name, str) or not 0 < len(name) <= NAME_MOST:
        raise Refusal(1254115, "FieldGroupNameInvalid", detail=f"1 to {NAME_MOST} characters")
    children = item.get("children")
    if not isinstance(children, list) or not children:
        raise Refusal(1254116, "FieldGroupChildrenInvalid", detail=f"group {name} has no children")
    shown = [_child(table, child) for child in children]
    group: Json = {"id": str(item.get("id") or new_id("fld")), "name": name, "children": shown}
    return {**group, **({"description": item["description"]} if item.get("description") else {})}


def _child(table: Table, child: Any) -> Json:
    if not isinstance(child, dict) or child.get("type") != "field":
        raise Refusal(1254116, "FieldGroupChildrenInvalid", detail="a child is {type: field, id}")
    return {"type": "field", "id": field_of(table, str(child.get("id"))).field_id}


def _check_children(groups: list[Json]) -> None:
    ids = [child["id"] for group in groups for child in group["children"]]
    if len(set(ids)) < len(ids):
        raise Refusal(1254117, "FieldGroupChildrenDuplicated", detail="a field is in one group only")


ROUTES: tuple[Route, ...] = (
    Route(
        method="POST",
        pattern="/open-apis/bitable/v1/apps/:app_token/tables/:table_id/field_groups",
        handler=set_groups,
        summary="Group fields",
        tier="T7",
        writes_base=True,
        rest_style=True,
    ),
)
