"""How long a forbidden status stands: edit to put-back, and event to acknowledgement.

``python -m benchmarks.latency [--edits N] [--json]``. Sandbox and service run as processes; a
person edits through the official API, one edit at a time, each on a row of its own. The clock
starts when the edit reaches the sandbox and stops at the sandbox's own time of the put-back
(whole milliseconds). Only the sandbox's simulated round trip is varied.
"""

import threading
from collections.abc import Sequence

from benchmarks.figures import Json, Row, difference, distribution, options, show
from benchmarks.stages import (
    FORBIDDEN,
    PERSON,
    RECORDS,
    counted,
    modified_ms,
    must_be_back,
    name_the_owner,
    round_trip,
    sandbox_ms,
    staged,
)
from feishu_plugin.demo.stage import Stage

ROUND_TRIPS_MS = (0, 20, 100)
TRACED = 5
"""Edits whose calls are counted one by one, at the longest round trip so that none is missed."""
_WRITE = f"{RECORDS}/batch_update"


def main() -> None:
    """Measures and prints."""
    chosen = options("edit to put-back, in milliseconds", edits=60).parse_args()
    with staged() as stage:
        found = measure(stage, chosen.edits)
    show(found, tables(found), as_json=chosen.json)


def measure(stage: Stage, edits: int) -> Json:
    """All figures: times in milliseconds by round trip, calls of one edit, acknowledgements."""
    stage.provision("延迟测量")
    name_the_owner(stage)
    rows = [{"需求标题": f"第 {n} 条"} for n in range(len(ROUND_TRIPS_MS) * edits + 2 * TRACED)]
    ids = stage.create(PERSON, "requirement", rows)
    stage.serve()
    stage.until_quiet()
    for row in _take(ids, TRACED):
        _edit(stage, row, 0)
    series = {str(ms): _series(stage, _take(ids, edits), ms) for ms in ROUND_TRIPS_MS}
    traced = [_calls_of_one_edit(stage, row) for row in _take(ids, TRACED)]
    return {"put_back_ms": series, "calls": traced[-1], "ack_ms": stage.stats()["ack_ms"]}


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    times = [{"round trip ms": ms, **row} for ms, row in found["put_back_ms"].items()]
    calls = [
        {
            "endpoint": name.removeprefix("POST /open-apis/"),
            "before": count,
            "in all": found["calls"]["all"][name],
        }
        for name, count in {**dict.fromkeys(found["calls"]["all"], 0), **found["calls"]["before"]}.items()
    ]
    return {
        "edit → put back, ms": times,
        "calls of the service for one edit (before the put-back is visible, and in all)": calls,
        "event → acknowledged, ms": [found["ack_ms"]],
    }


def _series(stage: Stage, ids: Sequence[str], ms: int) -> Json:
    round_trip(stage, ms)
    began = {row: _edit(stage, row, ms) for row in ids}
    round_trip(stage, 0)
    must_be_back(stage, ids)
    ended = modified_ms(stage, ids)
    times = distribution(ended[row] - began[row] for row in ids)
    return {**times, "p50 without 2 round trips": round(times["p50"] - 2 * ms, 1)}


def _edit(stage: Stage, row: str, ms: int) -> float:
    """One forbidden move; returns when it reached the sandbox (ms), after everything is quiet again."""
    reached = sandbox_ms(stage) + ms
    stage.edit(PERSON, "requirement", {row: FORBIDDEN})
    # Looking would cost the sandbox time: nobody looks while the put-back is on its way.
    threading.Event().wait((50 + 3 * ms) / 1000)
    stage.until_quiet()
    return reached


def _calls_of_one_edit(stage: Stage, row: str) -> Json:
    round_trip(stage, ROUND_TRIPS_MS[-1])
    start, pause = counted(stage), threading.Event()
    stage.edit(PERSON, "requirement", {row: FORBIDDEN})
    start[_WRITE] = start.get(_WRITE, 0) + 1  # the person's own call
    while not (now := difference(counted(stage), start)).get(_WRITE):
        pause.wait(0.005)
    stage.until_quiet()
    everything = difference(counted(stage), start)
    round_trip(stage, 0)
    return {"before": now, "all": everything}


def _take(ids: list[str], count: int) -> list[str]:
    taken, ids[:] = ids[:count], ids[count:]
    return taken


if __name__ == "__main__":
    main()
