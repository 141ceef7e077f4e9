"""View settings, dashboards and roles in memory, as ``structure_ports.Extras`` says."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from feishu_plugin.binding import LiveTable
from feishu_plugin.errors import FeishuError, FeishuRefused
from feishu_plugin.ports import Json
from tests.sync.structure.fake_life import Life


class FakeExtras:
    """``v3=False``: a tenant without base v3; ``advanced=False``: advanced permissions are off."""

    def __init__(
        self, tables: dict[str, LiveTable], life: Life, *, v3: bool = True, advanced: bool = True
    ) -> None:
        self.v3, self.advanced = v3, advanced
        self._tables, self._life = tables, life
        self.settings: dict[tuple[str, str], Any] = {}
        self.boards: dict[str, Json] = {}
        self.custom: dict[str, Json] = {}
        self._ids = count(1)

    def view_setting(self, table_id: str, view_id: str, name: str) -> Any:
        self._v3()
        kept = self.settings.get((view_id, name))
        if name == "visible_fields":
            return self._visible(table_id, view_id, kept or ())
        return ({} if name == "timebar" else []) if kept is None else kept

    def set_view_setting(self, table_id: str, view_id: str, name: str, body: Json) -> None:
        self._v3()
        lists = {"sort": "sort_config", "group": "group_config", "visible_fields": "visible_fields"}
        value: Any = body[lists[name]] if name in lists else body
        ids = {field.field_id for field in self._tables[table_id].fields}
        if not {*_named(value)} <= ids:
            raise _refused(800010701, f"{name} names a column that is not there")
        self._life.begins()
        self.settings[view_id, name] = value
        if name == "visible_fields":
            self._show_only(table_id, view_id, value)
        self._life.ends("set_view_setting")

    def dashboards(self) -> Sequence[Json]:
        self._v3()
        return [{"dashboard_id": id, "name": board["name"]} for id, board in self.boards.items()]

    def dashboard(self, dashboard_id: str) -> Json:
        self._v3()
        board = self.boards[dashboard_id]
        return {**board, "blocks": list(board["blocks"].values())}

    def create_dashboard(self, name: str, theme: str) -> str:
        self._begins()
        id = self._id("blk")
        self.boards[id] = {"name": name, "theme": theme, "blocks": {}}
        self._life.ends("create_dashboard")
        return id

    def update_dashboard(self, dashboard_id: str, name: str, theme: str) -> None:
        self._begins()
        self.boards[dashboard_id] |= {"name": name, "theme": theme}
        self._life.ends("update_dashboard")

    def delete_dashboard(self, dashboard_id: str) -> None:
        self._begins()
        del self.boards[dashboard_id]
        self._life.ends("delete_dashboard")

    def arrange_dashboard(self, dashboard_id: str) -> None:
        self._begins()
        self._life.ends("arrange_dashboard")

    def create_block(self, dashboard_id: str, body: Json) -> str:
        self._v3()
        self._check_config(body["data_config"])
        self._life.begins()
        id = self._id("cht")
        self.boards[dashboard_id]["blocks"][id] = {"block_id": id, **body}
        self._life.ends("create_block")
        return id

    def update_block(self, dashboard_id: str, block_id: str, body: Json) -> None:
        self._v3()
        self._check_config(body["data_config"])
        self._life.begins()
        self.boards[dashboard_id]["blocks"][block_id].update(body)
        self._life.ends("update_block")

    def delete_block(self, dashboard_id: str, block_id: str) -> None:
        self._begins()
        del self.boards[dashboard_id]["blocks"][block_id]
        self._life.ends("delete_block")

    def is_advanced(self) -> bool:
        return self.advanced

    def roles(self) -> Sequence[Json]:
        return list(self.custom.values())

    def create_role(self, body: Json) -> str:
        self._check_role(body, "")
        self._life.begins()
        id = self._id("rol")
        self.custom[id] = {"role_id": id, **body}
        self._life.ends("create_role")
        return id

    def update_role(self, role_id: str, body: Json) -> None:
        self._check_role(body, role_id)
        self._life.begins()
        self.custom[role_id] = {"role_id": role_id, **body}
        self._life.ends("update_role")

    def delete_role(self, role_id: str) -> None:
        self._life.begins()
        del self.custom[role_id]
        self._life.ends("delete_role")

    def _visible(self, table_id: str, view_id: str, kept: Sequence[str]) -> list[str]:
        """As it was set, then what came later; without what the view hides."""
        table = self._tables[table_id]
        view = next(view for view in table.views if view.view_id == view_id)
        hidden = view.property.get("hidden_fields") or ()
        shown = [field.field_id for field in table.fields if field.field_id not in hidden]
        order = [id for id in kept if id in shown]
        first = next(field.field_id for field in table.fields if field.is_primary)
        return list(dict.fromkeys([first, *order, *shown]))

    def _show_only(self, table_id: str, view_id: str, shown: Sequence[str]) -> None:
        """What is not listed is hidden, but for the first column."""
        table = self._tables[table_id]
        hidden = [f.field_id for f in table.fields if f.field_id not in shown and not f.is_primary]
        views = [
            replace(view, property={**view.property, "hidden_fields": hidden})
            if view.view_id == view_id
            else view
            for view in table.views
        ]
        self._tables[table_id] = replace(table, views=tuple(views))

    def _check_config(self, config: Json) -> None:
        """A chart names its table and columns as they are called now."""
        table = next((t for t in self._tables.values() if t.name == config["table_name"]), None)
        named = [*config.get("series", ()), *config.get("group_by", ())]
        named += config.get("filter", {}).get("conditions", ())
        columns = {field.name for field in table.fields} if table else set()
        if not {item["field_name"] for item in named} <= columns or table is None:
            raise _refused(800010701, "data_config names what does not exist")

    def _check_role(self, body: Json, role_id: str) -> None:
        if body["role_name"] in {r["role_name"] for id, r in self.custom.items() if id != role_id}:
            raise _refused(1254033, "RoleNameDuplicated")
        if not {item["table_id"] for item in body["table_roles"]} <= set(self._tables):
            raise _refused(1254041, "TableIdNotFound")

    def _begins(self) -> None:
        self._v3()
        self._life.begins()

    def _v3(self) -> None:
        if not self.v3:
            raise _refused(99991201, "no such path")

    def _id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):04d}"


def _named(value: Any) -> list[str]:
    """The ids of the columns a setting names."""
    if isinstance(value, dict):
        return [str(id) for id in value.values()]
    return [item["field"] if isinstance(item, dict) else item for item in value]


def _refused(code: int, msg: str) -> FeishuError:
    return FeishuRefused(code=code, msg=msg, endpoint="memory")


class FakeIdentities:
    """What is remembered, in memory."""

    def __init__(self) -> None:
        self.fact: dict[str, str] = {}

    def known(self) -> Mapping[str, str]:
        return self.fact

    def learn(self, found: Mapping[str, str]) -> None:
        self.fact = {**self.fact, **found}

    def forget(self) -> None:
        """The store is lost."""
        self.fact = {}
