"""The packaged workflow, exhaustively, against the process documents' table typed in once more by hand.

The table below is written from the documents in their own words, not from the policy file. Every pair
of statuses is crossed with every role, type, reason, answer of the customer and length of stay, and
with every set of the fields that its line asks for, while all other fields are once filled and once
empty: a rule that asks for more than the table shows as a false put-back, one that asks for less as
a miss.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, combinations, product

import pytest

from feishu_plugin.policy import Mode, Policy
from feishu_plugin.records import Person, Requirement, Value
from feishu_plugin.rules.actions import CountDuplicate, WriteLedger
from feishu_plugin.rules.decide import Decision, Question, decide
from feishu_plugin.rules.moves import judge_move
from tests.builders import SCHEMA, local, policy
from tests.rules.questions import FILLED, accepted, step

NAMES = {
    "待处理": "pending", "处理中": "in_progress", "测试验证": "testing", "已完成": "done", "已关闭": "closed",
    "待客户配合": "waiting_customer", "已搁置": "shelved", "已作废": "void",
    "责任部门": "department", "负责人": "owner", "优先级": "priority", "计划完成时间": "planned_finish",
    "搁置原因": "shelve_reason", "后续跟进计划": "follow_up", "重复于": "duplicate_of",
    "处理方案": "solution", "需求进展": "progress", "处理结果": "result", "满意度评分": "score",
}  # fmt: skip
STATUSES = tuple(NAMES.values())[:8]
FIELDS = tuple(NAMES.values())[8:]

TYPES = (
    None, "feature", "improvement", "problem", "inquiry", "complaint", "suggestion", "custom", "process",
    "other",
)  # fmt: skip
REASONS = (None, "duplicate", "invalid", "out_of_scope", "other")
ANSWERS = (None, "solved", "unsolved", "no_reply")
ROLES = ((), ("support",), ("product",), ("engineering",), ("manager",))

NOW = local("2026-09-08 10:00")
STAYED = {4.99: local("2026-09-01 10:05"), 5.0: local("2026-09-01 10:00")}
"""Workdays in the present status, and since when: Tuesday to Tuesday is five."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Everything the documents let a verdict depend on."""

    before: str
    after: str
    filled: frozenset[str]
    kind: str | None = "inquiry"
    reason: str | None = "invalid"
    answer: str | None = "solved"
    days: float = 5.0
    roles: tuple[str, ...] = ()

    def record(self) -> Requirement:
        """The row as it stands when the person has changed the status."""
        values: dict[str, Value] = {key: FILLED[key] for key in FIELDS if key in self.filled}
        told = {"type": self.kind, "void_reason": self.reason, "confirmation": self.answer}
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
    Line("待处理", "已搁置", "搁置原因 后续跟进计划"),
    Line("待处理", "已作废", when=lambda s: s.reason not in (None, "duplicate")),
    Line("待处理", "已作废", "重复于", when=lambda s: s.reason == "duplicate"),
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
    Line("已完成", "已关闭", "满意度评分", "closed_at", when=lambda s: s.answer == "solved"),
    Line("已完成", "已关闭", "", "closed_at", when=lambda s: s.answer == "no_reply" and s.days >= 5),
    Line("已关闭", "待处理", "", "reopen_count", when=lambda s: s.answer == "unsolved"),
)  # fmt: skip
EDGES = tuple(dict.fromkeys(line.edge for line in TABLE))


def allowing(situation: Situation) -> Iterator[Line]:
    """The lines that let the move pass."""
    edge = (situation.before, situation.after)
    found = (line for line in TABLE if line.edge == edge and line.fields <= situation.filled)
    return (line for line in found if line.when(situation))


def subsets(keys: frozenset[str]) -> Iterator[frozenset[str]]:
    found = chain.from_iterable(combinations(sorted(keys), size) for size in range(len(keys) + 1))
    return map(frozenset, found)


def fillings(before: str, after: str) -> Iterator[frozenset[str]]:
    """Every set of the fields the table asks for here, with all other fields and with none."""
    asked = frozenset().union(*(line.fields for line in TABLE if line.edge == (before, after)))
    others = frozenset(FIELDS) - asked
    return (some | rest for some in subsets(asked) for rest in (others, frozenset[str]()))


PAIRS = [(before, after) for before in STATUSES for after in (*STATUSES, "") if before != after]


def test_every_pair_role_field_set_type_reason_and_answer() -> None:
    packaged, cases, wrong = policy(), 0, list[tuple[Situation, bool]]()
    for before, after in PAIRS:
        told = product(fillings(before, after), TYPES, REASONS, ANSWERS, STAYED)
        for filled, kind, reason, answer, days in told:
            situation = Situation(
                before=before,
                after=after,
                filled=filled,
                kind=kind,
                reason=reason,
                answer=answer,
                days=days,
            )
            row, expected = situation.record(), any(allowing(situation))
            for roles in ROLES:
                found = judge_move(
                    packaged,
                    row,
                    from_status=before,
                    to_status=after,
                    operator=Person(open_id="ou_li", roles=roles),
                    since=STAYED[days],
                    now=NOW,
                ).passes
                cases += 1
                wrong += [(situation, found)] if found != expected else []

    assert wrong == [], "(situation, whether it passed)"
    assert cases == 380_000


