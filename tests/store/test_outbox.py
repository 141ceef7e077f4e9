"""Effects wait for their time, are tried in whole batches, and end once."""

from datetime import timedelta

import pytest

from feishu_plugin.ports import Effect, Settlement
from feishu_plugin.store import Store
from tests.store.samples import BASE, NOON, card, put_cards

MINUTE = timedelta(minutes=1)


def _due(store: Store, minutes: int = 0, limit: int = 100) -> list[str]:
    return [p.effect.identity for p in store.due(BASE, NOON + minutes * MINUTE, limit)]


def test_an_effect_comes_back_whole_with_values_in_its_body(store: Store) -> None:
    effect = Effect(
        kind="ledger",
        identity="move1",
        target="transition",
        body={"values": {"at": NOON, "requirement": ("rec1",), "hours": 1.5, "$odd": None}, "list": [1]},
        not_before=NOON,
        covers=("n1", "n2"),
    )

    store.settle(BASE, Settlement(effects=[effect]))

    (pending,) = store.due(BASE, NOON, 10)
    assert (pending.effect, pending.tries, pending.batch) == (effect, 0, "")


def test_effects_are_due_by_time_then_as_stored(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[card("late", at=NOON + MINUTE), card("b"), card("a")]))

    assert _due(store) == ["b", "a"]
    assert _due(store, 1) == ["b", "a", "late"]
    assert _due(store, 1, limit=1) == ["b"]
    assert store.due("other", NOON + MINUTE, 10) == []


def mail(identity: str, minutes: int = 0) -> Effect:
    moment = NOON + minutes * MINUTE
    return Effect(kind="mail", identity=identity, target="rec1", body={"event": "survey"}, not_before=moment)


def test_mails_wait_apart_from_everything_else(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[mail("m2", 1), card("a"), mail("m1"), mail("m1")]))

    assert _due(store, 1) == ["a"]
    assert [p.effect.identity for p in store.mails_due(BASE, NOON, 10)] == ["m1"]
    assert [p.effect.identity for p in store.mails_due(BASE, NOON + MINUTE, 10)] == ["m1", "m2"]
    assert [p.effect.identity for p in store.mails_due(BASE, NOON + MINUTE, 1)] == ["m1"]
    assert store.mails_due("other", NOON + MINUTE, 10) == []


def test_replies_wait_apart_and_keep_the_cells_of_a_letter(store: Store) -> None:
    cells = {"submitted_at": NOON, "attachments": ("box1", "box2"), "title": "登录失败"}
    body = {"what": "reply", "files": ("box1",), "answer": {"score": 5.0}, "cells": cells}
    post = Effect(kind="post", identity="post:mail:a@b:1", target="rec1", body=body, not_before=NOON)
    store.settle(BASE, Settlement(effects=[post, card("c1")]))

    assert [pending.effect for pending in store.posts_due(BASE, NOON, 9)] == [post]
    assert [pending.effect.identity for pending in store.due(BASE, NOON, 9)] == ["c1"]
    assert store.posts_due("other", NOON, 9) == []


def test_mails_are_counted_by_what_became_of_them(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[card("a"), *(mail(f"m{n}") for n in range(5))]))
    rows = [pending.row for pending in store.mails_due(BASE, NOON, 10)]
    store.done(rows[:1], NOON, "sent")
    store.done(rows[1:3], NOON, "skipped")
    store.failed(rows[3:4], None, "550 no such user")

    assert store.mails(BASE) == {"mails_sent": 1, "mails_skipped": 2, "mails_waiting": 1, "mails_failed": 1}
    assert set(store.mails("other").values()) == {0}


def test_a_done_effect_is_over(store: Store) -> None:
    rows = put_cards(store, "a", "b")

    store.done(rows[:1], NOON, "om_1")
    store.failed(rows[:1], None, "too late")

    assert _due(store) == ["b"]
    assert store.counts(BASE)["effects_failed"] == 0


def test_a_failed_try_waits_for_the_next_one(store: Store) -> None:
    rows = put_cards(store, "a")

    store.failed(rows, NOON + MINUTE, "1254290")

    assert _due(store) == []
    (pending,) = store.due(BASE, NOON + MINUTE, 10)
    assert (pending.tries, pending.effect) == (1, card("a"))


def test_an_effect_that_was_given_up_is_counted_and_can_still_be_done(store: Store) -> None:
    rows = put_cards(store, "a")

    store.failed(rows, None, "230013 \ud83d")

    assert _due(store, 999) == []
    counts = {"pending": 0, "set_aside": 0, "effects_waiting": 0, "lines_waiting": 0, "effects_failed": 1}
    assert store.counts(BASE) == counts
    store.done(rows, NOON)
    assert store.counts(BASE)["effects_failed"] == 0


def test_a_pinned_batch_keeps_its_name_through_failures(store: Store) -> None:
    rows = put_cards(store, "a", "b")

    store.pin(rows, "batch1")
    store.pin(rows, "batch1")
    store.failed(rows, NOON + MINUTE, "timeout")

    assert {p.batch for p in store.due(BASE, NOON + MINUTE, 10)} == {"batch1"}


def test_an_effect_is_never_moved_to_another_batch(store: Store) -> None:
    rows = put_cards(store, "a", "b")
    store.pin(rows[:1], "batch1")

    with pytest.raises(ValueError, match="belong to another batch"):
        store.pin(rows, "batch2")

    assert [p.batch for p in store.due(BASE, NOON, 10)] == ["batch1", ""]


def test_a_pinned_batch_is_never_cut(store: Store) -> None:
    rows = put_cards(store, *"abcdef")
    store.pin(rows[1:5], "batch1")

    assert _due(store, limit=2) == ["a", "b", "c", "d", "e"]
    assert _due(store, limit=1) == ["a"]


def test_many_effects_end_at_once(store: Store) -> None:
    rows = put_cards(store, *(f"c{n}" for n in range(1_100)))

    store.pin(rows, "batch1")
    store.failed(rows[:550], None, "gone")
    store.done(rows[550:], NOON)

    counts = store.counts(BASE)
    assert (counts["effects_waiting"], counts["effects_failed"]) == (0, 550)
