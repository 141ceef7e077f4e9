"""What a tenant may not have, behind ``structure_ports.Extras``: base v3 settings and roles.

Base v3 (``/open-apis/base/v3``) is what the official command line client uses; its shapes
changed between releases, so answers are read in either form. Roles: v1, or v2 where the base
reports ``advance_version`` v2 (deleting stays on v1).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feishu_plugin.errors import FeishuError, FeishuRefused
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.structure import BASE, pages
from feishu_plugin.ports import Json

V3 = "/open-apis/base/v3/bases/:app_token"
SETTING = f"{V3}/tables/:table_id/views/:view_id"
BOARDS = f"{V3}/dashboards"
BOARD = f"{BOARDS}/:dashboard_id"
BLOCKS, BLOCK = f"{BOARD}/blocks", f"{BOARD}/blocks/:block_id"
ROLES_V2 = "/open-apis/base/v2/apps/:app_token/roles"
ROLES, ROLE = f"{BASE}/roles", f"{BASE}/roles/:role_id"

_LISTS = {"sort": "sort_config", "group": "group_config", "visible_fields": "visible_fields"}
_STRANGE = -1
"""Our own code for an answer whose shape we do not know."""


class BaseExtras:
    """``structure_ports.Extras`` of one base."""

    def __init__(self, feishu: Feishu, app_token: str) -> None:
        self._feishu, self.app_token = feishu, app_token
        self._roles = ""

    def view_setting(self, table_id: str, view_id: str, name: str) -> Any:
        """A list for sort, group and visible_fields, an object for timebar."""
        found: Any = self._get(f"{SETTING}/{name}", {"table_id": table_id, "view_id": view_id})
        if name not in _LISTS:
            return found or {}
        listed = found.get(_LISTS[name], []) if isinstance(found, Mapping) else found
        if not isinstance(listed, list):
            raise _strange(f"GET {SETTING}/{name}")
        return listed

    def set_view_setting(self, table_id: str, view_id: str, name: str, body: Json) -> None:
        """Overwrites one setting."""
        self._write("PUT", f"{SETTING}/{name}", {"table_id": table_id, "view_id": view_id}, body)

    def dashboards(self) -> Sequence[Json]:
        """``[{dashboard_id, name}]``."""
        return [self._named(item, "dashboard_id") for item in self._listed(BOARDS, {})]

    def dashboard(self, dashboard_id: str) -> Json:
        """``{name, theme, blocks: [{block_id, name, type, data_config}]}``."""
        ids = {"dashboard_id": dashboard_id}
        whole = self._get(BOARD, ids)
        theme = whole.get("theme") or {}
        blocks = [self._named(item, "block_id")["block_id"] for item in self._listed(BLOCKS, ids)]
        return {
            "name": whole.get("name", ""),
            "theme": theme.get("theme_style", "") if isinstance(theme, Mapping) else "",
            "blocks": [self._get(BLOCK, {**ids, "block_id": id}) for id in blocks],
        }

    def create_dashboard(self, name: str, theme: str) -> str:
        """Returns the dashboard id."""
        body = {"name": name, "theme": {"theme_style": theme}}
        return str(self._named(self._write("POST", BOARDS, {}, body), "dashboard_id")["dashboard_id"])

    def update_dashboard(self, dashboard_id: str, name: str, theme: str) -> None:
        """Renames or restyles a dashboard."""
        body = {"name": name, "theme": {"theme_style": theme}}
        self._write("PATCH", BOARD, {"dashboard_id": dashboard_id}, body)

    def delete_dashboard(self, dashboard_id: str) -> None:
        """Deletes a dashboard with its blocks."""
        self._write("DELETE", BOARD, {"dashboard_id": dashboard_id})

    def arrange_dashboard(self, dashboard_id: str) -> None:
        """Lays the blocks out anew; Feishu chooses how."""
        self._write("POST", f"{BOARD}/arrange", {"dashboard_id": dashboard_id}, {})

    def create_block(self, dashboard_id: str, body: Json) -> str:
        """Returns the block id; blocks are to be made one after another."""
        made = self._write("POST", BLOCKS, {"dashboard_id": dashboard_id}, body)
        return str(self._named(made, "block_id")["block_id"])

    def update_block(self, dashboard_id: str, block_id: str, body: Json) -> None:
        """``{name?, data_config?}``; the type never changes."""
        self._write("PATCH", BLOCK, {"dashboard_id": dashboard_id, "block_id": block_id}, body)

    def delete_block(self, dashboard_id: str, block_id: str) -> None:
        """Deletes a block."""
        self._write("DELETE", BLOCK, {"dashboard_id": dashboard_id, "block_id": block_id})

    def is_advanced(self) -> bool:
        """True when advanced permissions are on."""
        app = self._get(BASE, {}).get("app") or {}
        self._roles = ROLES_V2 if app.get("advance_version") == "v2" else ROLES
        return bool(app.get("is_advanced"))

    def roles(self) -> Sequence[Json]:
        """``[{role_id, role_name, table_roles, …}]``."""
        return list(pages(self._feishu, self._role_path(), {"app_token": self.app_token}))

    def create_role(self, body: Json) -> str:
        """Returns the role id."""
        made = self._write("POST", self._role_path(), {}, body)
        return str((made.get("role") or made)["role_id"])

    def update_role(self, role_id: str, body: Json) -> None:
        """Overwrites a role whole."""
        self._write("PUT", f"{self._role_path()}/:role_id", {"role_id": role_id}, body)

    def delete_role(self, role_id: str) -> None:
        """Deletes a role with its members."""
        self._write("DELETE", ROLE, {"role_id": role_id})

    def _role_path(self) -> str:
        if not self._roles:
            self.is_advanced()
        return self._roles

    def _listed(self, path: str, ids: Mapping[str, str]) -> Iterator[Json]:
        for item in pages(self._feishu, path, {**ids, "app_token": self.app_token}):
            if not isinstance(item, dict):
                raise _strange(f"GET {path}")
            yield item

    def _named(self, item: Json, id: str) -> Json:
        if not isinstance(item, dict) or not isinstance(item.get(id), str):
            raise _strange(f"{id} in base v3")
        return item

    def _get(self, path: str, ids: Mapping[str, str]) -> Json:
        return self._feishu.call("GET", path, ids={**ids, "app_token": self.app_token})

    def _write(self, method: str, path: str, ids: Mapping[str, str], body: Json | None = None) -> Json:
        with self._feishu.pace.writer(self.app_token):
            return self._feishu.call(
                method, path, ids={**ids, "app_token": self.app_token}, body=body, tier="T7"
            )


def _strange(endpoint: str) -> FeishuError:
    return FeishuRefused(
        code=_STRANGE, msg="an answer of a shape this version does not know", endpoint=endpoint
    )
