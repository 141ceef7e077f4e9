"""Holds what people were told against what was owed: nothing twice, nothing lost, nothing at night."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from benchmarks.year import calendar
from benchmarks.year.cards import Message, Told
from benchmarks.year.company import Company
from benchmarks.year.owed import Key, Owed, stand_ins

KINDS = (
    "doubled",
    "dropped",
    "late",
    "undue",
    "absent",
    "quiet",
    "second morning card",
    "second weekly list",
)
"""What may go wrong. ``absent``: told to somebody who was away although others were there."""
EVENTS = frozenset(
    {
        *("unassigned", "untriaged", "due_soon", "overdue", "progress_due", "waiting", "follow_up"),
        *("unconfirmed", "assigned", "risk", "finished", "dissatisfied"),
    }
)
"""Those whose every telling is accounted for."""
ANSWERS = frozenset({"状态已退回", "字段已恢复", "人工优先级未生效", "操作未完成"})
"""Titles of what is said to somebody's own edit: also at night, since they are awake."""
_ANSWERED_MANY = "条需求的状态已退回"
SLACK = timedelta(hours=2)
"""What faults of the wire may cost: a card that failed waits up to an hour for its next try."""
_OFFICE, _MORNING, _EVENING = time(9), time(9, 10), time(20)
_MOST_CARDS = 20
_A_MOMENT = timedelta(minutes=1)
"""The service may have judged a row some seconds after the tick at which it was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that went wrong, with its smallest story."""

    kind: str
    event: str
    story: str


@dataclass(slots=True, kw_only=True)
class Debt:
    """All there is to one key."""

    kind: str
    department: str
    role: str
    spans: list[tuple[datetime, datetime, bool]] = field(default_factory=list)
    """From, until, and whether it is a breach of high priority then."""
    told: list[Told] = field(default_factory=list)
    """Sent for this key."""
    covered: list[Told] = field(default_factory=list)
    """Sent for another key to somebody who stands in for this person, too: one card for both."""


