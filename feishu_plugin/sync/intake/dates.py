"""Moments as people write them, and whether a column means day or month first; pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal
from zoneinfo import ZoneInfo

Order = Literal["ymd", "dmy", "mdy"]
"""Year first; or the year last, after day and month, or after month and day."""

_CLOCK = (
    r"(?:[T\s]*(?P<half>上午|下午)?\s*(?P<h>\d{1,2})[:时点](?P<m>\d{1,2})?分?(?::?(?P<s>\d{1,2})秒?)?(?:\.\d+)?"
    r"\s*(?P<pm>[AaPp]\.?[Mm]\.?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?)?$"
)
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})\s*[-/.年]\s*(?P<a>\d{1,2})\s*[-/.月]\s*(?P<b>\d{1,2})\s*日?" + _CLOCK)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4})" + _CLOCK)
_COMPACT = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<a>\d{2})(?P<b>\d{2})" + _CLOCK)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?$")
_SERIALS = range(20_000, 80_000)
"""Days since 1899-12-30 that may be meant: 1954 to 2119."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@dataclass(slots=True)
class Tally:
    """In which order the moments of a column can have been written."""

    day_first: int = 0
    """Cells that are only possible with the day before the month."""
    month_first: int = 0
    either: int = 0
    """Cells that could be both: 3/5/2026."""

    def add(self, text: str) -> None:
        """Counts one cell that is ``plain``."""
        if at := _YEAR_LAST.match(text):
            first, second = int(at["a"]), int(at["b"])
            self.day_first += first > 12 >= second
            self.month_first += second > 12 >= first
            self.either += first <= 12 and second <= 12

    @property
    def order(self) -> Order | None:
        """The order that the whole column allows best; None when every cell could be both."""
        if self.day_first or self.month_first:
            return "dmy" if self.day_first >= self.month_first else "mdy"
        return None if self.either else "ymd"


def plain(text: str) -> str:
    """Without full-width digits and outer blanks."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def is_moment(text: str) -> bool:
    """True for what is a moment in some order."""
    return any(moment(text, order, ZoneInfo("UTC")) for order in ("ymd", "dmy", "mdy"))


def moment(text: str, order: str, zone: ZoneInfo) -> datetime | None:
    """The instant in UTC; None for what is no moment. Without an offset it is local time in ``zone``."""
    shown = plain(text)
    if _SERIAL.match(shown):
        return _serial(float(shown), zone)
    found = _YEAR_FIRST.match(shown) or _COMPACT.match(shown)
    if found is None and order != "ymd":
        found = _YEAR_LAST.match(shown)
        return _instant(found, zone, swapped=order == "dmy") if found else None
    return _instant(found, zone) if found else None


def _serial(days: float, zone: ZoneInfo) -> datetime | None:
    if int(days) not in _SERIALS:
        return None
    at = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(seconds=round(days * 86_400))
    return at.replace(tzinfo=zone).astimezone(UTC)


def _instant(found: "re.Match[str]", zone: ZoneInfo, *, swapped: bool = False) -> datetime | None:
    year, month, day = int(found["y"]), int(found["a"]), int(found["b"])
    if swapped:
        month, day = day, month
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    try:
        at = datetime(year, month, day, _hour(found), int(found["m"] or 0), int(found["s"] or 0), tzinfo=UTC)
    except ValueError:
        return None
    return at.replace(tzinfo=_offset(found["zone"]) or zone).astimezone(UTC)


def _hour(found: "re.Match[str]") -> int:
    hour, half = int(found["h"] or 0), (found["pm"] or found["half"] or "").lower()
    if not half:
        return hour
    late = half.startswith("p") or half == "下午"
    if hour > 12 or (hour == 0 and late):
        return hour  # 下午 14:30 says the same twice
    return hour % 12 + 12 * late


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
