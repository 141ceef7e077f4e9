"""What was archived comes back as it was, quietly, and a late answer brings it back by itself."""

from dataclasses import replace

import pytest

from feishu_plugin.archived import checksum
from feishu_plugin.errors import ArchivedRowError
from feishu_plugin.records import Record, Value
from feishu_plugin.sync.history import asked
from feishu_plugin.sync.history.leaving import archive
from feishu_plugin.sync.history.own_columns import whole
from feishu_plugin.sync.history.returning import bring_back, find_archived
from feishu_plugin.sync.sweep import sweep
from tests import builders
from tests.fakes import MemoryStore, MemoryTables
from tests.sync.base import Base
from tests.sync.history.test_leaving import MONTH_S, closed, copies, registered

SETTLED = {"modified_at", "modified_by", "created_at"}


def archived(base: Base, *titles: str, **values: Value) -> dict[str, Record]:
    """Numbers of archived requirements to what they were; the first sweep was long ago."""
    sweep(base.desk)
    base.settle()
    rows = [base.record(closed(base, title, **values)) for title in titles]
    base.clock.advance(MONTH_S)
    assert archive(base.desk).archived == len(titles)
    cut_links(base, [row.record_id for row in rows])
    return {str(row.get("number")): row for row in rows}


def cut_links(base: Base, gone: list[str]) -> None:
    """Feishu takes a deleted row out of every link."""
    for row in base.tables.rows("transition"):
        link = row.get("requirement")
        if isinstance(link, tuple) and set(link) & set(gone):
            MemoryTables.update(base.tables, "transition", {row.record_id: {"requirement": None}})


def content(row: Record) -> dict[str, Value]:
    return {key: value for key, value in row.values.items() if key not in SETTLED}


def back(base: Base, wanted: str) -> Record:
    found = find_archived(base.desk, wanted)
    assert found
    one = bring_back(base.desk, whole(base.desk), found)
    assert one
    return base.record(one.record_id)


def test_it_comes_back_with_all_it_held_and_its_ledger() -> None:
    base = Base()
    [(wanted, before)] = archived(base, "一", attachments=("boxFile1",), helpers=("ou_b", "ou_c")).items()

    row = back(base, wanted)

    assert content(row) == content(before)
    assert copies(base) == {}
    ledger = base.tables.rows("transition")
    assert [one.get("requirement") for one in ledger] == [(row.record_id,)] * len(ledger)
    assert ledger


def test_nobody_takes_it_for_a_new_one() -> None:
    base = Base()
    [wanted] = archived(base, "一")
    cards, numbers = len(base.store.outbox.cards), base.store.draw("x", "number:probe", "a")

    row = back(base, wanted)
    base.store.put([builders.hint(base.desk, "requirement", row.record_id)])
    base.settle()
    found = sweep(base.desk, full=True)
    base.settle()

    assert (base.record(row.record_id), found.recovered) == (row, 0)
    assert len(base.store.outbox.cards) == cards
    assert not base.store.outbox.waiting
    assert base.store.draw("x", "number:probe", "b") == numbers + 1


def test_it_stays_for_another_month() -> None:
    base = Base()
    [wanted] = archived(base, "一")
    row = back(base, wanted)

    base.clock.advance(29 * 86400)
    assert (archive(base.desk).archived, registered(base)) == (0, {row.record_id})

    base.clock.advance(2 * 86400)
    assert (archive(base.desk).archived, registered(base)) == (1, set())


def test_twice_is_once() -> None:
    base = Base()
    [wanted] = archived(base, "一")
    found = find_archived(base.desk, wanted)
    assert found

    assert [bool(bring_back(base.desk, whole(base.desk), found)) for _ in range(2)] == [True, False]
    assert len(registered(base)) == 1


