"""What a careless paste costs: 1,000 rows at once, every tenth move forbidden.

``python -m benchmarks.paste [--rows N] [--json]``. The paste is one call of a person through
the official API; counted are the calls the service makes for it, by endpoint, and the time
until the last forbidden row is put back and until ledger, cards and inbox are settled too.
"""

import time
from collections.abc import Sequence

from benchmarks.figures import Json, Row, difference, options, show
from benchmarks.stages import (
    PERSON,
    RECORDS,
    counted,
    modified_ms,
    name_the_owner,
    round_trip,
    sandbox_ms,
    staged,
)
from feishu_plugin.demo.stage import Stage

ROUND_TRIPS_MS = (0, 20)
FORBIDDEN_EVERY = 10
PASTE = f"{RECORDS}/batch_update"
_DAY_MS = 86_400_000


def main() -> None:
    """Measures and prints."""
    chosen = options("what a paste costs", rows=1000).parse_args()
    with staged() as stage:
        found = measure(stage, chosen.rows)
    show(found, tables(found), as_json=chosen.json)


def measure(stage: Stage, rows: int) -> Json:
    """By round trip in ms: calls by endpoint, calls per row, seconds to put back and to settle."""
    stage.provision("粘贴测量")
    name_the_owner(stage)
    stage.serve()
    return {str(ms): _one_paste(stage, rows, ms) for ms in ROUND_TRIPS_MS}


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    shown = ("rows", "put_back", "calls", "calls_per_row", "put_back_s", "settled_s")
    totals = [{"round trip ms": ms, **{key: one[key] for key in shown}} for ms, one in found.items()]
    endpoints = sorted({name for one in found.values() for name in one["by_endpoint"]})
    calls = [
        {"endpoint": name, **{f"{ms} ms": one["by_endpoint"].get(name, 0) for ms, one in found.items()}}
        for name in endpoints
    ]
    return {"one paste": totals, "calls of the service by endpoint": calls}


def _one_paste(stage: Stage, rows: int, ms: int) -> Json:
    ids = stage.create(PERSON, "requirement", [new_row(n) for n in range(rows)])
    stage.until_quiet()
    forbidden = ids[::FORBIDDEN_EVERY]
    round_trip(stage, ms)
    start = counted(stage)
    start[PASTE] += 1  # the person's own call
    reached = sandbox_ms(stage) + ms
    stage.edit(PERSON, "requirement", moves(ids, set(forbidden)))
    stage.until_quiet()
    settled = sandbox_ms(stage)
    calls = difference(counted(stage), start)
    round_trip(stage, 0)
    status = stage.rows("requirement")
    return {
        "rows": rows,
        "put_back": sum(status[row]["当前状态"] == "待处理" for row in forbidden),
        "kept": sum(status[row]["当前状态"] == "处理中" for row in ids),
        "calls": sum(calls.values()),
        "calls_per_row": round(sum(calls.values()) / rows, 3),
        "put_back_s": round((max(modified_ms(stage, forbidden).values()) - reached) / 1000, 2),
        "settled_s": round((settled - reached) / 1000, 2),
        "by_endpoint": {name.replace("/open-apis/", ""): count for name, count in calls.items()},
    }


def moves(ids: Sequence[str], forbidden: set[str]) -> dict[str, Json]:
    """The pasted cells by record id: a forbidden move for some, a legal one for the others."""
    plan = int(time.time() * 1000) // _DAY_MS * _DAY_MS + 3 * _DAY_MS
    legal = {"当前状态": "处理中", "计划完成时间": plan}
    return {row: {"当前状态": "已关闭"} if row in forbidden else legal for row in ids}


def new_row(number: int) -> Json:
    """A requirement as people add it."""
    return {"需求标题": f"第 {number} 条", "需求类型": "服务咨询", "紧急程度": "中"}


if __name__ == "__main__":
    main()
