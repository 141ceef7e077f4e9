"""``/_sandbox/dashboards/…``: a base's dashboards with the figures of their charts, as a person sees them."""

from typing import Any

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.chart_figures import Unshown, figures
from feishu_plugin.sandbox.chart_names import shown_block
from feishu_plugin.sandbox.control_routes import control_route, wrong
from feishu_plugin.sandbox.envelope import Call, Caller, Json, Raw, Route
from feishu_plugin.sandbox.world import World


def dashboards(world: World, call: Call) -> Raw:
    """``{"dashboards": [{"dashboard_id", "name", "theme"}]}``, oldest first."""
    base, _ = _asked(world, call)
    found = [{**_named(one), "theme": one["theme"]["theme_style"]} for one in base.dashboards.values()]
    return Raw(body={"dashboards": found})


def dashboard(world: World, call: Call) -> Raw:
    """``{"dashboard_id", "name", "blocks": [{"block_id", "name", "type", "layout", …}]}``.

    A block has besides ``text`` (of a text block), ``figures`` (see chart_figures.figures) or
    ``unshown: {"why": "table" | "field" | "filter", "about"}``.
    """
    base, caller = _asked(world, call)
    found = base.dashboards.get(call.params["dashboard_id"])
    if found is None:
        raise wrong("no such dashboard", 404)
    blocks = [_shown(world, base, caller, block) for block in found["blocks"].values()]
    return Raw(body={**_named(found), "blocks": blocks})


def _asked(world: World, call: Call) -> tuple[Base, Caller]:
    """The base, and the person as a caller."""
    person, base = world.people.get(call.params["open_id"]), world.bases.all.get(call.params["app_token"])
    if person is None or base is None:
        raise wrong("no such person or base", 404)
    return base, Caller(kind="user", open_id=person.open_id)


def _named(found: Json) -> Json:
    return {"dashboard_id": found["dashboard_id"], "name": found["name"]}


def _shown(world: World, base: Base, caller: Caller, block: Json) -> Json:
    config = shown_block(base, block)["data_config"]
    about = {key: block[key] for key in ("block_id", "name", "type", "layout")}
    if block["type"] == "text":
        return {**about, "text": config.get("text", "")}
    try:
        return {**about, "figures": figures(world, base, caller, config)}
    except Unshown as unshown:
        return {**about, "unshown": {"why": unshown.why, "about": unshown.about}}


def _route(path: str, handler: Any, summary: str) -> Route:
    return control_route("GET", f"dashboards/:open_id/:app_token{path}", handler, summary)


ROUTES: tuple[Route, ...] = (
    _route("", dashboards, "A base's dashboards, for the page"),
    _route("/:dashboard_id", dashboard, "The figures of a dashboard, as a person sees them"),
)
