"""The judging path as a property: whatever happens to events, only legal states remain.

Generated histories of edits and of what the wire does to their events (late, doubled,
shuffled, lost), against a model of three lines: an edit that the hand-written table allows
moves the accepted status, any other edit does not.

What no judge can know: an event that overtakes a whole there-and-back looks like a jump from
where the row last stood. So the strict properties let an event overtake one other at a time,
and arbitrary shuffling has weaker ones.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.ports import Hint
from feishu_plugin.records import Value
from feishu_plugin.sync.sweep import sweep
from tests import builders
from tests.sync.base import Base

pytestmark = pytest.mark.unmeasured

STATUSES = ("pending", "in_progress", "testing", "done", "closed", "waiting_customer", "shelved", "void")

LEGAL = {
    ("pending", "in_progress"), ("pending", "shelved"), ("pending", "void"),
    ("in_progress", "testing"), ("in_progress", "done"), ("in_progress", "waiting_customer"),
    ("in_progress", "shelved"), ("waiting_customer", "in_progress"), ("shelved", "pending"),
    ("testing", "in_progress"), ("testing", "done"), ("done", "closed"),
}  # fmt: skip
"""Written by hand from the process documents, for a record that has every field filled,
is an inquiry, and whose customer said 已解决."""

FILLED: dict[str, Value] = {
    "title": "怎样导出", "type": "inquiry", "department": "support", "owner": ("ou_owner",),
    "planned_finish": Base().clock.now(), "solution": "说明", "progress": "已回复", "result": "已说明",
    "shelve_reason": "排期", "follow_up": "下月", "void_reason": "invalid", "confirmation": "solved",
    "score": 5.0,
}  # fmt: skip

actions = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from(STATUSES)),
        st.tuples(st.just("legal"), st.integers(0, 20)),
        st.tuples(st.just("deliver"), st.integers(0, 20)),
        st.tuples(st.just("double"), st.integers(0, 20)),
        st.tuples(st.just("work"), st.none()),
        st.tuples(st.just("settle"), st.none()),
    ),
    max_size=40,
)


class Model:
    """What a person with the rules in hand would say to the same edits, in the order they were made."""

    def __init__(self) -> None:
        self.accepted = "pending"
        self.illegal = 0
        self.moves: list[tuple[str, str]] = []

    def edit(self, status: str) -> None:
        if status == self.accepted:
            return
        if (self.accepted, status) in LEGAL:
            self.moves.append((self.accepted, status))
            self.accepted = status
        else:
            self.illegal += 1


def played(history: list[tuple[str, object]], *, overtake: int = 1) -> tuple[Base, str, Model]:
    """The base after a history, before the last events have arrived.

    An event overtakes at most ``overtake`` others; 0 delivers in order.
    """
    # Every illegal edit is to be put back (the breaker has tests of its own), and every event
    # comes within the grace, however many edits of a second each overtake it.
    base, model = Base(builders.policy(breaker_corrections=10_000.0, grace_seconds=1000.0)), Model()
    rid = base.add(status="pending", **FILLED)
    base.settle()
    wire = Wire(base, overtake)
    for what, argument in history:
        _act(base, model, wire, rid, what, argument)
    return base, rid, model


class Wire:
    """Delivers events out of order, but lets none be overtaken by more than so many others."""

    def __init__(self, base: Base, overtake: int) -> None:
        self._base, self._overtake, self._overtaken = base, overtake, 0

    def deliver(self, index: int, *, double: bool) -> None:
        if not self._base.wire:
            return
        index = min(index, len(self._base.wire) - 1, self._overtake - self._overtaken)
        self._overtaken = self._overtaken + 1 if index and not double else 0 if not index else self._overtaken
        self._base.deliver(index, keep=double)

    def all_arrived(self) -> None:
        self._overtaken = 0


def _act(base: Base, model: Model, wire: Wire, rid: str, what: str, argument: object) -> None:
    if what == "work":
        base.work()
    elif what == "settle":
        base.settle()
        wire.all_arrived()
    elif what in ("deliver", "double"):
        wire.deliver(int(str(argument)), double=what == "double")
    else:
        status = _target(model, what, argument)
        if base.record(rid).get("status") != status:
            base.edit(rid, status=status)
            model.edit(status)


def _target(model: Model, what: str, argument: object) -> str:
    if what == "edit":
        return str(argument)
    onward = sorted(after for before, after in LEGAL if before == model.accepted) or ["pending"]
    return onward[int(str(argument)) % len(onward)]


def assert_at_rest(base: Base, rid: str) -> None:
    """The table shows what was accepted, and every move that passed is one of the legal ones."""
    accepted = base.store.states["requirement", rid].record
    assert base.record(rid).get("status") == accepted.get("status")
    assert set(passed_moves(base)) <= LEGAL


def passed_moves(base: Base) -> list[tuple[Value, Value]]:
    return [(row["from_status"], row["to_status"]) for row in base.ledger() if row["verdict"] == "pass"]


@given(actions)
@settings(max_examples=250, deadline=None)
def test_whatever_the_wire_does_the_last_legal_status_stands(history: list[tuple[str, object]]) -> None:
    base, rid, model = played(history)

    base.settle()

    assert base.record(rid).get("status") == model.accepted


@given(actions)
@settings(max_examples=250, deadline=None)
def test_nothing_is_corrected_without_an_offence(history: list[tuple[str, object]]) -> None:
    base, _, model = played(history)

    base.settle()

    assert len(base.put_backs) <= model.illegal


@given(actions)
@settings(max_examples=250, deadline=None)
def test_the_ledger_invents_no_move(history: list[tuple[str, object]]) -> None:
    """A there-and-back that a later event overtakes may be missing; nothing is ever added or reordered."""
    base, _, model = played(history)

    base.settle()

    moves: Iterator[tuple[Value, Value]] = iter(model.moves)
    assert all(move in moves for move in passed_moves(base))


@given(actions)
@settings(max_examples=250, deadline=None)
def test_events_in_order_give_a_ledger_without_gaps(history: list[tuple[str, object]]) -> None:
    base, _, model = played(history, overtake=0)

    base.settle()

    assert passed_moves(base) == model.moves


@given(actions)
@settings(max_examples=250, deadline=None)
def test_shuffled_events_come_to_rest_with_only_judged_states(history: list[tuple[str, object]]) -> None:
    base, rid, _ = played(history, overtake=40)

    base.settle()

    assert_at_rest(base, rid)
    assert len(base.put_backs) <= 2 * sum(what in ("edit", "legal") for what, _ in history)


@given(actions, st.lists(st.integers(0, 40), max_size=10))
@settings(max_examples=250, deadline=None)
def test_lost_events_leave_only_judged_states_once_a_sweep_has_run(
    history: list[tuple[str, object]], lost: list[int]
) -> None:
    base, rid, _ = played(history)
    for index in lost:
        if base.wire:
            base.wire.pop(index % len(base.wire))
    base.settle()
    base.store.keep("bascnMemory", "sweep", {"modified_at": None})

    sweep(base.desk, full=True)
    base.settle()

    assert_at_rest(base, rid)


def test_a_move_put_back_by_sight_is_refused_once_though_its_event_comes_hours_later() -> None:
    base = Base(builders.policy(breaker_corrections=10_000.0))
    rid = base.add(status="pending", **FILLED)
    base.settle()
    late = illegal_by_sight(base, rid, "done")
    for _ in range(6):  # of the echoes of these put-backs none ever comes
        illegal_by_sight(base, rid, "testing")
        base.clock.advance(3600)

    base.wire.append(late)
    base.settle()

    refused = [row["to_status"] for row in base.ledger() if row["verdict"] == "put_back"]
    assert sorted(refused, key=str) == ["done", *["testing"] * 6]


def illegal_by_sight(base: Base, rid: str, status: str) -> Hint:
    """A forbidden move that only a sweep finds; its event, which is still on the way."""
    base.edit(rid, status=status)
    event = base.wire[-1]
    base.wire.clear()
    sweep(base.desk)
    base.settle()
    base.wire.clear()
    base.clock.advance(60)
    return event
