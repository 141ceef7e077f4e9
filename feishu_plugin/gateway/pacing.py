"""How fast we may talk to Feishu, and in which order; the only place that sleeps or rolls dice.

Works on real time: Feishu's limits and our waiting do not follow the business clock.
It never decides whether a call is repeated, only how long to wait.
"""

import random
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager

TIERS: Mapping[str, tuple[tuple[int, float], ...]] = {
    "T1": ((10, 60.0),),
    "T2": ((20, 60.0),),
    "T3": ((100, 60.0),),
    "T4": ((50, 1.0), (1000, 60.0)),
    "T5": ((1, 1.0),),
    "T6": ((5, 1.0),),
    "T7": ((10, 1.0),),
    "T8": ((20, 1.0),),
    "T9": ((50, 1.0),),
    "T10": ((50, 1.0),),
    "T11": ((100, 1.0),),
    "T21": ((3, 1.0),),
}
"""Tier to (calls, seconds): Feishu counts per endpoint, app and tenant; over it answers 99991400."""

PER_RECIPIENT = (4, 1.0)
"""Messages to one person: Feishu allows 5/s (230020), one is left for other bots' clocks."""

_MARGIN = 1.05
"""Calls leave evenly but arrive with jitter, so a window is kept a little longer than Feishu's."""


class Bucket:
    """At most ``calls`` in any ``seconds``: each call takes the slot of the one ``calls`` before it."""

    def __init__(self, calls: int, seconds: float) -> None:
        self._taken: deque[float] = deque(maxlen=calls)
        self._seconds = seconds * _MARGIN
        self._lock = threading.Lock()

    def take(self, now: float) -> float:
        """Takes the next slot and returns the seconds to wait for it."""
        with self._lock:
            full = len(self._taken) == self._taken.maxlen
            start = max(now, self._taken[0] + self._seconds) if full else now
            self._taken.append(start)
        return start - now


class Pace:
    """The brakes of one app: buckets by endpoint and recipient, back-off, one writer per base.

    ``limited=False`` leaves the buckets out, for a sandbox whose own limits are switched off.
    """

    def __init__(
        self,
        *,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        dice: Callable[[], float] = random.random,
        limited: bool = True,
    ) -> None:
        self._sleep, self.now, self._dice, self._limited = sleep, now, dice, limited
        self._buckets: dict[tuple[str, tuple[int, float]], Bucket] = {}
        self._writers: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def admit(self, endpoint: str, tier: str) -> None:
        """Waits until one more call of this endpoint is within its tier; KeyError for an unknown tier."""
        for window in TIERS[tier]:
            self._take(endpoint, window)

    def admit_recipient(self, recipient: str) -> None:
        """Waits until one more message may go to this person or group."""
        self._take(recipient, PER_RECIPIENT)

    def pause(self, seconds: float) -> None:
        """Waits; nothing for zero or less."""
        if seconds > 0:
            self._sleep(seconds)

    def back_off(self, tries: int, *, first: float = 1.0, most: float = 30.0) -> float:
        """Seconds before try ``tries + 1``: doubled each time, between half and the whole of it."""
        span = min(most, first * 2.0 ** (tries - 1))
        return float(span * (0.5 + self._dice() / 2))

    def writer(self, app_token: str) -> AbstractContextManager[bool]:
        """Holds the base: Feishu refuses a second write in flight (1254290, 1254291)."""
        with self._lock:
            return self._writers.setdefault(app_token, threading.Lock())

    def _take(self, name: str, window: tuple[int, float]) -> None:
        if not self._limited:
            return
        with self._lock:
            bucket = self._buckets.setdefault((name, window), Bucket(*window))
        self.pause(bucket.take(self.now()))


def fresh_token() -> str:
    """A ``client_token`` for a create that has no identity of its own: UUID version 4."""
    return str(uuid.uuid4())
