"""Moves that were made while nobody listened: their events come again, and nothing legal is undone before."""

from datetime import timedelta

import pytest

from feishu_plugin.records import Value
from feishu_plugin.sync.repushes import go_on_listening, listen_anew, patience
from feishu_plugin.sync.sweep import sweep
from tests.sync.base import Base

FILLED: dict[str, Value] = {
    "title": "怎样导出", "type": "problem", "department": "support", "owner": ("ou_owner",),
    "planned_finish": Base().clock.now(), "solution": "说明", "progress": "已回复",
}  # fmt: skip
GRACE_S = 3


def deaf(base: Base, seconds: float) -> str:
    """A requirement that was taken through two legal moves while nobody listened; the sweep found it."""
    rid = base.add(status="pending", **FILLED)
    base.settle()
    sweep(base.desk)
    go_on_listening(base.desk)
    base.edit(rid, status="in_progress")
    base.edit(rid, status="testing")
    base.clock.advance(seconds)
    listen_anew(base.desk)
    sweep(base.desk)
    return rid


def rounds(base: Base, seconds: float) -> None:
    """The worker goes on for so long, with nothing arriving."""
    base.work()
    base.clock.advance(seconds)
    base.work()


def verdicts(base: Base) -> list[tuple[Value, Value]]:
    return [(row["rule"], row["verdict"]) for row in base.ledger()]


def test_both_moves_are_judged_when_their_events_come_again() -> None:
    base = Base()
    rid = deaf(base, seconds=8)

    rounds(base, GRACE_S + 1)
    waited = base.record(rid).get("status")
    base.deliver_all()
    base.settle()

    assert waited == "testing"
    assert base.record(rid).get("status") == "testing"
    assert verdicts(base) == [("待处理→处理中", "pass"), ("处理中→测试验证", "pass")]


def test_a_jump_that_nobody_ever_explains_is_put_back() -> None:
    base = Base()
    rid = deaf(base, seconds=8)
    base.wire.clear()

    rounds(base, patience(timedelta(seconds=10)).total_seconds() + 1)

    assert base.record(rid).get("status") == "pending"
    assert verdicts(base) == [("待处理→测试验证", "put_back")]


def test_nothing_is_waited_for_that_no_put_back_depends_on() -> None:
    base = Base()
    rid = base.add(status="pending", **FILLED)
    base.settle()
    go_on_listening(base.desk)
    base.edit(rid, status="in_progress")
    base.wire.clear()
    listen_anew(base.desk)
    sweep(base.desk)

    rounds(base, GRACE_S + 1)

    assert verdicts(base) == [("待处理→处理中", "pass")]


def test_who_listened_all_the_time_waits_for_the_grace_only() -> None:
    base = Base()
    rid = base.add(status="pending", **FILLED)
    base.settle()
    sweep(base.desk)
    listen_anew(base.desk)
    base.edit(rid, status="testing")
    base.wire.clear()
    sweep(base.desk)

    rounds(base, GRACE_S + 1)

    assert base.record(rid).get("status") == "pending"


def swept_between_two_moves(base: Base) -> str:
    """Two legal moves, 2.5 s apart; a sweep saw the first before its event came."""
    rid = base.add(status="pending", **FILLED)
    base.settle()
    base.edit(rid, status="in_progress")
    sweep(base.desk)
    base.clock.advance(1.5)
    base.edit(rid, status="testing")
    base.clock.advance(0.7)
    return rid


def test_a_move_made_while_another_is_waited_for_has_a_grace_of_its_own() -> None:
    base = Base()
    rid = swept_between_two_moves(base)

    base.work()
    base.deliver_all()
    base.settle()

    assert base.record(rid).get("status") == "testing"
    assert verdicts(base) == [("待处理→处理中", "pass"), ("处理中→测试验证", "pass")]


def test_whoever_edits_on_and_on_is_not_waited_for_for_ever() -> None:
    base = Base()
    rid = swept_between_two_moves(base)
    base.wire.clear()

    for _ in range(9 * GRACE_S):
        base.edit(rid, remark="…")
        base.work()

    assert verdicts(base) == [("待处理→测试验证", "put_back")]


def test_a_second_restart_does_not_forget_what_the_first_still_waits_for() -> None:
    base = Base()
    deaf(base, seconds=100)
    first = base.desk.news_until
    base.clock.advance(1)

    listen_anew(base.desk)

    assert first is not None
    assert base.desk.news_until == first


def test_a_row_that_waits_costs_no_reading_until_something_is_heard_of_it() -> None:
    base = Base()
    rid = deaf(base, seconds=8)
    rounds(base, GRACE_S + 1)

    idle = base.work()
    base.deliver_all()
    heard = base.work()

    assert (idle.hints, heard.judged) == (0, 1)
    assert rid not in base.desk.stuck


@pytest.mark.parametrize(
    ("deaf_s", "wait_s"), [(0, 25), (-7200, 25), (15, 25), (16, 310), (315, 310), (316, 3610), (90_000, 3610)]
)
def test_how_long_a_push_takes_to_come_again(deaf_s: int, wait_s: int) -> None:
    assert patience(timedelta(seconds=deaf_s)) == timedelta(seconds=wait_s)
