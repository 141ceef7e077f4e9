"""What happens to deliveries between Feishu and us: doubled, late, spoilt, or never there at all."""

import heapq
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from benchmarks.delivery.oracle import Fate
from benchmarks.delivery.table import REGISTER
from feishu_plugin.ports import Json
from feishu_plugin.records import Record
from tests.builders import SCHEMA
from tests.fakes import bind_schema

DOUBLED, SOON_S, HOURS = 0.3, 2.0, (1.0, 6.9)
"""Share of deliveries that come again; how far a timely one is out of order (inside the grace of
3 s); how late a late one is (Feishu's own last re-push comes 7 h after the first)."""
_BINDING = bind_schema(SCHEMA)
_TABLE = _BINDING.tables[REGISTER]
_TOLD = ("status", "remark", "title", "priority", "started_at", "number")
Change = tuple[str, Record | None, Record]
"""(record id, before, after)"""


class Wire:
    """Deliveries on their way, by the second at which they arrive."""

    def __init__(self, dice: Random, doubled: float = DOUBLED) -> None:
        self._dice, self._doubled = dice, doubled
        self._coming: list[tuple[float, int, bytes]] = []
        self.count: Counter[str] = Counter()
        """Deliveries made, by what they were."""
        self.spoilt: dict[str, bytes] = {}
        """Event id to the bytes that must be found set aside."""
        self._sent = self._revision = 0

    def send(self, at: float, event_id: str, operator: str, changes: Sequence[Change], fate: Fate) -> None:
        """One event, with everything that is to happen to it."""
        self._revision += 1
        if fate in ("never", "overtaken"):
            self.count["never delivered"] += 1
            return
        raw = json.dumps(self._envelope(at, event_id, operator, changes), ensure_ascii=False).encode()
        if fate == "malformed":
            raw = self.spoilt[event_id] = _spoil(self._dice, raw)
        arrives = at + (self._dice.uniform(*HOURS) * 3600 if fate == "late" else self._soon())
        self._push(arrives, raw, fate)
        if self._dice.random() < self._doubled:
            again = self._dice.choice((self._dice.uniform(0, 10), self._dice.uniform(10, 7 * 3600)))
            self._push(max(arrives, at) + again, raw, "doubled")

    def arrived(self, until: float) -> Iterator[bytes]:
        """Everything that has arrived by now."""
        while self._coming and self._coming[0][0] <= until:
            yield heapq.heappop(self._coming)[2]

    @property
    def next_at(self) -> float | None:
        """When the next one arrives."""
        return self._coming[0][0] if self._coming else None

    def __len__(self) -> int:
        return self._sent

    def _soon(self) -> float:
        return self._dice.random() * SOON_S

    def _push(self, at: float, raw: bytes, what: str) -> None:
        self._sent += 1
        self.count[what] += 1
        heapq.heappush(self._coming, (at, self._sent, raw))

    def _envelope(self, at: float, event_id: str, operator: str, changes: Sequence[Change]) -> Json:
        header = {
            "event_id": event_id,
            "event_type": "drive.file.bitable_record_changed_v1",
            "create_time": str(int(at * 1000)),
        }
        event = {
            "file_type": "bitable",
            "file_token": _BINDING.app_token,
            "table_id": _TABLE.table_id,
            "revision": self._revision,
            "operator_id": {"open_id": operator},
            "action_list": [_action(*change) for change in changes],
            "update_time": int(at),
        }
        return {"schema": "2.0", "header": header, "event": event}


def _action(record_id: str, before: Record | None, after: Record) -> Json:
    keys = [key for key in _TOLD if before is None or before.get(key) != after.get(key)]
    sides: Mapping[str, Record | None] = {"before_value": before, "after_value": after}
    told = {name: [_cell(row, key) for key in keys] for name, row in sides.items() if row}
    return {"record_id": record_id, "action": "record_edited" if before else "record_added", **told}


def _cell(row: Record, key: str) -> Json:
    value: Any = row.get(key)
    shown = f"opt{value}" if key in ("status", "priority") and value else str(value or "")
    return {"field_id": _TABLE.fields[key].field_id, "field_value": shown}


def _spoil(dice: Random, raw: bytes) -> bytes:
    """The delivery so that nobody can read it, in one of the ways of the world."""
    how = dice.randrange(5)
    if how == 0:
        return raw[: dice.randrange(1, len(raw) - 1)]
    if how == 1:
        return raw.replace(b'"action_list": [', b'"action_list": 7, "was": [')
    if how == 2:
        return raw.replace(b'"record_id"', b'"record"')
    if how == 3:
        return raw.replace(b'"event_id"', b'"id"')
    return b"\xff\xfe" + raw
