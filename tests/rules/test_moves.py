"""流转规则 as it is judged: all pairs of statuses, each obstacle alone, and which row explains."""

from dataclasses import replace
from datetime import datetime

import pytest

from feishu_plugin.policy import Condition, Mode, Move, Policy
from feishu_plugin.records import Person, Requirement, Value
from feishu_plugin.rules.moves import Judgement, judge_move, next_statuses
from tests.builders import local, policy
from tests.rules.questions import FILLED, NOW, STATUSES, record, with_moves

PACKAGED = policy()
LONG_AGO = local("2026-08-01 10:00")

LEGAL_FOR_AN_INQUIRY = {
    "pending": {"in_progress", "shelved", "void"},
    "in_progress": {"testing", "done", "waiting_customer", "shelved"},
    "waiting_customer": {"in_progress"},
    "shelved": {"pending"},
    "testing": {"in_progress", "done"},
    "done": {"closed"},
    "closed": set(),
    "void": set(),
}
"""By hand from the process documents: everything filled, the customer said 已解决."""

LEGAL_UNSOLVED = {**LEGAL_FOR_AN_INQUIRY, "done": {"in_progress"}, "closed": {"pending"}}
"""The same, but the customer said 未解决."""

LEGAL_FOR_A_FEATURE = {
    **LEGAL_FOR_AN_INQUIRY,
    "in_progress": {"testing", "waiting_customer", "shelved"},
}
"""Only services may skip the test."""


def judge(
    rules: Policy,
    found: Requirement,
    before: str,
    after: str,
    *,
    roles: tuple[str, ...] = (),
    since: datetime | None = NOW,
    now: datetime = NOW,
) -> Judgement:
    who = Person(open_id="ou_li", roles=roles)
    return judge_move(rules, found, from_status=before, to_status=after, operator=who, since=since, now=now)


@pytest.mark.parametrize(
    ("changes", "legal"),
    [
        ({}, LEGAL_FOR_AN_INQUIRY),
        ({"type": "complaint"}, LEGAL_FOR_AN_INQUIRY),
        ({"type": "suggestion"}, LEGAL_FOR_AN_INQUIRY),
        ({"void_reason": "duplicate"}, LEGAL_FOR_AN_INQUIRY),
        ({"confirmation": "unsolved"}, LEGAL_UNSOLVED),
        ({"type": "feature"}, LEGAL_FOR_A_FEATURE),
        ({"type": "problem"}, LEGAL_FOR_A_FEATURE),
        ({"type": None}, LEGAL_FOR_A_FEATURE),
    ],
    ids=[
        "an inquiry",
        "a complaint",
        "a suggestion",
        "a duplicate",
        "unsolved",
        "a feature",
        "a problem",
        "no type",
    ],
)
def test_all_pairs_of_statuses(changes: dict[str, Value], legal: dict[str, set[str]]) -> None:
    found = {
        before: {
            after
            for after in STATUSES
            if after != before and judge(PACKAGED, record(**changes), before, after).passes
        }
        for before in STATUSES
    }

    assert found == legal


NEEDED = {
    ("pending", "in_progress"): ("department", "owner", "priority", "planned_finish"),
    ("pending", "shelved"): ("shelve_reason", "follow_up"),
    ("pending", "void"): ("void_reason",),
    ("in_progress", "testing"): ("solution", "progress"),
    ("in_progress", "done"): ("result",),
    ("in_progress", "waiting_customer"): ("progress",),
    ("waiting_customer", "in_progress"): ("progress",),
    ("in_progress", "shelved"): ("shelve_reason", "follow_up"),
    ("testing", "in_progress"): ("progress",),
    ("testing", "done"): ("result",),
    ("done", "closed"): ("score",),
}
EACH_NEEDED = [(*edge, key) for edge, keys in NEEDED.items() for key in keys]


@pytest.mark.parametrize(("before", "after", "key"), EACH_NEEDED)
def test_each_required_field_stops_the_move_alone_and_is_named(before: str, after: str, key: str) -> None:
    found = judge(PACKAGED, record(**{key: None}), before, after)

    assert not found.passes
    assert found.keys("required") == (key,)
    assert [o.text for o in found.obstacles if o.kind == "required"] == [f"请先填写：{PACKAGED.label(key)}"]


@pytest.mark.parametrize(("before", "after"), NEEDED)
def test_nothing_else_is_required(before: str, after: str) -> None:
    needed = (*NEEDED[before, after], "type", "confirmation", "void_reason")
    bare = {key: value if key in needed else None for key, value in FILLED.items()}

    assert judge(PACKAGED, record(**bare), before, after).passes


