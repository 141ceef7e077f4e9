"""Reopened again and again, and moves that were put back."""

import pytest

from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.periods import period
from tests.builders import SCHEMA, local, move, moves, policy, requirement
from tests.fakes import MemoryTables
from tests.reports.sample import OCTOBER, add
from tests.reports.told import facts, figure


def reopened(*days: str) -> Facts:
    """Finished the evening before each of these days, and reopened on it."""
    chain = [one for day in days for one in ((f"{day} 08:00", "done"), (f"{day} 09:00", "in_progress"))]
    return facts([requirement("r", submitted="2026-07-01", status="in_progress")], moves("r", chain))


@pytest.mark.parametrize(
    ("days", "times", "again"),
    [
        (["2026-09-10"], 1, 0),
        (["2026-09-10", "2026-09-20"], 2, 1),
        (["2026-08-10", "2026-09-20"], 1, 1),  # the second time of its life
        (["2026-08-10", "2026-08-20"], 0, 0),
        (["2026-08-10", "2026-09-10", "2026-09-20"], 2, 1),  # one requirement
        (["2026-09-10", "2026-10-20"], 1, 0),
    ],
)
def test_reopenings_are_counted_and_so_are_those_who_come_back_again(
    days: list[str], times: int, again: int
) -> None:
    known = reopened(*days)

    assert figure("reopened", known).value == times
    assert figure("reopened_again", known).value == again


def test_a_requirement_that_is_reopened_twice_gives_two_to_the_count() -> None:
    twice = figure("reopened", reopened("2026-09-10", "2026-09-20"))

    assert (twice.record_ids, dict(twice.amounts)) == (("r",), {"r": 2.0})
    assert figure("reopened", reopened("2026-09-10")).amounts == {}


def test_moves_that_were_put_back_are_counted_where_they_happened() -> None:
    ledger = [
        *moves("a", [("2026-09-02", "in_progress")]),
        move("a", "2026-09-03", "in_progress", "closed", verdict="put_back", effect_key="1"),
        move("a", "2026-09-03", "in_progress", "closed", verdict="put_back", effect_key="1"),  # told twice
        move("a", "2026-09-04", "in_progress", "closed", verdict="put_back", effect_key="2"),
        move("a", "2026-08-31", "in_progress", "closed", verdict="put_back", effect_key="3"),
        move("b", "2026-09-05", "pending", "done", verdict="put_back"),
        move("c", "2026-09-05", "pending", "done", verdict="observe"),
    ]
    records = [
        requirement("a", submitted="2026-08-01", status="in_progress"),
        requirement("b", submitted="2026-08-01", status="pending"),
        requirement("c", submitted="2026-08-01", status="done"),
    ]

    found = figure("put_back", facts(records, ledger))

    assert (found.value, found.record_ids) == (3, ("a", "b"))
    assert dict(found.amounts) == {"a": 2.0, "b": 1.0}


def test_a_move_that_was_put_back_is_no_stay_and_no_flow() -> None:
    plain = moves("a", [("2026-09-02", "in_progress")])
    undone = move("a", "2026-09-03", "in_progress", "done", verdict="put_back")
    record = requirement("a", submitted="2026-09-01", status="in_progress")

    with_it, without = facts([record], [*plain, undone]), facts([record], plain)

    assert [history.changes for history in with_it.histories] == [h.changes for h in without.histories]


def test_of_what_was_put_back_only_the_period_is_kept() -> None:
    tables = MemoryTables(SCHEMA, now=lambda: OCTOBER)
    add(tables, "rec", "2026-07-01", [("2026-07-02", "in_progress")], status="in_progress")
    for day in ("2026-08-31", "2026-09-03", "2026-10-01"):
        tables.put("transition", move("rec", day, "in_progress", "closed", verdict="put_back").values)
    rules = policy()

    known, _ = gather(tables, rules, period("2026-09", rules.worktime), OCTOBER)

    assert [history.put_back for history in known.histories] == [(local("2026-09-03"),)]
    assert figure("put_back", known).value == 1
