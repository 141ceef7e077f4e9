"""The first response: a move out of 待处理 or a time filled in by hand, whichever is first."""

from datetime import datetime

import pytest

from feishu_plugin.records import Value
from tests import builders
from tests.builders import local
from tests.sync.base import Base

READY: dict[str, Value] = {
    "title": "退款", "type": "complaint", "owner": ("ou_li",), "planned_finish": local("2026-09-10"),
    "shelve_reason": "排期", "follow_up": "下月",
}  # fmt: skip


def go(base: Base, to: str) -> None:
    base.clock.advance((local(to) - base.clock.now()).total_seconds())


def submitted() -> tuple[Base, str]:
    base = Base(builders.policy())
    go(base, "2026-09-01 10:00")
    rid = base.add(**READY)
    base.settle()
    return base, rid


def edit(base: Base, rid: str, at: str, **values: Value) -> datetime | None:
    """An edit at a minute; the response that then stands, without its seconds."""
    go(base, at)
    base.edit(rid, "ou_wang", **values)
    base.settle()
    found = base.record(rid).get("first_response_at")
    return found.replace(second=0) if isinstance(found, datetime) else None


def told(base: Base) -> list[str]:
    waiting = (pending.effect for pending in base.store.outbox.waiting.values())
    return [effect.target for effect in waiting if effect.body.get("event") == "field_restored"]


@pytest.mark.parametrize("status", ["in_progress", "shelved"])
def test_any_accepted_move_out_of_the_initial_status_is_a_response(status: str) -> None:
    base, rid = submitted()

    assert edit(base, rid, "2026-09-01 11:00", status=status) == local("2026-09-01 11:00")


def test_a_refused_move_is_none() -> None:
    base, rid = submitted()

    assert edit(base, rid, "2026-09-01 11:00", status="closed") is None


def test_who_phoned_before_taking_it_up_fills_that_in_and_it_stays() -> None:
    base, rid = submitted()
    edit(base, rid, "2026-09-01 11:00", first_response_at=local("2026-09-01 10:30"))

    assert edit(base, rid, "2026-09-01 15:00", status="in_progress") == local("2026-09-01 10:30")
    assert told(base) == []


def test_an_earlier_time_may_be_filled_in_later() -> None:
    base, rid = submitted()
    edit(base, rid, "2026-09-01 15:00", status="in_progress")

    found = edit(base, rid, "2026-09-01 16:00", first_response_at=local("2026-09-01 10:30"))

    assert (found, told(base)) == (local("2026-09-01 10:30"), [])


@pytest.mark.parametrize(
    "given",
    [local("2026-09-01 15:30"), local("2026-09-03"), local("2025-09-01 10:30"), None],
    ids=["later", "to come", "another year", "cleared"],
)
def test_a_response_cannot_be_moved_later_nor_to_a_time_that_cannot_be(given: datetime | None) -> None:
    base, rid = submitted()
    edit(base, rid, "2026-09-01 15:00", status="in_progress")

    assert edit(base, rid, "2026-09-01 16:00", first_response_at=given) == local("2026-09-01 15:00")
    assert told(base) == ["ou_wang"]


def test_who_takes_it_up_again_does_not_respond_first() -> None:
    base, rid = submitted()
    edit(base, rid, "2026-09-01 11:00", status="shelved")
    edit(base, rid, "2026-09-01 14:00", status="pending")

    assert edit(base, rid, "2026-09-01 15:00", status="in_progress") == local("2026-09-01 11:00")
