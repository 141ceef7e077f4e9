"""Cards of people on leave in a whole base in memory: handed over, answered by who got them, once."""

from dataclasses import replace
from datetime import date

from feishu_plugin.policy import Leave
from feishu_plugin.ports import Effect
from feishu_plugin.records import Person
from feishu_plugin.sync.ticks import remind
from tests.reminders.samples import seen
from tests.sync.base import Base
from tests.sync.test_presses import BOSS, LI, MANAGER, button, card, patches, press
from tests.sync.test_reminder_buttons import ZHAO, day, planned, to, told

HAN = "ou_han"
"""The backup of 李雷."""


def team(*away: str, last: int = 4) -> Base:
    """A base with a backup and a manager; these people are on leave from Monday to a day of that week."""
    base = Base(None, Person(open_id=LI, name="李雷"), Person(open_id=HAN, name="韩梅梅"), MANAGER)
    base.desk.administrators = (ZHAO,)
    policy = base.desk.policy
    routes = tuple(replace(r, backup=(HAN,), managers=(BOSS,)) for r in policy.routes)
    leave = Leave(people=away, first=date(2026, 1, 5), last=date(2026, 1, 5 + last))
    base.desk.policy = replace(policy, routes=routes, leaves=(leave,) if away else ())
    return base


def late(*away: str) -> tuple[Base, str, Effect]:
    """A requirement of 李雷 that ran out on Wednesday evening while these people are on leave."""
    base = team(*away)
    rid = planned(base)
    to(base, 2, "18:00")
    to(base, 3, "09:00")
    return base, rid, card(base, "overdue", HAN if LI in away else LI)


def breaches(base: Base, of: str) -> list[Effect]:
    return [effect for effect in told(base, "overdue") if effect.target == of]


def test_the_backup_gets_the_card_of_an_owner_on_leave_and_may_press() -> None:
    base, rid, sent = late(LI)

    press(base, button(sent, "progress"), HAN, note="我先跟进")

    assert "代 李雷（休假）处理" in seen(sent.body["card"])
    assert button(sent, "progress")["for"] == HAN
    assert base.record(rid).get("progress") == "2026-01-08 韩梅梅：我先跟进"
    assert breaches(base, LI) == []


def test_who_comes_back_is_not_told_again() -> None:
    base, _, _ = late(LI)

    to(base, 7, "10:00")

    assert breaches(base, LI) == []
    assert len(breaches(base, HAN)) == 1
    assert len(breaches(base, BOSS)) == 1, "the next step goes on"


def test_what_a_stand_in_puts_off_comes_to_the_owner_who_is_back() -> None:
    base, _, sent = late(LI)
    press(base, button(sent, "snooze"), HAN, later="1h")
    base.desk.policy = replace(base.desk.policy, leaves=())

    to(base, 3, "10:01")
    to(base, 3, "11:00")

    assert [len(breaches(base, LI)), len(breaches(base, HAN))] == [1, 1]


def test_what_a_stand_in_puts_off_comes_to_them_while_the_owner_is_away() -> None:
    base, _, sent = late(LI)
    press(base, button(sent, "snooze"), HAN, later="1h")
    press(base, button(sent, "snooze"), HAN, later="1h")

    to(base, 3, "10:01")
    to(base, 3, "11:00")

    assert [len(breaches(base, LI)), len(breaches(base, HAN))] == [0, 2]


def test_an_assignment_to_somebody_on_leave_reaches_the_backup_once() -> None:
    base = team(LI)
    planned(base)
    to(base, 7, "10:00")

    assert [effect.target for effect in told(base, "assigned")] == [HAN]


def test_the_answer_to_an_edit_reaches_its_editor_on_leave() -> None:
    base = team(LI)
    rid = planned(base)
    base.edit(rid, status="shelved", operator=LI)
    base.settle()

    assert card(base, "put_back", LI)


def test_a_release_is_granted_by_who_stands_in_for_the_manager() -> None:
    base = team(BOSS)
    rid = planned(base)
    base.edit(rid, status="shelved", operator=LI)
    base.settle()
    press(base, button(card(base, "put_back", LI), "ask"), LI, reason="客户很急")
    asked = card(base, "release_asked", ZHAO)

    press(base, button(asked, "grant"), ZHAO, reason="同意", until=f"{day(base, 5):%Y-%m-%d} +0800")

    assert base.record(rid).get("status") == "shelved"
    assert "已放行至" in patches(base)[-1]


def test_who_stands_in_for_nobody_releases_nothing() -> None:
    base = team(BOSS)
    rid = planned(base)
    base.edit(rid, status="shelved", operator=LI)
    base.settle()
    value = button(card(base, "put_back", LI), "ask") | {"do": "grant"}

    press(base, value, LI, reason="我自己放行", until=f"{day(base, 5):%Y-%m-%d} +0800")

    assert base.record(rid).get("status") == "pending"


def test_ticks_and_restarts_tell_nothing_twice() -> None:
    base, _, _ = late(LI)
    before = len(told(base, "overdue"))

    for _ in range(3):
        remind(base.desk)

    assert len(told(base, "overdue")) == before
