"""A calendar that changes while clocks run: due times follow by themselves, and only news is told."""

from dataclasses import replace
from datetime import date

from feishu_plugin.ports import Effect
from feishu_plugin.records import Value
from feishu_plugin.sync.ticks import hint_at_due, remind
from feishu_plugin.worktime import WorkTime
from tests.builders import local
from tests.sync.base import Base

FAIR = {date(2026, 9, 3): False}


def running() -> tuple[Base, list[str]]:
    """Two complaints submitted on Tuesday 2026-09-01, due on Friday and on Monday."""
    base = Base()
    base.clock.advance((local("2026-09-01 10:00") - base.clock.now()).total_seconds())
    values: dict[str, Value] = {
        "type": "complaint",
        "submitted_at": local("2026-09-01 10:00"),
        "owner": ("ou_li",),
    }
    rows = [base.add(title=title, **values) for title in ("退款", "换货", "延误", "发票")]
    base.settle()
    return base, rows


def on_holiday(base: Base, days: dict[date, bool], version: str) -> int:
    base.desk.policy = replace(base.desk.policy, worktime=WorkTime(days=days), version=version)
    hints = hint_at_due(base.desk)
    base.settle()
    return hints


def told(base: Base) -> list[Effect]:
    waiting = (pending.effect for pending in base.store.outbox.waiting.values())
    return [effect for effect in waiting if effect.kind == "line" and effect.body["event"] == "due_changed"]


def test_due_times_move_with_the_calendar_and_the_owner_hears_it_in_one_morning_card() -> None:
    base, rows = running()
    assert hint_at_due(base.desk) == 0
    due = base.record(rows[0]).get("resolve_due")
    assert due == local("2026-09-07 10:00")

    assert on_holiday(base, FAIR, "fair") == 4

    assert {base.record(rid).get("resolve_due") for rid in rows} == {local("2026-09-08 10:00")}
    assert "跳过 放假 09-03、周末 09-05 至 09-06" in str(base.record(rows[0]).get("limit_basis"))
    lines = told(base)
    assert {(line.kind, line.target) for line in lines} == {("line", "ou_li")}
    assert all(local("2026-09-02 09:00") <= line.not_before <= local("2026-09-02 09:15") for line in lines)
    base.clock.advance((local("2026-09-02 09:15") - base.clock.now()).total_seconds())
    assert remind(base.desk) == 1
    [card] = [p.effect for p in base.store.outbox.waiting.values() if p.effect.kind == "card"][-1:]
    assert "时限已调整（4）" in str(card.body["card"])
    assert "解决时限 09-07 10:00 → 09-08 10:00" in str(card.body["card"])
    assert (told(base), remind(base.desk)) == ([], 0)


def test_a_change_that_moves_nothing_is_no_news() -> None:
    base, _ = running()

    assert on_holiday(base, {date(2026, 12, 1): False}, "winter") == 0
    assert told(base) == []


def test_a_change_that_is_taken_back_is_told_again() -> None:
    base, rows = running()
    on_holiday(base, FAIR, "fair")
    on_holiday(base, {}, "none")

    assert base.record(rows[0]).get("resolve_due") == local("2026-09-07 10:00")
    assert len({line.identity for line in told(base)}) == 2 * len(rows)


def test_the_same_policy_is_compared_once() -> None:
    base, rows = running()
    on_holiday(base, FAIR, "fair")
    stale = replace(base.desk.policy, worktime=WorkTime())
    base.desk.policy = stale

    assert hint_at_due(base.desk) == 0, "the version says that nothing changed"
    assert base.record(rows[0]).get("resolve_due") == local("2026-09-08 10:00")
