"""The review list of the week for department leads and managers, inside their morning card; pure.

It is collected while the records of a tick pass by, and holds a few lines of each group only.
Who gets it and what its heading says stand in the template rows of ``weekly``.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Json
from feishu_plugin.records import Accepted, Requirement
from feishu_plugin.reminders.audience import Circle, upwards
from feishu_plugin.reminders.card import NAMES, Section, line_of, markdown, section_elements
from feishu_plugin.reminders.notice import Link, local_time
from feishu_plugin.reminders.templates import Words, escape, rows_of, words_of
from feishu_plugin.rules.due_times import deadline

EVENT = "weekly"
FEW = 5
"""Lines of a group; the others are counted."""
LATEST = timedelta(minutes=70)
"""After 晨报时间: an hour after the last morning card it is no list of the morning any more."""
_WEEK = timedelta(days=7)
_WAITING = "waiting_customer"

_Found = tuple[tuple[float, ...], str] | None
"""Where a record stands in a group (the least first) and what its line says; None: not in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The list of one person."""

    identity: str
    zh: Words
    en: Words
    sections: Sequence[Section]

    def elements(self, most: int) -> list[Json]:
        """The part of the morning card, with at most so many lines of each group."""
        zh, en = (f"**{escape(words.title)}**\n{words.body}".strip() for words in (self.zh, self.en))
        parts = (section_elements(section, min(most, FEW)) for section in self.sections)
        return [{"tag": "hr"}, *markdown(zh, en), *(element for part in parts for element in part)]


def review_identity(day: date, open_id: str) -> str:
    """One list for each ISO week and person."""
    year, week, _ = day.isocalendar()
    return f"weekly:{year}-W{week:02d}:{open_id}"


def morning_of(policy: Policy, now: datetime) -> datetime:
    """晨报时间 of the day: what the lists of that day say is cut there."""
    return policy.worktime.at(policy.worktime.local_day(now), policy.parameters.digest_at)


def day_identity(day: date) -> str:
    """Noted with the lists of a day, so that they are not made up for later in the week."""
    return f"weekly-day:{day.isoformat()}"


def days_before(day: date) -> Sequence[date]:
    """The days of this ISO week before ``day``, and those of the week before."""
    return [day - timedelta(days=n) for n in range(1, day.isoweekday() + 7)]


def is_review_day(policy: Policy, day: date, reviewed: Collection[date]) -> bool:
    """True on the first working day of an ISO week, and later when that day was missed.

    ``reviewed``: those of ``days_before`` that had lists. Without any in the week before, nothing
    was missed: the plugin is new here, or there was nothing to tell.
    """
    monday = day - timedelta(days=day.isoweekday() - 1)
    earlier = [d for d in days_before(day) if d >= monday and policy.worktime.is_workday(d)]
    if not earlier:
        return policy.worktime.is_workday(day)
    return any(d < monday for d in reviewed) and not any(d >= monday for d in reviewed)


@dataclass(slots=True)
class _Pile:
    """One group of one department."""

    count: int = 0
    best: list[tuple[tuple[float, ...], str, str, Requirement]] = field(default_factory=list)
    """The first few: rank, record id, what the line says, the record."""

    def add(self, rank: tuple[float, ...], says: str, record: Requirement) -> None:
        self.count += 1
        self._keep([*self.best, (rank, record.record_id, says, record)])

    def join(self, other: "_Pile") -> None:
        self.count += other.count
        self._keep([*self.best, *other.best])

    def _keep(self, found: list[tuple[tuple[float, ...], str, str, Requirement]]) -> None:
        self.best = sorted(found, key=lambda one: one[:2])[:FEW]


class Weekly:
    """Collects the lists of one morning."""

    def __init__(self, circle: Circle, now: datetime, link: Link) -> None:
        self._circle, self._policy, self._now, self._link = circle, circle.policy, now, link
        self._morning = morning_of(circle.policy, now)
        self._piles: dict[str, dict[str, _Pile]] = defaultdict(lambda: defaultdict(_Pile))
        self._open: dict[str, int] = defaultdict(int)
        self._owners: set[str] = set()

    def passing(self, states: Iterable[tuple[str, Accepted]]) -> Iterator[tuple[str, Accepted]]:
        """The same states, each noted as it passes by."""
        for record_id, state in states:
            self._note(Requirement.of(state.record), state)
            yield record_id, state

    def reviews(self, packaged: Policy | None = None) -> Mapping[str, Review]:
        """open_id to the list, for everybody who is to get one and has something in it."""
        audiences = {audience for row in rows_of(self._policy, EVENT) for audience in row.audience}
        scopes: dict[str, tuple[str, Sequence[str]]] = {}
        if "head" in audiences:
            scopes |= {lead: ("head", mine) for lead, mine in self._leads().items()}
        if "manager" in audiences:
            scopes |= {manager: ("manager", list(self._piles)) for manager in self._managers()}
        found = {
            person: self._review(person, audience, departments, packaged)
            for person, (audience, departments) in scopes.items()
        }
        return {person: review for person, review in found.items() if review.sections}

    def _note(self, record: Requirement, state: Accepted) -> None:
        begun = record.submitted_at or state.record.created_at
        if begun and begun >= self._morning:
            return  # for the next list, however late this one is
        self._open[record.department] += 1
        self._owners.update(record.owner)
        piles = self._piles[record.department]
        for group, (_, find) in _GROUPS.items():
            if found := find(self._policy, record, state, self._now):
                piles[group].add(*found, record)

    def _above(self) -> list[str]:
        """Everybody at work who may lead or manage: owners, people of the routes, and all above them."""
        routed = (
            person
            for route in self._policy.routes
            for person in (*route.owners, *route.backup, *route.managers)
        )
        starts = dict.fromkeys([*sorted(self._owners), *routed, *self._circle.administrators])
        found = (above for start in starts for above in upwards(self._circle.people, start))
        return [one for one in dict.fromkeys(found) if not self._circle.absence(one, self._now)]

    def _leads(self) -> Mapping[str, Sequence[str]]:
        """open_id to the departments with records that the person leads, or whose lead is away."""
        names = {key: {key, self._policy.label("department", key)} for key in self._piles if key}
        found: dict[str, list[str]] = defaultdict(list)
        for person in self._above():
            led = set(self._circle.people(person).leads)
            mine = [key for key, either in names.items() if either & led]
            if mine and (reader := self._there(person)):
                found[reader] += (key for key in mine if key not in found[reader])
        return found

    def _managers(self) -> Sequence[str]:
        named = self._policy.managers()
        managing = (p for p in self._above() if self._policy.manages(self._circle.people(p)))
        there = (self._there(person) for person in named or managing)
        return [person for person in dict.fromkeys(there) if person]

    def _there(self, person: str) -> str:
        """The person, or the nearest above who is at work today."""
        above = upwards(self._circle.people, person)
        return next((one for one in above if not self._circle.absence(one, self._now)), "")

    def _review(
        self, person: str, audience: str, departments: Sequence[str], packaged: Policy | None
    ) -> Review:
        facts = {
            "count": str(sum(self._open[key] for key in departments)),
            "title": "、".join(self._policy.label("department", key) for key in departments)
            if audience == "head"
            else "",
        }
        zh, en = words_of(self._policy, EVENT, facts, audience, packaged) or _plain_words()
        day = self._policy.worktime.local_day(self._now)
        sections = [self._section(group, departments) for group in _GROUPS]
        return Review(
            identity=review_identity(day, person),
            zh=zh,
            en=en,
            sections=[section for section in sections if section.count],
        )

    def _section(self, group: str, departments: Sequence[str]) -> Section:
        pile, ((zh, en), _) = _Pile(), _GROUPS[group]
        for key in departments:
            pile.join(self._piles[key][group])
        lines = [self._line(record, says) for _, _, says, record in pile.best]
        return Section(zh=f"{zh}（{pile.count}）", en=f"{en} ({pile.count})", lines=lines, count=pile.count)

    def _line(self, record: Requirement, says: str) -> str:
        owners = "、".join(filter(None, (self._circle.people(one).name for one in record.owner)))
        note = " · ".join(filter(None, (says, owners)))
        facts = {"number": record.number, "title": record.title, "note": note}
        return line_of(EVENT, facts, self._link(record.record_id))


def _plain_words() -> tuple[Words, Words]:
    zh, en, _ = NAMES[EVENT]
    return Words(title=zh, body=""), Words(title=en, body="")


def _new(policy: Policy, record: Requirement, state: Accepted, now: datetime) -> _Found:
    begun = record.submitted_at or state.record.created_at
    if begun is None or begun < morning_of(policy, now) - _WEEK:
        return None
    return (-begun.timestamp(),), _status(policy, record)


def _highest(policy: Policy, record: Requirement, state: Accepted, now: datetime) -> _Found:
    if record.priority != "high" or _is_finished(policy, record):
        return None
    return (-(record.priority_score or 0),), _status(policy, record)


def _risk(policy: Policy, record: Requirement, state: Accepted, now: datetime) -> _Found:
    if not record.risk or _is_finished(policy, record):
        return None
    at = deadline(policy, record)
    return (at.timestamp() if at else float("inf"),), record.risk


def _overdue(policy: Policy, record: Requirement, state: Accepted, now: datetime) -> _Found:
    at = deadline(policy, record)
    if at is None or at > now or _is_finished(policy, record):
        return None
    if record.status in policy.parameters.paused_statuses:
        return None
    return (at.timestamp(),), local_time(policy, at)


def _waiting(policy: Policy, record: Requirement, state: Accepted, now: datetime) -> _Found:
    if record.status != _WAITING:
        return None
    since = policy.worktime.local_day(state.status_since)
    return (state.status_since.timestamp(),), f"{since.isoformat()} 起"


def _asked(policy: Policy, record: Requirement, state: Accepted, now: datetime) -> _Found:
    lately = sum(1 for at in state.repeats if at > now - _WEEK)
    count = int(record.similar_count or 0)
    if not (lately or count) or _is_finished(policy, record):
        return None
    return (-lately, -count), f"×{max(lately, count)}"


def _is_finished(policy: Policy, record: Requirement) -> bool:
    rules = policy.parameters
    return record.status in (*rules.finished_statuses, *rules.ended_statuses)


def _status(policy: Policy, record: Requirement) -> str:
    return policy.label("status", record.status) if record.status else ""


_Find = Callable[[Policy, Requirement, Accepted, datetime], _Found]

_GROUPS: Mapping[str, tuple[tuple[str, str], _Find]] = {
    "new": (("近 7 天新增", "New in 7 days"), _new),
    "highest": (("最高优先级", "Highest priority"), _highest),
    "risk": (("有风险", "At risk"), _risk),
    "overdue": (("已超期", "Overdue"), _overdue),
    "waiting": (("待客户配合", "Waiting for a customer"), _waiting),
    "asked": (("反馈最多", "Asked again most often"), _asked),
}
"""In the order of the card: heading in Chinese and English, and which records belong there."""
