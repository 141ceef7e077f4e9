"""Arrivals leave by the outbox: once each, traceable to their row, never lost without a word."""

import html
from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.ports import Effect, Settlement
from feishu_plugin.reminders.deliver import Delivered
from feishu_plugin.store import Store
from feishu_plugin.sync.intake.arrivals import Arrival, effect_of, identity_of, is_same, state_of
from tests.reminders.world import NOW, World

BASE = "bascnArrivals"


def arrival(key: str = "T-1", title: str = "导出变慢", **values: object) -> Arrival:
    cells = {"title": title, **values}
    return Arrival(door="工单系统", key=key, values=cells, at=NOW)  # type: ignore[arg-type]


def test_each_row_of_a_batch_keeps_its_record() -> None:
    world = World()
    world.outbox.put([effect_of(arrival(f"T-{n}")) for n in range(3)])

    assert world.deliver() == Delivered(rows=3)
    rows = world.tables.rows("requirement")
    assert [row.get("import_key") for row in rows] == ["工单系统:T-0", "工单系统:T-1", "工单系统:T-2"]
    assert list(world.outbox.outcomes.values()) == [row.record_id for row in rows]
    assert world.tables.calls["create"] == 1


def test_a_refused_arrival_is_told_with_its_key_and_kept() -> None:
    world = World()
    world.outbox.put([effect_of(arrival("T-1", customer_value="much")), effect_of(arrival("T-2"))])

    done = world.deliver()

    assert (done.rows, done.given_up) == (2, 1), "the other arrival, and the notice row of the card"
    [kept] = world.outbox.given_up.values()
    assert kept.body["title"] == "导出变慢"
    assert "工单系统:T-1" in html.unescape(str(world.messages.sent))


def test_the_store_knows_what_became_of_an_arrival_and_what_it_said(tmp_path: Path) -> None:
    store, first = Store(str(tmp_path / "s.sqlite3")), arrival()
    identity = identity_of("工单系统", "T-1")
    assert store.outcome_of(BASE, identity) is None
    for one in (first, first, arrival(title="别的内容")):
        store.settle(BASE, Settlement(effects=[effect_of(one)]))

    [pending] = store.due(BASE, NOW, 10)
    waiting = store.outcome_of(BASE, identity)
    store.done_each({pending.row: "rec1"}, NOW)
    written = store.outcome_of(BASE, identity)

    assert waiting is not None
    assert written is not None
    assert (state_of(waiting), state_of(written), written.outcome) == ("received", "written", "rec1")
    assert is_same(first, written), "also when what it said was dropped"
    assert not is_same(arrival(title="别的内容"), written)
    store.close()


def test_a_refusal_is_the_last_word(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "s.sqlite3"))
    store.settle(BASE, Settlement(effects=[effect_of(arrival())]))
    [pending] = store.due(BASE, NOW, 10)
    store.failed([pending.row], None, "1254060")

    found = store.outcome_of(BASE, identity_of("工单系统", "T-1"))

    assert found is not None
    assert (state_of(found), found.outcome) == ("refused", "1254060")
    store.close()


@given(st.dictionaries(st.sampled_from(["title", "remark"]), st.text()), st.text(min_size=1))
def test_when_it_came_does_not_count(values: dict[str, str], key: str) -> None:
    def at(hours: int) -> Effect:
        moment = NOW + timedelta(hours=hours)
        return effect_of(Arrival(door="d", key=key, values=values, at=moment))

    assert (at(0).identity, at(0).covers) == (at(7).identity, at(7).covers)
