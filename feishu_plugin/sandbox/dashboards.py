"""Dashboards and their blocks: what is kept, what a block may be made of, and the automatic layout."""

from copy import deepcopy
from typing import Any

from feishu_plugin.sandbox.base_v3_dialect import invalid_request
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.chart_names import pinned
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.tables import Table

THEMES = frozenset(
    (
        "default",
        "SimpleBlue",
        "DarkGreen",
        "summerBreeze",
        "simplistic",
        "energetic",
        "deepDark",
        "futuristic",
    )
)
TYPES = frozenset(
    [
        "column",
        "bar",
        "line",
        "pie",
        "ring",
        "area",
        "combo",
        "scatter",
        "funnel",
        "wordCloud",
        "radar",
        "statistics",
        "text",
    ]
)
ROLLUPS = frozenset(("SUM", "MAX", "MIN", "AVERAGE"))
MODES, SORT_TYPES, ORDERS = ("integrated", "enumerated"), ("group", "value", "view"), ("asc", "desc")
GROUPS_MOST = 2
WIDTH, HEIGHT, PER_ROW = 12, 6, 2


def new_dashboard(base: Base, name: str, theme_style: str) -> Json:
    """An empty dashboard, put into the base."""
    dashboard: Json = {"dashboard_id": new_id("blk"), "name": name}
    dashboard.update(theme={"theme_style": theme_style}, blocks={})
    base.dashboards[dashboard["dashboard_id"]] = dashboard
    return dashboard


def copy_dashboard(base: Base, source: Json, name: str) -> Json:
    """A dashboard with the same blocks under new ids."""
    copied = new_dashboard(base, name, source["theme"]["theme_style"])
    for block in source["blocks"].values():
        block_id = new_id("cht")
        copied["blocks"][block_id] = {**deepcopy(block), "block_id": block_id}
    return copied


def new_block(base: Base, dashboard: Json, body: Json) -> Json:
    """A block from ``{name, type, data_config}``, placed below the others."""
    kind = body.get("type")
    if kind not in TYPES:
        raise invalid_request("type is not a block type", "type", f"one of {', '.join(sorted(TYPES))}")
    block: Json = {"block_id": new_id("cht"), "name": block_name(body.get("name") or kind), "type": str(kind)}
    configure(base, block, body.get("data_config"))
    dashboard["blocks"][block["block_id"]] = block
    arrange(dashboard)
    return block


def configure(base: Base, block: Json, given: Any) -> None:
    """Gives a block its checked ``data_config``; chart_names.py shows it again."""
    block["data_config"], block["names"] = pinned(base, _checked_config(base, block["type"], given))


def block_name(name: Any) -> str:
    """A block's or a dashboard's name: 1 to 100 characters."""
    if not isinstance(name, str) or not 0 < len(name.strip()) <= 100:
        raise invalid_request("name must have 1 to 100 characters", "name")
    return name.strip()


def arrange(dashboard: Json) -> None:
    """Two blocks side by side, row by row, as the server chooses."""
    for place, block in enumerate(dashboard["blocks"].values()):
        width = WIDTH // PER_ROW
        block["layout"] = {
            "x": place % PER_ROW * width,
            "y": place // PER_ROW * HEIGHT,
            "w": width,
            "h": HEIGHT,
        }


def _checked_config(base: Base, kind: str, given: Any) -> Json:
    """The ``data_config`` when every name in it exists; 800010701 with the path of what is wrong."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise invalid_request("data_config must be an object", "data_config")
    if kind == "text":
        if not isinstance(given.get("text"), str):
            raise invalid_request("a text block needs text", "data_config.text")
        return given
    table = base.named(str(given.get("table_name")))
    if table is None:
        raise invalid_request(f"table {given.get('table_name')!r} does not exist", "data_config.table_name")
    _check_series(table, given)
    _check_groups(table, given.get("group_by") or [])
    _check_filter(table, given.get("filter"))
    return given


def _check_series(table: Table, given: Json) -> None:
    series = given.get("series")
    if bool(series) == bool(given.get("count_all")):
        raise invalid_request("either series or count_all is needed", "data_config.series")
    for number, item in enumerate(series if isinstance(series, list) else []):
        path = f"data_config.series[{number}]"
        _check_field(table, item, path)
        if item.get("rollup") not in ROLLUPS:
            raise invalid_request("unknown rollup", f"{path}.rollup", f"one of {', '.join(sorted(ROLLUPS))}")


def _check_groups(table: Table, groups: Any) -> None:
    if not isinstance(groups, list) or len(groups) > GROUPS_MOST:
        raise invalid_request(f"at most {GROUPS_MOST} groups", "data_config.group_by")
    for number, item in enumerate(groups):
        path = f"data_config.group_by[{number}]"
        _check_field(table, item, path)
        if item.get("mode", MODES[0]) not in MODES:
            raise invalid_request("unknown mode", f"{path}.mode", f"one of {', '.join(MODES)}")
        sort = item.get("sort") or {"type": "group", "order": "asc"}
        fits = isinstance(sort, dict) and sort.get("type") in SORT_TYPES and sort.get("order") in ORDERS
        if not fits:
            raise invalid_request("unknown sort", f"{path}.sort")


def _check_filter(table: Table, given: Any) -> None:
    if given is None:
        return
    conditions = given.get("conditions") if isinstance(given, dict) else None
    if not isinstance(conditions, list) or given.get("conjunction") not in ("and", "or"):
        raise invalid_request("a filter needs conjunction and conditions", "data_config.filter")
    for number, item in enumerate(conditions):
        _check_field(table, item, f"data_config.filter.conditions[{number}]")


def _check_field(table: Table, item: Any, path: str) -> None:
    name = item.get("field_name") if isinstance(item, dict) else None
    if not isinstance(name, str) or table.field_named(name) is None:
        raise invalid_request(f"field {name!r} does not exist", f"{path}.field_name")
