"""Who gets a notice in place of somebody who is on leave, has left or cannot be reached."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from feishu_plugin.policy import Leave, Policy, Route
from feishu_plugin.records import Value
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.standins import Reach, Standby
from tests.reminders.samples import POLICY, at, people, requirement

NOW = at("09-02 10:00")
ROUTE = Route(
    order=1, department="engineering", owners=("ou_dev",), backup=("ou_dev2",), managers=("ou_boss",)
)


def on_leave(*away: str, route: Route = ROUTE, policy: Policy = POLICY) -> Policy:
    """The team of the samples with a backup, and these people on leave on the second of September."""
    leave = Leave(people=away, first=date(2026, 9, 2), last=date(2026, 9, 2))
    return replace(policy, routes=(route,), leaves=(leave,))


def standby(policy: Policy, audience: str = "owner", **values: Value) -> Standby:
    circle = Circle(policy=policy, people=people, administrators=("ou_cs",))
    return Standby(circle=circle, audience=audience, record=requirement("rec1", **values), at=NOW)


def readers(policy: Policy, audience: str, meant: Sequence[str], **values: Value) -> list[str]:
    return [one.open_id for one in standby(policy, audience, **values).reach(meant)]


def test_who_is_there_gets_it_themselves() -> None:
    assert standby(on_leave()).reach(["ou_dev"]) == (Reach(meant="ou_dev", open_id="ou_dev"),)


def test_on_leave_the_backup_gets_it_and_is_told_for_whom() -> None:
    (found,) = standby(on_leave("ou_dev")).reach(["ou_dev"])

    assert (found.open_id, found.instead_of) == ("ou_dev2", ("ou_dev",))
    assert found.facts == {"for_zh": "李雷（休假）", "for_en": "李雷 (on leave)"}


def test_who_left_is_spoken_for_by_the_backup_as_well() -> None:
    (found,) = standby(on_leave()).reach(["ou_gone"])

    assert (found.open_id, found.facts["for_zh"]) == ("ou_dev2", "吴前任（已离职）")


@pytest.mark.parametrize(
    ("away", "expected"),
    [
        (("ou_dev",), "ou_dev2"),
        (("ou_dev", "ou_dev2"), "ou_boss"),
        (("ou_dev", "ou_dev2", "ou_boss"), "ou_lead"),
        (("ou_dev", "ou_dev2", "ou_boss", "ou_lead"), "ou_cs"),
        (("ou_dev", "ou_dev2", "ou_boss", "ou_lead", "ou_cs"), "ou_dev"),
    ],
)
def test_backup_manager_leader_administrator_in_this_order(away: tuple[str, ...], expected: str) -> None:
    assert readers(on_leave(*away), "owner", ["ou_dev"]) == [expected]


@pytest.mark.parametrize(
    ("audience", "meant", "expected"),
    [
        ("submitter", "ou_sub", "ou_cs"),
        ("manager", "ou_boss", "ou_cs"),
        ("head", "ou_lead", "ou_boss"),
        ("administrator", "ou_cs", "ou_boss"),
        ("editor", "ou_dev", "ou_dev"),
        ("editor", "ou_gone", "ou_lead"),
    ],
)
def test_each_audience_has_its_own_order(audience: str, meant: str, expected: str) -> None:
    assert readers(on_leave(meant), audience, [meant]) == [expected]


def test_two_on_leave_have_one_stand_in() -> None:
    found = readers(on_leave("ou_dev", "ou_lead"), "owner", ["ou_dev", "ou_lead"])

    assert found == ["ou_dev2", "ou_dev2"]


def test_a_backup_who_is_told_anyway_comes_after_the_others() -> None:
    two = replace(ROUTE, backup=("ou_dev2", "ou_lead"))

    assert readers(on_leave("ou_dev", route=two), "owner", ["ou_dev", "ou_dev2"]) == ["ou_lead", "ou_dev2"]
    assert readers(on_leave("ou_dev"), "owner", ["ou_dev", "ou_dev2"]) == ["ou_dev2", "ou_dev2"]


def test_who_heard_of_it_at_an_earlier_stage_is_no_stand_in_for_the_next() -> None:
    there = standby(on_leave("ou_lead"), "head")

    assert [one.open_id for one in there.reach(["ou_lead"], {"ou_boss"}.__contains__)] == ["ou_cs"]


def test_when_all_stand_ins_know_it_the_next_stage_waits_for_who_is_meant() -> None:
    assert standby(on_leave("ou_lead"), "head").reach(["ou_lead"], {"ou_boss", "ou_cs"}.__contains__) == ()


def test_whom_a_card_cannot_reach_has_all_others_behind_them() -> None:
    assert list(standby(on_leave("ou_boss")).others("ou_dev")) == ["ou_dev2", "ou_lead", "ou_cs"]


def test_who_is_meant_as_well_has_a_card_of_their_own() -> None:
    found = standby(on_leave(), owner=("ou_dev", "ou_dev2")).others("ou_dev")

    assert list(found) == ["ou_boss", "ou_lead", "ou_cs"]
