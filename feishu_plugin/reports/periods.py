"""Spans of time a report is about, cut at midnight in the team's zone; never asks a clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from feishu_plugin.errors import ReportError
from feishu_plugin.worktime import WorkTime

_MONTH = re.compile(r"[1-9]\d{3}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From ``begin`` up to, but not with, ``end`` (UTC); ``key`` names its rows."""

    key: str
    begin: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.begin <= at < self.end


def month(key: str, worktime: WorkTime) -> Period:
    """The calendar month ``yyyy-MM``; raises ReportError for anything else."""
    if not _MONTH.fullmatch(key):
        raise ReportError(f"{key!r} is not a month; write it as yyyy-MM, for example 2026-09")
    first = date(int(key[:4]), int(key[5:]), 1)
    after = (first + timedelta(days=31)).replace(day=1)
    return Period(key=key, begin=worktime.midnight(first), end=worktime.midnight(after))


def span(begin: str, end: str | None, worktime: WorkTime, now: datetime) -> Period:
    """From one day (``2026-09-01``) or instant to another; a day at the end counts whole, None is ``now``.

    What has no offset is in the team's zone. ReportError when it cannot be read or is empty.
    """
    since, until = _instant(begin, worktime, 0), _instant(end, worktime, 1) if end else now
    if since >= until:
        raise ReportError(f"{begin} .. {end or 'now'} is no span of time: the end must come after the begin")
    return Period(key=f"{begin}..{end or 'now'}", begin=since, end=until)


def _instant(text: str, worktime: WorkTime, days: int) -> datetime:
    try:
        if len(text) == len("2026-09-01"):
            return worktime.midnight(date.fromisoformat(text) + timedelta(days=days))
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ReportError(f"{text!r} is no day or instant; write 2026-09-01 or 2026-09-01T09:00") from None
    return (at if at.tzinfo else at.replace(tzinfo=worktime.zone)).astimezone(UTC)


def month_before(key: str) -> str:
    """``2026-01`` to ``2025-12``."""
    last_day = date(int(key[:4]), int(key[5:]), 1) - timedelta(days=1)
    return f"{last_day:%Y-%m}"
