"""Buttons of reminders in a whole base in memory: kept, postponed, told, put off; once each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from feishu_plugin.ports import Effect
from feishu_plugin.records import Person, Value
from feishu_plugin.sync.ticks import remind
from tests.sync.base import Base
from tests.sync.test_presses import (
    BOSS,
    FILLED,
    LI,
    MANAGER,
    Mortal,
    button,
    card,
    patches,
    press,
    with_manager,
)

ZHAO = "ou_zhao"
"""Another person of the team, who submits."""


def day(base: Base, days: int, clock: str = "00:00") -> datetime:
    """A moment some days from the first day of the test, in the team's zone."""
    zone = base.desk.policy.worktime.zone
    hours, minutes = map(int, clock.split(":"))
    return datetime(2026, 1, 5, tzinfo=zone) + timedelta(days=days, hours=hours, minutes=minutes)


def to(base: Base, days: int, clock: str) -> None:
    """Time passes until then, and what is due is told."""
    base.clock.advance((day(base, days, clock) - base.clock.now()).total_seconds())
    remind(base.desk)


def planned(base: Base, title: str = "导出报表", days: int = 2) -> str:
    """A requirement of 李雷 planned for the end of a day (0 is a Monday)."""
    plan = day(base, days)
    answered = base.clock.now()  # or the limit of the response would run out as well
    people = {"owner": (LI,), "submitter": (ZHAO,)}
    rid = base.add(title=title, type="feature", planned_finish=plan, first_response_at=answered, **people)
    base.settle()
    return rid


def team(store: Mortal | None = None) -> Base:
    base = Base(None, Person(open_id=LI, name="李雷"), MANAGER, store=store)
    base.desk.policy = replace(base.desk.policy, routes=with_manager(base))
    return base


def late(store: Mortal | None = None) -> tuple[Base, str, Effect]:
    """A requirement that ran out on Wednesday evening; its owner got the card at once, and it is Thursday."""
    base = team(store)
    rid = planned(base)
    to(base, 2, "18:00")
    to(base, 3, "09:00")
    return base, rid, card(base, "overdue", LI)


def morning() -> tuple[Base, list[str], Effect]:
    """Two requirements due on Wednesday, and the card of Tuesday morning that lists them."""
    base = team()
    ids = [planned(base, "导出报表"), planned(base, "登录变慢")]
    to(base, 1, "09:10")
    return base, ids, digest(base)


def digest(base: Base) -> Effect:
    return [e for e in waiting(base) if e.identity.startswith("digest:") and e.target == LI][-1]


def waiting(base: Base) -> list[Effect]:
    return [p.effect for p in base.store.outbox.waiting.values()]


def told(base: Base, event: str) -> list[Effect]:
    return [e for e in waiting(base) if e.kind == "card" and e.body.get("event") == event]


def rows(base: Base, rule: str) -> list[Mapping[str, Value]]:
    return [row for row in base.ledger() if row["rule"] == rule]


def on(base: Base, days: int) -> str:
    """A day as Feishu sends it from a date picker."""
    return f"{day(base, days):%Y-%m-%d} +0800"


def test_postponing_moves_the_plan_with_its_reason_in_the_ledger_and_tells_the_manager_once() -> None:
    base, rid, sent = late()
    value = button(sent, "postpone")

    press(base, value, LI, until=on(base, 7), note="客户推迟提供资料")
    press(base, value, LI, until=on(base, 7), note="客户推迟提供资料")

    assert base.record(rid).get("planned_finish") == day(base, 7)
    (row,) = rows(base, "延期")
    assert row["reason"] == "2026-01-07 → 2026-01-12：客户推迟提供资料"
    assert (row["from_status"], row["to_status"], row["operator"]) == ("pending", "pending", (LI,))
    risks = [e for e in told(base, "risk") if e.target == BOSS]
    assert len(risks) == 1
    assert "01-07 → 01-12：客户推迟提供资料" in str(risks[0].body["card"])
    shown = patches(base)
    assert "计划完成时间已改为 2026-01-12" in shown[0]
    assert "李雷" in shown[0]
    assert "计划完成时间已经是 2026-01-12" in shown[1]


def test_a_first_plan_given_as_a_delay_is_told_as_well() -> None:
    base = team()
    rid = base.add(title="打不开", type="complaint", urgency="high", owner=(LI,), submitter=(ZHAO,))
    base.settle()
    to(base, 21, "10:00")

    press(base, button(card(base, "overdue", LI), "postpone"), LI, until=on(base, 23), note="等供应商")

    assert base.record(rid).get("planned_finish") == day(base, 23)
    (risk,) = [e for e in told(base, "risk") if e.target == BOSS]
    assert "（空） → 01-28：等供应商" in str(risk.body["card"])
    assert "解决时限不变" in patches(base)[-1]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"note": "等客户"},
        {"until": "2026-01-12 +0800"},
        {"until": "2026-01-12 +0800", "note": "  "},
        {"until": "2026-01-08 +0800", "note": "今天不算延期"},
        {"until": "2026-01-01 +0800", "note": "过去"},
        {"until": "明天", "note": "等客户"},
    ],
)
def test_postponing_without_a_later_day_and_a_reason_does_nothing(form: dict[str, str]) -> None:
    base, rid, sent = late()

    press(base, button(sent, "postpone"), LI, **form)

    assert base.record(rid).get("planned_finish") == day(base, 2)
    assert rows(base, "延期") == []
    assert patches(base) == []
    assert "今天以后" in str(card(base, "press_refused", LI).body["card"])


