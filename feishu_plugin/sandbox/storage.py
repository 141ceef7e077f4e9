"""``--data FILE``: keeps keys, bases, records, messages and subscriptions in SQLite across restarts.

Written after every call that changed something, so that even a killed process loses nothing
that was answered. Open connections, waiting events, faults, switches and the clock are not kept.
"""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from feishu_plugin.sandbox.bases import Base, Bases
from feishu_plugin.sandbox.credentials import Keys
from feishu_plugin.sandbox.envelope import Caller, Json
from feishu_plugin.sandbox.field_types import Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.tables import Record, Table, View
from feishu_plugin.sandbox.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS state (kind TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS record (
    app_token TEXT, table_id TEXT, record_id TEXT, value TEXT NOT NULL,
    place INTEGER PRIMARY KEY AUTOINCREMENT, UNIQUE (app_token, table_id, record_id)
);
"""


class Storage:
    """One SQLite file."""

    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.executescript(SCHEMA)
        self._last: dict[str, str] = {}

    def close(self) -> None:
        """Ends the use of the file."""
        self._file.close()

    def keys(self) -> Keys:
        """The app's keys of this file; invented when it is new."""
        stored = self._read("keys")
        keys = Keys(**json.loads(stored[""])) if stored else Keys.invent()
        self._write("keys", "", keys.as_json())
        return keys

    def load(self, world: World) -> None:
        """Puts everything the file holds into a new world."""
        for text in self._read("base").values():
            base = _read_base(json.loads(text))
            world.bases.all[base.app_token] = base
        rows = self._file.execute("SELECT app_token, table_id, value FROM record ORDER BY place")
        for app_token, table_id, text in rows:
            table = world.bases.all[app_token].tables[table_id]
            record = Record(**json.loads(text))
            table.records[record.record_id] = record
        for base in world.bases.all.values():
            _index_links(base)
        world.bases.forget_changes()
        stored = self._read("rest")
        if stored:
            self._load_rest(world, json.loads(stored[""]))

    def _load_rest(self, world: World, rest: Json) -> None:
        world.messages.restore(rest["messages"])
        world.delivery.restore([(file, Caller(**caller)) for file, caller in rest["subscriptions"]])
        world.bases.collaborators = rest["collaborators"]

    def save(self, world: World, path: str) -> None:
        """Writes what the call of this path changed, in one transaction."""
        self._file.execute("BEGIN")
        self._save_bases(world.bases)
        if not path.startswith("/open-apis/bitable/"):
            self._write("rest", "", _rest(world))
        self._file.execute("COMMIT")

    def _save_bases(self, bases: Bases) -> None:
        for app_token in [key for key in self._read_keys("base") if key not in bases.all]:
            self._file.execute("DELETE FROM state WHERE kind = 'base' AND key = ?", (app_token,))
            self._file.execute("DELETE FROM record WHERE app_token = ?", (app_token,))
            self._last.pop(f"base{app_token}", None)
        for base in bases.all.values():
            if base.dirty or base.dirty_records:
                self._write("base", base.app_token, _base_state(base))
                self._save_records(base)
        bases.forget_changes()

    def _save_records(self, base: Base) -> None:
        for table_id, record_id in base.dirty_records:
            table = base.tables.get(table_id)
            record = table.records.get(record_id) if table else None
            key = (base.app_token, table_id, record_id)
            if record is None:
                self._file.execute(
                    "DELETE FROM record WHERE app_token = ? AND table_id = ? AND record_id = ?", key
                )
            else:
                self._file.execute(
                    "INSERT INTO record (app_token, table_id, record_id, value) VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (app_token, table_id, record_id) DO UPDATE SET value = excluded.value",
                    (*key, json.dumps(record.as_state(), ensure_ascii=False)),
                )

    def _read(self, kind: str) -> dict[str, str]:
        return dict(self._file.execute("SELECT key, value FROM state WHERE kind = ?", (kind,)).fetchall())

    def _read_keys(self, kind: str) -> list[str]:
        return [row[0] for row in self._file.execute("SELECT key FROM state WHERE kind = ?", (kind,))]

    def _write(self, kind: str, key: str, value: Any) -> None:
        text = json.dumps(value, ensure_ascii=False)
        if self._last.get(kind + key) == text:
            return
        self._file.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", (kind, key, text))
        self._last[kind + key] = text


def _rest(world: World) -> Json:
    subscriptions = [
        (file, {"kind": caller.kind, "open_id": caller.open_id}) for file, caller in world.delivery.export()
    ]
    return {
        "messages": world.messages.export(),
        "subscriptions": subscriptions,
        "collaborators": world.bases.collaborators,
    }


def _base_state(base: Base) -> Json:
    """The base without its records."""
    return {
        "base": base.as_state(),
        "revision": base.revision,
        "is_advanced": base.is_advanced,
        "roles": base.roles,
        "members": base.members,
        "tables": [
            {
                "table": {"table_id": table.table_id, "name": table.name},
                "revision": table.revision,
                "serials": table.serials,
                "fields": [field.as_state() for field in table.fields.values()],
                "views": [view.as_state() for view in table.views.values()],
            }
            for table in base.tables.values()
        ],
    }


def _read_base(state: Json) -> Base:
    base = Base(**state["base"])
    base.revision, base.is_advanced = state["revision"], state["is_advanced"]
    base.roles, base.members = state["roles"], state["members"]
    for item in state["tables"]:
        table = Table(**item["table"])
        table.revision, table.serials = item["revision"], item["serials"]
        for field in item["fields"]:
            table.add_field(Field(**field))
        table.views = {view["view_id"]: View(**view) for view in item["views"]}
        base.tables[table.table_id] = table
    return base


def _index_links(base: Base) -> None:
    """Rebuilds the index of one-way links from the cells."""
    for source, target_id, target in _one_way_links(base):
        target.incoming.setdefault(target_id, {})[source] = None


def _one_way_links(base: Base) -> Iterator[tuple[tuple[str, str, str], str, Table]]:
    for table in base.tables.values():
        for field in table.of_types((Type.SINGLE_LINK,)):
            target = base.tables.get(field.setting("table_id", ""))
            if target is None:
                continue
            for record in table.records.values():
                for linked in record.cells.get(field.field_id) or ():
                    yield (table.table_id, field.field_id, record.record_id), linked, target
