"""Formula functions of dates, in the base's time zone; workdays are Monday to Friday less given holidays."""

import calendar
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from feishu_plugin.sandbox.formula_calls import Function, Run, Scope, plain
from feishu_plugin.sandbox.formula_values import FormulaFault, as_moment, as_number, as_text, flat

DAY = timedelta(days=1)
WEEKEND = 5
WORKDAYS_MOST = 100_000


def _now(scope: Scope, _: Sequence[Run]) -> datetime:
    return scope.now


def _today(scope: Scope, _: Sequence[Run]) -> datetime:
    return scope.now.replace(hour=0, minute=0, second=0, microsecond=0)


def _date(scope: Scope, arguments: Sequence[Run]) -> datetime:
    year, month, day = (int(as_number(argument(scope))) for argument in arguments)
    try:
        start = datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=scope.now.tzinfo)
        return start + (day - 1) * DAY
    except (ValueError, OverflowError):
        raise FormulaFault("no such date") from None


def _to_date(scope: Scope, arguments: Sequence[Run]) -> datetime:
    value = arguments[0](scope)
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(as_text(value).replace("/", "-")).replace(tzinfo=scope.now.tzinfo)
    except ValueError:
        raise FormulaFault(f"{value!r} is no date") from None


def _part(name: str) -> Function:
    return plain(lambda value: float(getattr(as_moment(value), name)), 1)


def _days(end: Any, start: Any) -> float:
    return float((as_moment(end).date() - as_moment(start).date()).days)


def _datedif(start: Any, end: Any, unit: Any = "D") -> float:
    """Whole days, months or years; MD, YM and YD leave the greater units out."""
    first, last = as_moment(start).date(), as_moment(end).date()
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    results: dict[str, Callable[[], int]] = {
        "D": lambda: (last - first).days,
        "M": lambda: months,
        "Y": lambda: months // 12,
        "YM": lambda: months % 12,
        "MD": lambda: (last - _months_later(first, months)).days,
        "YD": lambda: (last - _months_later(first, months // 12 * 12)).days,
    }
    chosen = results.get(as_text(unit).upper())
    if chosen is None:
        raise FormulaFault(f"DATEDIF has no unit {unit!r}")
    return float(chosen())


def _months_later(day: date, months: int) -> date:
    """The same day of another month, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month + 1, day=min(day.day, _last_day(year, month + 1)))
    except ValueError:
        raise FormulaFault("no such date") from None


def _last_day(year: int, month: int) -> int:
    try:
        return calendar.monthrange(year, month)[1]
    except ValueError:
        raise FormulaFault("no such date") from None


def _edate(start: Any, months: Any) -> datetime:
    moment = as_moment(start)
    day = _months_later(moment.date(), int(as_number(months)))
    return moment.replace(year=day.year, month=day.month, day=day.day)


def _eomonth(start: Any, months: Any) -> datetime:
    moment = _edate(start, months)
    return moment.replace(day=_last_day(moment.year, moment.month))


def _holidays(values: Sequence[Any]) -> set[date]:
    return {item.date() for item in flat(list(values)) if isinstance(item, datetime)}


def _is_workday(day: date, holidays: set[date]) -> bool:
    return day.weekday() < WEEKEND and day not in holidays


def _workday(start: Any, count: Any, *holidays: Any) -> datetime:
    moment, left, free = as_moment(start), int(as_number(count)), _holidays(holidays)
    if abs(left) > WORKDAYS_MOST:
        raise FormulaFault("too many workdays")
    step = DAY if left > 0 else -DAY
    while left:
        moment += step
        left -= _is_workday(moment.date(), free) * (1 if step > timedelta(0) else -1)
    return moment


def _networkdays(start: Any, end: Any, *holidays: Any) -> float:
    """Both ends count; negative when the end comes first."""
    first, last = as_moment(start).date(), as_moment(end).date()
    sign, free = (1, _holidays(holidays)) if first <= last else (-1, _holidays(holidays))
    first, last = min(first, last), max(first, last)
    if (last - first).days > WORKDAYS_MOST:
        raise FormulaFault("too many workdays")
    days = (first + number * DAY for number in range((last - first).days + 1))
    return float(sign * sum(_is_workday(day, free) for day in days))


def _weekday(value: Any, kind: Any = 1.0) -> float:
    """1 is Sunday, with kind 2 Monday; with kind 3 Monday is 0."""
    monday_based = as_moment(value).weekday()
    return float({2: monday_based + 1, 3: monday_based}.get(int(as_number(kind)), (monday_based + 1) % 7 + 1))


def _weeknum(value: Any, kind: Any = 1.0) -> float:
    moment = as_moment(value)
    return float(int(moment.strftime("%W" if int(as_number(kind)) == 2 else "%U")) + 1)


def _duration(days: Any, hours: Any = 0, minutes: Any = 0, seconds: Any = 0) -> float:
    """In days, which is what dates are counted with."""
    return as_number(days) + as_number(hours) / 24 + as_number(minutes) / 1440 + as_number(seconds) / 86400


FUNCTIONS: dict[str, Function] = {
    "NOW": Function(run=_now, least=0, most=0),
    "TODAY": Function(run=_today, least=0, most=0),
    "DATE": Function(run=_date, least=3, most=3),
    "TODATE": Function(run=_to_date, least=1, most=1),
    **{name: _part(name.lower()) for name in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")},
    "WEEKDAY": plain(_weekday, 1, 2),
    "WEEKNUM": plain(_weeknum, 1, 2),
    "DAYS": plain(_days, 2),
    "DATEDIF": plain(_datedif, 2, 3),
    "DURATION": plain(_duration, 1, 4),
    "EDATE": plain(_edate, 2),
    "EOMONTH": plain(_eomonth, 2),
    "WORKDAY": plain(_workday, 2, 3),
    "NETWORKDAYS": plain(_networkdays, 2, 3),
}