def test_links_to_what_is_gone_are_left_out_and_said() -> None:
    base = Base()
    customer = base.tables.put("customer", {"name": "甲公司"})
    [wanted] = archived(base, "一", customer=(customer,))
    base.tables.delete("customer", customer)
    found = find_archived(base.desk, wanted)
    assert found

    one = bring_back(base.desk, whole(base.desk), found)

    assert one
    assert one.left_out == ("客户",)
    assert base.record(one.record_id).get("customer") is None


def test_an_altered_content_is_refused_and_named() -> None:
    base = Base()
    [wanted] = archived(base, "一")
    found = find_archived(base.desk, wanted)
    assert found
    MemoryTables.update(base.tables, "archive", {found: {"content": "{}"}})

    with pytest.raises(ArchivedRowError, match=f"{wanted}.*altered"):
        bring_back(base.desk, whole(base.desk), found)
    MemoryTables.update(base.tables, "archive", {found: {"checksum": checksum("{}")}})
    with pytest.raises(ArchivedRowError, match="cannot be read by this version"):
        bring_back(base.desk, whole(base.desk), found)

    assert (registered(base), set(copies(base))) == (set(), {wanted})


def test_a_wish_is_fulfilled_by_the_worker_and_a_spoilt_one_is_told() -> None:
    base = Base()
    base.desk.administrators = ("ou_admin",)
    one, two = archived(base, "一", "二")
    rows = [find_archived(base.desk, wanted) or "" for wanted in (one, two)]
    MemoryTables.update(base.tables, "archive", {rows[1]: {"content": "{}"}})

    asked.ask(base.desk, rows)
    base.work()

    assert [base.record(rid).get("number") for rid in registered(base)] == [one]
    assert base.cards("trouble") == ["ou_admin"]
    assert not base.store.open


def test_a_late_answer_brings_it_back_and_reopens_it() -> None:
    base = Base()
    [wanted] = archived(base, "一")

    answer = base.tables.put("survey", {"number": wanted, "confirmation": "unsolved", "score": 1.0})
    base.store.put([builders.hint(base.desk, "survey", answer)])
    base.work()
    base.settle()

    [rid] = registered(base)
    assert base.record(rid).get("status") == "pending"
    assert base.record(rid).get("reopen_count") == 1.0
    assert base.tables.peek("survey", answer).get("state") == "noted"
    assert copies(base) == {}


def test_a_database_that_knows_nothing_of_it_learns_it_from_the_content() -> None:
    base = Base()
    [(wanted, before)] = archived(base, "一").items()
    base.store.states.clear()

    row = back(base, wanted)
    base.store.put([builders.hint(base.desk, "requirement", row.record_id)])
    base.settle()

    assert content(base.record(row.record_id)) == content(before)


def test_look_alikes_that_left_together_find_each_other_again() -> None:
    base = Base()
    sweep(base.desk)
    base.settle()
    one, two = closed(base, "一"), closed(base, "二")
    for rid, other in ((one, two), (two, one)):
        base.tables.update("requirement", {rid: {"similar": (other,)}})
        state = base.store.states["requirement", rid]
        base.store.states["requirement", rid] = replace(state, record=base.record(rid))
    base.wire.clear()
    base.clock.advance(MONTH_S)
    assert archive(base.desk).archived == 2

    rows = [back(base, wanted) for wanted in map(str, copies(base))]
    base.store.put([builders.hint(base.desk, "requirement", row.record_id) for row in rows])
    base.settle()

    first, second = (row.record_id for row in rows)
    assert base.record(first).get("similar") == (second,)
    assert base.record(second).get("similar") == (first,)


def test_a_database_that_is_new_to_the_base_gives_nobody_an_archived_number() -> None:
    base = Base()
    [(wanted, before)] = archived(base, "一").items()
    base.desk.store = MemoryStore()

    sweep(base.desk)

    drawn = [base.desk.store.draw("", f"number:{wanted}", one) for one in (before.record_id, "recNew")]
    assert drawn == [1, 2]