def test_a_duplicate_names_its_original() -> None:
    found = judge(PACKAGED, record(void_reason="duplicate", duplicate_of=None), "pending", "void")

    assert found.keys("required") == ("duplicate_of",)
    assert [o.text for o in found.obstacles] == ["请先填写：重复于"]


def test_several_missing_fields_are_one_sentence() -> None:
    found = judge(PACKAGED, record(shelve_reason=None, follow_up=None), "pending", "shelved")

    assert [o.text for o in found.obstacles] == ["请先填写：搁置原因、后续跟进计划"]


def test_a_move_that_no_row_knows_names_what_is_possible() -> None:
    found = judge(PACKAGED, record(), "pending", "closed")

    assert (found.move, found.passes) == (None, False)
    assert [o.text for o in found.obstacles] == ["「待处理」之后只能改为：处理中、已搁置、已作废"]
    assert [o.text for o in judge(PACKAGED, record(), "void", "done").obstacles] == [
        "「已作废」之后只能改为：（没有可用的流转）"
    ]


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        (Condition(field="confirmation", values=("solved",)), "solved", True),
        (Condition(field="confirmation", values=("solved",)), "unsolved", False),
        (Condition(field="confirmation", values=("solved",)), None, False),
        (Condition(field="confirmation", values=("solved", "no_reply")), "no_reply", True),
        (Condition(field="confirmation", values=("solved",), negate=True), "solved", False),
        (Condition(field="confirmation", values=("solved",), negate=True), "unsolved", True),
        (Condition(field="confirmation", values=("solved",), negate=True), None, True),
        (Condition(field="score", values=("5",)), 5.0, True),
        (Condition(field="score", values=("4.5",)), 4.5, True),
        (Condition(field="score", values=("5",)), 4.0, False),
        (Condition(field="co_departments", values=("product",)), ("support", "product"), True),
        (Condition(field="co_departments", values=("product",)), ("support",), False),
        (Condition(field="co_departments", values=("product",), negate=True), ("support",), True),
        (Condition(field="industry", values=("汽车",)), "汽车", True),
    ],
)
def test_conditions(condition: Condition, value: Value, holds: bool) -> None:
    rules = with_moves(Move(from_status="done", to_status="closed", conditions=(condition,)))

    assert judge(rules, record(**{condition.field: value}), "done", "closed").passes is holds


def test_an_unmet_condition_is_put_in_words() -> None:
    conditions = (
        Condition(field="confirmation", values=("solved", "no_reply")),
        Condition(field="void_reason", values=("duplicate",), negate=True),
    )
    rules = with_moves(Move(from_status="done", to_status="closed", conditions=conditions))

    found = judge(rules, record(confirmation=None, void_reason="duplicate"), "done", "closed")

    assert [o.text for o in found.obstacles] == [
        "要求「客户确认」为「已解决 或 未回复」",
        "要求「作废原因」不是「重复」",
    ]
    assert found.keys("condition") == ("confirmation", "void_reason")


@pytest.mark.parametrize(
    ("roles", "passes"),
    [(("product",), True), (("support", "manager"), True), (("support",), False), ((), False)],
)
def test_a_move_may_be_for_some_roles_only(roles: tuple[str, ...], passes: bool) -> None:
    rules = with_moves(Move(from_status="pending", to_status="shelved", roles=("product", "manager")))

    found = judge(rules, record(), "pending", "shelved", roles=roles)

    assert found.passes is passes
    assert found.keys("role") == (() if passes else ("product", "manager"))


def test_a_move_may_be_for_some_types_only() -> None:
    found = judge(PACKAGED, record(type="feature"), "in_progress", "done")

    assert [o.text for o in found.obstacles] == ["只适用于需求类型：服务咨询、投诉、建议"]


@pytest.mark.parametrize(
    ("since", "passes"),
    [
        # Five workdays before Tuesday 2026-09-01 10:00 is Tuesday 2026-08-25 10:00.
        ("2026-08-25 10:00", True),
        ("2026-08-25 10:01", False),
        ("2026-08-24 18:00", True),
        (None, False),
    ],
)
def test_a_move_may_ask_for_a_stay_in_workdays(since: str | None, passes: bool) -> None:
    moment = local(since) if since else None

    found = judge(PACKAGED, record(confirmation="no_reply"), "done", "closed", since=moment)

    assert found.passes is passes
    if not passes:
        assert [o.text for o in found.obstacles] == ["需在原状态停留满 5 个工作日"]


def test_a_row_that_is_off_does_not_exist() -> None:
    on = Move(from_status="pending", to_status="void")
    rules = with_moves(Move(from_status="pending", to_status="done", mode="off"), on)

    assert next_statuses(rules, "pending") == ("void",)
    assert judge(rules, record(), "pending", "done").move is None


