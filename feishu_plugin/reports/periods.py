"""Spans of time a report is about, cut at midnight in the team's zone; never asks a clock."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from feishu_plugin.errors import ReportError
from feishu_plugin.language import Phrase
from feishu_plugin.worktime import WorkTime

Span = Literal["month", "quarter", "year"]
_KEYS: Mapping[Span, re.Pattern[str]] = {
    "month": re.compile(r"[1-9]\d{3}-(0[1-9]|1[0-2])"),
    "quarter": re.compile(r"[1-9]\d{3}-Q[1-4]"),
    "year": re.compile(r"[1-9]\d{3}"),
}
_MONTHS: Mapping[Span, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From ``begin`` up to, but not with, ``end`` (UTC); ``key`` names its rows."""

    key: str
    begin: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.begin <= at < self.end


def period(key: str, worktime: WorkTime) -> Period:
    """The month ``yyyy-MM``, quarter ``yyyy-Qn`` or year ``yyyy``; ReportError for anything else."""
    months = _MONTHS[span_of(key)]
    first = _first_day(key)
    return Period(key=key, begin=worktime.midnight(first), end=worktime.midnight(_later(first, months)))


def span_of(key: str) -> Span:
    """Whether a key names a month, a quarter or a year; ReportError when none of them."""
    for span, pattern in _KEYS.items():
        if pattern.fullmatch(key):
            return span
    raise ReportError(
        Phrase(
            f"{key!r} 不是月份、季度或年份；请写 2026-09、2026-Q3 或 2026",
            f"{key!r} is no month, quarter or year; write 2026-09, 2026-Q3 or 2026",
        )
    )


def is_month(key: str) -> bool:
    """True for ``2026-09``; people may write anything into a table."""
    return _KEYS["month"].fullmatch(key) is not None


def before(key: str) -> str:
    """The period of the same length just before: ``2026-01`` to ``2025-12``, ``2026-Q1`` to ``2025-Q4``."""
    span, first = span_of(key), _first_day(key)
    return _key(span, _later(first, -_MONTHS[span]))


def ending_with(month: str) -> tuple[str, ...]:
    """The month itself, and the quarter and the year whose last month it is."""
    last = _first_day(month)
    return tuple(_key(span, last) for span, months in _MONTHS.items() if last.month % months == 0)


def last_month(key: str) -> str:
    """``2026-Q3`` to ``2026-09``."""
    return _key("month", _later(_first_day(key), _MONTHS[span_of(key)] - 1))


def months_of(key: str) -> tuple[str, ...]:
    """The months of a period: ``2026-Q3`` to ``2026-07``, ``2026-08``, ``2026-09``."""
    first = _first_day(key)
    return tuple(_key("month", _later(first, more)) for more in range(_MONTHS[span_of(key)]))


def around(periods: Sequence[Period]) -> Period:
    """The shortest period that holds all of these."""
    begin, end = min(p.begin for p in periods), max(p.end for p in periods)
    return Period(key="、".join(p.key for p in periods), begin=begin, end=end)


def _first_day(key: str) -> date:
    year, _, part = key.partition("-")
    month = 3 * int(part[1]) - 2 if part.startswith("Q") else int(part or 1)
    return date(int(year), month, 1)


def _later(first: date, months: int) -> date:
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(years, month + 1, 1)


def _key(span: Span, day: date) -> str:
    quarter = f"{day.year}-Q{(day.month + 2) // 3}"
    return {"month": f"{day:%Y-%m}", "quarter": quarter, "year": str(day.year)}[span]


def span(begin: str, end: str | None, worktime: WorkTime, now: datetime) -> Period:
    """From one day (``2026-09-01``) or instant to another; a day at the end counts whole, None is ``now``.

    What has no offset is in the team's zone. ReportError when it cannot be read or is empty.
    """
    since, until = _instant(begin, worktime, 0), _instant(end, worktime, 1) if end else now
    if since >= until:
        raise ReportError(
            Phrase(
                f"{begin} .. {end or '现在'} 不是一段时间：结束要晚于开始",
                f"{begin} .. {end or 'now'} is no span of time: the end must come after the begin",
            )
        )
    return Period(key=f"{begin}..{end or 'now'}", begin=since, end=until)


def _instant(text: str, worktime: WorkTime, days: int) -> datetime:
    try:
        if len(text) == len("2026-09-01"):
            return worktime.midnight(date.fromisoformat(text) + timedelta(days=days))
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ReportError(
            Phrase(
                f"{text!r} 不是日期或时刻；请写 2026-09-01 或 2026-09-01T09:00",
                f"{text!r} is no day or instant; write 2026-09-01 or 2026-09-01T09:00",
            )
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=worktime.zone)).astimezone(UTC)
