"""Performs one change of a role, a dashboard or a chart against a base as it was read."""

from collections.abc import Callable, Mapping

from feishu_plugin.ports import Json
from feishu_plugin.schema import Chart, Dashboard, Schema
from feishu_plugin.structure_ports import Extras
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.chart_bodies import chart_config
from feishu_plugin.sync.structure.diff_extras import find_chart, find_dashboard, find_role
from feishu_plugin.sync.structure.live import Live
from feishu_plugin.sync.structure.role_bodies import role_body


def perform_extra(change: Change, extras: Extras, schema: Schema, live: Live, *, pushing: bool) -> bool:
    """True when something was done, False when the change has to wait (``pushing``: see ``Hand``)."""
    if change.what == "role" and change.verb != "drop":
        return _write_role(change, extras, schema, live, pushing=pushing)
    return _ACTS[change.kind](change, extras, schema, live)


def _write_role(change: Change, extras: Extras, schema: Schema, live: Live, *, pushing: bool) -> bool:
    role = next(role for role in schema.roles if role.key == change.key)
    found = find_role(role, live)
    body = role_body(role, schema, tuple(live.tables), found or {})
    if role.zh in {other["role_name"] for other in live.roles if other is not found}:
        body["role_name"] = f"{role.zh} {role.key}" if pushing and found else ""
    complete = len({item["table_id"] for item in body["table_roles"]}) >= len(schema.tables)
    if not complete or not body["role_name"]:
        return False
    if found:
        extras.update_role(found["role_id"], body)
    else:
        extras.create_role(body)
    return True


def _drop_role(change: Change, extras: Extras, schema: Schema, live: Live) -> bool:
    gone = [item["role_id"] for item in live.roles if live.known.get(item["role_id"]) == change.path]
    for role_id in gone:
        extras.delete_role(role_id)
    return bool(gone)


def _write_dashboard(change: Change, extras: Extras, schema: Schema, live: Live) -> bool:
    board = _board(schema, change.key)
    found = find_dashboard(board, live)
    if found:
        extras.update_dashboard(found.dashboard_id, board.zh, board.theme)
    else:
        extras.create_dashboard(board.zh, board.theme)
    return True


def _drop_dashboard(change: Change, extras: Extras, schema: Schema, live: Live) -> bool:
    gone = [d.dashboard_id for d in live.dashboards if live.known.get(d.dashboard_id) == change.path]
    for dashboard_id in gone:
        extras.delete_dashboard(dashboard_id)
    return bool(gone)


def _write_chart(change: Change, extras: Extras, schema: Schema, live: Live) -> bool:
    board = _board(schema, change.table)
    chart = next(chart for chart in board.charts if chart.key == change.key)
    there = find_dashboard(board, live)
    config = chart_config(chart, schema, live.tables)
    if there is None or config is None:
        return False
    found = find_chart(board, chart, there.blocks, live.known)
    if found and found["type"] == chart.type:
        extras.update_block(there.dashboard_id, found["block_id"], {"name": chart.zh, "data_config": config})
        return True
    if found:
        extras.delete_block(there.dashboard_id, found["block_id"])
    extras.create_block(there.dashboard_id, _block(chart, config))
    if chart is board.charts[-1]:
        extras.arrange_dashboard(there.dashboard_id)
    return True


def _drop_chart(change: Change, extras: Extras, schema: Schema, live: Live) -> bool:
    there = find_dashboard(_board(schema, change.table), live)
    gone = (
        [b["block_id"] for b in there.blocks if live.known.get(b["block_id"]) == change.path] if there else []
    )
    for block_id in gone:
        extras.delete_block(there.dashboard_id if there else "", block_id)
    return bool(gone)


def _block(chart: Chart, config: Json) -> Json:
    return {"name": chart.zh, "type": chart.type, "data_config": config}


def _board(schema: Schema, key: str) -> Dashboard:
    return next(board for board in schema.dashboards if board.key == key)


_Act = Callable[[Change, Extras, Schema, Live], bool]
_ACTS: Mapping[str, _Act] = {
    "drop_role": _drop_role,
    "add_dashboard": _write_dashboard,
    "rename_dashboard": _write_dashboard,
    "change_dashboard": _write_dashboard,
    "drop_dashboard": _drop_dashboard,
    "add_chart": _write_chart,
    "rename_chart": _write_chart,
    "change_chart": _write_chart,
    "drop_chart": _drop_chart,
}
"""What performs each change of what a tenant may not have, but for writing a role."""