class Oracle:
    """The books of one simulation."""

    def __init__(self, company: Company, ticks: Sequence[datetime], owed: Iterable[Owed]) -> None:
        self._company, self._ticks = company, ticks
        self.debts: dict[Key, Debt] = {}
        self.excused = 0
        """Things that no line shows, of people whose card of that time only counts some."""
        self._by_record: dict[tuple[str, str], list[Key]] = defaultdict(list)
        self._heard: set[tuple[str, str, str, datetime, str]] = set()
        """Who knows what, in whatever role."""
        self._folded: Sequence[Message] = ()
        self._cards: Counter[tuple[str, date]] = Counter()
        for one in owed:
            self._enter(one)

    def check(self, messages: Sequence[Message]) -> list[Fault]:
        """Everything that went wrong, by kind."""
        told = [item for message in messages for item in message.items]
        self._cards.update((message.to, message.at.date()) for message in messages)
        self._folded = [message for message in messages if message.folded]
        booked = list(self._book(told))
        return [*self._at_night(messages), *_mornings(messages), *self._twice(told), *booked, *self._settle()]

    def came_up(self, told: Told) -> datetime:
        """When there was first a reason to tell it, as far as the table shows."""
        keys = self._by_record.get((told.event, told.record_id), [])
        begun = [min(self.debts[key].spans)[0] for key in keys if told in self.debts[key].told]
        return min(begun, default=told.at)

    def _enter(self, one: Owed) -> None:
        if one.key not in self.debts:
            self._by_record[one.key.event, one.key.record_id].append(one.key)
        debt = self.debts.setdefault(one.key, Debt(kind=one.kind, department=one.department, role=one.role))
        debt.spans.append((one.begin, one.end, one.breach))

    def _book(self, told: Sequence[Told]) -> Iterator[Fault]:
        """Lays every telling to the one key it was for; none is left over, and none has two."""
        by_record: dict[tuple[str, str], list[Told]] = defaultdict(list)
        for one in told:
            if one.event in EVENTS:
                by_record[one.event, one.record_id].append(one)
        for what, found in by_record.items():
            fits = {
                n: [key for key in self._by_record[what] if self._fits(key, one)]
                for n, one in enumerate(found)
            }
            laid = matched({n: self._best_first(keys, found[n]) for n, keys in fits.items()})
            for n, one in enumerate(found):
                yield from self._enter_told(one, fits[n], laid.get(n))

    def _best_first(self, keys: Sequence[Key], told: Told) -> list[Key]:
        return sorted(keys, key=lambda key: (key.meant != told.to, told.at - key.due))

    def _enter_told(self, told: Told, fits: Sequence[Key], key: Key | None) -> Iterator[Fault]:
        if not fits:
            yield Fault(kind="undue", event=told.event, story=_story(told))
            return
        if key is None:
            yield _fault("doubled", fits[0], f"{_story(told)}, once more than there are people meant")
            return
        self.debts[key].told.append(told)
        self._heard.add((told.to, *_thing(key)))
        for other in fits:
            if other != key and _thing(other) == _thing(key):
                self.debts[other].covered.append(told)
        if key.meant == told.to and self._is_off(key.meant, told.at) and self._others(key, told.at):
            yield _fault("absent", key, _story(told))

    def _fits(self, key: Key, told: Told) -> bool:
        if told.due and _shown(key) != told.due:
            return False
        debt = self.debts[key]
        if not any(begin <= told.at and told.at - SLACK < end for begin, end, _ in debt.spans):
            return False
        if debt.kind == "news" and (by := self._by_when(key, debt)) and told.at > self._latest(key, by):
            return False
        if told.to == key.meant:
            return True
        if self._company.is_hidden(key.meant, told.at.astimezone(calendar.ZONE).date()):
            # A card of many lines goes to whoever stands in for most of them, as for their owner.
            return told.to in stand_ins(self._company, key.meant, "owner", debt.department)
        return self._is_off(key.meant, told.at) and told.to in self._others(key, told.at)

    def _others(self, key: Key, at: datetime) -> set[str]:
        """Who may stand in for the person meant, of those who are there."""
        debt = self.debts[key]
        able = stand_ins(self._company, key.meant, debt.role, debt.department)
        return {one for one in able if not self._is_off(one, at)}

    def _is_off(self, who: str, at: datetime) -> bool:
        day = at.astimezone(calendar.ZONE).date()
        return self._company.is_away(who, day) or self._company.has_left(who, day)

    def _settle(self) -> Iterator[Fault]:
        for key, debt in self.debts.items():
            by = self._by_when(key, debt)
            told = debt.told or debt.covered
            if by is None or (not told and (key.meant, *_thing(key)) in self._heard):
                continue
            if not told and self._may_be_folded(key, debt, by):
                self.excused += 1
            elif not told:
                yield _fault("dropped", key, f"{_key(key)}, {debt.kind}, was to be told by {by:%m-%d %H:%M}")
            elif told[0].at > self._latest(key, by):
                yield _fault("late", key, f"{_story(told[0])}, was to be told by {by:%m-%d %H:%M}")

    def _latest(self, key: Key, by: datetime) -> datetime:
        """The end of patience; what exceeds the cards of a reader's day comes the next working morning."""
        readers = {key.meant, *self._others(key, by)}
        if all(self._cards[one, by.date()] < _MOST_CARDS for one in readers):
            return by + SLACK
        return calendar.at(calendar.workday_from(by.date() + timedelta(days=1)), _MORNING) + SLACK

    def _may_be_folded(self, key: Key, debt: Debt, by: datetime) -> bool:
        begin = min(debt.spans)[0]
        return any(m.to == key.meant and begin <= m.at <= by + SLACK for m in self._folded)

    def _by_when(self, key: Key, debt: Debt) -> datetime | None:
        """The tick at which it must have been told at the latest; None when there was none."""
        for begin, end, breach in sorted(debt.spans):
            for tick in self._from(begin if debt.kind == "news" else begin + _A_MOMENT):
                if tick + _A_MOMENT >= end:
                    break
                if (breach or _obliges(debt, begin, tick)) and not self._waits_for_them(key, tick):
                    return tick
        return None

    def _waits_for_them(self, key: Key, tick: datetime) -> bool:
        """True while somebody is away and all who could stand in know it under their own name."""
        if not self._is_off(key.meant, tick):
            return False
        keys = self._by_record[key.event, key.record_id]
        same = [one for one in keys if _thing(one) == _thing(key) and one != key]
        know = {told.to for one in same for told in self.debts[one].told if told.at <= tick + SLACK}
        others = self._others(key, tick)
        return bool(others & know) and others <= know | {one.meant for one in same}

    def _from(self, begin: datetime) -> Iterator[datetime]:
        return (self._ticks[n] for n in range(bisect_left(self._ticks, begin), len(self._ticks)))

    def _twice(self, told: Sequence[Told]) -> Iterator[Fault]:
        """Nobody hears of one due time of a record more often than it is for them."""
        heard: dict[tuple[str, str, str, str], list[Told]] = defaultdict(list)
        meant = Counter((k.meant, k.event, k.record_id, _shown(k)) for k in self.debts)
        for one in told:
            if one.due and one.record_id:
                heard[one.to, one.event, one.record_id, one.due].append(one)
        for what, found in heard.items():
            if len(found) > max(1, meant[what]):
                yield Fault(kind="doubled", event=what[1], story=" and ".join(map(_story, found)))

    def _at_night(self, messages: Sequence[Message]) -> Iterator[Fault]:
        for message in messages:
            if not calendar.is_quiet(message.at) or message.title.partition("：")[0] in ANSWERS:
                continue
            if message.title.endswith(_ANSWERED_MANY) or all(map(self._is_breach, message.items)):
                continue
            yield Fault(
                kind="quiet",
                event=message.items[0].event if message.items else message.title,
                story=f"{message.at:%m-%d %H:%M} {message.to}: {message.title}",
            )

    def _is_breach(self, told: Told) -> bool:
        keys = self._by_record[told.event, told.record_id] if told.event == "overdue" else []
        spans = (span for key in keys for span in self.debts[key].spans)
        return any(breach and begin <= told.at and told.at - SLACK < end for begin, end, breach in spans)


