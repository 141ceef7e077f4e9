"""What people and Feishu call things is bound, never spliced into SQL: it comes back as it was, alone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feishu_plugin.ports import Settlement
from feishu_plugin.store import Store
from tests.store.samples import BASE, NOON, card, hint, state

OTHER = "bascnUntouched"
HOSTILE = [
    "'; DROP TABLE inbox; --",
    "' OR '1'='1",
    '" OR ""="',
    "Robert'); DELETE FROM accepted WHERE ('1'='1",
    "\\'; SELECT pg_sleep(99); --",
    "$$; DROP TABLE outbox; $$",
    "%s %(record_id)s :record_id ? ?1 {} %",
    "100%_like_everything",
    "/* comment */ -- comment",
    "record' UNION SELECT body FROM outbox --",
    "' || (SELECT version()) || '",
    "` ; [ ] \u2019 \uff07 \u02bc",
]
TYPED = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from([*HOSTILE, *"'\"\\;%:?$-`"]), min_size=1, max_size=4).map("".join),
)


def everything(store: Store, base: str) -> list[object]:
    """What the store knows of a base."""
    return [
        [one.record_id for one in store.pending(base, 100)],
        store.accepted(base, "requirement", ["rec1"]),
        [one.effect for one in store.due(base, NOON, 100)],
        store.recall(base, "fact"),
        store.told(base, ["notice"]),
    ]


def filled(store: Store, base: str) -> None:
    store.put([hint("rec1", "ev1", base=base)])
    store.settle(base, Settlement(accepted={("requirement", "rec1"): state()}, effects=[card("c", "notice")]))
    store.keep(base, "fact", {"a": 1})


@settings(
    deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # one database for all examples: whatever one does is there for the next
@given(TYPED)
def test_every_text_comes_back_as_it_was_and_touches_nothing_else(store: Store, typed: str) -> None:
    filled(store, OTHER)
    untouched, base = everything(store, OTHER), f"bascn{typed}"

    store.put([hint(typed, typed, base=base, operator=typed)])
    shown = card(typed, typed, to=typed)
    accepted = {(typed, typed): state(typed, typed, title=typed, owner=(typed,))}
    store.settle(base, Settlement(accepted=accepted, effects=[shown]))
    store.keep(base, typed, {typed: typed})
    number = store.draw(base, typed, typed)

    assert [(h.record_id, h.event_id, h.operator) for h in store.pending(base, 9)] == [(typed,) * 3]
    assert store.accepted(base, typed, [typed]) == {typed: accepted[typed, typed]}
    assert [one.effect for one in store.due(base, NOON, 9)] == [shown]
    assert store.told(base, [typed, "notice"]) == {typed}
    assert store.recall(base, typed) == {typed: typed}
    assert store.draw(base, typed, typed) == number == 1
    assert everything(store, OTHER) == untouched


@pytest.mark.parametrize("typed", HOSTILE)
def test_a_name_that_matches_everything_in_sql_matches_itself_only(store: Store, typed: str) -> None:
    filled(store, BASE)

    assert store.accepted(BASE, "requirement", [typed]) == {}
    assert store.accepted(BASE, typed, ["rec1"]) == {}
    assert list(store.pending(typed, 9)) == []
    assert list(store.due(typed, NOON, 9)) == []
    assert store.recall(BASE, typed) is None
