"""What looking for missed changes costs: incremental and full sweeps of a large table, in calls.

``python -m benchmarks.sweep [--rows N] [--changes N] [--rounds N] [--json]``. The rows are known already;
people then change some while nobody listens. Counted are the calls of the sweep itself, and those
of judging what it found. Seconds are of the whole, with sandbox and sweep on one machine.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from benchmarks.comparison import spread
from benchmarks.figures import Json, Row, difference, options, show
from benchmarks.stages import PERSON, counted, name_the_owner, staged
from feishu_plugin.app.compose import desk_for, office
from feishu_plugin.app.jobs import work_off
from feishu_plugin.demo.stage import Stage
from feishu_plugin.ports import Settlement
from feishu_plugin.records import Accepted
from feishu_plugin.settings import Settings
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.sweep import sweep

SWEEPS = {"incremental": False, "full": True}
_TABLE, _PAGE = "requirement", 500
_BETWEEN_S = 3600
"""Between one sweep and the changes before the next: more than a sweep looks back."""


def main() -> None:
    """Measures and prints."""
    numbers = {"rows": 50_000, "changes": 100, "rounds": 3}
    chosen = options("calls of an incremental and a full sweep", **numbers).parse_args()
    found = measure(chosen.rows, chosen.changes, chosen.rounds)
    show(found, tables(found), as_json=chosen.json)


def measure(rows: int, changes: int, rounds: int) -> Json:
    """By kind of sweep: calls and seconds, of every round and their spread."""
    with staged() as stage:
        stage.provision("补查测量")
        name_the_owner(stage)
        ids = list(_fill(stage, rows))
        with _desk(stage) as desk:
            _know(desk)
            _later(stage, ids[:1])
            sweep(desk)
            work_off(desk)
            told = {
                name: [_round(stage, desk, ids[-changes:], full=full) for _ in range(rounds)]
                for name, full in SWEEPS.items()
            }
    shown = ("calls", "seconds", "judging_calls")
    return {
        "rows": rows,
        "changes": changes,
        "sweeps": {
            name: {"rounds": each, **{what: spread([one[what] for one in each]) for what in shown}}
            for name, each in told.items()
        },
    }


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    shown = {
        "calls": "calls of the sweep",
        "judging_calls": "calls of judging",
        "seconds": "seconds of the sweep",
    }
    title = f"{found['rows']} rows, {found['changes']} changed"
    return {
        f"{title}: {what}": [{"sweep": kind, **one[key]} for kind, one in found["sweeps"].items()]
        for key, what in shown.items()
    } | {
        f"{title}: by endpoint, one round": [
            {"sweep": kind, "endpoint": endpoint, "calls": calls}
            for kind, one in found["sweeps"].items()
            for endpoint, calls in one["rounds"][-1]["by_endpoint"].items()
        ]
    }


def _fill(stage: Stage, rows: int) -> Iterator[str]:
    new = [{"需求标题": f"第 {n} 条", "需求类型": "服务咨询", "紧急程度": "中"} for n in range(rows)]
    for begin in range(0, rows, _PAGE):
        yield from stage.create(PERSON, _TABLE, new[begin : begin + _PAGE])


@contextmanager
def _desk(stage: Stage) -> Iterator[Desk]:
    given: Mapping[str, Any] = stage.environment
    with office(Settings(_env_file=None, **given)) as found:
        yield desk_for(found, stage.base["base_token"])


def _know(desk: Desk) -> None:
    """Accepts every row as it stands: judging them all once is what ``backlog`` measures."""
    for page in desk.tables.scan(_TABLE):
        accepted = {(_TABLE, r.record_id): Accepted(record=r, status_since=desk.clock.now()) for r in page}
        desk.store.settle(desk.app_token, Settlement(accepted=accepted))


def _round(stage: Stage, desk: Desk, ids: Sequence[str], *, full: bool) -> Json:
    _later(stage, ids)
    calls, seconds, swept = _counting(stage, lambda: sweep(desk, full=full))
    judging, _, _ = _counting(stage, lambda: work_off(desk))
    if swept.recovered != len(ids):
        raise SystemExit(f"the sweep found {swept.text} instead of {len(ids)} changed rows")
    return {
        "calls": sum(calls.values()),
        "seconds": seconds,
        "judging_calls": sum(judging.values()),
        "by_endpoint": {name.replace("/open-apis/", ""): count for name, count in calls.items()},
    }


def _later(stage: Stage, ids: Sequence[str]) -> None:
    """Time goes by, and people change these rows."""
    clock = f"{stage.url}/_sandbox/clock"
    stage.session.post(clock, json={"advance_s": _BETWEEN_S}, timeout=60).raise_for_status()
    told = stage.now().isoformat()
    stage.edit(PERSON, _TABLE, {one: {"需求标题": f"改于 {told}：{one}"} for one in ids})


def _counting(stage: Stage, work: Callable[[], Any]) -> tuple[dict[str, int], float, Any]:
    before, began = counted(stage), time.perf_counter()
    result = work()
    return difference(counted(stage), before), time.perf_counter() - began, result


if __name__ == "__main__":
    main()
