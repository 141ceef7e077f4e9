"""The balance of open requirements: by hand, and against a brute-force count over random lives."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.records import Requirement, Transition
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.measures.balance import LINE, adds_up, broken
from tests.builders import local, move, moves, requirement
from tests.reports.told import facts, figure

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10")


def line(known: Facts) -> dict[str, float | None]:
    return {key: figure(key, known).value for key in LINE}


def test_a_month_by_hand() -> None:
    lives = {
        "stays": ("2026-08-01", []),
        "finishes": ("2026-08-02", [("2026-09-05", "in_progress"), ("2026-09-08", "done")]),
        "closes": ("2026-08-02", [("2026-08-20", "done"), ("2026-09-08", "closed")]),
        "reopens": ("2026-08-03", [("2026-08-20", "done"), ("2026-09-02", "in_progress")]),
        "voided": ("2026-09-03", [("2026-09-04", "void")]),
        "shelved": ("2026-09-03", [("2026-09-04", "shelved")]),
        "resumes": ("2026-08-03", [("2026-08-04", "shelved"), ("2026-09-04", "pending")]),
        "waits": ("2026-09-03", [("2026-09-04", "in_progress"), ("2026-09-05", "waiting_customer")]),
        "later": ("2026-10-01", []),
    }
    records = [
        requirement(key, submitted=begin, status=chain[-1][1] if chain else "pending")
        for key, (begin, chain) in lives.items()
    ]
    known = facts(records, [row for key, (_, chain) in lives.items() for row in moves(key, chain)])

    assert line(known) == {
        "opening": 2,  # stays, finishes
        "created": 3,  # voided, shelved, waits
        "reopened": 1,
        "resumed": 1,
        "finished": 1,
        "closed": 0,
        "voided": 1,
        "shelved": 1,
        "closing": 4,  # stays, reopens, resumes, waits
    }
    assert set(figure("closing", known).record_ids) == {"stays", "reopens", "resumes", "waits"}


def test_closing_something_open_directly_is_a_flow_of_its_own() -> None:
    chain = [("2026-09-04", "closed")]
    known = facts([requirement("r", submitted="2026-09-01", status="closed")], moves("r", chain))

    assert figure("closed", known).value == 1
    assert figure("finished", known).value == 0


def test_a_move_at_midnight_belongs_to_the_month_that_begins() -> None:
    record = requirement("r", submitted="2026-08-01", status="done")
    ledger = moves("r", [("2026-09-01 00:00", "done")])

    assert figure("closing", facts([record], ledger, month="2026-08")).value == 1
    assert figure("finished", facts([record], ledger, month="2026-09")).value == 1


def test_a_gap_in_the_ledger_names_the_requirement() -> None:
    """The row that reopened it is missing: it leaves the open set twice without coming back."""
    gap = [
        move("gap", "2026-09-02", "pending", "done"),
        move("gap", "2026-09-09", "in_progress", "done"),
    ]
    whole = moves("whole", [("2026-09-02", "done")])
    records = [requirement(key, submitted="2026-09-01", status="done") for key in ("gap", "whole")]

    known = facts(records, [*gap, *whole])

    assert broken(known) == ("gap",)
    assert not adds_up([measure.figure(known) for measure in MEASURES])


def test_two_gaps_that_cancel_out_are_both_named() -> None:
    """The sums agree by accident, the lives do not."""
    lost = [move("lost", "2026-09-02", "pending", "done"), move("lost", "2026-09-09", "in_progress", "done")]
    found = [
        move("found", "2026-09-02", "pending", "done"),
        move("found", "2026-09-05", "done", "in_progress"),
        move("found", "2026-09-06", "done", "in_progress"),
    ]
    records = [
        requirement("lost", submitted="2026-09-01", status="done"),
        requirement("found", submitted="2026-09-01", status="in_progress"),
    ]

    assert broken(facts(records, [*lost, *found])) == ("lost", "found")


@dataclass(frozen=True, slots=True)
class Life:
    """A requirement, its ledger, and every (instant, status) it went through."""

    record: Requirement
    ledger: list[Transition]
    stations: list[tuple[datetime, str]]


_NEXT = {
    "pending": ("in_progress", "shelved", "void"),
    "in_progress": ("testing", "done", "waiting_customer", "shelved"),
    "waiting_customer": ("in_progress",),
    "shelved": ("pending",),
    "testing": ("in_progress", "done"),
    "done": ("in_progress", "closed"),
    "closed": ("pending",),
    "void": (),
}
_OPEN = {"pending", "in_progress", "testing", "waiting_customer"}


@st.composite
def lives(draw: st.DrawFn, number: int) -> Life:
    at = local("2026-07-01") + timedelta(hours=12 * draw(st.integers(0, 240)))
    status, stations, ledger = "pending", [(at, "pending")], []
    for _ in range(draw(st.integers(0, 8))):
        if not _NEXT[status]:
            break
        following = draw(st.sampled_from(_NEXT[status]))
        at += timedelta(hours=12 * draw(st.integers(0, 60)))
        ledger.append(move(f"r{number}", f"{at:%Y-%m-%d %H:%M}", status, following))
        stations.append((at, following))
        status = following
    record = requirement(
        f"r{number}",
        submitted=f"{stations[0][0]:%Y-%m-%d %H:%M}",
        status=status,
        department=draw(st.sampled_from(["support", "product"])),
        type=draw(st.sampled_from(["problem", "feature"])),
        priority=draw(st.sampled_from(["high", "low"])),
    )
    return Life(record, ledger, stations)


@st.composite
def populations(draw: st.DrawFn) -> list[Life]:
    return [draw(lives(number)) for number in range(draw(st.integers(0, 6)))]


def count_open(population: list[Life], at: datetime) -> int:
    """The brute force: replay every life up to an instant and look at where it stands."""
    standing = [[status for when, status in life.stations if when < at][-1:] for life in population]
    return sum(bool(last) and last[0] in _OPEN for last in standing)


def sides(population: list[Life]) -> list[tuple[list[Life], Callable[[Requirement], bool]]]:
    """The whole, and every value of every dimension."""
    keeps: list[Callable[[Requirement], bool]] = [
        lambda r: r.department == "support",
        lambda r: r.department == "product",
        lambda r: r.type == "problem",
        lambda r: r.priority == "high",
        lambda r: True,
    ]
    return [([life for life in population if keep(life.record)], keep) for keep in keeps]


@settings(max_examples=120, deadline=None)
@given(populations())
def test_every_month_adds_up_and_hands_over_to_the_next(population: list[Life]) -> None:
    """On every dimension: opening + flows = closing = the next opening = a count by brute force."""
    records = [life.record for life in population]
    ledger = [row for life in population for row in life.ledger]
    whole = [facts(records, ledger, month=month) for month in MONTHS]

    for part, keep in sides(population):
        closing: float | None = None
        for known in (month.only(keep) for month in whole):
            figures = [measure.figure(known) for measure in MEASURES]
            now = {f.key: f.value for f in figures}
            assert adds_up(figures)
            assert broken(known) == ()
            assert closing in (None, now["opening"])
            assert now["opening"] == count_open(part, known.period.begin)
            assert now["closing"] == count_open(part, known.period.end)
            closing = now["closing"]


@settings(max_examples=120, deadline=None)
@given(populations(), st.data())
def test_a_lost_row_that_crosses_the_border_of_the_open_set_is_found(
    population: list[Life], data: st.DataObject
) -> None:
    """Unless it was the last one: then the register tells the same as the row did.

    And unless others happened in the same instant: those are read in an order that chains.
    """
    crossing = [
        (life, place)
        for life in population
        if len({at for at, _ in life.stations[1:]}) == len(life.ledger)
        for place, row in enumerate(life.ledger[:-1])
        if place and (row.from_status in _OPEN) != (row.to_status in _OPEN)
    ]
    if not crossing:
        return
    victim, place = data.draw(st.sampled_from(crossing))
    ledger = [row for life in population for row in life.ledger if row is not victim.ledger[place]]
    whole = facts([life.record for life in population], ledger)
    years = replace(whole, period=replace(whole.period, begin=local("2026-01-01"), end=local("2028-01-01")))

    assert broken(years) == (victim.record.record_id,)


@pytest.mark.parametrize("key", LINE)
def test_every_part_of_the_line_is_a_measure(key: str) -> None:
    assert key in {measure.key for measure in MEASURES}
