"""Several processes on one store, and processes that are killed."""

from itertools import chain

from feishu_plugin.ports import Settlement
from feishu_plugin.store import Store
from tests.store import child
from tests.store.processes import Child, all_answers, started
from tests.store.samples import BASE, NOON, hint, state


def test_processes_that_start_at_once_share_a_new_database(url: str) -> None:
    answers = all_answers(*(Child(child.open_only, url) for _ in range(3)))

    assert answers == [["opened"]] * 3


def test_hints_that_several_processes_put_are_stored_once(store: Store, url: str) -> None:
    answers = all_answers(*(Child(child.put_same, url, 150) for _ in range(2)))

    assert sum(chain(*answers)) == 150
    assert len({h.record_id for h in store.pending(BASE, 1_000)}) == len(store.pending(BASE, 1_000)) == 150


def test_numbers_drawn_by_several_processes_are_unique_and_gapless(store: Store, url: str) -> None:
    answers = all_answers(*(Child(child.draw, url, name, 40) for name in ("a", "b", "c")))

    drawn = {(identity, number) for identity, number in chain(*answers)}
    assert sorted(number for _, number in drawn) == list(range(1, 161))
    assert len({identity for identity, _ in drawn}) == 160


def test_a_free_lease_goes_to_one_of_two_holders(store: Store, url: str) -> None:
    answers = all_answers(*(Child(child.lease, url, holder, 100) for holder in ("one", "two")))

    (one,), (two,) = answers
    assert [a != b for a, b in zip(one, two, strict=True)] == [True] * 100


def test_a_lease_that_ran_out_goes_to_one_of_two_holders(store: Store, url: str) -> None:
    for number in range(100):
        assert store.lease(f"base{number}", "dead", 0)

    answers = all_answers(*(Child(child.lease, url, holder, 100) for holder in ("one", "two")))

    (one,), (two,) = answers
    assert [a != b for a, b in zip(one, two, strict=True)] == [True] * 100


def test_a_slot_goes_to_one_of_several_processes(store: Store, url: str) -> None:
    answers = all_answers(*(Child(child.claim, url, 100) for _ in range(2)))

    wins = [sum(tries) for tries in zip(*chain(*answers), strict=True)]
    assert wins == [1] * 100


def test_a_notice_is_told_once_however_many_processes_settle(store: Store, url: str) -> None:
    all_answers(*(Child(child.settle_same, url, 60) for _ in range(2)))

    effects = [pending.effect for pending in store.due(BASE, NOON, 1_000)]
    assert sorted(e.covers[0] for e in effects if e.covers) == sorted(f"n{n}" for n in range(60))
    assert sorted(e.identity for e in effects if not e.covers) == sorted(f"same-{n}" for n in range(60))


def test_every_acknowledged_hint_survives_a_killed_writer(url: str) -> None:
    with started(Child(child.put_for_ever, url)) as (writer,):
        acknowledged = [writer.answer() for _ in range(60)]
        writer.kill()
        acknowledged += writer.answers()

    store = Store(url)
    stored = {h.record_id for h in store.pending(BASE, 100_000)}
    assert {f"rec{number}" for number in acknowledged} <= stored
    assert {r.removeprefix("rec") for r in stored if r.startswith("rec")} == {
        r.removeprefix("twin") for r in stored if r.startswith("twin")
    }
    assert store.put([hint("after", "the kill")]) == 1
    store.close()


def test_a_settlement_happens_whole_or_not_whenever_it_is_killed(store: Store, url: str) -> None:
    store.put([hint("rec1"), hint("rec2")])
    before = {r: state(r) for r in ("rec1", "rec2")}
    store.settle(BASE, Settlement(accepted={("requirement", r): s for r, s in before.items()}))

    kills = 0
    with started(Child(child.die_in_settle, url)) as (worker,):
        while worker.answer() == -9:
            assert _outcome(store) == (before, 2, 0, set())
            kills += 1
            worker.go()

    assert kills >= 7, "every statement was to be a place to die at"
    assert _outcome(store) == ({"rec1": state(status="done")}, 0, 1, {"n1"})


def _outcome(store: Store) -> tuple[object, int, int, set[str]]:
    return (
        dict(store.all_accepted(BASE, "requirement")),
        len(store.pending(BASE, 10)),
        len(store.due(BASE, NOON, 10)),
        store.told(BASE, ["n1"]),
    )
