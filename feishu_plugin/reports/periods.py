"""Spans of time a report is about, cut at midnight in the team's zone; never asks a clock."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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


def month_before(key: str) -> str:
    """``2026-01`` to ``2025-12``."""
    last_day = date(int(key[:4]), int(key[5:]), 1) - timedelta(days=1)
    return f"{last_day:%Y-%m}"
