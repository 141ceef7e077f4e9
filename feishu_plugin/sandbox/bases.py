"""All bases of the tenant: who owns them and what changed; the single state behind Bitable's API."""

from collections.abc import Iterable
from typing import Literal

from feishu_plugin.sandbox.envelope import Caller, Json
from feishu_plugin.sandbox.ids import new_app_token
from feishu_plugin.sandbox.tables import Table

Right = Literal["manage", "edit", "none"]


class Base:
    """One base. ``dirty`` and ``dirty_records`` tell storage what to write after a call."""

    def __init__(
        self, *, app_token: str, name: str, time_zone: str, owner: str, folder_token: str = ""
    ) -> None:
        self.app_token, self.name, self.time_zone = app_token, name, time_zone
        self.owner, self.folder_token = owner, folder_token
        self.revision = 1
        self.is_advanced = False
        self.tables: dict[str, Table] = {}
        self.dashboards: dict[str, Json] = {}
        """dashboard_id to ``{dashboard_id, name, theme, blocks}``; see dashboards.py."""
        self.workflows: dict[str, Json] = {}
        """workflow_id to ``{workflow_id, title, status}``."""
        self.roles: dict[str, Json] = {}
        self.members: dict[str, dict[str, Json]] = {}
        """role_id to members by open_id (or chat or department id)."""
        self.node: Json | None = None
        """``{node_token, parent_node_token, created_s}`` of a base in the wiki; see wiki_routes.py."""
        self.answered: dict[tuple[str, str, str], tuple[str, Json, int]] = {}
        """(method, path, client_token) to (body, answer, ms), oldest first; see idempotency.py."""
        self.unsaved_answers: dict[tuple[str, str, str], bool] = {}
        """Keys of ``answered`` for storage: False is new, True was forgotten."""
        self.dirty = True
        self.dirty_records: dict[tuple[str, str], None] = {}

    def touch(self, table: Table | None = None) -> None:
        """Counts one structural change of the base and of one table."""
        self.revision += 1
        self.dirty = True
        if table is not None:
            table.revision += 1

    def touch_records(self, table: Table, record_ids: Iterable[str]) -> None:
        """Counts one change of records."""
        self.revision += 1
        table.revision += 1
        self.dirty_records.update(dict.fromkeys((table.table_id, record_id) for record_id in record_ids))

    def named(self, name: str) -> Table | None:
        """The table of that name."""
        return next((table for table in self.tables.values() if table.name == name), None)

    def as_state(self) -> Json:
        """The keyword arguments of the constructor."""
        return {
            "app_token": self.app_token,
            "name": self.name,
            "time_zone": self.time_zone,
            "owner": self.owner,
            "folder_token": self.folder_token,
        }


class Bases:
    """Every base by its app_token."""

    def __init__(self) -> None:
        self.all: dict[str, Base] = {}
        self.collaborators: dict[str, dict[str, Right]] = {}
        """app_token to open_id to right, for those who were added by the drive permission API."""

    def create(self, *, name: str, time_zone: str, folder_token: str, owner: Caller) -> Base:
        """A base without tables, managed by ``owner``."""
        base = Base(
            app_token=new_app_token(),
            name=name,
            time_zone=time_zone,
            owner=owner.open_id,
            folder_token=folder_token,
        )
        self.all[base.app_token] = base
        return base

    def forget_changes(self) -> None:
        """Clears the marks for storage: everything was written, or nothing is to be."""
        for base in self.all.values():
            base.dirty = False
            base.dirty_records.clear()
            base.unsaved_answers.clear()

    def owner_right(self, app_token: str, caller: Caller) -> Right:
        """What the caller may do: the creator manages, every person of the tenant edits records.

        ``none`` when there is no such base, for nobody, and for an app that is not a collaborator.
        """
        base = self.all.get(app_token)
        if base is None or caller.kind == "nobody":
            return "none"
        if base.owner == caller.open_id:
            return "manage"
        fallback: Right = "none" if caller.kind == "app" else "edit"
        return self.collaborators.get(app_token, {}).get(caller.open_id, fallback)
