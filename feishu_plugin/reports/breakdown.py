"""A period by channel, by priority and by every dimension: one row per value that has something to show.

Pure. A requirement belongs to exactly one value of each dimension, the one it has now (of
several owners the first), so that the parts add up to the whole; empty ones belong to 未填.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from feishu_plugin.records import Requirement, Values
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import DIGITS, Figure, Measure
from feishu_plugin.reports.measures import (
    BALANCE_MEASURES,
    BREAKDOWN_MEASURES,
    CHANNEL_MEASURES,
    TIMELINESS_MEASURES,
)
from feishu_plugin.reports.measures.balance import LINE, adds_up
from feishu_plugin.reports.measures.resolution import target_days
from feishu_plugin.reports.periods import span_of
from feishu_plugin.reports.result import Row, cells, linked

UNSET = "未填"
PRIORITIES = ("high", "medium", "low")
"""These always have a row; requirements without a priority get one when there are any."""

DIMENSIONS: Mapping[str, Callable[[Requirement], str]] = {
    "type": lambda requirement: requirement.type,
    "department": lambda requirement: requirement.department,
    "owner": lambda requirement: next(iter(requirement.owner), ""),
    "customer_level": lambda requirement: requirement.customer_level,
    "industry": lambda requirement: " ".join(requirement.industry.split()),
}
"""Options of 维度 to the value of a requirement; a test compares them with the schema."""
CHECKED: Mapping[str, Callable[[Requirement], str]] = {
    **DIMENSIONS,
    "source": lambda requirement: requirement.source,
    "priority": lambda requirement: requirement.priority,
}
"""Every way in which a report tells requirements apart: on each the balance must add up."""


def channel_rows(facts: Facts) -> tuple[Row, ...]:
    """渠道需求分布: rows ``2026-09 电话`` for the channels with new or resolved requirements."""
    parts = facts.split(CHECKED["source"])
    return tuple(_channel_row(facts, source, part) for source, part in parts.items() if _is_busy(part))


def timeliness_rows(facts: Facts) -> tuple[Row, ...]:
    """优先级响应时效: rows ``2026-09 高``."""
    parts = facts.split(CHECKED["priority"])
    busy = [value for value, part in parts.items() if _is_busy(part)]
    nobody = facts.only(lambda requirement: False)
    return tuple(
        _timeliness_row(facts, value, parts.get(value, nobody))
        for value in dict.fromkeys([*PRIORITIES, *busy])
    )


def dimension_rows(facts: Facts) -> tuple[Row, ...]:
    """维度统计: rows ``2026-09 需求类型 投诉``, for every value that moved or is still open."""
    return tuple(row for dimension in DIMENSIONS for row in _dimension_rows(facts, dimension))


def uneven(facts: Facts, figures: Iterable[Figure]) -> tuple[str, ...]:
    """The ways of telling apart whose parts do not add up, each by itself and together to the whole."""
    whole = {figure.key: figure.value for figure in figures if figure.key in LINE}
    return tuple(key for key, value in CHECKED.items() if not _is_even(facts, value, whole))


def _is_even(facts: Facts, value: Callable[[Requirement], str], whole: Mapping[str, float | None]) -> bool:
    lines = [_figures(BALANCE_MEASURES, part) for part in facts.split(value).values()]
    sums: Counter[str] = Counter()
    for line in lines:
        sums.update({figure.key: figure.value or 0 for figure in line})
    return all(map(adds_up, lines)) and all(sums[key] == (whole[key] or 0) for key in whole)


def _channel_row(facts: Facts, source: str, part: Facts) -> Row:
    of_all = len(part.created) / len(facts.created) if facts.created else None
    extra: Values = {"share": None if of_all is None else round(of_all, DIGITS["share"])}
    name = _label(facts, "source", source)
    return _row("channel", facts, name, {"channel": name, **extra}, _figures(CHANNEL_MEASURES, part))


def _timeliness_row(facts: Facts, priority: str, part: Facts) -> Row:
    name = _label(facts, "priority", priority)
    extra: Values = {"priority": name, "target": target_days(facts, priority)}
    return _row("timeliness", facts, name, extra, _figures(TIMELINESS_MEASURES, part))


def _dimension_rows(facts: Facts, dimension: str) -> Iterator[Row]:
    parts = facts.split(DIMENSIONS[dimension])
    names = named(facts, dimension, parts)
    for value, part in parts.items():
        figures = _figures(BREAKDOWN_MEASURES, part)
        if any(figure.value for figure in figures if figure.unit == "count"):
            extra: Values = {"dimension": dimension, "value": names[value]}
            label = f"{facts.policy.label(dimension)} {names[value]}"
            yield _row("breakdown", facts, label, extra, figures)


def named(facts: Facts, dimension: str, values: Iterable[str]) -> dict[str, str]:
    """What people read; two values of one name are told apart, because a row is found by its name."""
    names = {value: _label(facts, dimension, value) for value in values}
    often = Counter(names.values())
    return {value: f"{name}（{value[-4:]}）" if often[name] > 1 else name for value, name in names.items()}


def _row(table: str, facts: Facts, label: str, extra: Values, figures: tuple[Figure, ...]) -> Row:
    key = facts.period.key
    values: Values = {
        "key": f"{key} {label}",
        "month": key,
        "span": span_of(key),
        **cells(figures),
        **extra,
        "records": linked(figures),
    }
    return Row(table=table, key=f"{key} {label}", values=values, figures=figures)


def _figures(measures: Iterable[Measure], facts: Facts) -> tuple[Figure, ...]:
    return tuple(measure.figure(facts) for measure in measures)


def _is_busy(part: Facts) -> bool:
    """True when some of them were submitted or finished in the period."""
    return bool(part.created or part.finishes())


def _label(facts: Facts, field: str, option: str) -> str:
    kind = facts.policy.inputs.get(field)
    if kind and kind.type == "user" and option:
        return facts.name(option)
    return facts.policy.label(field, option) if option else UNSET
