"""Ledger and notice rows: few calls, each row once, and one bad row holds back no other."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from feishu_plugin.errors import FeishuRefused, FeishuUnreachable
from feishu_plugin.ports import Effect
from feishu_plugin.records import Values
from feishu_plugin.reminders.deliver import MOST_ROWS, Delivered
from tests.fakes import MemoryTables
from tests.reminders.world import SCHEMA, World, card, ledger


def test_rows_are_written_in_few_calls_and_in_order() -> None:
    world = World()
    world.outbox.put([ledger(n) for n in range(MOST_ROWS + 5)])

    assert world.deliver() == Delivered(rows=MOST_ROWS + 5)
    assert world.tables.calls["create"] == 2
    assert [row.get("name") for row in world.tables.rows("transition")] == [
        f"行{n}" for n in range(MOST_ROWS + 5)
    ]


def test_one_refused_row_does_not_hold_back_the_others() -> None:
    world = World()
    world.outbox.put([ledger(1), ledger(2, hours_in_previous="much"), ledger(3)])

    assert world.deliver() == Delivered(rows=2, given_up=1)
    assert [row.get("name") for row in world.tables.rows("transition")] == ["行1", "行3"]
    assert "1254060" in world.outbox.outcomes[2]


class Unsteady(MemoryTables):
    """Some single rows are written, but the answer is lost the first time."""

    def __init__(self, *names: str) -> None:
        super().__init__(SCHEMA)
        self.lost = set(names)

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        found = super().create(table, rows, identity)
        if len(rows) == 1 and rows[0]["name"] in self.lost:
            self.lost.remove(str(rows[0]["name"]))
            raise FeishuUnreachable(code=-1, msg="no answer", endpoint="create")
        return found


@pytest.mark.parametrize("lost", [("行3",), ("行3", "行4"), ("行1", "行3", "行4")])
def test_the_rest_of_a_split_batch_is_written_once(lost: tuple[str, ...]) -> None:
    world = World(tables=Unsteady(*lost))
    world.outbox.put([ledger(1), ledger(2, hours_in_previous="much"), ledger(3), ledger(4)])
    assert world.deliver() == Delivered(rows=3 - len(lost), given_up=1, later=len(lost))
    world.now += timedelta(minutes=2)

    assert world.deliver() == Delivered(rows=len(lost))
    assert sorted(str(row.get("name")) for row in world.tables.rows("transition")) == ["行1", "行3", "行4"]


def test_rows_of_a_table_that_the_base_lacks_wait() -> None:
    world = World(tables=MemoryTables(SCHEMA, missing=["transition"]))
    world.outbox.put([ledger(1), card()])

    assert world.deliver() == Delivered(cards=1, rows=1, later=1)
    assert "transition" in world.outbox.outcomes[1]


class Refusing(MemoryTables):
    """Refuses everything with one code."""

    code = 91403

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        raise FeishuRefused(code=self.code, msg="refused", endpoint="create")


def test_rows_are_never_given_up_for_what_an_administrator_can_mend() -> None:
    world = World(tables=Refusing(SCHEMA))
    world.outbox.put([ledger(1), ledger(2)])
    for _ in range(100):
        assert world.deliver() == Delivered(later=2)
        world.now += timedelta(hours=1)
    world.tables = MemoryTables(SCHEMA)

    assert world.deliver() == Delivered(rows=2)


class Narrow(MemoryTables):
    """Takes few rows at a time."""

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        if len(rows) > 2:
            raise FeishuRefused(code=1254002, msg="Fail", endpoint="create")
        return super().create(table, rows, identity)


def test_a_batch_that_is_too_large_is_written_row_by_row() -> None:
    world = World(tables=Narrow(SCHEMA))
    world.outbox.put([ledger(n) for n in range(5)])

    assert world.deliver() == Delivered(rows=5)
    assert len(world.tables.rows("transition")) == 5


class Departed(MemoryTables):
    """Knows neither a person nor a record that a row names any more."""

    def __init__(self, code: int, key: str) -> None:
        super().__init__(SCHEMA)
        self.code, self.key = code, key

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        if any(row.get(self.key) for row in rows):
            raise FeishuRefused(code=self.code, msg="gone", endpoint="create")
        return super().create(table, rows, identity)


@pytest.mark.parametrize(("code", "key"), [(1254066, "operator"), (1254067, "requirement")])
def test_a_row_that_names_somebody_gone_is_written_without_the_name(code: int, key: str) -> None:
    world = World(tables=Departed(code, key))
    world.outbox.put([ledger(1, **{key: ("gone",)}), ledger(2)])

    assert world.deliver() == Delivered(rows=2)
    assert sorted(str(row.get("name")) for row in world.tables.rows("transition")) == ["行1", "行2"]


@pytest.mark.parametrize(("code", "key"), [(1254066, "owner"), (1254067, "sources")])
def test_a_draft_outlives_its_owner_and_its_sources(code: int, key: str) -> None:
    world = World(tables=Departed(code, key))
    body = {"question": "怎么导出", "answer": "点导出", key: ("gone",)}
    world.outbox.put(
        [Effect(kind="faq", identity="knowledge:rec1", target="knowledge", body=body, not_before=world.now)]
    )

    assert world.deliver() == Delivered(rows=1)
    assert [row.get("question") for row in world.tables.rows("knowledge")] == ["怎么导出"]
