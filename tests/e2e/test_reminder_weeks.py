"""Two weeks of a small team: the service dies by the hour, and every card is accounted for.

The same story as ``benchmarks.year``, small enough for every run. What was owed is counted from the
table alone; what people got is read from their chats.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

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


pytestmark = pytest.mark.unmeasured


@cache
def weeks() -> Played:
    """The weeks, played once, by the first test that asks: unlike a fixture, that is not measured."""
    return play(SIZE)


def faults(messages: Sequence[Message]) -> list[Fault]:
    return oracle_of(weeks()).check(messages)


def test_all_is_told_once_and_nothing_at_night() -> None:
    assert faults(weeks().messages) == []


def test_every_card_stands_in_the_notice_table_once() -> None:
    assert weeks().noted["已送达"] == len(weeks().messages)


def test_the_weeks_were_hard() -> None:
    played = weeks()
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
    assert played.noted["未送达"] > 0, "somebody could not be reached"


def test_a_message_less_is_noticed() -> None:
    for_each_way(lambda message: [], "dropped")


def test_a_message_more_is_noticed() -> None:
    for_each_way(lambda message: [message, message], "doubled")


def test_a_message_at_night_is_noticed() -> None:
    for_each_way(at_midnight, "quiet")


def for_each_way(become: Callable[[Message], list[Message]], kind: str) -> None:
    """One message of each event that is accounted for becomes something else: the oracle says so."""
    sent = weeks().messages
    for event in ("assigned", "due_soon", "overdue", "finished"):
        number = next(n for n, message in enumerate(sent) if any(i.event == event for i in message.items))
        messages = [*sent[:number], *become(sent[number]), *sent[number + 1 :]]

        assert kind in {fault.kind for fault in faults(messages)}, event


def at_midnight(message: Message) -> list[Message]:
    later = (message.at + timedelta(days=1)).replace(hour=0, minute=30)
    return [replace(message, at=later, items=[replace(item, at=later) for item in message.items])]
