"""Who gets a requirement: criteria, who is there, whose turn it is."""

from dataclasses import replace
from datetime import date

import pytest

from feishu_plugin.policy import Leave, Policy, Route
from feishu_plugin.records import Person, Requirement
from feishu_plugin.rules import routing
from feishu_plugin.rules.actions import AssignOwner
from feishu_plugin.rules.case import Case
from feishu_plugin.rules.rotation import whose_turn
from tests import builders
from tests.rules.questions import NOW

ROUTE = Route(order=1, department="support", owners=("ou_a", "ou_b"), backup=("ou_c",), managers=("ou_m",))


def with_routes(*routes: Route, leaves: tuple[Leave, ...] = ()) -> Policy:
    return replace(builders.policy(), routes=routes, leaves=leaves)


def candidates(policy: Policy, *gone: str) -> tuple[str, ...]:
    """Whom the rule would give a new requirement to, when these people left."""
    case = Case(
        policy=policy,
        record=Requirement(record_id="rec1", values={"status": "pending", "title": "导出"}),
        accepted=None,
        now=NOW,
        people={one: Person(open_id=one, active=False) for one in gone},
    )
    found = [action for action in routing.rule(case) if isinstance(action, AssignOwner)]
    return found[0].candidates if found else ()


def leave(*people: str, first: str = "2026-09-01", last: str = "2026-09-03") -> Leave:
    return Leave(people=people, first=date.fromisoformat(first), last=date.fromisoformat(last))


@pytest.mark.parametrize(
    ("gone", "away", "expected"),
    [
        ((), (), ("ou_a", "ou_b")),
        (("ou_a",), (), ("ou_b",)),
        ((), ("ou_b",), ("ou_a",)),
        (("ou_a",), ("ou_b",), ("ou_c",)),
        (("ou_a", "ou_b"), ("ou_c",), ("ou_m",)),
        (("ou_a", "ou_b", "ou_c", "ou_m"), (), ()),
    ],
)
def test_whoever_left_or_is_on_leave_gets_nothing(
    gone: tuple[str, ...], away: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    policy = with_routes(ROUTE, leaves=(leave(*away),))

    assert candidates(policy, *gone) == expected


@pytest.mark.parametrize(("first", "last", "there"), [
    ("2026-08-30", "2026-08-31", True),
    ("2026-08-30", "2026-09-01", False),
    ("2026-09-01", "2026-09-01", False),
    ("2026-09-02", "2026-09-04", True),
])  # fmt: skip
def test_a_leave_lasts_from_its_first_to_its_last_day(first: str, last: str, there: bool) -> None:
    policy = with_routes(ROUTE, leaves=(leave("ou_a", first=first, last=last),))

    assert ("ou_a" in candidates(policy)) == there


def test_without_owners_in_the_rule_the_department_picks_one_itself() -> None:
    assert candidates(with_routes(replace(ROUTE, owners=(), backup=()))) == ()


@pytest.mark.parametrize(
    ("product", "department"),
    [
        ("收银台", "engineering"),
        ("APP、收银台", "engineering"),
        ("app", "engineering"),
        ("官网", "support"),
        (None, "support"),
    ],
)
def test_a_rule_may_ask_for_products(product: str | None, department: str) -> None:
    policy = with_routes(
        Route(order=1, department="engineering", products=("收银台", "app")),
        Route(order=9, department="support"),
    )

    route = routing.match(policy, Requirement(record_id="rec1", values={"product": product}))

    assert route is not None
    assert route.department == department


@pytest.mark.parametrize(
    ("loads", "turns"),
    [
        ({}, ["a", "b", "c", "a"]),
        ({"a": 2, "b": 1, "c": 1}, ["b", "b", "c", "b"]),
        ({"a": 0, "b": 5, "c": 5}, ["a", "a", "a", "a"]),
    ],
)
def test_the_fewest_open_requirements_win_and_equals_take_turns(
    loads: dict[str, int], turns: list[str]
) -> None:
    assert [whose_turn("abc", loads, turn) for turn in range(1, 5)] == turns
