"""What an import by one does to the edits of others: how long single forbidden moves stand meanwhile.

``python -m benchmarks.backlog [--rows N] [--edits N] [--json]``. One person adds rows through the
official API, 500 a call, without a pause; another makes a forbidden move now and then until
the import is settled. Counted are the seconds until each is put back, against the same edits
before the import, and the memory of the service before, at its most, and after.
"""

import time
from collections.abc import Iterator, Sequence

from benchmarks.figures import Json, Row, distribution, options, show
from benchmarks.stages import OWNER, PERSON, modified_ms, name_the_owner, resident_mb, sandbox_ms, staged
from feishu_plugin.demo.stage import Stage

_PAGE = 500
_EVERY_S = 1.0
_CALM = 20
"""Edits before the import, to compare with."""


def main() -> None:
    """Measures and prints."""
    chosen = options("what an import does to single edits", rows=50_000, edits=200).parse_args()
    with staged() as stage:
        found = measure(stage, chosen.rows, chosen.edits)
    show(found, tables(found), as_json=chosen.json)


def measure(stage: Stage, rows: int, edits: int) -> Json:
    """Seconds to put back, calm and under the import; how long the import took; memory in MB."""
    stage.provision("导入测量")
    name_the_owner(stage)
    stage.serve()
    ids = stage.create(OWNER, "requirement", [_new_row(n, "旧") for n in range(edits + _CALM)])
    stage.until_quiet()
    calm = dict(_edit(stage, ids[edits:], _calmly(stage)))
    stage.until_quiet()
    memory = [resident_mb(stage)]
    began = time.time()
    meanwhile = dict(_edit(stage, ids[:edits], _importing(stage, rows, memory)))
    settled = time.time()
    put_back = stage.rows("requirement")
    return {
        "rows": rows,
        "import_and_settled_s": round(settled - began, 1),
        "rows_per_s": round(rows / (settled - began)),
        "put_back_s": {"calm": _seconds(stage, calm), "under the import": _seconds(stage, meanwhile)},
        "not_put_back": sum(put_back[row]["当前状态"] != "待处理" for row in (*calm, *meanwhile)),
        "memory_mb": {"before": memory[0], "most": max(memory), "after": resident_mb(stage)},
    }


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    totals = ("rows", "import_and_settled_s", "rows_per_s", "not_put_back")
    return {
        "the import": [{key: found[key] for key in totals}],
        "seconds until a forbidden move is put back": [
            {"when": when, **figures} for when, figures in found["put_back_s"].items()
        ],
        "memory of the service, MB": [found["memory_mb"]],
    }


def _edit(stage: Stage, ids: Sequence[str], turns: Iterator[None]) -> Iterator[tuple[str, float]]:
    """One forbidden move a turn; yields the row and when it was made, in seconds."""
    for row, _ in zip(ids, turns, strict=False):
        yield row, sandbox_ms(stage) / 1000
        stage.edit(PERSON, "requirement", {row: {"当前状态": "已关闭"}})
    for _ in turns:
        pass


def _calmly(stage: Stage) -> Iterator[None]:
    for _ in range(_CALM):
        yield
        stage.until_quiet()


def _importing(stage: Stage, rows: int, memory: list[float]) -> Iterator[None]:
    """Adds all rows, and waits until nothing is left to do; every now and then it is somebody's turn."""
    turn_at = time.time()
    for begin in range(0, rows, _PAGE):
        stage.create(OWNER, "requirement", [_new_row(n, "新") for n in range(begin, begin + _PAGE)])
        memory.append(resident_mb(stage))
        if time.time() >= turn_at:
            turn_at = time.time() + _EVERY_S
            yield
    while stage.stats()["events"]["waiting"] or not stage.health()["bases"][0]["idle"]:
        memory.append(resident_mb(stage))
        yield
        time.sleep(_EVERY_S)


def _seconds(stage: Stage, made: dict[str, float]) -> Json:
    back = modified_ms(stage, list(made))
    return distribution(back[row] / 1000 - at for row, at in made.items())


def _new_row(number: int, word: str) -> Json:
    return {"需求标题": f"{word}第 {number} 条", "需求类型": "服务咨询", "紧急程度": "中"}


if __name__ == "__main__":
    main()
