"""Wiki: finds the base behind a node, and makes bases that live in the wiki.

There is one space, public to the tenant; its only nodes are bases. Whoever may read a base may
read its node: an app that was not given a person's base is refused with 131006, as on the real
platform.
"""

from typing import Any

from feishu_plugin.sandbox.base_routes import DEFAULT_ZONE, NAME_MOST, UNNAMED, fill
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Caller, Json, Refusal, Route
from feishu_plugin.sandbox.ids import new_app_token
from feishu_plugin.sandbox.world import World

SPACES = "/open-apis/wiki/v2/spaces"
SPACE: Json = {
    "space_id": "7360000000000000001",
    "name": "团队知识库",
    "description": "",
    "space_type": "team",
    "visibility": "public",
    "open_sharing": "closed",
}
OTHERS = frozenset(("doc", "docx", "sheet", "mindnote", "file", "slides"))
"""Kinds of documents that a wiki has and this sandbox has not."""
WHAT = {
    131002: "param err",
    131005: "not found",
    131006: "permission denied",
}


def _refused(code: int, why: str) -> Refusal:
    """The wiki tells its reason in ``msg``, always with HTTP 400."""
    return Refusal(code, f"{WHAT[code]}: {why}", detail=why, status=400)


def list_spaces(_: World, __: Call) -> Json:
    """``items`` with the one space."""
    return {"items": [SPACE], "has_more": False}


def get_node(world: World, call: Call) -> Json:
    """``node`` of ``token``: a node's own, or with ``obj_type=bitable`` that of its base."""
    token, kind = call.query.get("token"), call.query.get("obj_type") or "wiki"
    if not token:
        raise _refused(131002, "token is required")
    if kind not in ("wiki", "bitable", *OTHERS):
        raise _refused(131002, f"obj_type {kind} is unknown")
    base, node = _by_node(world, token) if kind == "wiki" else _by_document(world, token, kind)
    if world.bases.owner_right(base.app_token, call.caller) == "none":
        raise _refused(131006, "node permission denied")
    return {"node": _shown(world, base, node)}


def create_node(world: World, call: Call) -> Json:
    """``{obj_type: "bitable", node_type: "origin", parent_node_token?, title?}`` -> ``node``."""
    if call.params["space_id"] != SPACE["space_id"]:
        raise _refused(131005, "space not found")
    title, parent = _checked(call.body), str(call.body.get("parent_node_token") or "")
    if parent:
        _check_parent(world, parent, call.caller)
    base = world.bases.create(name=title, time_zone=DEFAULT_ZONE, folder_token="", owner=call.caller)
    fill(world, base, call.caller)
    base.node = {
        "node_token": new_app_token(),
        "parent_node_token": parent,
        "created_s": world.clock.now_ms() // 1000,
    }
    return {"node": _shown(world, base, base.node)}


def _check_parent(world: World, token: str, caller: Caller) -> None:
    if world.bases.owner_right(_by_node(world, token)[0].app_token, caller) == "none":
        raise _refused(131006, "no destination parent node permission")


def _checked(body: Any) -> str:
    """The new base's title; 131002 when the body asks for what cannot be made."""
    if not isinstance(body, dict):
        raise _refused(131002, "the body must be a JSON object")
    if body.get("obj_type") != "bitable":
        raise _refused(131002, f"obj_type {body.get('obj_type')}: this sandbox makes only bitable")
    if body.get("node_type") != "origin":
        raise _refused(131002, f"node_type {body.get('node_type')}: this sandbox makes only origin")
    title = body.get("title") or UNNAMED
    if not isinstance(title, str) or len(title) > NAME_MOST:
        raise _refused(131002, f"title must be a string of at most {NAME_MOST} characters")
    return title


def _by_node(world: World, token: str) -> tuple[Base, Json]:
    for base in world.bases.all.values():
        if base.node is not None and base.node["node_token"] == token:
            return base, base.node
    raise _refused(131005, "node not found")


def _by_document(world: World, token: str, kind: str) -> tuple[Base, Json]:
    base = world.bases.all.get(token) if kind == "bitable" else None
    if base is None:
        raise _refused(131005, "document not found")
    if base.node is None:
        raise _refused(131005, "document is not in wiki")
    return base, base.node


def _shown(world: World, base: Base, node: Json) -> Json:
    """Numbers are texts; times are seconds."""
    token, created = node["node_token"], node["created_s"]
    nodes = (other.node for other in world.bases.all.values() if other.node is not None)
    return {
        "space_id": SPACE["space_id"],
        "node_token": token,
        "obj_token": base.app_token,
        "obj_type": "bitable",
        "parent_node_token": node["parent_node_token"],
        "node_type": "origin",
        "origin_node_token": "",
        "origin_space_id": "",
        "has_child": any(other["parent_node_token"] == token for other in nodes),
        "title": base.name,
        "obj_create_time": str(created),
        "obj_edit_time": str(max(created, _last_edit_s(base))),
        "node_create_time": str(created),
        "creator": base.owner,
        "owner": base.owner,
        "node_creator": base.owner,
    }


def _last_edit_s(base: Base) -> int:
    records = (record for table in base.tables.values() for record in table.records.values())
    return max((record.modified_ms for record in records), default=0) // 1000


def _route(method: str, path: str, handler: Any, summary: str) -> Route:
    return Route(
        method=method,
        pattern=SPACES + path,
        handler=handler,
        summary=summary,
        tier="T3",
        rest_style=True,
    )


ROUTES: tuple[Route, ...] = (
    _route("GET", "", list_spaces, "List wiki spaces"),
    _route("GET", "/get_node", get_node, "Find the base behind a wiki node"),
    _route("POST", "/:space_id/nodes", create_node, "Create a base in the wiki"),
)
