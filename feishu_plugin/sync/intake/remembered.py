"""What imports remember of their rows, kept where accepted states are; reads and decides nothing else.

It is stored before a row is created: whoever sees the new row first, a running service or a
sweep, finds out here that it was imported, and adopts it instead of judging it.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from feishu_plugin.ports import Accepted, Settlement
from feishu_plugin.records import Record
from feishu_plugin.sync.intake.plan import Imported

TABLE = "requirement:imported"
"""Table key under which the memory stands; its record ids are digests of source keys."""


class Memory(Protocol):
    """The part of the store that is needed here."""

    def accepted(self, app_token: str, table: str, record_ids: list[str]) -> Mapping[str, Accepted]:
        """States by record id."""
        ...

    def settle(self, app_token: str, settlement: Settlement) -> None:
        """Stores states, all or none."""
        ...


def name_of(key: str) -> str:
    """Under which id the memory of a source key stands."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def recall(memory: Memory, app_token: str, keys: Iterable[str]) -> dict[str, Imported]:
    """Source key to what is remembered; unknown keys are absent."""
    names = {name_of(key): key for key in keys}
    found = memory.accepted(app_token, TABLE, list(names))
    return {names[name]: _imported(state.record) for name, state in found.items()}


def remember(memory: Memory, app_token: str, rows: Mapping[str, Imported], now: datetime) -> None:
    """Stores what is to be known of these source keys, in one transaction."""
    states = {(TABLE, name_of(key)): _state(name_of(key), one, now) for key, one in rows.items()}
    memory.settle(app_token, Settlement(accepted=states))


def _state(name: str, imported: Imported, now: datetime) -> Accepted:
    told = json.dumps([imported.prints, imported.history, imported.place], ensure_ascii=True)
    values = {"told": told, "record": imported.record_id}
    return Accepted(record=Record(record_id=name, values=values), status_since=now)


def _imported(record: Record) -> Imported:
    prints, history, place = json.loads(str(record.get("told")))
    return Imported(
        prints=prints,
        record_id=str(record.get("record") or ""),
        history=tuple((status, at) for status, at in history),
        place=place,
    )
