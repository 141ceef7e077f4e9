"""A record that cannot be settled waits by itself; the others, and the base, go on."""

from collections.abc import Mapping

import pytest

from feishu_plugin.errors import FeishuRefused, FeishuUnreachable, StoreError
from feishu_plugin.ports import Settlement
from feishu_plugin.records import Values
from feishu_plugin.sync.handler import work_once
from feishu_plugin.sync.surveys import take_missed
from tests.fakes import MemoryStore
from tests.sync.base import Base, WatchedTables


class PickyTables(WatchedTables):
    """Refuses a whole batch for some of its rows, as Feishu does."""

    refused: frozenset[str] = frozenset()
    error: Exception = FeishuRefused(code=1254066, msg="UserFieldConvFail", endpoint="POST …/batch_update")

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        if not self.refused.isdisjoint(changes):
            raise self.error
        super().update(table, changes)


def picky_base() -> tuple[Base, PickyTables]:
    base = Base()
    tables = PickyTables(base, ())
    base.tables = base.desk.tables = tables
    base.desk.administrators = ("ou_admin",)
    return base, tables


def added(base: Base, count: int) -> list[str]:
    ids = [base.add(title=f"{n}", type="inquiry") for n in range(count)]
    base.deliver_all()
    return ids


def unnumbered(base: Base, ids: list[str]) -> list[str]:
    return [rid for rid in ids if base.record(rid).get("number") is None]


def pass_grace(base: Base) -> None:
    """Echoes of our writes come in and are judged."""
    for _ in range(5):
        base.deliver_all()
        base.work()


def test_one_refused_record_stops_no_other() -> None:
    base, tables = picky_base()
    ids = added(base, 20)
    tables.refused = frozenset({ids[7]})

    base.work()

    assert unnumbered(base, ids) == [ids[7]]


@pytest.mark.parametrize("error", [ValueError("a bug"), FeishuRefused(code=1254130, msg="", endpoint="")])
def test_a_bug_or_a_cell_that_is_too_long_stops_no_other(error: Exception) -> None:
    base, tables = picky_base()
    ids = added(base, 3)
    tables.refused, tables.error = frozenset({ids[0]}), error

    base.work()

    assert unnumbered(base, ids) == [ids[0]]


def test_the_administrator_is_told_once_and_the_hint_stays_open() -> None:
    base, tables = picky_base()
    ids = added(base, 2)
    tables.refused = frozenset({ids[0]})
    for _ in range(4):
        base.work()
        base.clock.advance(3600)

    assert base.cards("trouble") == ["ou_admin"]
    assert ids[0] in {hint.record_id for hint in base.store.open.values()}


def test_a_record_set_apart_is_tried_again_later_and_not_before() -> None:
    base, tables = picky_base()
    ids = added(base, 2)
    tables.refused = frozenset({ids[0]})
    base.work()
    pass_grace(base)
    tables.refused = frozenset()

    idle = base.work()
    base.clock.advance(60)
    base.work()

    assert idle.hints == 0
    assert unnumbered(base, ids) == []


def test_an_edit_of_a_record_set_apart_is_a_reason_to_try_at_once() -> None:
    base, tables = picky_base()
    ids = added(base, 2)
    tables.refused = frozenset({ids[0]})
    base.work()
    tables.refused = frozenset()

    base.edit(ids[0], title="现在可以了")
    base.deliver_all()
    base.work()

    assert unnumbered(base, ids) == []


@pytest.mark.unmeasured
def test_where_many_are_refused_every_good_record_gets_its_turn() -> None:
    base, tables = picky_base()
    ids = added(base, 300)
    tables.refused = frozenset(ids[:200])

    for _ in range(8):
        base.work()
        pass_grace(base)
        base.clock.advance(3600)

    assert unnumbered(base, ids) == ids[:200]


@pytest.mark.unmeasured
def test_records_set_apart_do_not_hide_newer_hints() -> None:
    base, tables = picky_base()
    ids = added(base, 1100)
    tables.refused = frozenset(ids)
    base.work()
    base.work()

    fresh = added(base, 1)
    base.work()

    assert unnumbered(base, fresh) == []


def test_an_unreachable_feishu_is_nobodys_fault() -> None:
    base, tables = picky_base()
    ids = added(base, 2)
    tables.refused = frozenset({ids[0]})
    tables.error = FeishuUnreachable(code=-1, msg="no answer", endpoint="POST …/batch_update")

    with pytest.raises(FeishuUnreachable):
        base.work()

    assert base.desk.stuck == {}


def test_without_a_status_column_the_worker_rests_and_loses_nothing() -> None:
    base = Base.lacking("requirement.status")
    base.add(title="一", type="inquiry")
    base.deliver_all()

    found = work_once(base.desk)

    assert found.hints == 0
    assert len(base.store.open) == 1


def test_a_survey_answer_that_is_refused_stops_no_other() -> None:
    base, tables = picky_base()
    ids = [base.tables.put("survey", {"number": f"没有-{n}", "confirmation": "solved"}) for n in range(3)]
    tables.refused = frozenset({ids[1]})

    take_missed(base.desk)

    states = [base.tables.peek("survey", rid).get("state") for rid in ids]
    assert states == ["unknown_number", None, "unknown_number"]


class FullStore(MemoryStore):
    """Reads, but has no room to write."""

    full = False

    def settle(self, app_token: str, settlement: Settlement) -> None:
        if self.full and settlement.accepted:
            raise StoreError("The database cannot be used now: database or disk is full")
        super().settle(app_token, settlement)


def test_a_store_without_room_is_no_records_fault() -> None:
    store = FullStore()
    base = Base(store=store)
    ids = added(base, 3)
    store.full = True

    with pytest.raises(StoreError):
        base.work()
    store.full = False
    base.settle()

    assert base.desk.stuck == {}
    assert base.cards("trouble") == []
    assert {hint.record_id for hint in base.store.open.values()} == set()
    assert unnumbered(base, ids) == []
