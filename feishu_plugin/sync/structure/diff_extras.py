"""What differs in roles and dashboards, or why they are left out; pure."""

from collections.abc import Iterator, Sequence

from feishu_plugin.binding import is_custom
from feishu_plugin.identity import CHART, DASHBOARD, ROLE, Known
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.schema import Chart, Dashboard, Role, Schema
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.chart_bodies import chart_config, same_config
from feishu_plugin.sync.structure.live import Live, LiveDashboard
from feishu_plugin.sync.structure.role_bodies import differing

_TAKEN = Phrase("另一角色已用这个名称，请先改名", "another role has this name, rename it first")


def find_role(role: Role, live: Live) -> Json | None:
    """The remembered role, else the one with the name."""
    known = next((r for r in live.roles if live.known.get(r["role_id"]) == ROLE + role.key), None)
    free = (r for r in live.roles if r["role_id"] not in live.known)
    return known or next((r for r in free if r["role_name"] == role.zh), None)


def find_dashboard(board: Dashboard, live: Live) -> LiveDashboard | None:
    """The remembered dashboard, else the one with the name."""
    path = DASHBOARD + board.key
    known = next((d for d in live.dashboards if live.known.get(d.dashboard_id) == path), None)
    free = (d for d in live.dashboards if d.dashboard_id not in live.known)
    return known or next((d for d in free if d.name == board.zh), None)


def find_chart(board: Dashboard, chart: Chart, blocks: Sequence[Json], known: Known) -> Json | None:
    """The remembered block, else the one with the name."""
    path = f"{CHART}{board.key}.{chart.key}"
    remembered = next((b for b in blocks if known.get(b["block_id"]) == path), None)
    free = (b for b in blocks if b["block_id"] not in known)
    return remembered or next((b for b in free if b["name"] == chart.zh), None)


def extras_seen(schema: Schema, live: Live) -> dict[str, str]:
    """Id to key path of the roles, dashboards and charts of the schema that are there."""
    seen = {found["role_id"]: ROLE + r.key for r in schema.roles if (found := find_role(r, live))}
    for board in schema.dashboards:
        if there := find_dashboard(board, live):
            seen[there.dashboard_id] = DASHBOARD + board.key
            for chart in board.charts:
                if block := find_chart(board, chart, there.blocks, live.known):
                    seen[block["block_id"]] = f"{CHART}{board.key}.{chart.key}"
    return seen


def diff_roles(schema: Schema, live: Live) -> Iterator[Change]:
    """Role by role; all left out where advanced permissions are off."""
    if lacking := live.lacking.get("roles"):
        names = "、".join(role.zh for role in schema.roles)
        yield Change(verb="skip", what="role", table="", key="all", name=names, reason=lacking)
        return
    for role in schema.roles:
        yield from _role(role, schema, live)
    for item in live.roles:
        kind, _, key = live.known.get(item["role_id"], "").partition(":")
        if kind + ":" == ROLE and key not in {role.key for role in schema.roles}:
            yield Change(verb="drop", what="role", table="", key=key, name=item["role_name"])


def _role(role: Role, schema: Schema, live: Live) -> Iterator[Change]:
    found = find_role(role, live)
    peoples = {r["role_name"] for r in live.roles if r is not found and r["role_id"] not in live.known}
    if role.zh in peoples:
        yield Change(verb="refuse", what="role", table="", key=role.key, name=role.zh, reason=_TAKEN)
        return
    if found is None:
        yield Change(verb="add", what="role", table="", key=role.key, name=role.zh)
        return
    if found["role_name"] != role.zh:
        name = found["role_name"]
        yield Change(verb="rename", what="role", table="", key=role.key, name=role.zh, found=name)
    if details := differing(role, schema, tuple(live.tables), found):
        yield Change(verb="change", what="role", table="", key=role.key, name=role.zh, details=tuple(details))


def diff_dashboards(schema: Schema, live: Live) -> Iterator[Change]:
    """Dashboard by dashboard; left out where the tenant has no base v3."""
    lacking = live.lacking.get("base_v3")
    for board in schema.dashboards:
        if lacking:
            charts = tuple(f"{chart.zh} ({chart.type})" for chart in board.charts)
            reason = Phrase(f"请手工搭建（{lacking.zh}）", f"make it by hand ({lacking.en})")
            yield Change(
                verb="skip",
                what="dashboard",
                table="",
                key=board.key,
                name=board.zh,
                details=charts,
                reason=reason,
            )
        else:
            yield from _dashboard(board, schema, live)
    wanted = {board.key for board in schema.dashboards}
    for item in live.dashboards:
        kind, _, key = live.known.get(item.dashboard_id, "").partition(":")
        if kind + ":" == DASHBOARD and key not in wanted:
            yield Change(verb="drop", what="dashboard", table="", key=key, name=item.name)


def _dashboard(board: Dashboard, schema: Schema, live: Live) -> Iterator[Change]:
    found = find_dashboard(board, live)
    if found is None:
        yield Change(verb="add", what="dashboard", table="", key=board.key, name=board.zh)
    elif found.name != board.zh:
        yield Change(
            verb="rename", what="dashboard", table="", key=board.key, name=board.zh, found=found.name
        )
    elif found.theme and found.theme != board.theme:
        yield Change(
            verb="change", what="dashboard", table="", key=board.key, name=board.zh, details=("theme",)
        )
    blocks = found.blocks if found else ()
    for chart in board.charts:
        yield from _chart(board, chart, find_chart(board, chart, blocks, live.known), schema, live)
    known = {f"{CHART}{board.key}.{chart.key}" for chart in board.charts}
    for block in blocks:
        path = live.known.get(block["block_id"], "")
        if path.startswith(CHART) and path not in known and not is_custom(path):
            name = f"{board.zh}.{block['name']}"
            yield Change(verb="drop", what="chart", table=board.key, key=path.rpartition(".")[2], name=name)


def _chart(
    board: Dashboard, chart: Chart, found: Json | None, schema: Schema, live: Live
) -> Iterator[Change]:
    name = f"{board.zh}.{chart.zh}"
    if found is None:
        yield Change(
            verb="add", what="chart", table=board.key, key=chart.key, name=name, details=(chart.type,)
        )
        return
    if found["type"] != chart.type:
        # Feishu never changes the type of a block: the old one goes, the next round makes the new one.
        details = (f"{found['type']} → {chart.type}",)
        yield Change(verb="change", what="chart", table=board.key, key=chart.key, name=name, details=details)
        return
    if found["name"] != chart.zh:
        yield Change(
            verb="rename", what="chart", table=board.key, key=chart.key, name=name, found=found["name"]
        )
    wanted = chart_config(chart, schema, live.tables)
    if wanted is None or not same_config(wanted, found.get("data_config")):
        yield Change(
            verb="change", what="chart", table=board.key, key=chart.key, name=name, details=("data",)
        )