@pytest.mark.parametrize(
    ("field", "crossed"),
    [("status", STATUSES), ("type", TYPES[1:]), ("void_reason", REASONS[1:]), ("confirmation", ANSWERS[1:])],
)
def test_the_cases_leave_no_option_out(field: str, crossed: tuple[str, ...]) -> None:
    options = SCHEMA.table("requirement").field(field).options

    assert {option.key for option in options} == set(crossed)


def asked(situation: Situation, rules: Policy) -> Decision:
    """What the whole core says to the edit: a row that stood in ``before`` now shows ``after``."""
    shown = situation.record().with_values({"number": "20260901-客服-001", "submitted_at": NOW})
    stood = shown.with_values({"status": situation.before})
    moved = situation.before != situation.after
    return decide(
        Question(
            policy=rules,
            record=shown,
            accepted=accepted(stood, STAYED[situation.days]),
            steps=[step(situation.before, situation.after or None, at=NOW)] if moved else [],
            now=NOW,
            people={"ou_li": Person(open_id="ou_li", roles=situation.roles)},
        )
    )


def rows(decision: Decision) -> list[WriteLedger]:
    return [action for action in decision.actions if isinstance(action, WriteLedger)]


def situations(before: str, after: str) -> Iterator[Situation]:
    """Fewer types and reasons than above: those between which the table tells a difference."""
    told = product(fillings(before, after), ("inquiry", "feature"), REASONS[:3], ANSWERS, STAYED)
    for filled, kind, reason, answer, days in told:
        yield Situation(
            before=before, after=after, filled=filled, kind=kind, reason=reason, answer=answer, days=days
        )


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_the_core_puts_back_just_what_the_table_forbids_and_fills_what_it_names(
    before: str, after: str
) -> None:
    rules = policy()
    for situation in situations(before, after):
        lines = list(allowing(situation))

        found = asked(situation, rules)

        [row] = rows(found)
        assert row.verdict == ("pass" if lines else "put_back"), situation
        assert (found.status, found.corrected) == ((after, False) if lines else (before, True)), situation
        assert found.changes.get("status") == (None if lines else before), situation
        filled = set(" ".join(line.also for line in lines).split())
        own = {key for line in TABLE for key in line.also.split()}
        assert {key for key in found.changes if key in own} == filled, situation
        counted = any(isinstance(action, CountDuplicate) for action in found.actions)
        assert counted == (bool(lines) and after == "void" and situation.reason == "duplicate"), situation


@pytest.mark.parametrize("status", STATUSES)
def test_the_same_status_again_is_never_an_offence(status: str) -> None:
    """Nothing is judged, nothing corrected; only the close after five silent workdays is made."""
    rules = policy()
    for situation in situations(status, status):
        silent = status == "done" and situation.answer == "no_reply" and situation.days >= 5

        found = asked(situation, rules)

        moves = [(row.to_status, row.source, row.verdict) for row in rows(found)]
        assert moves == ([("closed", "rule", "pass")] if silent else []), situation
        assert not found.corrected


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


@pytest.mark.parametrize("mode", ["enforce", "observe", "off"])
@pytest.mark.parametrize("named", [(), ("product", "manager")], ids=["anybody", "product or manager"])
@pytest.mark.parametrize(("before", "after"), EDGES)
def test_a_team_names_who_may_and_how_strictly(
    before: str, after: str, named: tuple[str, ...], mode: Mode
) -> None:
    rules = with_edge((before, after), roles=named, mode=mode)
    found, expected = list[str](), list[str]()
    extremes = (frozenset(FIELDS), frozenset[str]())
    for filled, answer, reason, roles in product(extremes, ANSWERS, REASONS[1:3], ROLES):
        situation = Situation(
            before=before, after=after, filled=filled, answer=answer, reason=reason, roles=roles
        )
        allowed = any(allowing(situation)) and (not named or bool({*named} & {*roles}))
        expected.append(VERDICTS[mode, allowed])
        found += [row.verdict for row in rows(asked(situation, rules))]

    assert found == expected
    always = mode == "off" or (not named and (before, after) == ("shelved", "pending"))
    assert len(set(found)) == (1 if always else 2), "the cases must be able to tell"


def test_the_roles_of_one_edge_bind_no_other() -> None:
    rules = with_edge(("pending", "shelved"), roles=("manager",), mode="enforce")
    for before, after in EDGES:
        ways = (Situation(before=before, after=after, filled=frozenset(FIELDS), answer=a) for a in ANSWERS)
        passes = any(asked(way, rules).status == after for way in ways)
        assert passes == ((before, after) != ("pending", "shelved"))
