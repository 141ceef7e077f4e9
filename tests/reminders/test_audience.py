"""Who is meant by an audience: found near the record, there or not."""

from dataclasses import replace
from datetime import date

import pytest

from feishu_plugin.policy import Leave, Route
from feishu_plugin.records import Person
from feishu_plugin.reminders.audience import Circle, upwards
from tests.reminders.samples import CIRCLE, POLICY, at, people, requirement


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("owner", ("ou_dev",)),
        ("submitter", ("ou_sub",)),
        ("manager", ("ou_boss",)),
        ("head", ("ou_lead",)),
        ("editor", ("ou_dev",)),
        ("administrator", ("ou_boss",)),
        ("customer", ()),
        ("nobody we know", ()),
    ],
)
def test_an_audience_names_people(audience: str, expected: tuple[str, ...]) -> None:
    assert CIRCLE.named(audience, requirement()) == expected


def test_several_owners_are_all_meant() -> None:
    assert CIRCLE.named("owner", requirement(owner=("ou_dev", "ou_dev2"))) == ("ou_dev", "ou_dev2")


def test_without_an_owner_the_head_of_the_department_is_meant() -> None:
    assert CIRCLE.named("owner", requirement(owner=None)) == ("ou_lead",)


def test_the_head_of_another_department_is_not_meant() -> None:
    record = requirement(department="support", owner=None)

    assert CIRCLE.named("head", record) == ("ou_cs",)


def test_without_a_known_head_the_owners_leader_is_meant() -> None:
    assert CIRCLE.named("head", requirement(department="product")) == ("ou_lead",)


def test_without_a_department_the_managers_are_meant() -> None:
    assert CIRCLE.named("head", requirement(department=None, owner=None)) == ("ou_boss",)


def test_managers_of_the_departments_own_routes_come_first() -> None:
    routes = (
        Route(order=1, department="support", managers=("ou_cs",)),
        Route(order=2, department="engineering", managers=("ou_boss",)),
    )
    circle = replace(CIRCLE, policy=replace(POLICY, routes=routes))

    assert circle.named("manager", requirement()) == ("ou_boss",)
    assert circle.named("manager", requirement(department="product")) == ("ou_cs", "ou_boss")


def test_without_routes_somebody_above_with_the_role_is_the_manager() -> None:
    circle = replace(CIRCLE, policy=replace(POLICY, routes=()))

    assert circle.named("manager", requirement()) == ("ou_boss",)


def test_the_last_resort_are_the_administrators() -> None:
    circle = Circle(policy=replace(POLICY, routes=()), people=people, administrators=("ou_admin",))
    record = requirement(owner=None, submitter=None)

    assert circle.named("head", record) == circle.named("manager", record) == ("ou_admin",)
    assert circle.named("administrator", record) == ("ou_admin",)


def test_who_left_is_still_the_one_who_is_meant() -> None:
    assert CIRCLE.named("owner", requirement(owner=("ou_gone", "ou_lead"))) == ("ou_gone", "ou_lead")


def test_the_route_that_fits_the_record_comes_first() -> None:
    routes = (
        Route(order=1, department="engineering", types=("complaint",), managers=("ou_cs",)),
        Route(order=2, department="engineering", types=("feature",), managers=("ou_boss",)),
    )
    circle = replace(CIRCLE, policy=replace(POLICY, routes=routes))

    assert circle.named("manager", requirement(type="feature")) == ("ou_boss", "ou_cs")


def test_leaders_in_a_ring_end_where_they_began() -> None:
    ring = {
        "ou_a": Person(open_id="ou_a", leader="ou_b", active=False),
        "ou_b": Person(open_id="ou_b", leader="ou_a", active=False),
    }

    assert list(upwards(lambda open_id: ring[open_id], "ou_a")) == ["ou_a", "ou_b"]


@pytest.mark.parametrize(
    ("now", "absence"),
    [("08-31 23:59", ""), ("09-01 00:00", "away"), ("09-02 23:59", "away"), ("09-03 00:00", "")],
)
def test_a_leave_lasts_from_its_first_to_its_last_day_of_the_team(now: str, absence: str) -> None:
    leave = Leave(people=("ou_dev",), first=date(2026, 9, 1), last=date(2026, 9, 2))
    circle = replace(CIRCLE, policy=replace(POLICY, leaves=(leave,)))

    assert circle.absence("ou_dev", at(now)) == absence


def test_who_left_is_away_for_good() -> None:
    assert CIRCLE.absence("ou_gone", at("09-01 09:00")) == "left"
