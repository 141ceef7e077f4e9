"""Calls a second over HTTPS from one thread, and what a call costs the caller.

``python -m benchmarks.calls [--calls N] [--rounds N] [--json]``. The plugin's gateway, plain
lark-oapi and a kept ``requests`` session (the floor) read one record from a server that answers at once.
They take turns, round by round; who keeps its connection makes ten times as many calls.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.calls.caller import SESSION
from benchmarks.comparison import PEER, PLUGIN, ratio, spread
from benchmarks.figures import Json, Row, options, show
from benchmarks.wire import credentials

SIDES = {PEER: 1, PLUGIN: 10, SESSION: 10}
"""With how many times the calls asked for."""


def main() -> None:
    """Measures and prints."""
    chosen = options("calls a second over HTTPS, from one thread", calls=100, rounds=5).parse_args()
    found = measure(chosen.calls, chosen.rounds)
    show(found, tables(found), as_json=chosen.json)


def measure(calls: int, rounds: int) -> Json:
    """By side the spread of calls a second and of milliseconds of CPU per call; plugin against peer."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as processes:
        certificate, environment = credentials(Path(name))
        server = processes.enter_context(_running("answering", str(certificate)))
        url = _line(server)
        callers = {
            side: processes.enter_context(_running("caller", side, url, environment=environment))
            for side in SIDES
        }
        told = [
            {side: _ask(callers[side], calls * times) for side, times in SIDES.items()} for _ in range(rounds)
        ]
    rates = {side: [one[side]["calls"] / one[side]["seconds"] for one in told] for side in SIDES}
    costs = {side: [1000 * one[side]["cpu_s"] / one[side]["calls"] for one in told] for side in SIDES}
    return {
        "calls": {side: calls * times for side, times in SIDES.items()},
        "calls_per_s": {side: spread(values) for side, values in rates.items()},
        "cpu_ms_per_call": {side: spread(values) for side, values in costs.items()},
        "plugin_to_peer": {
            "calls_per_s": ratio(rates[PLUGIN], rates[PEER]),
            "cpu": ratio(costs[PEER], costs[PLUGIN]),
        },
    }


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    shown = {"calls_per_s": "calls a second", "cpu_ms_per_call": "ms of CPU per call"}
    return {
        **{
            title: [{"who": side, **one} for side, one in found[what].items()]
            for what, title in shown.items()
        },
        "the plugin makes so many times the calls, for so many times less CPU each": [
            {"what": what, **one} for what, one in found["plugin_to_peer"].items()
        ],
    }


@contextmanager
def _running(
    module: str, *words: str, environment: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", f"benchmarks.calls.{module}", *words]
    with subprocess.Popen(
        command,
        env=dict(environment) if environment else None,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


def _ask(process: subprocess.Popen[str], calls: int) -> Json:
    assert process.stdin is not None
    process.stdin.write(f"{calls}\n")
    process.stdin.flush()
    answer: Json = json.loads(_line(process))
    return answer


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line:
        raise SystemExit(f"a process ended with {process.wait()}: {process.args!r}")
    return line


if __name__ == "__main__":
    main()
