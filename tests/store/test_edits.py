"""The log of edits: stored once with its settlement, given back by time, and not kept for ever."""

from datetime import timedelta

from feishu_plugin.ports import Edit, Settlement
from feishu_plugin.records import Url, Value
from feishu_plugin.store import Store
from tests.store.samples import BASE, NOON

HOUR = timedelta(hours=1)


def edit(event_id: str, hours: float = 0, before: Value = "甲", after: Value = "乙") -> Edit:
    return Edit(
        record_id="rec1",
        field="title",
        before=before,
        after=after,
        operator="ou_li",
        at=NOON + hours * HOUR,
        event_id=event_id,
    )


def test_edits_come_back_whole_and_in_order(store: Store) -> None:
    late = edit("e2", 2, before=Url("看", "https://example.com"), after=None)
    early = edit("e1", 1, before=("ou_li", "ou_wu"), after=NOON)
    store.settle(BASE, Settlement(edits=[late, early]))

    assert store.edits(BASE, NOON, NOON + 3 * HOUR) == [early, late]
    assert store.edits(BASE, NOON + HOUR, NOON + 2 * HOUR) == [early]
    assert store.edits("other", NOON, NOON + 3 * HOUR) == []


def test_an_edit_told_again_is_kept_as_it_was(store: Store) -> None:
    store.settle(BASE, Settlement(edits=[edit("e1")]))
    store.settle(BASE, Settlement(edits=[edit("e1", before="乙", after="丙")]))

    assert store.edits(BASE, NOON, NOON + HOUR) == [edit("e1")]


def test_edits_stay_for_thirty_days(store: Store) -> None:
    store.settle(BASE, Settlement(edits=[edit("e1")]))

    assert store.sweep_old(NOON + 30 * 24 * HOUR) == 0
    assert store.sweep_old(NOON + 31 * 24 * HOUR) == 1
    assert store.edits(BASE, NOON, NOON + HOUR) == []
