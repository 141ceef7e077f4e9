"""What was stored for somebody's morning reaches a stand-in when they are away by then."""

from dataclasses import replace
from datetime import date

from feishu_plugin.policy import Leave, Policy
from feishu_plugin.ports import PendingEffect, Settlement
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.cards import effects_of_tells
from feishu_plugin.reminders.lines import line_of_notice, notice_of_line
from feishu_plugin.reminders.notice import Notice
from feishu_plugin.reminders.relay import relayed
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.rules.actions import Tell
from tests.fakes import MemoryWork
from tests.reminders.samples import APP, POLICY, accepted, at, notice, people, requirement, seen

BACKED = replace(POLICY, routes=(replace(POLICY.routes[0], backup=("ou_dev2",)),))
MORNING = at("09-02 09:10")


def sick(*away: str) -> Policy:
    leave = Leave(people=away, first=date(2026, 9, 2), last=date(2026, 9, 2))
    return replace(BACKED, leaves=(leave,))


def read_by(told: Notice, policy: Policy) -> Notice:
    """The notice as it is read on the morning of the second of September."""
    circle = Circle(policy=policy, people=people)
    line = PendingEffect(row=7, effect=line_of_notice(told, MORNING))
    (found,) = relayed([line], circle, lambda ids: dict([accepted(requirement())]), MORNING)
    assert found.row == 7
    assert found.effect.identity == told.identity
    return notice_of_line(found.effect)


def test_a_line_for_somebody_who_is_there_stays() -> None:
    told = notice("a", audience="owner")

    assert read_by(told, BACKED) == told


def test_a_line_for_somebody_who_called_in_sick_goes_to_the_backup() -> None:
    read = read_by(notice("a", audience="owner"), sick("ou_dev"))

    assert (read.open_id, read.instead_of) == ("ou_dev2", ("ou_dev",))
    assert read.covers == ("a", "a:by:ou_dev2")
    assert read.facts["for_zh"] == "李雷（休假）"


def test_when_the_stand_in_is_away_the_person_meant_gets_it_if_they_are_back() -> None:
    handed = notice(
        "a", audience="owner", open_id="ou_dev2", instead_of=("ou_dev",), facts={"for_zh": "李雷（休假）"}
    )

    assert (read_by(handed, sick("ou_dev2")).open_id, read_by(handed, sick("ou_dev2")).instead_of) == (
        "ou_dev",
        (),
    )
    assert not read_by(handed, sick("ou_dev2")).facts["for_zh"]


def test_what_came_in_the_evening_is_told_once_in_the_morning_of_who_is_there() -> None:
    work = MemoryWork()
    key, state = accepted(requirement())
    work.settle(APP, Settlement(accepted={("requirement", key): state}))
    assigned = Tell(event="assigned", identity="o", to=("ou_dev",))
    work.settle(
        APP,
        Settlement(effects=effects_of_tells(BACKED, [(requirement(), assigned)], people, at("09-01 22:00"))),
    )

    def morning(policy: Policy, now: str) -> list[str]:
        cards = plan_reminders(work, policy, people, at(now), APP)
        work.settle(APP, Settlement(effects=cards))
        return [card.target for card in cards if "已分派" in seen(card.body["card"])]

    assert morning(sick("ou_dev"), "09-02 09:10") == ["ou_dev2"]
    assert morning(BACKED, "09-03 09:10") == []
