"""One number of a report and what stands behind it; pure arithmetic, knows no requirement."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from statistics import fmean, median
from typing import Literal

from feishu_plugin.reports.facts import Facts

Unit = Literal["share", "count", "workdays", "hours", "points"]
DIGITS: Mapping[Unit, int] = {"share": 4, "count": 0, "workdays": 2, "hours": 2, "points": 2}
"""How exactly a figure is written to the base; a share is a fraction of 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a measure found, before it is compared with a target."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    record_ids: tuple[str, ...] = ()
    """The requirements that were counted."""
    failed: tuple[str, ...] = ()
    """Those of them that pull the figure away from its target."""
    pending: int = 0
    """待定: requirements that may still change the figure as time passes."""
    amounts: Mapping[str, float] = field(default_factory=dict)
    """By record id: what each requirement gave, in the unit of the measure and unrounded.

    Empty for shares, and for counts to which each gave one: there being listed says it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A measured value; None when there was nothing to measure."""

    key: str
    unit: Unit
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    target: float | None = None
    at_most: bool = False
    """The target is the highest good value, otherwise the lowest."""
    met: bool | None = None
    """None without a target or without a value."""
    pending: int = 0
    record_ids: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    amounts: Mapping[str, float] = field(default_factory=dict)
    """What each requirement gave: see ``Found``."""

    @property
    def rounded(self) -> float | None:
        """The value as it is written to the base."""
        return _rounded(self.value, self.unit)

    @property
    def rounded_target(self) -> float | None:
        """The target as it is written to the base, as exactly as its value."""
        return _rounded(self.target, self.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A row of the table of measures; ``key`` is also the column it fills."""

    key: str
    zh: str
    en: str
    unit: Unit
    find: Callable[[Facts], Found]
    target: str | None = None
    """Name of the policy parameter that holds the target."""
    at_most: bool = False

    def figure(self, facts: Facts) -> Figure:
        """Measures, and compares the exact (not the rounded) value with the target."""
        found = self.find(facts)
        target = float(getattr(facts.policy.parameters, self.target)) if self.target else None
        return Figure(
            key=self.key,
            unit=self.unit,
            value=found.value,
            numerator=found.numerator,
            denominator=found.denominator,
            target=target,
            at_most=self.at_most,
            met=_meets(found.value, target, self.at_most),
            pending=found.pending,
            record_ids=found.record_ids,
            failed=found.failed,
            amounts=found.amounts,
        )


def _rounded(value: float | None, unit: Unit) -> float | None:
    return None if value is None else round(float(value), DIGITS[unit])


def _meets(value: float | None, target: float | None, at_most: bool) -> bool | None:
    if value is None or target is None:
        return None
    return value <= target if at_most else value >= target


def count(record_ids: Iterable[str]) -> Found:
    """How many; a requirement that is named twice counts twice but is listed once."""
    named = list(record_ids)
    listed = tuple(dict.fromkeys(named))
    doubled = Counter(named) if len(listed) < len(named) else {}
    return Found(
        value=len(named),
        numerator=len(named),
        record_ids=listed,
        amounts={key: float(times) for key, times in doubled.items()},
    )


def share(passed: Sequence[str], failed: Sequence[str], *, bad: bool = False, pending: int = 0) -> Found:
    """``passed`` of all; with ``bad`` the passed ones are the ones to look at."""
    whole = len(passed) + len(failed)
    return Found(
        value=len(passed) / whole if whole else None,
        numerator=len(passed),
        denominator=whole,
        record_ids=(*passed, *failed),
        failed=tuple(passed if bad else failed),
        pending=pending,
    )


def spread(
    values: Mapping[str, float],
    statistic: Callable[[Sequence[float]], float],
    *,
    is_bad: Callable[[float], bool] = lambda value: False,
    pending: int = 0,
) -> Found:
    """A statistic over one value per requirement."""
    return Found(
        value=statistic(list(values.values())) if values else None,
        numerator=sum(values.values()),
        denominator=len(values),
        record_ids=tuple(values),
        failed=tuple(record_id for record_id, value in values.items() if is_bad(value)),
        pending=pending,
        amounts=values,
    )


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean."""
    return fmean(values)


def middle(values: Sequence[float]) -> float:
    """The median; between the two middle values when there are two."""
    return float(median(values))


def p90(values: Sequence[float]) -> float:
    """The smallest value that at least nine tenths of the values do not exceed (nearest rank)."""
    return sorted(values)[ceil(len(values) * 9 / 10) - 1]
