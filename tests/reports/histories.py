"""Thousands of lives of requirements from a seed: every status, pauses, reopenings, duplicates, overrides.

A life is given twice, as rows of the plugin's tables and as plain lines for a database that
knows nothing of the plugin; both are written from the same few values.
"""

import random
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from feishu_plugin.records import Value

STATUSES = ("pending", "in_progress", "testing", "done", "closed", "waiting_customer", "shelved", "void")
BEGIN = datetime(2026, 1, 20, tzinfo=UTC)
NOW = datetime(2026, 6, 24, 3, tzinfo=UTC)
"""In the middle of June, which therefore still runs: some figures of it are pending."""
SOON = timedelta(days=30)
"""The packaged days within which a reopening counts as recurrence: some come on the last moment of them."""
REOPENED = ("in_progress",)

_FOLLOWING = {
    "pending": ("in_progress", "in_progress", "in_progress", "shelved", "void", "done"),
    "in_progress": ("testing", "done", "done", "waiting_customer", "shelved", "void", "closed"),
    "testing": ("done", "done", "in_progress", "waiting_customer"),
    "waiting_customer": ("in_progress", "in_progress", "done", "shelved", "closed", "void"),
    "shelved": ("in_progress", "pending", "void", "done"),
    "done": ("closed", "closed", "in_progress", "testing"),
    "closed": ("in_progress", "closed", "pending"),
    "void": ("pending", "in_progress"),
}
_CHOICES: dict[str, Sequence[str | None]] = {
    "type": ("feature", "problem", "complaint", "inquiry", None),
    "department": ("support", "product", "engineering", None),
    "customer_level": ("vip", "important", "normal", None),
    "industry": ("酒店", " 酒店 ", "物业", "物业\t管理", None),
    "source": ("phone", "mail", "ticket", "social", None),
    "priority": ("high", "medium", "low", None),
    "customer_name": ("Acme", " ACME ", "Acme  Ltd", "甲公司", "乙公司", "丙", None, None),
    "confirmation": ("solved", "unsolved", "no_reply", None, None),
}
_SUGGESTED: Sequence[dict[str, Value]] = (
    {},
    {"classified_by": "automatic", "classified_confidence": 0.8},
    {},
    {"classified_by": "person", "classified_confidence": 0.7},
    {"classified_by": "automatic", "classified_confidence": 0.95},
    {"classified_by": "person"},
    {"classified_confidence": 0.9},
)
"""Who chose the type; the last two are no suggestions of ours."""
ENTRIES = {
    "rec_faq1": datetime(2026, 2, 1, 6, tzinfo=UTC),
    "rec_faq2": datetime(2026, 4, 9, 6, tzinfo=UTC),
}
"""Entries of 知识库 and since when there are; some links lead to one that came later or is gone."""
_ANSWERED = ("rec_faq1", None, None, "rec_faq2", None, None, "rec_gone", None, "rec_faq1", None, None)
_OWNERS = (("ou_li",), ("ou_han", "ou_li"), ("ou_wang",), ())
_LINKS = {"Acme": "rec_acme", "甲公司": "rec_jia", "丙": "rec_bing"}


@dataclass(frozen=True, slots=True)
class Move:
    """One line of the ledger."""

    at: datetime
    before: str
    after: str
    verdict: str
    score: float | None
    key: str


@dataclass(frozen=True, slots=True)
class Life:
    """One requirement and everything the ledger tells about it."""

    record_id: str
    values: dict[str, Value]
    moves: list[Move] = field(default_factory=list)

    @property
    def born(self) -> datetime:
        """When it was submitted."""
        at = self.values["submitted_at"]
        assert isinstance(at, datetime)
        return at


def lives(seed: int, count: int, zone: ZoneInfo) -> list[Life]:
    """So many requirements submitted between the end of January and now; the same for the same seed."""
    dice = random.Random(seed)
    found = [_life(dice, f"rec{number:05d}", zone) for number in range(count)]
    done = sorted((move.at, life.record_id) for life in found for move in life.moves if move.after == "done")
    for life in found:
        if life.values["status"] == "void" and dice.random() < 0.5:
            place = bisect(done, (life.born, "")) - dice.randint(1, 20)
            life.values["void_reason"] = "duplicate"
            life.values["duplicate_of"] = (done[max(place, 0)][1] if done else life.record_id,)
    for number, life in enumerate(found):
        life.values.update(_SUGGESTED[number % len(_SUGGESTED)])
        if entry := _ANSWERED[number % len(_ANSWERED)]:
            life.values["knowledge"] = (entry,)
    return found


