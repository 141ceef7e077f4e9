"""Killed at random moments while edits stream in over the long connection; every move must be judged as made.

Time runs as on any day here. Each row is taken through three legal moves, every other one then
through an illegal one, so what must come of it needs no other play to compare with.
"""

import random
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from time import monotonic
from typing import Any

from benchmarks.chaos.outcome import Difference
from benchmarks.chaos.scene import BEGIN, ZHAO, Scene, scene
from benchmarks.chaos.trial import Trial
from feishu_plugin.demo.stage import Json

STATUS = "当前状态"
_PLAN = {"计划完成时间": int(BEGIN.timestamp() * 1000) + 20 * 86_400_000}
_ROUNDS: tuple[Json, ...] = (
    {STATUS: "处理中", **_PLAN},
    {STATUS: "测试验证", "处理方案": "修复", "需求进展": "提测"},
    {STATUS: "已完成", "处理结果": "已发布"},
    {"备注": "看过了"},
    {STATUS: "已搁置"},
)
_MOVES = ("待处理→处理中", "处理中→测试验证", "测试验证→已完成")
_REFUSED = "已完成→已搁置"
_EVERY_S = 0.03
_LIFE_S = (0.4, 2.5)
"""Shortest and longest time between two kills."""


def under_load(edits: int, kills: int, dice: random.Random, *, connection: str = "long") -> Trial:
    """Streams so many edits, with so many kills meanwhile."""
    began = monotonic()
    rows = edits // len(_ROUNDS)
    with scene({"FEISHU_PLUGIN_CONNECTION": connection}) as found:
        found.set_clock(BEGIN, frozen=False)
        found.raise_service()
        titles = [f"{n:03} 号设备报警" for n in range(rows)]
        new = [{"需求标题": title, "需求类型": "问题反馈", "紧急程度": "低"} for title in titles]
        ids = found.create(ZHAO, "requirement", new)
        found.until_quiet()
        with _killing(found, kills, dice):
            for who in _stream(ids):
                found.edit(ZHAO, "requirement", who)
                threading.Event().wait(_EVERY_S)
        found.until_quiet()
        return Trial(
            what=f"kill -9 at random moments, {edits} edits streaming in ({connection})",
            times=found.lives().count(-9),
            difference=_difference(found, ids),
            restarts=len(found.lives()),
            seconds=monotonic() - began,
        )


def _stream(ids: list[str]) -> Iterator[dict[str, Json]]:
    for number, change in enumerate(_ROUNDS):
        last = number == len(_ROUNDS) - 1
        yield from ({one: change} for place, one in enumerate(ids) if place % 2 or not last)


class _killing:
    """Kills from a thread of its own while the block runs; the last ones may come after it."""

    def __init__(self, found: Scene, kills: int, dice: random.Random) -> None:
        self._found, self._kills, self._dice = found, kills, dice
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *error: object) -> None:
        self._thread.join()

    def _run(self) -> None:
        for _ in range(self._kills):
            threading.Event().wait(self._dice.uniform(*_LIFE_S))
            self._found.kill()


def _difference(found: Scene, ids: list[str]) -> Difference:
    """Rows and ledger against what was edited; messages by what each person was told of each row."""
    rows, ledger = found.rows("requirement"), found.rows("transition").values()
    told = Counter((_row(one), _text(one["依据规则"]), str(one["判定"])) for one in ledger)
    wanted = Counter(_wanted(ids))
    wrong = [f"requirement: {one} {rows[one][STATUS]}" for one in ids if rows[one][STATUS] != "已完成"]
    more = told - wanted
    return Difference(
        lost=tuple(f"transition: {one}" for one in (wanted - told).elements()),
        doubled=tuple(f"transition: {one}" for one in more.elements() if one in wanted)
        + tuple(f"notice: {one}" for one, n in _notices(found).items() if n > 1),
        unexpected=(*wrong, *(f"transition: {one}" for one in more.elements() if one not in wanted)),
    )


def _wanted(ids: list[str]) -> Iterator[tuple[str, str, str]]:
    for place, one in enumerate(ids):
        yield from ((one, move, "通过") for move in _MOVES)
        if place % 2:
            yield one, _REFUSED, "退回"


def _notices(found: Scene) -> Counter[str]:
    return Counter(_text(row["通知标识"]) for row in found.rows("notice").values())


def _row(line: Mapping[str, Any]) -> str:
    return str(line["需求"]["link_record_ids"][0])


def _text(cell: Any) -> str:
    return "".join(part["text"] for part in cell) if isinstance(cell, list) else str(cell)
