"""What happened last, for pages that show it live: a numbered list that can be waited at.

It says where to look, not what is there now: whoever is told reads it again, with their own rights.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

from feishu_plugin.sandbox.envelope import Json

KEPT = 500


class News:
    """The last changes, each ``{"n", "kind", ...}``; ``n`` rises by one.

    Kinds: ``records`` (app_token, table_id, record_ids), ``structure`` (of bases), ``messages``, ``clock``
    and ``reset``.
    """

    def __init__(self) -> None:
        self._items: deque[Json] = deque(maxlen=KEPT)
        self._number = 0
        self._arrived = asyncio.Event()
        self.is_over = False
        """The sandbox is being stopped: nobody waits any more."""

    @property
    def number(self) -> int:
        """The number of the newest; 0 when nothing happened yet."""
        return self._number

    def tell(self, kind: str, **about: object) -> None:
        """Appends one and wakes everybody who waits."""
        self._number += 1
        self._items.append({"n": self._number, "kind": kind, **about})
        self._arrived.set()
        self._arrived = asyncio.Event()

    def end(self) -> None:
        """Sends everybody who waits away, so that the server can stop without cutting them off."""
        self.is_over = True
        self._arrived.set()

    def tell_records(self, app_token: str, places: Iterable[tuple[str, str]]) -> None:
        """One for each table of (table_id, record_id)."""
        tables: dict[str, list[str]] = {}
        for table_id, record_id in places:
            tables.setdefault(table_id, []).append(record_id)
        for table_id, record_ids in tables.items():
            self.tell("records", app_token=app_token, table_id=table_id, record_ids=record_ids)

    def after(self, number: int) -> list[Json] | None:
        """Everything newer than ``number``; None when some of it is forgotten or was never told."""
        oldest = self._items[0]["n"] if self._items else self._number + 1
        if not oldest - 1 <= number <= self._number:
            return None
        return [item for item in self._items if item["n"] > number]

    def tell_call(self, method: str, pattern: str) -> None:
        """What a call of Feishu's API did besides records: tables, columns, views, roles; messages."""
        if method == "GET" or pattern.endswith(("/search", "/batch_get")):
            return
        if pattern.startswith("/open-apis/im/") or pattern.startswith("/open-apis/interactive/"):
            self.tell("messages")
        elif "/records" not in pattern and pattern.startswith(("/open-apis/bitable/", "/open-apis/base/")):
            self.tell("structure")

    async def wait(self, number: int, timeout_s: float) -> list[Json] | None:
        """The same, once there is something, the time is over or the sandbox stops (which is no failure)."""
        if number == self._number and not self.is_over:
            with suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._arrived.wait(), timeout_s)
        return self.after(number)
