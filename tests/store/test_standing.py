"""What watchers ask the store, counts that two writers share, and effects that others performed."""

from datetime import timedelta

from feishu_plugin.ports import Settlement
from feishu_plugin.store import Store
from tests.store import child
from tests.store.processes import Child, all_answers
from tests.store.samples import BASE, NOON, card, hint, line, put_cards

LATER = NOON + timedelta(hours=1)


def test_a_lease_names_its_holder_for_as_long_as_it_is_good(store: Store) -> None:
    store.lease(BASE, "me", 60)
    store.lease("other", "gone", 0)

    holder, left = store.lease_of(BASE) or ("", 0.0)
    assert holder == "me"
    assert 50 < left <= 60
    assert store.lease_of("other") is None
    assert store.held_leases() == [BASE]


def test_the_oldest_open_hint_is_the_first_that_came(store: Store) -> None:
    store.put(
        [hint("rec1", "ev1", at=NOON), hint("rec2", "ev2", at=LATER), hint("rec3", "ev3", base="other")]
    )
    first, second = store.pending(BASE, 10)
    assert store.oldest_open(BASE) == NOON

    store.settle(BASE, Settlement(closed=[first.row]))
    assert store.oldest_open(BASE) == LATER
    store.settle(BASE, Settlement(closed=[second.row]))
    assert store.oldest_open(BASE) is None


def test_the_next_try_is_of_what_goes_out_by_itself(store: Store) -> None:
    assert store.next_try(BASE) is None
    store.settle(BASE, Settlement(effects=[line("l", at=NOON), card("c", at=LATER)]))

    assert store.next_try(BASE) == LATER


def test_failures_are_told_newest_first_with_their_cause(store: Store) -> None:
    rows = put_cards(store, "one", "two", "three")
    for row in rows:
        store.failed([row], None, f"no {row}")

    found = store.failures(BASE, 2)
    assert [(one.kind, one.identity, one.cause) for one in found] == [
        ("card", "three", f"no {rows[2]}"),
        ("card", "two", f"no {rows[1]}"),
    ]


def test_counts_of_several_processes_add_up(store: Store, url: str) -> None:
    all_answers(*(Child(child.tally, url, 50) for _ in range(3)))

    assert store.recall(BASE, "recovered") == {"day": 150}
    store.tally(BASE, "recovered", "next", 2)
    assert store.recall(BASE, "recovered") == {"day": 150, "next": 2}


def test_what_others_performed_is_done_and_never_waits(store: Store) -> None:
    put_cards(store, "waiting", "another")

    store.note_sent(BASE, {"waiting": "rec1", "unknown": ""}, LATER)
    store.note_sent(BASE, {"unknown": "", "waiting": "rec2"}, LATER)
    store.settle(BASE, Settlement(effects=[card("unknown"), card("waiting")]))

    assert [one.effect.identity for one in store.due(BASE, LATER, 10)] == ["another"]
    assert store.counts(BASE)["effects_waiting"] == 1
    assert store.mails(BASE)["mails_sent"] == 0
    waited = store.outcome_of(BASE, "waiting")
    assert waited is not None
    assert (waited.ended, waited.outcome) == ("done", "rec1"), "what is done stays as it was"


def test_a_restored_database_has_no_lease_and_nothing_to_judge(store: Store) -> None:
    store.put([hint("rec1", "ev1"), hint("rec2", "ev2", base="other")])
    store.lease(BASE, "dead", 60)
    put_cards(store, "kept")
    store.keep("third", "binding", {})

    bases = store.mark_restored("restored", {"open": True})

    assert bases == sorted([BASE, "third"])
    assert store.recall(BASE, "restored") == store.recall("third", "restored") == {"open": True}
    assert store.pending(BASE, 10) == store.pending("other", 10) == []
    assert store.held_leases() == []
    assert store.counts(BASE)["effects_waiting"] == 1
    assert store.mark_restored("restored", {"open": True}) == bases
