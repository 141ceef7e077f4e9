"""Counts what happened at the sandbox's door; it never influences an answer."""

from collections import Counter, defaultdict, deque
from typing import Literal

from feishu_plugin.sandbox.envelope import Json

_TIMED = 1000
"""How many acknowledgements the times are told of: the newest."""


class Stats:
    """Requests by route and code, TCP connections, and the fate of events."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Starts counting from nothing."""
        self._requests: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._connections = 0
        self.events_sent = 0
        """First pushes that reached a connection or a webhook."""
        self.events_acknowledged = 0
        self.events_repushed = 0
        self._ack_ms: deque[float] = deque(maxlen=_TIMED)
        self._overlaps = {"app": 0, "people": 0}

    def count(self, route_pattern: str, code: int) -> None:
        """Adds one answer of ``METHOD pattern``; ``code`` is Feishu's, 0 for success."""
        self._requests[route_pattern][str(code)] += 1

    def overlapped(self, whose: Literal["app", "people"]) -> None:
        """Adds a write refused during another; ``app``: both were the app's own, which it should avoid."""
        self._overlaps[whose] += 1

    def connection_opened(self) -> None:
        """Adds one TCP connection."""
        self._connections += 1

    def acknowledged(self, after_s: float) -> None:
        """Adds one acknowledgement, this many seconds of real time after its push."""
        self.events_acknowledged += 1
        self._ack_ms.append(after_s * 1000)

    def as_json(self, *, waiting: int, long_connections: int) -> Json:
        """What ``/_sandbox/stats`` answers.

        ``waiting``: events neither acknowledged nor given up; ``long_connections``: open right now.
        """
        return {
            "requests": {route: dict(codes) for route, codes in sorted(self._requests.items())},
            "overlapping_writes": dict(self._overlaps),
            "connections": self._connections,
            "long_connections": long_connections,
            "events": {
                "sent": self.events_sent,
                "acknowledged": self.events_acknowledged,
                "repushed": self.events_repushed,
                "waiting": waiting,
            },
            "ack_ms": self._times(),
        }

    def _times(self) -> Json:
        """How soon the app acknowledged the newest pushes, in milliseconds of real time."""
        took = sorted(self._ack_ms)
        shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}
        at = {name: min(len(took) - 1, int(len(took) * share)) for name, share in shares.items()}
        return {"n": len(took), **{name: round(took[i], 3) if took else None for name, i in at.items()}}
