"""Hints are stored once, in order, and stay until they are settled."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from feishu_plugin.ports import Hint, Settlement, Step
from feishu_plugin.records import Press
from feishu_plugin.store import Store
from tests.store.samples import BASE, NOON, hint, hints


def test_a_hint_comes_back_whole(store: Store) -> None:
    sent = Hint(
        app_token=BASE,
        table_id="tbl1",
        record_id="rec1",
        kind="edited",
        event_id="ev1",
        received_at=NOON + timedelta(microseconds=123456),
        operator="ou_li",
        fields=("status", "owner"),
        step=Step(before=None, after="pending", operator="ou_li", at=NOON, revision=7, event_id="ev1"),
    )

    store.put([sent])

    (got,) = store.pending(BASE, 10)
    assert got.row > 0
    assert got == Hint(**{name: getattr(sent, name) for name in sent.__slots__} | {"row": got.row})


def test_the_same_event_and_record_is_stored_once(store: Store) -> None:
    assert store.put([hint("rec1"), hint("rec2"), hint("rec1")]) == 2
    assert store.put([hint("rec2"), hint("rec3")]) == 1
    assert [h.record_id for h in store.pending(BASE, 10)] == ["rec1", "rec2", "rec3"]


def test_a_closed_hint_is_not_taken_again(store: Store) -> None:
    store.put([hint()])
    store.settle(BASE, Settlement(closed=[store.pending(BASE, 1)[0].row]))

    assert store.put([hint()]) == 0
    assert store.pending(BASE, 10) == []


def test_two_bases_do_not_share_identities_or_hints(store: Store) -> None:
    assert store.put([hint(base="one"), hint(base="two")]) == 2
    assert [h.app_token for h in store.pending("two", 10)] == ["two"]


def test_a_settlement_closes_hints_of_its_own_base_only(store: Store) -> None:
    store.put([hint(base="one")])

    store.settle("two", Settlement(closed=[store.pending("one", 1)[0].row]))

    assert len(store.pending("one", 10)) == 1


def test_nothing_to_put_is_no_error(store: Store) -> None:
    assert store.put([]) == 0


def test_pending_gives_the_oldest_first_up_to_the_limit(store: Store) -> None:
    store.put(hints(30))

    first = store.pending(BASE, 20)
    store.settle(BASE, Settlement(closed=[h.row for h in first]))

    assert [h.record_id for h in first] == [f"rec{n}" for n in range(20)]
    assert [h.record_id for h in store.pending(BASE, 20)] == [f"rec{n}" for n in range(20, 30)]


def test_a_paste_of_many_rows_is_put_read_and_closed_at_once(store: Store) -> None:
    assert store.put(hints(2_345)) == 2_345

    waiting = store.pending(BASE, 5_000)
    store.settle(BASE, Settlement(closed=[h.row for h in waiting]))

    assert len(waiting) == 2_345
    assert store.pending(BASE, 1) == []


def test_newer_names_the_records_with_a_later_open_hint(store: Store) -> None:
    store.put([hint("rec1", "ev1"), hint("rec2", "ev1"), hint("rec1", "ev2"), hint("rec3", "ev2")])
    second = store.pending(BASE, 2)[1].row

    assert store.newer(BASE, ["rec1", "rec2"], second) == {"rec1"}
    assert store.newer("other", ["rec1"], second) == set()
    assert store.newer(BASE, [f"rec{n}" for n in range(1_200)], second) == {"rec1", "rec3"}


def test_a_press_comes_back_as_it_was_and_is_no_newer_edit(store: Store) -> None:
    press = Press(
        do="grant",
        operator="ou_boss",
        at=NOON,
        event_id="ev2",
        message_id="om_1",
        asked={"from": "pending", "to": "shelved"},
        form={"reason": "老客户", "until": "2026-09-01 +0800", "many": ["a", "b"]},
    )
    pressed = replace(hint("rec1", "ev2"), kind="pressed", press=press)
    store.put([hint("rec1", "ev1"), pressed])
    first, second = store.pending(BASE, 2)

    assert (first.press, second.press) == (None, press)
    assert store.newer(BASE, ["rec1"], first.row) == set()


def test_a_delivery_set_aside_is_kept_whatever_it_holds(store: Store) -> None:
    store.put_aside('{"broken": \x00 \ud83d 中文', "not JSON: \x00 \ud83d", NOON)

    assert store.counts(BASE)["set_aside"] == 1


def test_text_that_databases_refuse_survives_in_values(store: Store) -> None:
    odd = Hint(**{n: getattr(hint(), n) for n in hint().__slots__} | {"fields": ("a\x00b", "\ud83d", "需求")})

    store.put([odd])

    assert store.pending(BASE, 1)[0].fields == odd.fields


def test_rows_are_never_numbered_again(store: Store) -> None:
    store.put([hint("rec1", "ev1")])
    first = store.pending(BASE, 1)[0].row
    store.settle(BASE, Settlement(closed=[first]))
    store.sweep_old(NOON + timedelta(days=1))

    store.put([hint("rec1", "ev2")])

    assert store.pending(BASE, 1)[0].row > first


def imported(number: int, operator: str = "ou_li") -> list[Hint]:
    return [hint(f"rec{n}", f"ev{n}", operator=operator, kind="added") for n in range(number)]


def test_who_imports_much_keeps_nobody_else_waiting(store: Store) -> None:
    store.put(
        [*imported(300), hint("recA", "evA", operator="ou_wang"), hint("recB", "evB", operator="ou_li")]
    )

    taken = store.pending(BASE, 100)

    assert [h.record_id for h in taken] == [*(f"rec{n}" for n in range(100)), "recA", "recB"]


def test_a_hint_out_of_turn_brings_all_of_its_record_in_order(store: Store) -> None:
    store.put([*imported(300), hint("rec250", "evA", operator="ou_wang")])

    taken = store.pending(BASE, 100)

    assert [(h.record_id, h.operator) for h in taken[100:]] == [("rec250", "ou_li"), ("rec250", "ou_wang")]


def test_several_who_send_much_share_what_is_taken_out_of_turn(store: Store) -> None:
    others = [hint(f"rec{who}{n}", f"ev{who}{n}", operator=who) for who in ("a", "b") for n in range(300)]
    store.put([*imported(400), *others])

    taken = store.pending(BASE, 100)

    counts = Counter(h.operator for h in taken)
    assert counts == {"ou_li": 100, "a": 25, "b": 25}


def test_an_inbox_of_one_sender_is_taken_in_order(store: Store) -> None:
    store.put(imported(30))
    assert [h.record_id for h in store.pending(BASE, 10)] == [f"rec{n}" for n in range(10)]
