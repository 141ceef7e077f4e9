"""Working time of a team: which moments count, how long, and when a limit falls due.

Pure: the calendar is a value made once (statutory days are read into a table, because
asking the calendar library costs 19 µs a call). Days beyond the last announced year are
plain weekdays and make a due time provisional (暂按).
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

Span = tuple[time, time]
Spans = tuple[tuple[datetime, datetime], ...]
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)
_NONE = timedelta()
_MOST_KNOWN = 5_000
_FAR = 30
"""Workdays from which on days are counted instead of walked through."""
_FIRST_CHANGE, _LAST_CHANGE = 1800, 2199
"""No clock was set before; nobody's night shift is counted to the hour after. People write any year."""

DEFAULT_HOURS: tuple[Span, ...] = ((time(9), time(12)), (time(13), time(18)))
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTime:
    """The working time of one base, in its own zone."""

    zone: ZoneInfo = DEFAULT_ZONE
    hours: tuple[Span, ...] = DEFAULT_HOURS
    """Working spans of a working day, ascending."""
    days: Mapping[date, bool] = field(default_factory=dict)
    """Days that differ from the plain week: True works, False does not."""
    own_hours: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    """Working spans of single days that differ from ``hours`` (half days)."""
    names: Mapping[date, str] = field(default_factory=dict)
    """Why a day differs, as people call it: 国庆节, 公司年会."""
    announced_until: date | None = None
    """Last day of the announced statutory calendar; None when no calendar is used."""
    _known: dict[date, Spans] = field(default_factory=dict, init=False, repr=False, compare=False)
    _whole: dict[tuple[date, date], timedelta] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _counted: list["_Plain"] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def hours_per_day(self) -> float:
        """Working hours of one workday (8 by default)."""
        return self._plain.day / _HOUR

    def is_workday(self, day: date) -> bool:
        """True when people work on this day."""
        return self.days.get(day, day.weekday() < 5)

    def is_open(self, at: datetime) -> bool:
        """True when ``at`` lies inside working hours."""
        return any(begin <= at < end for begin, end in self.spans(at, self.local_day(at)))

    def local_day(self, at: datetime) -> date:
        """The calendar day of an instant in the team's zone."""
        return at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The instant a calendar day begins in the team's zone."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def spans(self, since: datetime, day: date | None = None) -> Iterator[tuple[datetime, datetime]]:
        """Working spans in order from ``since`` on; with ``day`` only those of that day."""
        current = day or self.local_day(since)
        while True:
            for opens, closes in self._spans_of(current):
                if closes > since:
                    yield max(opens, since), closes
            if day is not None:
                return
            current += _DAY

    def add(self, start: datetime, worked: timedelta) -> datetime:
        """The first instant when ``worked`` has passed since ``start``; exact to the microsecond.

        Nothing to add gives ``start`` or the next opening, for something may begin then.
        """
        if worked > _FAR * self._plain.day:
            start, worked = self._jump(start, worked)
        for begin, end in self.spans(start):
            if end - begin >= worked:
                return (begin + worked).astimezone(UTC)
            worked -= end - begin
        raise AssertionError("spans() is endless")

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; none when ``end`` is not later. Any span costs the same."""
        if end <= start:
            return timedelta()
        first, last = self.local_day(start), self.local_day(end)
        ends = self._worked_until(last, end) - self._worked_until(first, start)
        return self._worked_in(first, last) + ends

    def add_hours(self, start: datetime, hours: float) -> datetime:
        """The instant when ``hours`` working hours have passed since ``start``."""
        return self.add(start, timedelta(hours=hours))

    def add_days(self, start: datetime, days: float) -> datetime:
        """The instant when ``days`` workdays (of ``hours_per_day`` each) have passed."""
        return self.add_hours(start, days * self.hours_per_day)

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Working hours between two instants; 0 when ``end`` is not later."""
        return self.between(start, end) / _HOUR

    def days_between(self, start: datetime, end: datetime) -> float:
        """Workdays between two instants, as a fraction of ``hours_per_day``."""
        return self.hours_between(start, end) / self.hours_per_day

    def workday_after(self, day: date, count: int = 1) -> date:
        """The ``count``-th workday after ``day``."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_workday(day)
        return day

    def workday_before(self, day: date) -> date:
        """The last workday before ``day``."""
        day -= timedelta(days=1)
        while not self.is_workday(day):
            day -= timedelta(days=1)
        return day

    def at(self, day: date, clock: time) -> datetime:
        """The UTC instant of a local clock time on a day."""
        return self._at(day, clock).astimezone(UTC)

    def is_provisional(self, due: datetime) -> bool:
        """True when the statutory calendar for that day is not announced yet."""
        return self.announced_until is not None and self.local_day(due) > self.announced_until

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """The working spans of a day on the clock; none on a day off."""
        return self.own_hours.get(day, self.hours) if self.is_workday(day) else ()

    def _at(self, day: date, clock: time) -> datetime:
        # Compared and subtracted across a clock change, so computed in UTC.
        return datetime.combine(day, clock, self.zone).astimezone(UTC)

    def _spans_of(self, day: date) -> Spans:
        """The working spans of a day as instants; remembered, because a zone's arithmetic is slow."""
        if day not in self._known:
            if len(self._known) > _MOST_KNOWN:
                self._known.clear()
            spans = self.hours_on(day)
            self._known[day] = tuple((self._at(day, begin), self._at(day, end)) for begin, end in spans)
        return self._known[day]

    def _worked_on(self, day: date) -> timedelta:
        return sum((end - begin for begin, end in self._spans_of(day)), timedelta())

    def _worked_until(self, day: date, at: datetime) -> timedelta:
        """Working time of a day up to an instant."""
        worked = _NONE
        for begin, end in self._spans_of(day):
            if begin < at:
                worked += min(end, at) - begin
        return worked

    def _jump(self, start: datetime, worked: timedelta) -> tuple[datetime, timedelta]:
        """The last midnight before ``worked`` has passed since ``start``, and what is left then."""
        day = self.local_day(start) + _DAY
        worked -= self._worked_on(day - _DAY) - self._worked_until(day - _DAY, start)
        most = (worked // self._plain.day + len(self._plain.days) + 2) * 7 // 5 + 7
        passed = bisect_left(range(most), worked, key=lambda n: self._counted_in(day, day + n * _DAY))
        found = day + (passed - 1) * _DAY
        return self.midnight(found), worked - self._worked_in(day, found)

    def _worked_in(self, first: date, last: date) -> timedelta:
        """What ``_counted_in`` says; remembered, because a report asks for the same days again and again."""
        known = self._whole.get((first, last))
        if known is None:
            if len(self._whole) > _MOST_KNOWN:
                self._whole.clear()
            known = self._whole[first, last] = self._counted_in(first, last)
        return known

    def _counted_in(self, first: date, last: date) -> timedelta:
        """Working time of whole days, from ``first`` up to, not including, ``last``."""
        weeks, rest = divmod((last - first).days, 7)
        workdays = 5 * weeks + sum((first.weekday() + n) % 7 < 5 for n in range(rest))
        plain = self._plain
        odd = plain.sums[bisect_left(plain.days, last)] - plain.sums[bisect_left(plain.days, first)]
        return workdays * plain.day + odd + self._clock_changes(first, last)

    @property
    def _plain(self) -> "_Plain":
        if not self._counted:
            day = _length(self.hours)
            odd = sorted({*self.days, *self.own_hours})
            more = (_length(self.hours_on(one)) - (one.weekday() < 5) * day for one in odd)
            self._counted.append(_Plain(day, odd, list(accumulate(more, initial=timedelta()))))
        return self._counted[0]

    def _clock_changes(self, first: date, last: date) -> timedelta:
        """What days with a change of the clock are longer or shorter than their spans say."""
        years = range(max(first.year, _FIRST_CHANGE), min(last.year, _LAST_CHANGE) + 1)
        days = (day for year in years for day in _changes(self.zone, year) if first <= day < last)
        return sum((self._worked_on(day) - _length(self.hours_on(day)) for day in days), timedelta())


@dataclass(frozen=True, slots=True)
class _Plain:
    """The plain week, and what is unlike it, summed up so that no span has to be walked through."""

    day: timedelta
    """Working time of a plain working day."""
    days: list[date]
    """Days unlike the plain week, ascending."""
    sums: list[timedelta]
    """How much the first so many of them had worked more than in a plain week."""


def _length(spans: Iterable[Span]) -> timedelta:
    """Working time of a day whose clock is not changed."""
    ends = (timedelta(hours=t.hour, minutes=t.minute) for span in spans for t in span)
    return sum((-end if n % 2 == 0 else end for n, end in enumerate(ends)), timedelta())


@lru_cache(maxsize=1024)
def _changes(zone: ZoneInfo, year: int) -> tuple[date, ...]:
    """Days of a year on which the clock of a zone is set."""
    days = (date(year, 1, 1) + n * _DAY for n in range(367))
    offsets = [(day, datetime.combine(day, time(), zone).utcoffset()) for day in days]
    return tuple(day for (day, one), (_, other) in pairwise(offsets) if one != other and day.year == year)


def statutory_days() -> tuple[Mapping[date, bool], date]:
    """The Chinese statutory holidays and make-up days, and the last announced day.

    Only days that differ from the plain week are kept.
    Source: the chinesecalendar package (State Council notices); it knows whole years.
    """
    from chinese_calendar import constants  # read once; importing it costs 20 ms

    days = dict.fromkeys(constants.holidays, False) | dict.fromkeys(constants.workdays, True)
    last = max(day.year for day in constants.holidays)
    return days, date(last, 12, 31)


def statutory_names() -> Mapping[date, str]:
    """Why a statutory holiday or make-up day is one, in Chinese (国庆节, 国庆节补班)."""
    from chinese_calendar import Holiday, constants

    chinese = {holiday.value: holiday.chinese for holiday in Holiday}
    made_up = {day: f"{chinese.get(name, name)}补班" for day, name in constants.workdays.items()}
    return {day: chinese.get(name, name) for day, name in constants.holidays.items()} | made_up


def clock_of(text: str) -> time:
    """A clock time as people write it (``9:00``, ``09：00``); ValueError for anything else."""
    found = time.fromisoformat(text.strip().replace("：", ":").zfill(5))
    if found.tzinfo:
        raise ValueError(text)  # the zone is the team's
    return found


def spans_of(texts: Iterable[str]) -> tuple[Span, ...]:
    """Spans such as ``09:00-12:00``; ValueError unless they follow one another through the day."""
    spans = tuple((clock_of(begin), clock_of(end)) for begin, _, end in (t.partition("-") for t in texts))
    if not spans or any(begin >= end for begin, end in spans):
        raise ValueError("a span ends after it begins, and there is at least one")
    if any(earlier[1] > later[0] for earlier, later in pairwise(spans)):
        raise ValueError("spans do not overlap")
    return spans