@pytest.mark.parametrize("mode", ["enforce", "observe"])
def test_a_row_that_is_observed_is_judged_like_an_enforced_one(mode: Mode) -> None:
    rules = with_moves(Move(from_status="pending", to_status="void", required=("risk",), mode=mode))

    found = judge(rules, record(), "pending", "void")

    assert found.move is not None
    assert (found.move.mode, found.passes, found.keys("required")) == (mode, False, ("risk",))


def test_alternatives_pass_when_one_of_them_has_no_obstacle() -> None:
    hard = Move(from_status="done", to_status="closed", required=("risk",))
    easy = Move(from_status="done", to_status="closed", effects=("set_closed",))

    for rows in ((hard, easy), (easy, hard)):
        assert judge(with_moves(*rows), record(), "done", "closed").move == easy


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"confirmation": "solved", "score": None}, ["请先填写：满意度评分"]),
        ({"confirmation": "no_reply"}, ["需在原状态停留满 5 个工作日"]),
    ],
)
def test_the_row_meant_for_the_case_explains(changes: dict[str, Value], said: list[str]) -> None:
    found = judge(PACKAGED, record(**changes), "done", "closed")

    assert [o.text for o in found.obstacles] == said


def test_of_rows_that_are_all_meant_the_one_with_fewest_obstacles_explains() -> None:
    far = Move(from_status="done", to_status="closed", required=("risk",), roles=("manager",))
    near = Move(from_status="done", to_status="closed", roles=("product",))

    for rows in ((far, near), (near, far)):
        assert judge(with_moves(*rows), record(), "done", "closed").move == near


def test_a_row_for_other_cases_explains_less_than_one_that_misses_much() -> None:
    other = Move(from_status="done", to_status="closed", types=("feature",))
    mine = Move(from_status="done", to_status="closed", required=("risk",), roles=("manager",), after_days=5)

    found = judge(with_moves(other, mine), record(), "done", "closed")

    assert found.move == mine
    assert [o.kind for o in found.obstacles] == ["role", "required", "time"]


def test_added_statuses_are_ordinary_ones() -> None:
    rules = with_moves(Move(from_status="pending", to_status="待评审"))

    assert judge(rules, record(), "pending", "待评审").passes
    assert [o.text for o in judge(rules, record(), "待评审", "done").obstacles] == [
        "「待评审」之后只能改为：（没有可用的流转）"
    ]


def test_the_working_days_of_the_team_count() -> None:
    holiday = {local("2026-08-27").date(): False}
    rules = replace(PACKAGED, worktime=replace(PACKAGED.worktime, days=holiday))
    since = local("2026-08-25 10:00")

    assert not judge(rules, record(confirmation="no_reply"), "done", "closed", since=since).passes
    assert judge(PACKAGED, record(confirmation="no_reply"), "done", "closed", since=LONG_AGO).passes


@pytest.mark.parametrize(
    ("condition", "values", "passes"),
    [
        (Condition(field="score", values=("4",), compare="≥"), {"score": 4.0}, True),
        (Condition(field="score", values=("4",), compare="≥"), {"score": 3.0}, False),
        (Condition(field="score", values=("4",), compare="≥"), {"score": None}, False),
        (Condition(field="score", values=("2",), compare="≤"), {"score": 2.0}, True),
        (Condition(field="score", values=("2",), compare="≤"), {"score": 5.0}, False),
        (Condition(field="result", compare="empty"), {"result": None}, True),
        (Condition(field="result", compare="empty"), {"result": "好了"}, False),
        (Condition(field="result", compare="empty", negate=True), {"result": "好了"}, True),
        (Condition(field="result", compare="empty", negate=True), {"result": None}, False),
    ],
)
def test_conditions_compare_numbers_and_ask_for_emptiness(
    condition: Condition, values: dict[str, Value], passes: bool
) -> None:
    rules = with_moves(Move(from_status="pending", to_status="testing", conditions=(condition,)))

    judged = judge(rules, record(**values), "pending", "testing")

    assert judged.passes == passes
    assert passes or judged.obstacles[0].kind == "condition"


@pytest.mark.parametrize(
    ("roles", "people", "passes"),
    [((), (), True), ((), ("ou_li",), True), ((), ("ou_wang",), False), (("product",), ("ou_li",), True)],
)
def test_named_people_may_as_well_as_roles(
    roles: tuple[str, ...], people: tuple[str, ...], passes: bool
) -> None:
    rules = with_moves(Move(from_status="pending", to_status="testing", roles=roles, people=people))

    assert judge(rules, record(), "pending", "testing", roles=("support",)).passes == passes
