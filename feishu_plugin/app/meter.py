"""Counts calls to Feishu by month and endpoint, and keeps the sums in the store now and then."""

import threading
from collections import Counter

from feishu_plugin.ports import Clock, Memory


class CallMeter:
    """Counting must not cost a transaction per call, so sums are kept in memory until ``flush``."""

    def __init__(self, memory: Memory, clock: Clock) -> None:
        self._memory, self._clock = memory, clock
        self._calls: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()
        self.total = 0
        """Calls since this process began."""

    def count(self, endpoint: str) -> None:
        """Notes one call."""
        with self._lock:
            self._calls[f"{self._clock.now():%Y-%m}", endpoint] += 1
            self.total += 1

    def this_month(self) -> int:
        """Calls of this month by everything on this database, and those of ours that are not stored yet."""
        month = f"{self._clock.now():%Y-%m}"
        with self._lock:
            ours = sum(calls for (when, _), calls in self._calls.items() if when == month)
        return ours + sum(self._memory.calls(month).values())

    def flush(self) -> None:
        """Adds what was counted to the durable monthly meter."""
        with self._lock:
            counted, self._calls = self._calls, Counter()
        for (month, endpoint), calls in counted.items():
            self._memory.count_calls(month, endpoint, calls)
