"""The working of a due time in words: which days were skipped and which were counted. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from feishu_plugin.worktime import WorkTime

_LONGEST = timedelta(days=400)
"""Nobody reads the holidays of more than a year; a due time so far ahead is shown without them."""


def days_in_words(worktime: WorkTime, start: datetime, due: datetime) -> str:
    """``；跳过 国庆节 10-01 至 10-07、周末 10-11；计入 国庆节补班 10-10``; empty when no day was odd."""
    first, last = worktime.local_day(start), worktime.local_day(due)
    if not timedelta() <= last - first <= _LONGEST:
        return ""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    skipped = _runs([(day, _rest_name(worktime, day)) for day in days if not worktime.is_workday(day)])
    counted = _runs([(day, name) for day in days if (name := _work_name(worktime, day))])
    return _listed("跳过", _few_weekends(skipped)) + _listed("计入", [_run(*run) for run in counted])


def moment_in_words(worktime: WorkTime, at: datetime, like: datetime | None = None) -> str:
    """``09-01 10:00`` in the team's zone; with the year where it is not that of ``like``."""
    local = at.astimezone(worktime.zone)
    same = like is None or like.astimezone(worktime.zone).year == local.year
    return f"{local:%m-%d %H:%M}" if same else f"{local:%Y-%m-%d %H:%M}"


_WEEKEND = "周末"
_Run = tuple[str, date, date]


def _rest_name(worktime: WorkTime, day: date) -> str:
    return worktime.names.get(day) or (_WEEKEND if day.weekday() >= 5 else "放假")


def _work_name(worktime: WorkTime, day: date) -> str:
    """Why a day that is worked deserves a word; empty for an ordinary one."""
    if not worktime.is_workday(day):
        return ""
    made_up = worktime.names.get(day) or "补班" if day.weekday() >= 5 else ""
    if day not in worktime.own_hours:
        return made_up
    hours = "、".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in worktime.own_hours[day])
    return f"{worktime.names.get(day) or made_up or '当天'}（{hours}）"


def _runs(days: Sequence[tuple[date, str]]) -> list[_Run]:
    """(name, first, last) of days in a row with the same name."""
    runs: list[_Run] = []
    for day, name in days:
        if runs and runs[-1][0] == name and day - runs[-1][2] == timedelta(days=1):
            runs[-1] = (name, runs[-1][1], day)
        else:
            runs.append((name, day, day))
    return runs


def _few_weekends(runs: Sequence[_Run]) -> list[str]:
    """Holidays by name; more than one weekend only by how many days."""
    weekends = [run for run in runs if run[0] == _WEEKEND]
    if len(weekends) < 2:
        return [_run(*run) for run in runs]
    days = sum((last - first).days + 1 for _, first, last in weekends)
    return [*(_run(*run) for run in runs if run[0] != _WEEKEND), f"{_WEEKEND} {days} 天"]


def _run(name: str, first: date, last: date) -> str:
    return f"{name} {first:%m-%d}" + (f" 至 {last:%m-%d}" if last != first else "")


def _listed(word: str, parts: Sequence[str]) -> str:
    return f"；{word} {'、'.join(parts)}" if parts else ""


def kept_line(words: object, heading: str) -> str:
    """The line of an older text that begins with a heading; empty when there is none."""
    return next(_lines(words, heading), "")


def _lines(words: object, heading: str) -> Iterator[str]:
    lines = words.split("\n") if isinstance(words, str) else []
    yield from (line for line in lines if line.startswith(heading))
