"""View settings, dashboards and roles in memory, as ``structure_ports.Extras`` says."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

from feishu_plugin.errors import FeishuError
from feishu_plugin.ports import Json


class FakeExtras:
    """``v3=False``: a tenant without base v3; ``advanced=False``: advanced permissions are off."""

    def __init__(self, *, v3: bool = True, advanced: bool = True) -> None:
        self.v3, self.advanced = v3, advanced
        self.settings: dict[tuple[str, str], Any] = {}
        self.boards: dict[str, Json] = {}
        self.custom: dict[str, Json] = {}
        self.calls: list[str] = []
        self._ids = count(1)

    def view_setting(self, table_id: str, view_id: str, name: str) -> Any:
        self._v3()
        return self.settings.get((view_id, name), {} if name == "timebar" else [])

    def set_view_setting(self, table_id: str, view_id: str, name: str, body: Json) -> None:
        self._v3("set_view_setting")
        lists = {"sort": "sort_config", "group": "group_config", "visible_fields": "visible_fields"}
        self.settings[view_id, name] = body[lists[name]] if name in lists else body

    def dashboards(self) -> Sequence[Json]:
        self._v3()
        return [{"dashboard_id": id, "name": board["name"]} for id, board in self.boards.items()]

    def dashboard(self, dashboard_id: str) -> Json:
        board = self.boards[dashboard_id]
        return {**board, "blocks": list(board["blocks"].values())}

    def create_dashboard(self, name: str, theme: str) -> str:
        self._v3("create_dashboard")
        id = self._id("blk")
        self.boards[id] = {"name": name, "theme": theme, "blocks": {}}
        return id

    def update_dashboard(self, dashboard_id: str, name: str, theme: str) -> None:
        self._v3("update_dashboard")
        self.boards[dashboard_id] |= {"name": name, "theme": theme}

    def delete_dashboard(self, dashboard_id: str) -> None:
        self._v3("delete_dashboard")
        del self.boards[dashboard_id]

    def arrange_dashboard(self, dashboard_id: str) -> None:
        self._v3("arrange_dashboard")

    def create_block(self, dashboard_id: str, body: Json) -> str:
        self._v3("create_block")
        id = self._id("cht")
        self.boards[dashboard_id]["blocks"][id] = {"block_id": id, **body}
        return id

    def update_block(self, dashboard_id: str, block_id: str, body: Json) -> None:
        self._v3("update_block")
        self.boards[dashboard_id]["blocks"][block_id].update(body)

    def delete_block(self, dashboard_id: str, block_id: str) -> None:
        self._v3("delete_block")
        del self.boards[dashboard_id]["blocks"][block_id]

    def is_advanced(self) -> bool:
        return self.advanced

    def roles(self) -> Sequence[Json]:
        return list(self.custom.values())

    def create_role(self, body: Json) -> str:
        self.calls.append("create_role")
        id = self._id("rol")
        self.custom[id] = {"role_id": id, **body}
        return id

    def update_role(self, role_id: str, body: Json) -> None:
        self.calls.append("update_role")
        self.custom[role_id] = {"role_id": role_id, **body}

    def delete_role(self, role_id: str) -> None:
        self.calls.append("delete_role")
        del self.custom[role_id]

    def _v3(self, call: str = "") -> None:
        if not self.v3:
            raise FeishuError(code=99991201, msg="no such path", endpoint="base v3")
        if call:
            self.calls.append(call)

    def _id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):04d}"


class FakeIdentities:
    """What is remembered, in memory."""

    def __init__(self) -> None:
        self.fact: dict[str, str] = {}

    def known(self) -> Mapping[str, str]:
        return self.fact

    def learn(self, found: Mapping[str, str]) -> None:
        self.fact = {**self.fact, **found}
