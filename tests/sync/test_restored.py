"""State that was put back catches up with the base: ledger and notices count, not our old copy."""

import copy

import pytest

from feishu_plugin.errors import LeaseLost
from feishu_plugin.sync import aged
from feishu_plugin.sync.intake.arrivals import Arrival, effect_of
from feishu_plugin.sync.restored import reconcile
from feishu_plugin.sync.sweep import sweep
from tests.fakes import MemoryStore, MemoryTables
from tests.sync.base import Base


@pytest.fixture
def base() -> Base:
    """A base with one requirement that the ledger and the state agree about."""
    found = Base()
    found.add(title="导出", type="inquiry")
    found.settle()
    written(found)
    sweep(found.desk)
    return found


def written(base: Base) -> None:
    """What waits in the outbox for the ledger and the list of notices is there now."""
    for row, one in list(base.store.outbox.waiting.items()):
        if one.effect.kind in ("ledger", "notice_row"):
            base.tables.put(one.effect.target, one.effect.body)
            base.store.done([row], base.clock.now(), "")


def keep(base: Base) -> MemoryStore:
    """A copy of the state, as a backup has it."""
    return copy.deepcopy(base.store)


def restore(base: Base, kept: MemoryStore) -> None:
    """The state is lost, and what was kept stands in its place."""
    kept.open.clear()
    kept.keep(base.desk.app_token, aged.FACT, {"open": True})
    base.store = base.desk.store = kept
    base.wire.clear()


def move(base: Base, rid: str, *statuses: str) -> None:
    for status in statuses:
        base.edit(rid, status=status, shelve_reason="等版本", follow_up="下月", void_reason="invalid")
        base.settle()
        written(base)


def status(base: Base, rid: str) -> object:
    return base.record(rid).get("status")


def the_one(base: Base) -> str:
    [row] = base.tables.rows("requirement")
    return row.record_id


def test_moves_that_the_ledger_knows_stand_however_far_they_went(base: Base) -> None:
    rid, kept = the_one(base), keep(base)
    move(base, rid, "shelved", "pending", "void")
    restore(base, kept)

    assert reconcile(base.desk)
    base.settle()

    assert status(base, rid) == "void"
    assert base.put_backs == []
    assert not aged.is_aged(base.desk)
    assert not reconcile(base.desk)


def test_a_move_that_the_ledger_does_not_know_is_judged_from_where_it_ends(base: Base) -> None:
    rid, kept = the_one(base), keep(base)
    move(base, rid, "shelved")
    restore(base, kept)
    MemoryTables.update(base.tables, "requirement", {rid: {"status": "closed"}})

    reconcile(base.desk)
    base.settle()

    assert status(base, rid) == "shelved"


def test_a_put_back_in_the_ledger_moves_nothing(base: Base) -> None:
    rid, kept = the_one(base), keep(base)
    move(base, rid, "closed")
    restore(base, kept)

    reconcile(base.desk)
    base.settle()

    assert status(base, rid) == "pending"


def test_a_row_that_was_registered_since_keeps_its_number_and_a_new_one_gets_the_next(base: Base) -> None:
    kept = keep(base)
    second = base.add(title="二", type="inquiry")
    base.settle()
    restore(base, kept)
    reconcile(base.desk)
    base.settle()
    third = base.add(title="三", type="inquiry")
    base.settle()

    numbers = [base.record(rid).get("number") for rid in (the_first(base), second, third)]
    assert len(set(numbers)) == 3
    assert str(numbers[1]).endswith("-002")


def the_first(base: Base) -> str:
    return base.tables.rows("requirement")[0].record_id


def test_a_row_that_nobody_registered_yet_is_new(base: Base) -> None:
    restore(base, keep(base))
    new = base.tables.put("requirement", {"title": "没人听到", "type": "inquiry"})

    reconcile(base.desk)
    base.settle()

    assert base.record(new).get("number")


def test_a_row_that_was_deleted_since_is_forgotten(base: Base) -> None:
    rid, kept = the_one(base), keep(base)
    base.tables.delete("requirement", rid)
    restore(base, kept)

    reconcile(base.desk)
    base.settle()

    assert not base.store.accepted(base.desk.app_token, "requirement", [rid])


def test_what_the_base_shows_as_written_or_told_is_not_done_again(base: Base) -> None:
    rid = the_one(base)
    base.edit(rid, status="closed")
    base.settle()
    kept = keep(base)
    cards = [one.effect.identity for one in kept.outbox.waiting.values() if one.effect.kind == "card"]
    written(base)
    for identity in cards:
        base.tables.put("notice", {"identity": identity, "at": base.clock.now(), "state": "sent"})
    restore(base, kept)

    reconcile(base.desk)

    assert cards
    assert not [one for one in base.store.outbox.waiting.values() if one.effect.identity in cards]
    assert base.ledger() == []


def test_what_came_by_a_door_since_the_copy_is_not_taken_in_twice(base: Base) -> None:
    came = Arrival(door="工单系统", key="T-1", values={"title": "导出变慢"}, at=base.clock.now())
    base.store.outbox.put([effect_of(came)])
    kept = keep(base)
    base.tables.put("requirement", effect_of(came).body)
    restore(base, kept)

    reconcile(base.desk)
    base.store.outbox.put([effect_of(came)])

    waiting = [one.effect.kind for one in base.store.outbox.waiting.values()]
    assert "arrival" not in waiting
    assert base.tables.rows("requirement")[-1].record_id in base.store.outbox.outcomes.values()


def test_whoever_lost_the_lease_meanwhile_takes_nothing_over(base: Base) -> None:
    rid, kept = the_one(base), keep(base)
    move(base, rid, "shelved")
    restore(base, kept)
    base.desk.may_write = lambda: False

    with pytest.raises(LeaseLost):
        reconcile(base.desk)

    state = base.store.accepted(base.desk.app_token, "requirement", [rid])[rid]
    assert state.record.get("status") == "pending"
    assert aged.is_aged(base.desk)


def test_sweeps_wait_until_the_comparison_is_done(base: Base) -> None:
    rid, kept = the_one(base), keep(base)
    move(base, rid, "shelved")
    restore(base, kept)

    assert sweep(base.desk).read == 0
    assert not base.store.open