def test_progress_is_written_in_front_of_what_was_there() -> None:
    base, rid, sent = late()
    base.edit(rid, progress="已分派")
    base.settle()
    value = button(sent, "progress")

    press(base, value, LI, note="已联系客户")
    press(base, value, LI, note="已联系客户")

    assert base.record(rid).get("progress") == "2026-01-08 李雷：已联系客户\n已分派"
    assert base.record(rid).get("progress_at") == base.clock.now()
    assert ["已更新进展" in patches(base)[0], "已经写过了" in patches(base)[1]] == [True, True]


def test_a_risk_is_noted_and_told_once() -> None:
    base, rid, sent = late()
    value = button(sent, "risk")

    press(base, value, LI, note="接口文档没到")
    press(base, value, LI, note="接口文档没到")

    assert base.record(rid).get("risk") == "接口文档没到"
    assert sorted(e.target for e in told(base, "risk")) == [BOSS, ZHAO]


@pytest.mark.parametrize(("do", "says"), [("progress", "请填写进展"), ("risk", "请填写有什么风险")])
def test_an_empty_form_is_refused(do: str, says: str) -> None:
    base, rid, sent = late()
    before = base.record(rid)

    press(base, button(sent, do), LI)

    assert base.record(rid).values == before.values
    assert patches(base) == []
    assert says in str(card(base, "press_refused", LI).body["card"])


def test_a_plan_is_confirmed_once_in_the_ledger() -> None:
    base, (rid, _), sent = morning()
    value = button(sent, "confirm")

    press(base, value, LI, record=rid)
    press(base, value, LI, record=rid)

    (row,) = rows(base, "确认按期")
    assert (row["requirement"], row["reason"]) == ((rid,), "按期：2026-01-07 18:00")
    assert (row["from_status"], row["to_status"], row["operator"]) == ("pending", "pending", (LI,))


def test_what_is_overdue_cannot_be_confirmed() -> None:
    base, (rid, _), sent = morning()
    to(base, 2, "18:00")

    press(base, button(sent, "confirm"), LI, record=rid)

    assert rows(base, "确认按期") == []
    told = card(base, "press_refused", LI).body["card"]["body"]["elements"][0]["i18n_content"]
    assert "已经超期" in told["zh_cn"]
    assert "postpone it or write your progress" in told["en_us"]
    assert "已经超期" not in told["en_us"]
    with pytest.raises(IndexError):
        button(card(base, "overdue", LI), "confirm")


def test_the_morning_card_stays_and_each_answer_is_a_card_of_its_own() -> None:
    base, (first, second), sent = morning()
    assert button(sent, "progress")["records"] == f"{first} {second}"

    press(base, button(sent, "progress"), LI, record=second, note="在查")
    press(base, button(sent, "risk"), LI, record=first, note="缺人")

    assert (base.record(first).get("progress"), base.record(second).get("risk")) == (None, None)
    assert base.record(second).get("progress") == "2026-01-06 李雷：在查"
    assert base.record(first).get("risk") == "缺人"
    assert patches(base) == []
    assert [(e.target, e.body["requirements"]) for e in told(base, "answered")] == [
        (LI, [second]),
        (LI, [first]),
    ]


def test_a_requirement_that_is_gone_or_finished_is_answered_and_left_alone() -> None:
    base, rid, sent = late()
    base.edit(rid, status="void", void_reason="invalid", operator=LI)
    base.settle()
    ledger = len(base.ledger())

    press(base, button(sent, "progress"), LI, note="在查")
    assert "状态已是「已作废」" in patches(base)[-1]
    assert base.record(rid).get("progress") is None
    assert len(base.ledger()) == ledger

    base.tables.delete("requirement", rid)
    press(base, button(sent, "progress"), LI, note="在查")
    assert "已被删除" in patches(base)[-1]


def test_an_edit_that_is_still_to_be_judged_comes_first() -> None:
    base, rid, sent = late()
    base.edit(rid, **FILLED, status="shelved", operator=LI)
    base.deliver_all()

    press(base, button(sent, "risk"), LI, note="缺人")

    assert (base.record(rid).get("status"), base.record(rid).get("risk")) == ("shelved", "缺人")
    (move,) = [row for row in base.ledger() if row["to_status"] == "shelved"]
    assert ":event" in str(move["effect_key"]), "judged by its own event, not by the press"


