"""Invented colleagues who work on a register with their habits and slips, by dice that are seeded.

They keep a journal of their own. It knows nothing of the plugin: which move is forbidden is
written here by hand, so the journal can be held against the ledger and the reports.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from benchmarks.figures import Json
from benchmarks.real_rows import milliseconds

OPEN = frozenset({"待处理", "处理中", "测试验证", "待客户配合"})
FINISHED = frozenset({"已完成", "已关闭"})
_ANSWERED_AT_ONCE = frozenset({"服务咨询", "投诉", "建议"})
_TESTED = frozenset({"问题反馈", "功能优化"})
_PLAN = "计划完成时间"
_PLANNED_DAYS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """One thing people do to a requirement in a certain status."""

    weight: int
    to: str
    cells: Mapping[str, object] = field(default_factory=dict)
    forbidden: bool = False
    kinds: frozenset[str] = frozenset()
    """Types they do it to; empty means all."""
    while_empty: str = ""
    """They only do it while this column is empty: afterwards the same move would be in order."""


HABITS: Mapping[str, Sequence[Habit]] = {
    "待处理": (
        Habit(weight=78, to="处理中", cells={_PLAN: None}),
        Habit(weight=10, to="处理中", forbidden=True, while_empty=_PLAN),
        Habit(weight=5, to="已完成", cells={"处理结果": "口头答复"}, forbidden=True),
        Habit(weight=4, to="已搁置", cells={"搁置原因": "排期已满", "后续跟进计划": "下季度再议"}),
        Habit(weight=3, to="已作废", cells={"作废原因": "不在范围"}),
    ),
    "处理中": (
        Habit(weight=70, to="已完成", cells={"处理结果": "已答复"}, kinds=_ANSWERED_AT_ONCE),
        Habit(weight=70, to="测试验证", cells={"处理方案": "修复", "需求进展": "待验证"}, kinds=_TESTED),
        Habit(weight=8, to="已完成", forbidden=True, kinds=_ANSWERED_AT_ONCE, while_empty="处理结果"),
        Habit(weight=8, to="已完成", cells={"处理结果": "已修复"}, forbidden=True, kinds=_TESTED),
        Habit(weight=14, to="待客户配合", cells={"需求进展": "等客户补充材料"}),
        Habit(weight=5, to="已关闭", forbidden=True),
        Habit(weight=3, to="已搁置", cells={"搁置原因": "等待上游", "后续跟进计划": "月底再看"}),
    ),
    "待客户配合": (
        Habit(weight=90, to="处理中", cells={"需求进展": "客户已补充"}),
        Habit(weight=10, to="已完成", cells={"处理结果": "客户未再提"}, forbidden=True),
    ),
    "测试验证": (
        Habit(weight=80, to="已完成", cells={"处理结果": "验证通过"}),
        Habit(weight=12, to="处理中", cells={"需求进展": "验证未通过"}),
        Habit(weight=8, to="已关闭", forbidden=True),
    ),
    "已完成": (
        Habit(weight=60, to="已关闭", cells={"客户确认": "已解决", "满意度评分": 5}),
        Habit(weight=14, to="已关闭", cells={"客户确认": "已解决", "满意度评分": 3}),
        Habit(weight=12, to="处理中", cells={"客户确认": "未解决", "满意度评分": 2}),
        Habit(weight=10, to="已关闭", forbidden=True),
        # Nobody moves the status here: the plugin closes it when the customer stays silent.
        Habit(weight=14, to="已完成", cells={"客户确认": "未回复"}),
    ),
    "已关闭": (Habit(weight=1, to="待处理", cells={"客户确认": "未解决"}),),
    "已搁置": (Habit(weight=1, to="待处理"),),
    "已作废": (),
}
_WILLING = {"待处理": 0.5, "已关闭": 0.01, "已搁置": 0.2, "已作废": 0.0}
"""How likely somebody touches a requirement in a fortnight; elsewhere 0.7."""


@dataclass(slots=True, kw_only=True)
class Matter:
    """A requirement as its colleagues remember it."""

    record_id: str
    born: datetime
    kind: str
    status: str = "待处理"
    filled: set[str] = field(default_factory=set)
    silent: bool = False
    """True while the customer's silence is noted: the plugin closes it after some days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A status somebody set, and whether the rules let it stand."""

    record_id: str
    at: datetime
    before: str
    after: str
    forbidden: bool


@dataclass(slots=True)
class Journal:
    """Everything the colleagues did, in order."""

    dice: random.Random
    matters: dict[str, Matter] = field(default_factory=dict)
    moves: list[Move] = field(default_factory=list)

    def a_day(self, now: datetime) -> dict[str, Json]:
        """What is edited this day: row to cells; the journal is up to date afterwards."""
        edits = {row: self._touch(matter, now) for row, matter in self.matters.items()}
        return {row: cells for row, cells in edits.items() if cells}

    def silence_closes(self) -> int:
        """Notes that what was silent for a fortnight has been closed by the plugin; how many."""
        silent = [matter for matter in self.matters.values() if matter.silent]
        for matter in silent:
            matter.silent, matter.status = False, "已关闭"
        return len(silent)

    def status_at(self, row: str, at: datetime) -> str:
        """The status of a row just before an instant, by the moves that stood."""
        moves = [m for m in self.moves if m.record_id == row and m.at < at and not m.forbidden]
        return moves[-1].after if moves else "待处理"

    def _touch(self, matter: Matter, now: datetime) -> Json:
        if matter.silent or self.dice.random() >= _WILLING.get(matter.status, 0.7):
            return {}
        able = [h for h in HABITS[matter.status] if _fits(h, matter)]
        habit = self.dice.choices(able, [h.weight for h in able])[0]
        before, cells = matter.status, _cells(habit, now)
        matter.filled.update(cells)
        matter.silent = habit.to == before
        if habit.to != before:
            cells["当前状态"] = habit.to
            self.moves.append(
                Move(
                    record_id=matter.record_id,
                    at=now,
                    before=before,
                    after=habit.to,
                    forbidden=habit.forbidden,
                )
            )
            matter.status = before if habit.forbidden else habit.to
        return cells


def _fits(habit: Habit, matter: Matter) -> bool:
    return (not habit.kinds or matter.kind in habit.kinds) and habit.while_empty not in matter.filled


def _cells(habit: Habit, now: datetime) -> Json:
    plan = milliseconds(
        now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=_PLANNED_DAYS)
    )
    return {name: plan if name == _PLAN else value for name, value in habit.cells.items()}
