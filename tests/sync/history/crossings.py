"""Ports whose every call that changes something is a boundary: a test may be killed there, or meddle."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from feishu_plugin.ports import Json, Settlement
from feishu_plugin.records import Values
from tests.fakes import MemoryStore, MemoryTables

Crossing = Callable[[str], None]
"""Called with ``before create archive``, ``after settle`` …"""


class Killed(BaseException):
    """The process is gone; nothing catches this."""


class KilledAt:
    """Counts boundaries, and ends everything at one of them."""

    def __init__(self, number: int) -> None:
        self.left, self.crossed = number, list[str]()

    def __call__(self, boundary: str) -> None:
        self.crossed.append(boundary)
        self.left -= 1
        if self.left == 0:
            raise Killed(boundary)


class CrossingTables:
    """Tables of a base in memory."""

    def __init__(self, tables: MemoryTables, crossing: Crossing) -> None:
        self._tables, self._crossing = tables, crossing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tables, name)

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        self._crossing(f"before update {table}")
        self._tables.update(table, changes)
        self._crossing(f"after update {table}")

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        self._crossing(f"before create {table}")
        made = self._tables.create(table, rows, identity)
        self._crossing(f"after create {table}")
        return made

    def remove(self, table: str, record_ids: Sequence[str]) -> None:
        self._crossing(f"before remove {table}")
        self._tables.remove(table, record_ids)
        self._crossing(f"after remove {table}")


class CrossingStore:
    """A store in memory."""

    def __init__(self, store: MemoryStore, crossing: Crossing) -> None:
        self._store, self._crossing = store, crossing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def keep(self, app_token: str, name: str, fact: Json) -> None:
        self._crossing(f"before keep {name}")
        self._store.keep(app_token, name, fact)
        self._crossing(f"after keep {name}")

    def settle(self, app_token: str, settlement: Settlement) -> None:
        self._crossing("before settle")
        self._store.settle(app_token, settlement)
        self._crossing("after settle")