@pytest.mark.parametrize(
    ("do", "form", "key"),
    [
        ("postpone", {"until": "2026-01-12 +0800", "note": "等客户"}, "planned_finish"),
        ("progress", {"note": "在查"}, "progress"),
        ("risk", {"note": "缺人"}, "risk"),
    ],
)
def test_a_kill_between_write_and_settlement_changes_nothing(do: str, form: Any, key: str) -> None:
    calm, calm_rid, calm_card = late()
    press(calm, button(calm_card, do), LI, **form)
    store = Mortal()
    base, rid, sent = late(store)

    store.dies = True
    with pytest.raises(KeyboardInterrupt):
        press(base, button(sent, do), LI, **form)
    assert base.record(rid).get(key) == calm.record(calm_rid).get(key)
    base.clock.advance(86400)
    base.settle()

    assert base.record(rid).get(key) == calm.record(calm_rid).get(key)
    assert [r["reason"] for r in base.ledger()] == [r["reason"] for r in calm.ledger()]
    assert [e.target for e in told(base, "risk")] == [e.target for e in told(calm, "risk")]
    assert len(patches(base)) == 1


def again(base: Base) -> int:
    """How many cards told the owner that it is overdue."""
    return len([e for e in told(base, "overdue") if e.target == LI])


@pytest.mark.parametrize(
    ("choice", "before", "after"), [("1h", (3, "09:59"), (3, "10:00")), ("4h", (3, "13:59"), (3, "14:00"))]
)
def test_a_snoozed_reminder_comes_once_more(
    choice: str, before: tuple[int, str], after: tuple[int, str]
) -> None:
    base, _, sent = late()
    value = button(sent, "snooze")
    press(base, value, LI, later=choice)
    press(base, value, LI, later=choice)
    assert "稍后提醒：2026-01-08" in patches(base)[0]

    to(base, *before)
    assert again(base) == 1
    to(base, *after)
    to(base, 3, "16:00")
    to(base, 4, "10:00")
    assert again(base) == 2


def test_four_hours_late_in_the_day_end_on_the_next_workday() -> None:
    base, _, sent = late()
    to(base, 4, "17:00")  # a Friday
    press(base, button(sent, "snooze"), LI, later="4h")

    to(base, 6, "12:00")
    to(base, 7, "10:00")
    assert again(base) == 1
    to(base, 7, "12:00")
    assert again(base) == 2


def test_tomorrow_means_the_next_morning_card() -> None:
    base, rid, sent = late()
    press(base, button(sent, "snooze"), LI, later="tomorrow")

    to(base, 3, "16:00")
    to(base, 4, "08:50")
    assert [e for e in waiting(base) if e.identity.startswith("digest:2026-01-09")] == []
    to(base, 4, "09:10")

    (card_of_friday,) = [e for e in waiting(base) if e.identity == f"digest:2026-01-09:{LI}"]
    assert rid in card_of_friday.body["requirements"]
    to(base, 7, "09:10")
    later = [e for e in waiting(base) if e.identity == f"digest:2026-01-12:{LI}"]
    assert all("已超期" not in str(e.body["card"]) for e in later)


def test_a_snoozed_line_of_the_morning_card_comes_again_alone() -> None:
    base, (first, _), sent = morning()
    press(base, button(sent, "snooze"), LI, record=first, later="1h")

    to(base, 1, "10:11")
    to(base, 1, "11:00")

    assert [e.body["requirements"] for e in told(base, "due_soon") if e.identity != sent.identity] == [
        [first]
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "void", "void_reason": "invalid"},
        {"planned_finish": datetime.fromisoformat("2026-01-12T00:00+08:00")},
        {"owner": (ZHAO,)},
    ],
)
def test_a_snooze_ends_when_the_record_moves(change: dict[str, Value]) -> None:
    base, rid, sent = late()
    press(base, button(sent, "snooze"), LI, later="1h")

    base.edit(rid, operator=LI, **change)
    base.settle()
    to(base, 3, "11:00")

    assert again(base) == 1


def test_a_snooze_is_about_the_due_time_it_was_asked_for() -> None:
    base, rid, sent = late()
    press(base, button(sent, "snooze"), LI, later="1h")

    base.edit(rid, planned_finish=day(base, 1), operator=LI)
    base.settle()
    to(base, 3, "11:00")

    assert again(base) == 2, "the other due time is told, the one put off is not"


def test_a_move_forgets_the_snooze() -> None:
    base, rid, sent = late()
    press(base, button(sent, "snooze"), LI, later="1h")
    assert base.store.accepted(base.desk.app_token, "requirement", [rid])[rid].snoozes

    base.edit(rid, status="void", void_reason="invalid", operator=LI)
    base.settle()

    assert not base.store.accepted(base.desk.app_token, "requirement", [rid])[rid].snoozes


def test_other_edits_leave_a_snooze_alone() -> None:
    base, rid, sent = late()
    press(base, button(sent, "snooze"), LI, later="1h")

    base.edit(rid, title="导出报表很慢", operator=LI)
    base.settle()
    to(base, 3, "11:00")

    assert again(base) == 2


def test_what_is_due_no_more_cannot_be_snoozed() -> None:
    base, rid, sent = late()
    base.edit(rid, planned_finish=day(base, 30), operator=LI)
    base.settle()

    press(base, button(sent, "snooze"), LI, later="1h")

    assert "已不在提醒之列" in patches(base)[-1]
