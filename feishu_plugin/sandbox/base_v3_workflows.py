"""Automations of base v3: kept as sent, switched on and off; this sandbox never runs one."""

from typing import Any

from feishu_plugin.sandbox.access import base_of
from feishu_plugin.sandbox.base_v3_dialect import invalid_request, not_found
from feishu_plugin.sandbox.base_v3_routes import BASE, v3_route
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Json, Route
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.world import World

WORKFLOWS = f"{BASE}/workflows"


def create(world: World, call: Call) -> Json:
    """``{client_token, title, steps: [{id, type, …}]}``; made switched off."""
    base, body = base_of(world, call, manage=True), _checked(call.body)
    if not body.get("client_token"):
        raise invalid_request("client_token is required", "client_token")
    workflow = {
        "workflow_id": new_id("wkf"),
        "title": body["title"],
        "status": "Disable",
        "steps": body["steps"],
    }
    base.workflows[workflow["workflow_id"]] = workflow
    base.touch()
    return workflow


def list_workflows(world: World, call: Call) -> Json:
    """``items[{workflow_id, title, status}], total``."""
    items = base_of(world, call).workflows.values()
    shown = [{key: item[key] for key in ("workflow_id", "title", "status")} for item in items]
    return {"items": shown, "has_more": False, "total": len(shown)}


def get(world: World, call: Call) -> Json:
    """The automation with its steps."""
    return _workflow(world, call)[1]


def update(world: World, call: Call) -> Json:
    """Overwrites title and steps."""
    base, workflow = _workflow(world, call, manage=True)
    body = _checked(call.body)
    workflow.update(title=body["title"], steps=body["steps"])
    base.touch()
    return workflow


def enable(world: World, call: Call) -> Json:
    """Switches it on."""
    return _switch(world, call, "Enable")


def disable(world: World, call: Call) -> Json:
    """Switches it off."""
    return _switch(world, call, "Disable")


def _switch(world: World, call: Call, status: str) -> Json:
    base, workflow = _workflow(world, call, manage=True)
    workflow["status"] = status
    base.touch()
    return {"workflow_id": workflow["workflow_id"], "status": status}


def _workflow(world: World, call: Call, *, manage: bool = False) -> tuple[Base, Json]:
    base, id = base_of(world, call, manage=manage), call.params["workflow_id"]
    if id not in base.workflows:
        raise not_found("workflow", id)
    return base, base.workflows[id]


def _checked(body: Any) -> Json:
    if not isinstance(body, dict) or not isinstance(body.get("title"), str) or not body["title"]:
        raise invalid_request("title is required", "title")
    steps = body.get("steps")
    fits = isinstance(steps, list) and all(isinstance(step, dict) and step.get("type") for step in steps)
    if not fits or not steps:
        raise invalid_request("steps is a list of {id, type, title, next, data}", "steps")
    return body


ROUTES: tuple[Route, ...] = (
    v3_route("POST", WORKFLOWS, create, "Create an automation (v3)"),
    v3_route("POST", f"{WORKFLOWS}/list", list_workflows, "List automations (v3)", "T8"),
    v3_route("GET", f"{WORKFLOWS}/:workflow_id", get, "Get an automation (v3)"),
    v3_route("PUT", f"{WORKFLOWS}/:workflow_id", update, "Overwrite an automation (v3)"),
    v3_route("PATCH", f"{WORKFLOWS}/:workflow_id/enable", enable, "Switch an automation on (v3)"),
    v3_route("PATCH", f"{WORKFLOWS}/:workflow_id/disable", disable, "Switch an automation off (v3)"),
)
