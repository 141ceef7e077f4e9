"""What waits is asked for all bases at once, on both databases."""

from dataclasses import replace
from datetime import timedelta

from feishu_plugin.ports import Settlement
from feishu_plugin.store import Store
from tests.store.samples import BASE, NOON, card, hint, line

OTHER, QUIET = "bascnOther", "bascnQuiet"
SOON = NOON + timedelta(minutes=1)


def test_open_hints_and_due_effects_are_found_by_base(store: Store) -> None:
    store.put([hint("rec1", "e1"), hint("rec2", "e2"), hint("rec3", "e3", base=OTHER)])
    store.settle(OTHER, Settlement(effects=[card("card:1"), replace(card("mail:1"), kind="mail")]))
    store.settle(QUIET, Settlement(effects=[card("card:2", at=SOON), line("line:1")]))

    assert store.waiting(NOON) == {BASE: {"hint"}, OTHER: {"hint", "card", "mail"}}
    assert store.waiting(SOON)[QUIET] == {"card"}


def test_what_was_judged_and_sent_waits_no_more(store: Store) -> None:
    store.put([hint()])
    store.settle(BASE, Settlement(effects=[card("card:1")]))
    store.settle(BASE, Settlement(closed=[one.row for one in store.pending(BASE, 10)]))
    store.done([one.row for one in store.due(BASE, NOON, 10)], NOON, "om_1")

    assert store.waiting(NOON) == {}


def test_an_empty_store_waits_for_nothing(store: Store) -> None:
    assert store.waiting(NOON) == {}
