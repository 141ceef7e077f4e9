"""Facts, numbers, claims, leases and the call meter."""

from datetime import UTC, datetime
from threading import Event

from feishu_plugin.store import Store
from tests.store.samples import BASE


def test_a_fact_is_kept_until_it_is_replaced(store: Store) -> None:
    assert store.recall(BASE, "watermark") is None

    store.keep(BASE, "watermark", {"at": datetime(2026, 3, 2, tzinfo=UTC), "list": [1, "二", None]})
    store.keep("other", "watermark", {})
    assert store.recall(BASE, "watermark") == {
        "at": datetime(2026, 3, 2, tzinfo=UTC),
        "list": [1, "二", None],
    }

    store.keep(BASE, "watermark", {"at": None})
    assert store.recall(BASE, "watermark") == {"at": None}
    assert store.recall("other", "watermark") == {}


def test_a_number_belongs_to_its_identity_within_a_scope(store: Store) -> None:
    assert [store.draw(BASE, "KF-20260302", i) for i in ("rec1", "rec2", "rec1", "rec3")] == [1, 2, 1, 3]
    assert store.draw(BASE, "CP-20260302", "rec1") == 1
    assert store.draw("other", "KF-20260302", "rec9") == 1


def test_numbers_drawn_together_are_those_drawn_one_by_one(store: Store) -> None:
    store.draw(BASE, "KF", "rec2")
    wanted = [("KF", "rec1"), ("KF", "rec2"), ("CP", "rec1"), ("KF", "rec3"), ("KF", "rec1")]

    assert store.draw_all(BASE, wanted) == [2, 1, 1, 3, 2]
    assert store.draw_all(BASE, wanted) == [2, 1, 1, 3, 2]
    assert store.draw_all(BASE, []) == []
    assert store.draw(BASE, "KF", "rec4") == 4


def test_any_number_can_be_drawn_together(store: Store) -> None:
    wanted = [("KF", f"rec{n}") for n in range(1234)]
    assert store.draw_all(BASE, wanted) == list(range(1, 1235))


def test_a_slot_is_claimed_once(store: Store) -> None:
    assert store.claim(BASE, "digest", "2026-03-02")
    assert not store.claim(BASE, "digest", "2026-03-02")
    assert store.claim(BASE, "digest", "2026-03-03")
    assert store.claim(BASE, "sweep", "2026-03-02")
    assert store.claim("other", "digest", "2026-03-02")
    assert store.claimed(BASE, "digest", "2026-03-02")
    assert not store.claimed(BASE, "digest", "2026-03-04")
    assert not store.claimed("other", "sweep", "2026-03-02")


def test_a_lease_is_renewed_by_its_holder_and_refused_to_others(store: Store) -> None:
    assert store.lease(BASE, "one", 60)
    assert store.lease(BASE, "one", 60)
    assert not store.lease(BASE, "two", 60)
    assert store.lease("other", "two", 60)


def test_a_released_lease_is_free_at_once(store: Store) -> None:
    store.lease(BASE, "one", 60)

    store.release(BASE, "two")
    assert not store.lease(BASE, "two", 60)

    store.release(BASE, "one")
    assert store.lease(BASE, "two", 60)


def test_a_lease_that_ran_out_is_taken_over(store: Store) -> None:
    store.lease(BASE, "one", 0.05)

    for _ in range(500):
        if store.lease(BASE, "two", 60):
            break
        Event().wait(0.01)

    assert not store.lease(BASE, "one", 60)


def test_calls_add_up_by_month_and_endpoint(store: Store) -> None:
    for month, endpoint, calls in (("2026-03", "records", 2), ("2026-03", "records", 3), ("2026-04", "x", 1)):
        store.count_calls(month, endpoint, calls)

    assert store.calls("2026-03") == {"records": 5}
    assert store.calls("2026-05") == {}
