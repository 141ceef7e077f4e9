"""What only sweeps found is counted by day and told in one line on the next working morning."""

from datetime import datetime, timedelta

import pytest

from feishu_plugin.sync import aged, recovered
from feishu_plugin.sync.sweep import sweep
from feishu_plugin.witness import Fact
from tests.fakes import MemoryTables
from tests.sync.base import Base


class Listening:
    """A witness that remembers."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, Fact]]] = []

    def saw(self, what: str, **facts: Fact) -> None:
        self.seen.append((what, facts))


@pytest.fixture
def base() -> Base:
    """A base that was swept before, on a Monday at noon."""
    found = Base()
    found.desk.administrators = ("ou_admin",)
    found.add(title="旧", type="inquiry")
    go_to(found, day=0, hour=12)
    found.settle()
    sweep(found.desk)
    return found


def go_to(base: Base, *, day: int, hour: int) -> None:
    """So many days after Monday, 2026-03-02."""
    zone = base.desk.policy.worktime.zone
    at = datetime(2026, 3, 2, hour, 15, tzinfo=zone) + timedelta(days=day)
    base.clock.advance((at - base.clock.now()).total_seconds())


def lose(base: Base, changes: int) -> None:
    """People edit and Feishu tells nothing; a sweep finds it."""
    for number in range(changes):
        base.clock.advance(60)
        title = f"新 {base.clock.now()} {number}"
        base.tables.put("requirement", {"title": title, "type": "inquiry"})
    sweep(base.desk)
    base.settle()


def notes(base: Base) -> list[str]:
    """The cards to the administrator."""
    waiting = (one.effect for one in base.store.outbox.waiting.values())
    return [str(one.body["card"]) for one in waiting if one.target == "ou_admin" and one.kind == "card"]


def test_a_day_with_lost_events_is_one_line_on_the_next_morning(base: Base) -> None:
    lose(base, 2)
    lose(base, 1)
    told_that_day = recovered.tell(base.desk)
    go_to(base, day=1, hour=8)
    before_the_morning = recovered.tell(base.desk)
    go_to(base, day=1, hour=9)

    first, again = recovered.tell(base.desk), recovered.tell(base.desk)

    assert (told_that_day, before_the_morning, first, again) == (False, False, True, False)
    [note] = [one for one in notes(base) if "补查" in one]
    assert "有 3 处改动" in note
    assert "2026-03-02 3" in note
    assert "Changes without an event from Feishu" in note


def test_a_calm_day_says_nothing(base: Base) -> None:
    go_to(base, day=1, hour=10)

    assert not recovered.tell(base.desk)
    assert not [one for one in notes(base) if "补查" in one]


def test_the_days_off_are_told_with_friday_on_monday(base: Base) -> None:
    go_to(base, day=4, hour=12)
    lose(base, 1)
    go_to(base, day=5, hour=12)
    lose(base, 2)
    on_saturday = recovered.tell(base.desk)
    go_to(base, day=7, hour=10)

    assert (on_saturday, recovered.tell(base.desk)) == (False, True)
    [note] = [one for one in notes(base) if "补查" in one]
    assert "2026-03-06 1、2026-03-07 2" in note


def test_each_day_is_told_once_even_with_the_same_number(base: Base) -> None:
    for day in (1, 2):
        lose(base, 1)
        go_to(base, day=day, hour=10)
        assert recovered.tell(base.desk)

    assert len([one for one in notes(base) if "补查" in one]) == 2


def test_the_same_finding_by_two_processes_counts_once(base: Base) -> None:
    MemoryTables.put(base.tables, "requirement", {"title": "新", "type": "inquiry"})

    sweep(base.desk)
    sweep(base.desk)

    assert sum(recovered.by_day(base.desk).values()) == 1


def test_what_was_there_before_the_service_is_not_lost() -> None:
    base = Base()
    base.tables.put("requirement", {"title": "早就有", "type": "inquiry"})

    assert sweep(base.desk).adopted == 1
    assert recovered.by_day(base.desk) == {}


def test_what_a_restored_state_does_not_know_was_not_lost(base: Base) -> None:
    base.store.keep(base.desk.app_token, aged.FACT, {"open": True})
    lose(base, 2)
    recovered.count(base.desk, 5)

    assert recovered.by_day(base.desk) == {}


def test_the_witness_hears_of_a_sweep_that_found_something(base: Base) -> None:
    base.desk.witness = listening = Listening()
    sweep(base.desk)
    lose(base, 1)

    [found] = [facts for what, facts in listening.seen if what == "sweep"]
    assert (found["recovered"], found["base"]) == (1, base.desk.app_token)
