"""The process documents' workflow table, typed in once more by hand: the oracle of the judging tests.

Written from the documents in their own words, not from the policy file.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from feishu_plugin.policy import Mode, Policy
from feishu_plugin.records import Requirement, Value
from tests.builders import policy
from tests.rules.questions import FILLED

NAMES = {
    "待处理": "pending", "处理中": "in_progress", "测试验证": "testing", "已完成": "done", "已关闭": "closed",
    "待客户配合": "waiting_customer", "已搁置": "shelved", "已作废": "void",
    "责任部门": "department", "负责人": "owner", "优先级": "priority", "计划完成时间": "planned_finish",
    "搁置原因": "shelve_reason", "后续跟进计划": "follow_up", "重复于": "duplicate_of",
    "处理方案": "solution", "需求进展": "progress", "处理结果": "result", "满意度评分": "score",
}  # fmt: skip
STATUSES = tuple(NAMES.values())[:8]
FIELDS = tuple(NAMES.values())[8:]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything the documents let a verdict depend on."""

    before: str
    after: str
    filled: frozenset[str]
    kind: str | None = "inquiry"
    reason: str | None = "invalid"
    answer: str | None = "solved"
    low: bool = False
    """The score, where there is one, is 2 instead of 5."""
    days: float = 5.0
    roles: tuple[str, ...] = ()

    def record(self) -> Requirement:
        """The row as it stands when the person has changed the status."""
        values: dict[str, Value] = {key: FILLED[key] for key in FIELDS if key in self.filled}
        told = {"type": self.kind, "void_reason": self.reason, "confirmation": self.answer}
        if self.low and "score" in values:
            values["score"] = 2.0
        return Requirement(record_id="rec1", values={**values, **told, "status": self.after or None})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the documents' table."""

    before: str
    after: str
    needs: str = ""
    also: str = ""
    """Field that the move fills or counts."""
    when: Callable[[Situation], bool] = lambda situation: True

    @property
    def edge(self) -> tuple[str, str]:
        return NAMES[self.before], NAMES[self.after]

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(NAMES[name] for name in self.needs.split())


TABLE = (
    Line("待处理", "处理中", "责任部门 负责人 优先级 计划完成时间", "started_at first_response_at"),
    # Whoever takes it out of 待处理 has answered: the first response is the first accepted move.
    Line("待处理", "已搁置", "搁置原因 后续跟进计划", "first_response_at"),
    Line("待处理", "已作废", "", "first_response_at", lambda s: s.reason not in (None, "duplicate")),
    Line("待处理", "已作废", "重复于", "first_response_at", lambda s: s.reason == "duplicate"),
    Line("处理中", "测试验证", "处理方案 需求进展"),
    Line("处理中", "已完成", "处理结果", "finished_at",
         when=lambda s: s.kind in ("inquiry", "complaint", "suggestion")),
    Line("处理中", "待客户配合", "需求进展"),
    Line("待客户配合", "处理中", "需求进展"),
    Line("处理中", "已搁置", "搁置原因 后续跟进计划"),
    Line("已搁置", "待处理"),
    Line("测试验证", "处理中", "需求进展"),
    Line("测试验证", "已完成", "处理结果", "finished_at"),
    Line("已完成", "处理中", "", "reopen_count", when=lambda s: s.answer == "unsolved"),
    Line("已完成", "处理中", "满意度评分", "reopen_count", when=lambda s: s.low),
    Line("已完成", "已关闭", "满意度评分", "closed_at", when=lambda s: s.answer == "solved"),
    Line("已完成", "已关闭", "", "closed_at", when=lambda s: s.answer == "no_reply" and s.days >= 5),
    Line("已完成", "已关闭", "", "closed_at confirmation", when=lambda s: s.answer is None and s.days >= 5),
    Line("已关闭", "待处理", "", "reopen_count", when=lambda s: s.answer == "unsolved"),
    Line("已关闭", "待处理", "满意度评分", "reopen_count", when=lambda s: s.low),
)  # fmt: skip
REOPENS = {"done": "in_progress", "closed": "pending"}
"""Where 未解决 or a score of at most 2 leads to at once, whoever wrote it."""
EDGES = tuple(dict.fromkeys(line.edge for line in TABLE))


def allowing(situation: Situation) -> Iterator[Line]:
    """The lines that let the move pass."""
    edge = (situation.before, situation.after)
    found = (line for line in TABLE if line.edge == edge and line.fields <= situation.filled)
    return (line for line in found if line.when(situation))


def with_edge(edge: tuple[str, str], *, roles: tuple[str, ...], mode: Mode) -> Policy:
    """The packaged policy as a team may change all rows of one edge."""
    base = policy()
    moves = (
        replace(m, roles=roles, mode=mode) if (m.from_status, m.to_status) == edge else m for m in base.moves
    )
    return replace(base, moves=tuple(moves))


VERDICTS: Mapping[tuple[Mode, bool], str] = {
    ("enforce", True): "pass", ("enforce", False): "put_back",
    ("observe", True): "pass", ("observe", False): "observe",
    ("off", True): "put_back", ("off", False): "put_back",
}  # fmt: skip
"""(mode of the edge, whether the table and the roles allow the move) to what is said."""


def verdict(situation: Situation, named: tuple[str, ...] = (), mode: Mode = "enforce") -> str:
    """What is said to the move on an edge in this mode that only the ``named`` roles may make."""
    allowed = any(allowing(situation)) and (not named or bool({*named} & {*situation.roles}))
    known = (situation.before, situation.after) in EDGES
    return VERDICTS[mode if known else "enforce", allowed]