def _life(dice: random.Random, record_id: str, zone: ZoneInfo) -> Life:
    born = _moment(dice, BEGIN + timedelta(seconds=dice.uniform(0, 154 * 86400)), zone)
    values: dict[str, Value] = {key: dice.choice(options) for key, options in _CHOICES.items()}
    values |= {"owner": dice.choice(_OWNERS), "submitted_at": born, **_override(dice, born, zone)}
    if values["customer_name"] in _LINKS and dice.random() < 0.5:
        values["customer"] = (_LINKS[str(values["customer_name"])],)
    if dice.random() < 0.1:
        return Life(record_id, values | _untold(dice, born))
    moves = list(_chain(dice, record_id, born, zone))
    stood = [move for move in moves if move.verdict != "put_back"]
    values["status"] = stood[-1].after if stood else "pending"
    return Life(record_id, values | _dates(dice, born, stood, zone), _with_copies(dice, moves))


def _chain(dice: random.Random, record_id: str, born: datetime, zone: ZoneInfo) -> Iterator[Move]:
    status, at = "pending", born
    for number in range(dice.choice((0, 1, 2, 3, 4, 5, 6, 8, 10))):
        on_the_day = status == "done" and dice.random() < 0.05
        at = at + SOON + timedelta(milliseconds=dice.choice((0, 1))) if on_the_day else _later(dice, at, zone)
        if at >= NOW:
            return
        after = dice.choice(
            [one for one in _FOLLOWING[status] if one != status and not on_the_day] or REOPENED
        )
        verdict = dice.choices(("pass", "observe", "put_back"), (85, 5, 10))[0]
        asks = status == "done" or after == "closed"
        score = float(dice.randint(1, 5)) if asks and dice.random() < 0.5 else None
        yield Move(at, status, after, verdict, score, f"{record_id}/{number}")
        status = status if verdict == "put_back" else after


def _later(dice: random.Random, at: datetime, zone: ZoneInfo) -> datetime:
    later = _moment(dice, at + timedelta(hours=dice.expovariate(1 / 90) + 0.01), zone)
    return max(later, at + timedelta(minutes=11))


def _with_copies(dice: random.Random, moves: list[Move]) -> list[Move]:
    """Now and then a line was written twice."""
    return [move for one in moves for move in ([one, one] if dice.random() < 0.03 else [one])]


def _dates(dice: random.Random, born: datetime, stood: list[Move], zone: ZoneInfo) -> dict[str, Value]:
    """What the register shows beside the ledger: answers, due times, an end that people corrected."""
    found: dict[str, Value] = {}
    if dice.random() < 0.6:
        found["first_response_at"] = _cut(born + timedelta(hours=dice.expovariate(1 / 20)))
    elif stood and dice.random() < 0.5:
        found["started_at"] = _cut(born + (stood[0].at - born) * dice.random())
    if dice.random() < 0.5:
        found["resolve_due"] = _moment(dice, born + timedelta(days=dice.uniform(1, 15)), zone)
    if dice.random() < 0.5:
        found["planned_finish"] = _midnight(born + timedelta(days=dice.randint(1, 15)), zone)
    if dice.random() < 0.4:
        found["score"] = float(dice.randint(1, 5))
    ends = [number for number, move in enumerate(stood) if move.after == "done"]
    if ends:
        last = stood[ends[-1]].at
        since = stood[ends[-1] - 1].at if ends[-1] else born
        found["finished_at"] = _cut(last - (last - since) * dice.choice((0, 0, 0.3)))
    return found


def _untold(dice: random.Random, born: datetime) -> dict[str, Value]:
    """Of a requirement older than the plugin the ledger tells nothing."""
    done = _cut(born + timedelta(days=dice.expovariate(1 / 6)))
    closed = _cut(done + timedelta(days=dice.expovariate(1 / 3)))
    status = dice.choice(("pending", "done", "closed"))
    if status == "pending" or closed >= NOW:
        return {"status": "pending"}
    dates: dict[str, Value] = {"finished_at": done, "paused_hours": dice.choice((None, 1.5, 400.0))}
    return dates | {"status": status, "score": 4.0} | ({"closed_at": closed} if status == "closed" else {})


def _override(dice: random.Random, born: datetime, zone: ZoneInfo) -> dict[str, Value]:
    if dice.random() < 0.8:
        return {}
    until = born + timedelta(days=dice.uniform(1, 90))
    return {
        "manual_priority": dice.choice(("high", "low", None)),
        "override_reason": dice.choice(("客户合同", "客户合同", None)),
        "override_until": dice.choice((_midnight(until, zone), _cut(until), None)),
    }


def _moment(dice: random.Random, at: datetime, zone: ZoneInfo) -> datetime:
    """To the millisecond; every eighth lies at the edge of its local month, on one side or the other."""
    if dice.random() > 0.125:
        return _cut(at)
    edge = _midnight(at.replace(day=1) + timedelta(days=32), zone).astimezone(zone)
    first = datetime.combine(edge.date().replace(day=1), time(), zone).astimezone(UTC)
    return first - timedelta(milliseconds=dice.choice((0, 0, 1, 1, 1000)))


def _midnight(at: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(at.astimezone(zone).date(), time(), zone).astimezone(UTC)


def _cut(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
