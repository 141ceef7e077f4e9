"""``--data FILE``: keeps everything but connections and faults in SQLite across restarts.

Written after every call that changed something, so that even a killed process loses nothing
that was answered. An event that was acknowledged after the last call may come once more.
"""

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from feishu_plugin.sandbox.bases import Base, Bases
from feishu_plugin.sandbox.credentials import Keys
from feishu_plugin.sandbox.medias import Media, Purpose
from feishu_plugin.sandbox.stored_bases import base_state, index_links, read_base
from feishu_plugin.sandbox.stored_settings import restore_settings, settings_of
from feishu_plugin.sandbox.tables import Record
from feishu_plugin.sandbox.world import World

SCHEMA = """
CREATE TABLE IF NOT EXISTS state (kind TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS record (
    app_token TEXT, table_id TEXT, record_id TEXT, value TEXT NOT NULL,
    place INTEGER PRIMARY KEY AUTOINCREMENT, UNIQUE (app_token, table_id, record_id)
);
CREATE TABLE IF NOT EXISTS media (file_token TEXT PRIMARY KEY, value TEXT NOT NULL, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS image (image_key TEXT PRIMARY KEY, content BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS answer (
    app_token TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (app_token, key)
);
CREATE TABLE IF NOT EXISTS event (event_id TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
EMPTIED_BY_RESET = ("media", "image", "answer", "event")


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
            base = read_base(json.loads(text))
            world.bases.all[base.app_token] = base
        for app_token, table_id, text in self._rows(
            "SELECT app_token, table_id, value FROM record ORDER BY place"
        ):
            record = Record(**json.loads(text))
            world.bases.all[app_token].tables[table_id].records[record.record_id] = record
        for base in world.bases.all.values():
            index_links(base)
        if stored := self._read("rest"):
            restore_settings(world, json.loads(stored[""]))
        self._load_files(world)
        self._load_answers(world)
        world.delivery.restore_waiting([json.loads(row[0]) for row in self._rows("SELECT value FROM event")])
        forget_changes(world)

    def _load_files(self, world: World) -> None:
        for text, content in self._rows("SELECT value, content FROM media"):
            kept = json.loads(text)
            world.medias.restore(Media(**{**kept, "purpose": Purpose(**kept["purpose"])}, content=content))
        world.messages.images.update(self._rows("SELECT image_key, content FROM image"))

    def _load_answers(self, world: World) -> None:
        for app_token, key, text in self._rows("SELECT app_token, key, value FROM answer ORDER BY rowid"):
            body, answer, at = json.loads(text)
            method, path, token = json.loads(key)
            if (base := world.bases.all.get(app_token)) is not None:
                base.answered[(method, path, token)] = (body, answer, at)

    def save(self, world: World, path: str) -> None:
        """Writes what the call of this path changed, in one transaction."""
        self._file.execute("BEGIN")
        if path == "/_sandbox/reset":
            for table in EMPTIED_BY_RESET:
                self._file.execute(f"DELETE FROM {table}")
        self._save_bases(world.bases)
        self._save_files(world)
        self._save_events(world)
        if not path.startswith(("/open-apis/bitable/", "/open-apis/base/")):
            self._write("rest", "", settings_of(world))
        self._file.execute("COMMIT")
        forget_changes(world)

    def _save_bases(self, bases: Bases) -> None:
        for app_token in [key for key in self._read_keys("base") if key not in bases.all]:
            self._file.execute("DELETE FROM state WHERE kind = 'base' AND key = ?", (app_token,))
            self._file.execute("DELETE FROM record WHERE app_token = ?", (app_token,))
            self._last.pop(f"base{app_token}", None)
        for base in bases.all.values():
            if base.dirty or base.dirty_records:
                self._write("base", base.app_token, base_state(base))
                self._save_records(base)
            if base.unsaved_answers:
                self._save_answers(base)

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

    def _save_answers(self, base: Base) -> None:
        for key, gone in base.unsaved_answers.items():
            named = (base.app_token, json.dumps(key))
            if gone:
                self._file.execute("DELETE FROM answer WHERE app_token = ? AND key = ?", named)
            else:
                text = json.dumps(base.answered[key], ensure_ascii=False)
                self._file.execute("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", (*named, text))

    def _save_files(self, world: World) -> None:
        for media in world.medias.unsaved:
            text = json.dumps(media.as_state(), ensure_ascii=False)
            self._file.execute("INSERT INTO media VALUES (?, ?, ?)", (media.file_token, text, media.content))
        for key in world.messages.unsaved_images:
            self._file.execute("INSERT INTO image VALUES (?, ?)", (key, world.messages.images[key]))

    def _save_events(self, world: World) -> None:
        for event_id, kept in world.delivery.journal.items():
            if kept is None:
                self._file.execute("DELETE FROM event WHERE event_id = ?", (event_id,))
            else:
                self._file.execute("INSERT OR REPLACE INTO event VALUES (?, ?)", (event_id, json.dumps(kept)))

    def _rows(self, sql: str) -> Iterable[Any]:
        return self._file.execute(sql).fetchall()

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


def forget_changes(world: World) -> None:
    """Clears every mark for storage: everything was written, or nothing is to be."""
    world.bases.forget_changes()
    world.medias.unsaved.clear()
    world.messages.unsaved_images.clear()
    world.delivery.journal.clear()
