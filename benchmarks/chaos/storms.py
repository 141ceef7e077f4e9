"""What Feishu may do: refuse, answer nonsense, do it and say nothing; for a while, or every tenth time."""

from collections.abc import Callable, Iterator, Mapping

from benchmarks.chaos.play import Around
from benchmarks.chaos.scene import Scene
from benchmarks.chaos.trial import Reference, Trial, tried
from feishu_plugin.demo.stage import Json

_BASE = "*bitable*"
KINDS: Mapping[str, Json] = {
    "HTTP 500 with code 2200": {"kind": "status", "status": 500},
    "HTTP 502 with an HTML page": {"kind": "html", "status": 502},
    "HTTP 200 with an HTML page": {"kind": "html", "status": 200},
    "429, rate limited, reset in 1 s": {"kind": "rate-limit"},
    "1254291 write conflict": {"kind": "code", "code": 1254291, "msg": "Write conflict", "route": _BASE},
    "1254607 data not ready": {"kind": "code", "code": 1254607, "msg": "Data not ready", "route": _BASE},
    "connection cut before it was done": {"kind": "drop-before-commit"},
    "connection cut after it was done": {"kind": "drop-after-commit"},
    "time-out before it was done": {"kind": "timeout-before-commit", "delay_ms": 400},
    "time-out after it was done": {"kind": "timeout-after-commit", "delay_ms": 400},
    "half an answer": {"kind": "half-close"},
    "token expired": {"kind": "expired-token"},
}
_WHILE_S = 3.0
_STORMY_STEPS = frozenset({1, 4, 8, 10, 13})
"""Edits, a careless paste, new rows, an answer of a customer, the end of the month."""
_SECOND_TRY_S = 125.0
"""Business seconds until an effect that failed twice is tried again; the first try comes in every play."""


def stormy(wanted: Reference, kinds: Mapping[str, Json] = KINDS) -> Iterator[Trial]:
    """Each kind alone: all calls for some seconds, and every tenth call throughout."""
    for name, rule in kinds.items():
        yield tried(wanted, f"{name}, all calls for 3 s", _while(rule), times=len(_STORMY_STEPS), late=True)
        yield tried(wanted, f"{name}, every tenth call", _throughout(rule), times=1, late=True)


def outage(wanted: Reference, seconds: float) -> Trial:
    """Feishu answers nothing but 500 for longer than a call is repeated."""
    rule = KINDS["HTTP 500 with code 2200"]
    what = f"HTTP 500 with code 2200, all calls for {seconds:g} s"
    return tried(wanted, what, _while(rule, seconds, frozenset({1, 13})), times=2, late=True)


def _while(
    rule: Json, seconds: float = _WHILE_S, steps: frozenset[int] = _STORMY_STEPS
) -> Callable[[Scene], Around]:
    def of(scene: Scene) -> Around:
        def around(number: int, step: Callable[[], None]) -> None:
            if number in steps:
                scene.storm([rule], seconds)
            step()
            if number in steps:
                scene.until_quiet()
                scene.pass_time(_SECOND_TRY_S)

        return around

    return of


def _throughout(rule: Json) -> Callable[[Scene], Around]:
    def of(scene: Scene) -> Around:
        def around(number: int, step: Callable[[], None]) -> None:
            scene.weather([{**rule, "probability": 0.1}])
            step()
            scene.until_quiet()
            scene.weather([])
            scene.pass_time(_SECOND_TRY_S)

        return around

    return of