def _obliges(debt: Debt, begin: datetime, tick: datetime) -> bool:
    """True at a tick that may not pass without telling."""
    clock = tick.astimezone(calendar.ZONE).time()
    if calendar.is_quiet(tick) or not _MORNING <= clock < _EVENING:
        return False
    # A morning card is made once, of what there was when the day began.
    return debt.kind != "digest" or begin <= calendar.at(tick.astimezone(calendar.ZONE).date(), _OFFICE)


def _mornings(messages: Sequence[Message]) -> Iterator[Fault]:
    """One morning card a day, and one list of the week; not counted what was made for somebody else."""
    own = [m for m in messages if not m.passed_on]
    cards = Counter((m.to, m.at.date()) for m in own if m.title.startswith("今日提醒") or m.review)
    lists = Counter((m.to, m.at.date().isocalendar()[:2]) for m in own if m.review)
    for kind, counts in (("second morning card", cards), ("second weekly list", lists)):
        for (to, when), count in counts.items():
            if count > 1:
                yield Fault(kind=kind, event="morning", story=f"{to}: {count} times {when}")


def matched(wanted: Mapping[int, Sequence[Key]]) -> dict[int, Key]:
    """Gives as many as possible one key each, of those they may have; no key to two of them."""
    holder: dict[Key, int] = {}
    for n in wanted:
        _find_key(n, wanted, holder, set())
    return {n: key for key, n in holder.items()}


def _find_key(n: int, wanted: Mapping[int, Sequence[Key]], holder: dict[Key, int], tried: set[Key]) -> bool:
    for key in wanted[n]:
        if key not in tried:
            tried.add(key)
            if key not in holder or _find_key(holder[key], wanted, holder, tried):
                holder[key] = n
                return True
    return False


def _thing(key: Key) -> tuple[str, str, datetime, str]:
    """What is told, whoever is meant."""
    return key.event, key.record_id, key.due, key.clock


def _shown(key: Key) -> str:
    return f"{key.due.astimezone(calendar.ZONE):%Y-%m-%d %H:%M}"


def _fault(kind: str, key: Key, story: str) -> Fault:
    return Fault(kind=kind, event=key.event, story=story)


def _key(key: Key) -> str:
    clock = f" ({key.clock})" if key.clock else ""
    return f"{key.event} {key.record_id} for {key.meant} of {key.due:%Y-%m-%d %H:%M}{clock}"


def _story(told: Told) -> str:
    return f"{told.at:%m-%d %H:%M} {told.to} ({told.how}): {told.said[:90]} [{told.event} {told.record_id}]"
