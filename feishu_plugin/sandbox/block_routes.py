"""Dashboards and automations as v1 sees them: lists, copies, on and off; v1 makes neither of them."""

from typing import Any

from feishu_plugin.sandbox.access import base_of
from feishu_plugin.sandbox.dashboards import copy_dashboard
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.parsing import body_object, invalid, page_size
from feishu_plugin.sandbox.world import World

BASE = "/open-apis/bitable/v1/apps/:app_token"
PAGE_MOST = 500
STATES = ("Enable", "Disable")


def dashboards(world: World, call: Call) -> Json:
    """``dashboards[{block_id, name}], has_more, page_token``."""
    shown = [{"block_id": id, "name": item["name"]} for id, item in base_of(world, call).dashboards.items()]
    size, token = page_size(call.query, most=PAGE_MOST), call.query.get("page_token") or ""
    ids = [item["block_id"] for item in shown]
    if token and token not in ids:
        raise Refusal(1254030, "InvalidPageToken", detail="page_token does not belong to this list")
    start = ids.index(token) + 1 if token else 0
    page = shown[start : start + size]
    last = page[-1]["block_id"] if page else token
    return {"dashboards": page, "has_more": start + size < len(shown), "page_token": last}


def copy(world: World, call: Call) -> Json:
    """``{name?}`` -> the copy's ``block_id`` and ``name``; 1254050 when there is no such dashboard."""
    base, body = base_of(world, call, manage=True), body_object(call.body)
    source = base.dashboards.get(call.params["block_id"])
    if source is None:
        raise Refusal(1254050, "SourceBlockNotFound")
    name = body.get("name") or f"{source['name']} 副本"
    if not isinstance(name, str) or len(name) > 100:
        raise Refusal(1254038, "InvalidName", detail="1 to 100 characters")
    if any(item["name"] == name for item in base.dashboards.values()):
        raise Refusal(1254039, "NameDuplicated")
    copied = copy_dashboard(base, source, name)
    base.touch()
    return {"block_id": copied["dashboard_id"], "name": name}


def workflows(world: World, call: Call) -> Json:
    """``workflows[{workflow_id, title, status}]``."""
    return {"workflows": [_shown(item) for item in base_of(world, call).workflows.values()]}


def set_workflow(world: World, call: Call) -> Json:
    """``{"status": "Enable"|"Disable"}``."""
    base, status = base_of(world, call, manage=True), body_object(call.body).get("status")
    if status not in STATES:
        raise invalid("status", f"one of {', '.join(STATES)}", status)
    workflow = base.workflows.get(call.params["workflow_id"])
    if workflow is None:
        raise Refusal(1254800, "InvalidParameter", detail="no such workflow")
    workflow["status"] = status
    base.touch()
    return {}


def _shown(workflow: Json) -> Json:
    return {key: workflow[key] for key in ("workflow_id", "title", "status")}


def _route(method: str, path: str, handler: Any, summary: str, tier: str, *, rest: bool = True) -> Route:
    return Route(
        method=method,
        pattern=BASE + path,
        handler=handler,
        summary=summary,
        tier=tier,
        writes_base=method != "GET",
        rest_style=rest,
    )


ROUTES: tuple[Route, ...] = (
    _route("GET", "/dashboards", dashboards, "List dashboards", "T8"),
    _route("POST", "/dashboards/:block_id/copy", copy, "Copy a dashboard", "T7"),
    _route("GET", "/workflows", workflows, "List automations", "T8"),
    _route("GET", "/block_workflows", workflows, "List automations (blocks)", "T2"),
    _route("PUT", "/workflows/:workflow_id", set_workflow, "Switch an automation", "T7", rest=False),
)
