"""Misfortunes on demand: which request or event goes wrong, and how.

This module only picks; the server performs request faults and the delivery performs
event faults. The same seed and the same traffic give the same misfortunes.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, get_args

from feishu_plugin.sandbox.envelope import Call, Json

RequestKind = Literal[
    "status",
    "code",
    "delay",
    "html",
    "rate-limit",
    "expired-token",
    "lose-fields",
    "replica-lag",
    "drop-before-commit",
    "drop-after-commit",
    "timeout-before-commit",
    "timeout-after-commit",
    "half-close",
]
EventKind = Literal["close-ws", "duplicate-event", "reorder", "lose-event", "delay-event"]
REQUEST_KINDS: tuple[str, ...] = get_args(RequestKind)
EVENT_KINDS: tuple[str, ...] = get_args(EventKind)
STATUS = {"code": 400, "rate-limit": 429}
"""HTTP status of a kind when the rule names none; the long connection's endpoint tells codes with 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One rule, and what it does when it strikes.

    ``kind``: ``status`` answers a JSON error with ``status``; ``code`` answers Feishu's ``code``
    and ``msg`` (HTTP ``status``); ``delay`` waits ``delay_ms`` and goes on; ``html`` answers a
    gateway's HTML page; ``rate-limit`` answers 429 with its two headers; ``expired-token``
    ends the token the call came with; ``lose-fields`` makes a table of more than 20 columns without
    some of them; ``replica-lag`` hides what the call made from reads for ``delay_ms``; ``drop-…``
    cuts the connection, ``timeout-…`` never answers (``delay_ms`` at most), before or after the work
    was done; ``half-close`` does the work, sends half the answer and closes its side.
    Events: ``close-ws`` closes the connection (1001) instead of the push,
    ``duplicate-event`` pushes twice, ``reorder`` lets the next event overtake, ``lose-event``
    never pushes, ``delay-event`` pushes after ``delay_ms`` of real time.
    """

    kind: str
    route: str = "*"
    """Glob over ``METHOD pattern``, ``pattern`` or the path; for event kinds over the event type."""
    probability: float = 1.0
    count: int | None = None
    """How many times it may strike; None is without end."""
    seed: int | None = None
    """Own dice for this rule; None shares the seed of the whole list."""
    status: int = 500
    code: int = 0
    msg: str = ""
    delay_ms: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def read(cls, rule: Json) -> "Fault":
        """One rule of ``PUT /_sandbox/faults`` (``pattern`` is another word for ``route``).

        Raises ValueError that names what is wrong.
        """
        rule = {"route" if key == "pattern" else key: value for key, value in rule.items()}
        known = {key: value for key, value in rule.items() if key in cls.__slots__}
        if unknown := sorted(set(rule) - set(known)):
            raise ValueError(f"unknown keys {unknown}; known: {sorted(cls.__slots__)}")
        if known.get("kind") not in (*REQUEST_KINDS, *EVENT_KINDS):
            raise ValueError(f"kind must be one of {[*REQUEST_KINDS, *EVENT_KINDS]}")
        if isinstance(known.get("headers"), dict):
            known["headers"] = tuple(known["headers"].items())
        route = str(known.get("route", ""))
        known.setdefault("status", 200 if route.endswith("ws/endpoint") else STATUS.get(known["kind"], 500))
        return cls(**known)

    def names(self, *candidates: str) -> bool:
        """True when the glob names one of the candidates."""
        return any(fnmatchcase(candidate, self.route) for candidate in candidates)


class Faults:
    """The rules in force, with their dice."""

    def __init__(self) -> None:
        self.set((), seed=0)

    def set(self, rules: Sequence[Fault], *, seed: int) -> None:
        """Replaces all rules and starts the dice of those without an own seed at ``seed``."""
        self.rules: tuple[Fault, ...] = tuple(rules)
        self._left = [rule.count for rule in self.rules]
        shared = random.Random(seed)
        self._dice = [shared if rule.seed is None else random.Random(rule.seed) for rule in self.rules]

    def pick(self, call: Call, route_pattern: str) -> Fault | None:
        """The first request fault that strikes this call, if any."""
        pattern = route_pattern.removeprefix(f"{call.method} ")
        names = (f"{call.method} {pattern}", pattern, call.path, f"{call.method} {call.path}")
        return self._strike(REQUEST_KINDS, *names)

    def pick_event(self, event_type: str) -> Fault | None:
        """The first event fault that strikes this push, if any."""
        return self._strike(EVENT_KINDS, event_type)

    def _strike(self, kinds: tuple[str, ...], *names: str) -> Fault | None:
        for index, rule in enumerate(self.rules):
            left = self._left[index]
            if rule.kind not in kinds or left == 0 or not rule.names(*names):
                continue
            if self._dice[index].random() < rule.probability:
                self._left[index] = None if left is None else left - 1
                return rule
        return None
