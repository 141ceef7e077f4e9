"""The figures of a month in plain Python, from the files and the colleagues' journal alone.

Knows the definitions that people read (docs/kpi.md) and nothing of the code that computes
them; its answers are held against what ``feishu-plugin report`` says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks.colleagues import FINISHED, OPEN, Journal
from benchmarks.real_rows import ZONE, Arrival

IN_TIME = timedelta(hours=24)
BALANCE = ("opening", "created", "reopened", "resumed", "finished", "closed", "voided", "shelved", "closing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One figure, as the plugin tells it and as it was counted here."""

    what: str
    plugin: object
    counted: object

    @property
    def agrees(self) -> bool:
        """True when both are the same."""
        return self.plugin == self.counted


def month_of(key: str) -> tuple[datetime, datetime]:
    """The two midnights of ``yyyy-MM`` in the team's zone."""
    begin = datetime(int(key[:4]), int(key[5:]), 1, tzinfo=ZONE)
    return begin, (begin + timedelta(days=31)).replace(day=1)


def compare(
    month: str, report: Mapping[str, Any], arrivals: Sequence[Arrival], journal: Journal
) -> list[Compared]:
    """Every figure of a month that can be counted from the files and the journal."""
    told = {key: figure["value"] for key, figure in report["figures"].items()}
    counted: dict[str, object] = {**_balance(month, journal), **_asked(month, arrivals)}
    found = [
        Compared(what=f"{month} {key}", plugin=_whole(told[key]), counted=n) for key, n in counted.items()
    ]
    return [*found, *_response(month, report, arrivals), _adds_up(month, told)]


def _asked(month: str, arrivals: Sequence[Arrival]) -> dict[str, int]:
    asked = _in(month, arrivals)
    return {"created": len(asked), "customers": len({a.who for a in asked if a.who})}


def _response(month: str, report: Mapping[str, Any], arrivals: Sequence[Arrival]) -> list[Compared]:
    """Answered within 24 hours, of those asked in the month; nothing where the file tells no answers."""
    asked = [a for a in _in(month, arrivals) if a.answered is not None]
    if not asked:
        return []
    quick = sum(a.answered - a.asked <= IN_TIME for a in asked if a.answered)
    figure = report["figures"]["response_rate"]
    told = (_whole(figure["numerator"]), _whole(figure["denominator"]))
    return [Compared(what=f"{month} response_rate", plugin=told, counted=(quick, len(asked)))]


def _balance(month: str, journal: Journal) -> dict[str, int]:
    begin, end = month_of(month)
    counts = dict.fromkeys(BALANCE, 0)
    for row, matter in journal.matters.items():
        for name, at in (("opening", begin), ("closing", end)):
            counts[name] += matter.born < at and journal.status_at(row, at) in OPEN
    for move in journal.moves:
        if begin <= move.at < end and not move.forbidden and (kind := _flow(move.before, move.after)):
            counts[kind] += 1
    return {name: count for name, count in counts.items() if name != "created"}


def _flow(before: str, after: str) -> str | None:
    if (before in OPEN) == (after in OPEN):
        return None
    if after in OPEN:
        return "reopened" if before in FINISHED else "resumed"
    return {"已完成": "finished", "已关闭": "closed", "已作废": "voided", "已搁置": "shelved"}[after]


def _adds_up(month: str, told: Mapping[str, Any]) -> Compared:
    entered = sum(told[key] for key in ("opening", "created", "reopened", "resumed"))
    left = sum(told[key] for key in ("finished", "closed", "voided", "shelved"))
    return Compared(what=f"{month} balance", plugin=_whole(told["closing"]), counted=_whole(entered - left))


def _in(month: str, arrivals: Sequence[Arrival]) -> list[Arrival]:
    begin, end = month_of(month)
    return [arrival for arrival in arrivals if begin <= arrival.asked < end]


def _whole(value: Any) -> int | None:
    return None if value is None else round(value)
