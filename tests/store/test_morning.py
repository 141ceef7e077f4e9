"""Lines wait for the card that folds them, and are told by one card whatever is killed or doubled."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text

from feishu_plugin.ports import Effect, PendingEffect, Settlement
from feishu_plugin.records import Value
from feishu_plugin.reminders.lines import line_of_notice
from feishu_plugin.store import Store
from tests.reminders.samples import accepted, at, notice, requirement
from tests.store import child
from tests.store.processes import Child, all_answers, started
from tests.store.samples import BASE, NOON, card, line, put_cards

LATER = NOON + timedelta(days=1)
NIGHT, MORNING = at("09-07 22:00"), at("09-08 09:10")


def waiting(store: Store, base: str = BASE) -> list[str]:
    return [pending.effect.identity for pending in store.lines(base, LATER)]


def test_a_line_is_never_due_by_itself(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[line("n1"), card("c1")]))

    assert [pending.effect.identity for pending in store.due(BASE, LATER, 10)] == ["c1"]
    assert store.counts(BASE)["lines_waiting"] == 1
    assert store.counts(BASE)["effects_waiting"] == 1


def test_lines_come_back_whole_at_their_time_as_they_were_stored(store: Store) -> None:
    later = line("n0", at=NOON + timedelta(seconds=1))
    store.settle(BASE, Settlement(effects=[line("n2", to="ou_wu"), line("n1"), later]))

    found = store.lines(BASE, NOON)
    assert [pending.effect for pending in found] == [line("n2", to="ou_wu"), line("n1")]
    assert waiting(store) == ["n2", "n1", "n0"]
    assert waiting(store, "other") == []


def test_a_stored_line_tells_its_notice(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[line("n1")]))
    store.settle(BASE, Settlement(effects=[card("n1", "n1"), line("n1"), card("c2", "n1")]))

    assert store.told(BASE, ["n1"]) == {"n1"}
    assert store.due(BASE, LATER, 10) == []
    assert waiting(store) == ["n1"]


def test_a_card_ends_the_lines_it_folds(store: Store) -> None:
    store.settle(BASE, Settlement(effects=[line("n1"), line("n2"), line("n3")]))
    rows = [pending.row for pending in store.lines(BASE, NOON)]

    store.settle(
        BASE, Settlement(effects=[replace(card("digest", "d", "n1", "n3"), folds=(rows[0], rows[2]))])
    )

    assert waiting(store) == ["n2"]
    (pending,) = store.due(BASE, NOON, 10)
    assert pending.effect == card("digest", "d", "n1", "n3")
    assert store.counts(BASE)["lines_waiting"] == 1


def test_a_card_that_is_not_stored_ends_no_line(store: Store) -> None:
    """Somebody else planned the same morning card before the second line was there."""
    store.settle(BASE, Settlement(effects=[line("n1")]))
    (first,) = store.lines(BASE, NOON)
    store.settle(BASE, Settlement(effects=[line("n2")]))
    both = tuple(pending.row for pending in store.lines(BASE, NOON))

    store.settle(BASE, Settlement(effects=[replace(card("digest", "d", "n1"), folds=(first.row,))]))
    store.settle(BASE, Settlement(effects=[replace(card("digest", "d", "n1", "n2"), folds=both)]))

    assert waiting(store) == ["n2"]


def test_only_lines_of_the_same_base_are_folded(store: Store) -> None:
    (kept,) = put_cards(store, "c1")
    store.settle("other", Settlement(effects=[line("n1")]))
    (foreign,) = store.lines("other", NOON)

    store.settle(BASE, Settlement(effects=[replace(card("digest"), folds=(kept, foreign.row))]))

    assert [pending.effect.identity for pending in store.due(BASE, NOON, 10)] == ["c1", "digest"]
    assert waiting(store, "other") == ["n1"]


def test_cards_are_counted_by_person_and_moment(store: Store) -> None:
    cards = [card("a"), card("b"), card("c", to="ou_wu"), card("late", at=LATER), card("digest"), line("l")]
    store.settle(BASE, Settlement(effects=cards))
    store.settle("other", Settlement(effects=[card("foreign")]))
    first = store.due(BASE, NOON, 10)[0]
    store.done([first.row], NOON, "om_1")

    found = store.cards_between(BASE, {"ou_li", "ou_wu", "ou_nobody"}, NOON, LATER, ["digest"])

    assert found == {"ou_li": 2, "ou_wu": 1}
    assert store.cards_between(BASE, {"ou_li"}, NOON, LATER + timedelta(seconds=1), []) == {"ou_li": 4}
    assert store.cards_between(BASE, set(), NOON, LATER, []) == {}


def test_neither_question_reads_what_is_done(store: Store, url: str) -> None:
    """With 100,000 done rows a scan would cost every round some 0.1 s."""
    put_cards(store, *(f"c{n}" for n in range(300)))
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        if explain == "EXPLAIN":
            connection.execute(text("SET enable_seqscan = off"))  # a small table is scanned otherwise
        for query, indexes in _ASKED.items():
            plan = " ".join(str(row) for row in connection.execute(text(f"{explain} {query}")))
            assert any(index in plan for index in indexes), plan
    engine.dispose()


_ASKED = {
    "SELECT target, count(*) FROM outbox WHERE app_token = 'b' AND kind = 'card' AND target IN ('a', 'b')"
    " AND not_before >= '2026-01-01' AND not_before < '2026-01-02' GROUP BY target": ["outbox_cards"],
    "SELECT * FROM outbox WHERE app_token = 'b' AND ended IS NULL AND next_try <= '2026-01-01'"
    " AND kind = 'line' ORDER BY next_try, row": ["outbox_due", "outbox_batch"],
}
"""Question to the indexes that hold only what it may read."""


def night(store: Store) -> None:
    """What two people are to hear in the morning: lines of the night, and a due time."""
    values: dict[str, Value] = {"planned_finish": at("09-09 00:00")}
    key, state = accepted(requirement("rec1", **values))
    told = [
        notice(f"assigned:rec{n}:{to}", event="assigned", kind="instant", open_id=to, record_id=f"rec{n}")
        for n in range(1, 4)
        for to in ("ou_dev", "ou_sub")
    ]
    lines = [line_of_notice(one, at("09-08 09:00")) for one in told]
    store.settle(BASE, Settlement(accepted={("requirement", key): state}, effects=lines))


def outcome(store: Store) -> tuple[list[str], dict[str, int]]:
    """Lines that wait, and how many of the notices each card of the morning tells."""
    cards = [pending.effect for pending in store.due(BASE, at("09-30 09:00"), 100)]
    return (
        [pending.effect.identity for pending in store.lines(BASE, at("09-30 09:00"))],
        {effect.target: len(told_by(effect)) for effect in cards},
    )


def told_by(effect: Effect) -> list[str]:
    return [cover for cover in effect.covers if not cover.startswith("digest:")]


def test_a_morning_is_stored_whole_or_not_whenever_it_is_killed(store: Store, url: str) -> None:
    night(store)
    before = outcome(store)
    assert (len(before[0]), before[1]) == (6, {})

    kills = 0
    with started(Child(child.die_in_the_morning, url, MORNING.isoformat())) as (worker,):
        while worker.answer() == -9:
            assert outcome(store) == before
            kills += 1
            worker.go()

    assert kills >= 7, "every statement was to be a place to die at"
    assert outcome(store) == ([], {"ou_dev": 4, "ou_sub": 3})


@pytest.mark.parametrize("replicas", [3])
def test_replicas_that_plan_the_same_morning_tell_it_once(store: Store, url: str, replicas: int) -> None:
    night(store)

    all_answers(*(Child(child.remind, url, MORNING.isoformat()) for _ in range(replicas)))

    assert outcome(store) == ([], {"ou_dev": 4, "ou_sub": 3})


def test_a_line_that_comes_while_a_morning_is_stored_is_told_the_next_day(store: Store) -> None:
    night(store)
    first: list[PendingEffect] = list(store.lines(BASE, MORNING))
    late = line_of_notice(notice("late", event="risk", kind="instant"), at("09-08 09:00"))
    store.settle(BASE, Settlement(effects=[late]))
    folded = replace(card("digest:2026-09-08:ou_dev", "x"), folds=tuple(p.row for p in first))

    store.settle(BASE, Settlement(effects=[folded]))
    child.remind_now(store, MORNING.isoformat())
    assert "late" in outcome(store)[0]

    child.remind_now(store, at("09-09 09:10").isoformat())
    assert outcome(store)[0] == []
