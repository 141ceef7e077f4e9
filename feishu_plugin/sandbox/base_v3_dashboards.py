"""Dashboards of base v3: create, read, rename, restyle, delete and arrange them and their blocks."""

from typing import Any

from feishu_plugin.sandbox.access import base_of
from feishu_plugin.sandbox.base_v3_dialect import invalid_request, not_found
from feishu_plugin.sandbox.base_v3_routes import BASE, v3_route
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.chart_names import shown_block
from feishu_plugin.sandbox.dashboards import (
    THEMES,
    arrange,
    block_name,
    configure,
    new_block,
    new_dashboard,
)
from feishu_plugin.sandbox.envelope import Call, Json, Route
from feishu_plugin.sandbox.world import World

PAGE_MOST = 500


def list_dashboards(world: World, call: Call) -> Json:
    """``items[{dashboard_id, name}], has_more, total``."""
    dashboards = base_of(world, call).dashboards.values()
    return _page(call, [{"dashboard_id": item["dashboard_id"], "name": item["name"]} for item in dashboards])


def get_dashboard(world: World, call: Call) -> Json:
    """The dashboard with its theme and the names of its blocks."""
    return _shown(_dashboard(world, call)[1])


def create_dashboard(world: World, call: Call) -> Json:
    """``{name, theme?: {theme_style}}``."""
    base, body = base_of(world, call, manage=True), _body(call)
    dashboard = new_dashboard(base, block_name(body.get("name")), _theme(body) or "default")
    base.touch()
    return _shown(dashboard)


def patch_dashboard(world: World, call: Call) -> Json:
    """``{name?, theme?}``."""
    base, dashboard = _dashboard(world, call, manage=True)
    body = _body(call)
    theme = _theme(body)
    if body.get("name"):
        dashboard["name"] = block_name(body["name"])
    if theme:
        dashboard["theme"] = {"theme_style": theme}
    base.touch()
    return _shown(dashboard)


def delete_dashboard(world: World, call: Call) -> Json:
    """Deletes a dashboard with its blocks."""
    base, dashboard = _dashboard(world, call, manage=True)
    del base.dashboards[dashboard["dashboard_id"]]
    base.touch()
    return {}


def arrange_dashboard(world: World, call: Call) -> Json:
    """Lays the blocks out anew; the server chooses how."""
    base, dashboard = _dashboard(world, call, manage=True)
    arrange(dashboard)
    base.touch()
    blocks = dashboard["blocks"].values()
    return {
        **_shown(dashboard),
        "blocks": [{"block_id": b["block_id"], "layout": b["layout"]} for b in blocks],
    }


def list_blocks(world: World, call: Call) -> Json:
    """``items[{block_id, name, type}], has_more, total``."""
    blocks = _dashboard(world, call)[1]["blocks"].values()
    return _page(call, [{key: block[key] for key in ("block_id", "name", "type")} for block in blocks])


def get_block(world: World, call: Call) -> Json:
    """The block with its ``layout`` and ``data_config``."""
    base, dashboard = _dashboard(world, call)
    return shown_block(base, _block(dashboard, call))


def create_block(world: World, call: Call) -> Json:
    """``{name, type, data_config}``."""
    base, dashboard = _dashboard(world, call, manage=True)
    block = new_block(base, dashboard, _body(call))
    base.touch()
    return shown_block(base, block)


def patch_block(world: World, call: Call) -> Json:
    """``{name?, data_config?}``; the type never changes."""
    base, dashboard = _dashboard(world, call, manage=True)
    block, body = _block(dashboard, call), _body(call)
    if body.get("type") not in (None, block["type"]):
        raise invalid_request("the type of a block cannot change", "type")
    if "data_config" in body:
        configure(base, block, body["data_config"])
    if body.get("name"):
        block["name"] = block_name(body["name"])
    base.touch()
    return shown_block(base, block)


def delete_block(world: World, call: Call) -> Json:
    """Deletes a block."""
    base, dashboard = _dashboard(world, call, manage=True)
    del dashboard["blocks"][_block(dashboard, call)["block_id"]]
    base.touch()
    return {}


def _dashboard(world: World, call: Call, *, manage: bool = False) -> tuple[Base, Json]:
    base, id = base_of(world, call, manage=manage), call.params["dashboard_id"]
    if id not in base.dashboards:
        raise not_found("dashboard", id)
    return base, base.dashboards[id]


def _block(dashboard: Json, call: Call) -> Json:
    block: Json | None = dashboard["blocks"].get(call.params["block_id"])
    if block is None:
        raise not_found("block", call.params["block_id"])
    return block


def _shown(dashboard: Json) -> Json:
    blocks = [
        {"block_id": block["block_id"], "block_name": block["name"], "block_type": block["type"]}
        for block in dashboard["blocks"].values()
    ]
    return {**dashboard, "blocks": blocks}


def _page(call: Call, items: list[Json]) -> Json:
    """By ``page_size`` and ``page_token``, the position of the next item."""
    size, start = call.query.get("page_size") or "100", call.query.get("page_token") or "0"
    if not (size.isdigit() and start.isdigit() and 0 < int(size) <= PAGE_MOST):
        raise invalid_request(f"page_size is 1 to {PAGE_MOST}", "page_size")
    end = int(start) + int(size)
    page: Json = {"items": items[int(start) : end], "has_more": end < len(items), "total": len(items)}
    return {**page, "page_token": str(end)} if page["has_more"] else page


def _theme(body: Json) -> str:
    theme = body.get("theme")
    if theme is None:
        return ""
    style = theme.get("theme_style") if isinstance(theme, dict) else None
    if style not in THEMES:
        raise invalid_request("unknown theme", "theme.theme_style", f"one of {', '.join(sorted(THEMES))}")
    return str(style)


def _body(call: Call) -> Json:
    if not isinstance(call.body, dict):
        raise invalid_request("the body must be a JSON object")
    return call.body


def _route(method: str, path: str, handler: Any, summary: str) -> Route:
    return v3_route(method, f"{BASE}/dashboards{path}", handler, summary)


_ONE, _BLOCKS = "/:dashboard_id", "/:dashboard_id/blocks"
ROUTES: tuple[Route, ...] = (
    _route("GET", "", list_dashboards, "List dashboards (v3)"),
    _route("POST", "", create_dashboard, "Create a dashboard"),
    _route("GET", _ONE, get_dashboard, "Get a dashboard"),
    _route("PATCH", _ONE, patch_dashboard, "Rename or restyle a dashboard"),
    _route("DELETE", _ONE, delete_dashboard, "Delete a dashboard"),
    _route("POST", f"{_ONE}/arrange", arrange_dashboard, "Arrange a dashboard"),
    _route("GET", _BLOCKS, list_blocks, "List blocks of a dashboard"),
    _route("POST", _BLOCKS, create_block, "Create a block"),
    _route("GET", f"{_BLOCKS}/:block_id", get_block, "Get a block"),
    _route("PATCH", f"{_BLOCKS}/:block_id", patch_block, "Patch a block"),
    _route("DELETE", f"{_BLOCKS}/:block_id", delete_block, "Delete a block"),
)
