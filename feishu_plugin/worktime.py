"""Working time of a team: which moments count, how long, and when a limit falls due.

Pure: the calendar is a value made once (statutory days are read into a table, because
asking the calendar library costs 19 µs a call). Days beyond the last announced year are
plain weekdays and make a due time provisional (暂按).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

Span = tuple[time, time]
_LONG = timedelta(days=366)

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
    announced_until: date | None = None
    """Last day of the announced statutory calendar; None when no calendar is used."""

    @property
    def hours_per_day(self) -> float:
        """Working hours of one workday (8 by default)."""
        return sum(_hours(begin, end) for begin, end in self.hours)

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
            if self.is_workday(current):
                for begin, end in self.hours:
                    opens, closes = self._at(current, begin), self._at(current, end)
                    if closes > since:
                        yield max(opens, since), closes
            if day is not None:
                return
            current += timedelta(days=1)

    def add_hours(self, start: datetime, hours: float) -> datetime:
        """The instant when ``hours`` working hours have passed since ``start``."""
        left = timedelta(hours=hours)
        for begin, end in self.spans(start):
            if end - begin >= left:
                return (begin + left).astimezone(UTC)
            left -= end - begin
        raise AssertionError("spans() is endless")

    def add_days(self, start: datetime, days: float) -> datetime:
        """The instant when ``days`` workdays (of ``hours_per_day`` each) have passed."""
        return self.add_hours(start, days * self.hours_per_day)

    def hours_between(self, start: datetime, end: datetime) -> float:
        """Working hours between two instants; 0 when ``end`` is not later."""
        first, last = self.local_day(start) + timedelta(days=1), self.local_day(end)
        if last - first > _LONG:
            # People plan for 2099 and 9999: whole days are counted, not walked through.
            ends = self._walked(start, self.midnight(first)) + self._walked(self.midnight(last), end)
            return ends + self._workdays(first, last) * self.hours_per_day
        return self._walked(start, end)

    def _walked(self, start: datetime, end: datetime) -> float:
        total = timedelta()
        for begin, close in self.spans(start):
            if begin >= end:
                return total / timedelta(hours=1)
            total += min(close, end) - begin
        raise AssertionError("spans() is endless")

    def _workdays(self, first: date, last: date) -> int:
        """Workdays from ``first`` up to, not including, ``last``."""
        weeks, rest = divmod((last - first).days, 7)
        plain = 5 * weeks + sum((first.weekday() + n) % 7 < 5 for n in range(rest))
        odd = (works - (day.weekday() < 5) for day, works in self.days.items() if first <= day < last)
        return plain + sum(odd)

    def days_between(self, start: datetime, end: datetime) -> float:
        """Workdays between two instants, as a fraction of ``hours_per_day``."""
        return self.hours_between(start, end) / self.hours_per_day

    def next_open(self, at: datetime) -> datetime:
        """``at`` itself inside working hours, else the next opening."""
        return next(self.spans(at))[0].astimezone(UTC)

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

    def _at(self, day: date, clock: time) -> datetime:
        # Compared and subtracted across a clock change, so computed in UTC.
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def statutory_days() -> tuple[Mapping[date, bool], date]:
    """The Chinese statutory holidays and make-up days, and the last announced day.

    Only days that differ from the plain week are kept.
    Source: the chinesecalendar package (State Council notices); it knows whole years.
    """
    from chinese_calendar import constants  # read once; importing it costs 20 ms

    days = dict.fromkeys(constants.holidays, False) | dict.fromkeys(constants.workdays, True)
    last = max(day.year for day in constants.holidays)
    return days, date(last, 12, 31)


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


def _hours(begin: time, end: time) -> float:
    return (end.hour - begin.hour) + (end.minute - begin.minute) / 60
