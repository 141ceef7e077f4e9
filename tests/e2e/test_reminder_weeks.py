"""Two weeks of a small team: the service dies by the hour, and every card is accounted for.

The same story as ``benchmarks.year``, small enough for every run. What was owed is counted from the
table alone; what people got is read from their chats.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from benchmarks.year import calendar
from benchmarks.year.account import account, oracle_of
from benchmarks.year.cards import Message
from benchmarks.year.oracle import Fault
from benchmarks.year.play import Played, Size, play


def by_the_hour(now: datetime) -> bool:
    """Every hour of the day, every sixth of the night and of days off."""
    return now.hour % 6 == 0 or not calendar.is_quiet(now)


SIZE = Size(
    requirements=60,
    people=8,
    days=12,
    seed=3,
    tick_minutes=30,
    deaths_per_call=0.0015,
    misfortune=0.02,
    restarts=by_the_hour,
)


@pytest.fixture(scope="module")
def played() -> Played:
    """The weeks, played once."""
    return play(SIZE)


def faults(played: Played, messages: Sequence[Message]) -> list[Fault]:
    return oracle_of(played).check(messages)


def test_all_is_told_once_and_nothing_at_night(played: Played) -> None:
    assert faults(played, played.messages) == []


def test_the_weeks_were_hard(played: Played) -> None:
    told = Counter(item.event for message in played.messages for item in message.items)
    misfortunes = account(SIZE.figures, played)["played"]

    assert played.service["starts"] > 120
    assert played.service["kills"] > 10
    assert misfortunes["calls that went wrong"] > 50
    assert misfortunes["rows"] == 60
    assert min(told[event] for event in ("assigned", "due_soon", "overdue", "progress_due", "finished")) > 2
    assert any(message.items and message.items[0].how == "list" for message in played.messages)
    assert played.company.leavers
    assert played.company.absences


def test_a_message_less_is_noticed(played: Played) -> None:
    for_each_way(played, lambda message: [], "dropped")


def test_a_message_more_is_noticed(played: Played) -> None:
    for_each_way(played, lambda message: [message, message], "doubled")


def test_a_message_at_night_is_noticed(played: Played) -> None:
    for_each_way(played, at_midnight, "quiet")


def for_each_way(played: Played, become: Callable[[Message], list[Message]], kind: str) -> None:
    """One message of each event that is accounted for becomes something else: the oracle says so."""
    for event in ("assigned", "due_soon", "overdue", "finished"):
        number = next(n for n, m in enumerate(played.messages) if any(i.event == event for i in m.items))
        changed = become(played.messages[number])
        messages = [*played.messages[:number], *changed, *played.messages[number + 1 :]]

        assert kind in {fault.kind for fault in faults(played, messages)}, event


def at_midnight(message: Message) -> list[Message]:
    later = (message.at + timedelta(days=1)).replace(hour=0, minute=30)
    return [replace(message, at=later, items=[replace(item, at=later) for item in message.items])]
