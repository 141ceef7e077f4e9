"""The figures of a played year: what was owed, what was told, and how many messages a day that makes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from benchmarks.figures import Json, Row, distribution
from benchmarks.year import calendar
from benchmarks.year.cards import Message
from benchmarks.year.oracle import KINDS, Fault, Oracle
from benchmarks.year.owed import owed
from benchmarks.year.play import Played

BUCKETS = ((0, 0), (1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 50), (51, 10**6))
_STORIES = 5


def oracle_of(played: Played) -> Oracle:
    """The books of a play, before anything is compared."""
    until = played.ticks[-1] + timedelta(minutes=1)
    debts = (one for seen in played.history.all().values() for one in owed(played.company, seen, until))
    return Oracle(played.company, played.ticks, debts)


def account(size: Mapping[str, object], played: Played) -> Json:
    """All figures, as JSON."""
    oracle = oracle_of(played)
    faults = oracle.check(played.messages)
    wrong = Counter(fault.kind for fault in faults)
    return {
        "size": dict(size),
        "played": {
            "rows": len(played.history.all()),
            "edits of people": played.deeds,
            "ticks": len(played.ticks),
            "starts of the service": played.service["starts"],
            "kills in the middle of work": played.service.get("kills", 0),
            "calls": sum(played.answers.values()),
            "calls that went wrong": sum(n for code, n in played.answers.items() if code != "0"),
        },
        "events": _events(oracle, played.messages),
        "wrong": {kind: wrong[kind] for kind in KINDS},
        "stories": _stories(faults),
        "in quiet time": _in_quiet_time(played.messages),
        "per person and working day": {
            "ours": _spread(played, _ours(played.messages)),
            "one message per thing": _spread(played, _singly(oracle, played.messages)),
        },
        "messages": {
            "ours": len(played.messages),
            "one message per thing": sum(map(_things, played.messages)),
        },
        "one message per thing, in quiet time": sum(
            map(calendar.is_quiet, _came_up(oracle, played.messages))
        ),
        "tick_ms": distribution(1000 * s for s in played.tick_s),
        "start_ms": distribution(1000 * s for s in played.start_s),
    }


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    spread = found["per person and working day"]
    size = [{"what": key, "value": str(value)} for key, value in found["size"].items()]
    return {
        "size": size,
        "played": [{"what": key, "count": count} for key, count in found["played"].items()],
        "told, and owed as counted from the table": found["events"],
        "went wrong": [{"what": key, "count": count} for key, count in found["wrong"].items()],
        **({"stories": found["stories"]} if found["stories"] else {}),
        "messages in quiet time": [{"what": k, "count": n} for k, n in found["in quiet time"].items()],
        "messages per person and working day": [
            {"messages": name, **{how: spread[how][name] for how in spread}} for name in spread["ours"]
        ],
        "milliseconds": [{"what": key, **found[key]} for key in ("tick_ms", "start_ms")],
    }


def _events(oracle: Oracle, messages: Sequence[Message]) -> list[Row]:
    told = Counter(item.event for message in messages for item in message.items)
    keys = Counter(key.event for key in oracle.debts)
    once = Counter(key.event for key, debt in oracle.debts.items() if len(debt.told) == 1)
    names = [*keys, *sorted(told.keys() - keys.keys())]
    return [
        {
            "event": name,
            "lines and cards": told[name],
            "came up": keys.get(name, "–"),
            "told once": once.get(name, 0 if name in keys else "–"),
        }
        for name in names
    ]


def _stories(faults: Iterable[Fault]) -> list[Row]:
    """The first of each kind and event."""
    seen: Counter[tuple[str, str]] = Counter()
    found: list[Row] = []
    for fault in faults:
        seen[fault.kind, fault.event] += 1
        if seen[fault.kind, fault.event] <= _STORIES:
            found.append({"kind": fault.kind, "story": fault.story})
    return found


def _in_quiet_time(messages: Sequence[Message]) -> dict[str, int]:
    titles = Counter(m.title.partition("：")[0] for m in messages if calendar.is_quiet(m.at))
    return {"all": titles.total(), **titles}


def _things(message: Message) -> int:
    return max(1, len(message.items) + message.folded)


def _ours(messages: Sequence[Message]) -> Mapping[tuple[str, date], int]:
    return Counter((message.to, message.at.date()) for message in messages)


def _singly(oracle: Oracle, messages: Sequence[Message]) -> Mapping[tuple[str, date], int]:
    """The same things, each a message of its own at the moment it came up."""
    found: Counter[tuple[str, date]] = Counter()
    for message in messages:
        for item in message.items:
            found[item.to, oracle.came_up(item).date()] += 1
        found[message.to, message.at.date()] += _things(message) - len(message.items)
    return found


def _came_up(oracle: Oracle, messages: Sequence[Message]) -> Iterator[datetime]:
    return (oracle.came_up(item) for message in messages for item in message.items)


def _spread(played: Played, counts: Mapping[tuple[str, date], int]) -> dict[str, object]:
    """How many person-days had so many messages; only working days of people who are there."""
    numbers = [counts.get(one, 0) for one in _person_days(played)]
    found: dict[str, object] = {
        (str(low) if low == high else f"{low}-{high}" if high < 10**6 else f"{low} and more"): sum(
            low <= n <= high for n in numbers
        )
        for low, high in BUCKETS
    }
    some = [n for n in numbers if n]
    measures = distribution(some or [0])
    return {
        **found,
        "mean": round(sum(numbers) / max(1, len(numbers)), 2),
        **{key: measures[key] for key in ("p50", "p90", "p99", "max")},
    }


def _person_days(played: Played) -> Iterator[tuple[str, date]]:
    days = sorted({tick.date() for tick in played.ticks if calendar.works(tick.date())})
    company = played.company
    for one in company.colleagues:
        yield from (
            (one.name, day)
            for day in days
            if not company.has_left(one.name, day) and not company.is_away(one.name, day)
        )
