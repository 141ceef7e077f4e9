"""Old rows go when nobody will ask for them again, and not before."""

from datetime import timedelta

from feishu_plugin.ports import Settlement
from feishu_plugin.store import Store
from tests.store.samples import BASE, NOON, card, hint, hints

HOUR = timedelta(hours=1)


def test_counts_of_a_base(store: Store) -> None:
    store.put([hint("rec1"), hint("rec2"), hint(base="other")])
    store.put_aside("{", "not JSON", NOON)
    store.settle(
        BASE, Settlement(closed=[store.pending(BASE, 1)[0].row], effects=[card("a"), card("b"), card("c")])
    )
    effects = store.due(BASE, NOON, 10)
    store.done([effects[0].row], NOON)
    store.failed([effects[1].row], None, "refused")

    assert store.counts(BASE) == {
        "pending": 1,
        "set_aside": 1,
        "effects_waiting": 1,
        "lines_waiting": 0,
        "effects_failed": 1,
    }


def test_closed_hints_are_remembered_while_feishu_may_push_them_again(store: Store) -> None:
    store.put([hint()])
    store.settle(BASE, Settlement(closed=[store.pending(BASE, 1)[0].row]))

    assert store.sweep_old(NOON + 12 * HOUR) == 0
    assert store.put([hint()]) == 0
    assert store.sweep_old(NOON + 13 * HOUR) == 1
    assert store.put([hint()]) == 1


def test_open_hints_stay_however_old(store: Store) -> None:
    store.put([hint()])

    assert store.sweep_old(NOON + 9_999 * HOUR) == 0
    assert len(store.pending(BASE, 1)) == 1


def test_a_long_purge_takes_several_transactions(store: Store) -> None:
    store.put(hints(2_500))
    store.settle(BASE, Settlement(closed=[h.row for h in store.pending(BASE, 2_500)]))

    assert store.sweep_old(NOON + 13 * HOUR) == 2_500


def test_deliveries_set_aside_stay_for_thirty_days(store: Store) -> None:
    store.put_aside("{", "not JSON", NOON)

    assert store.sweep_old(NOON + 29 * 24 * HOUR) == 0
    assert store.sweep_old(NOON + 31 * 24 * HOUR) == 1


def test_the_last_thousand_slots_of_a_job_stay_claimed(store: Store) -> None:
    for number in range(1_005):
        store.claim(BASE, "sweep", str(number))
    store.claim(BASE, "report", "2026-02")

    assert store.sweep_old(NOON) == 5
    assert not store.claim(BASE, "sweep", "5")
    assert not store.claim(BASE, "report", "2026-02")


def test_identities_of_effects_and_notices_are_never_purged(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[card("a", "n1")]))
    store.done([store.due(BASE, NOON, 1)[0].row], NOON)

    store.sweep_old(NOON + 99_999 * HOUR)
    store.settle(BASE, Settlement(effects=[card("a"), card("b", "n1")]))

    assert store.due(BASE, NOON + 99_999 * HOUR, 10) == []
