"""Custom reports (报表定义): one figure, split by one dimension, of the requirements a filter leaves; pure.

Nothing is measured here: the figures are those of the standing reports, over a part of the facts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from zlib import crc32

from feishu_plugin.binding import CUSTOM
from feishu_plugin.policy import Definition
from feishu_plugin.policy_definitions import guess
from feishu_plugin.records import Requirement, Values
from feishu_plugin.reports.breakdown import named
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Figure, Measure
from feishu_plugin.reports.measures import MEASURES, TIMELINESS_MEASURES
from feishu_plugin.reports.periods import span_of
from feishu_plugin.reports.result import MOST_LINKS, Row
from feishu_plugin.rules.moves import holds

COLUMNS = ("key", "month", "span", "value", "amount", "numerator", "denominator", "records")
"""The columns of the table of every custom report."""
NUMBERS: Mapping[str, str] = {"amount": "数值", "numerator": "分子", "denominator": "分母"}
"""Those with figures, as people call them."""
MOST_VALUES = 200
"""So many values of a dimension have a row of their own; those with the fewest requirements share one."""
REST = "（其余）"
_LONGEST = 60
_WEEKDAYS = "一二三四五六日"
MEASURED: Mapping[str, Measure] = {
    # Those of KPI月报 come first and last: first in the order, last so that they keep their targets.
    measure.key: measure
    for measure in (*MEASURES, *TIMELINESS_MEASURES, *MEASURES)
}
"""Every figure that can be asked for, by key: those of KPI月报 and those of 优先级响应时效."""
_KNOWN: Mapping[str, Measure] = {
    name.casefold(): measure
    for measure in MEASURED.values()
    for name in (measure.key, measure.zh, measure.en)
}


def key_of(definition: Definition) -> str:
    """The key of its table: its name says which report it is, however the table is called."""
    return CUSTOM + sha256(definition.name.encode()).hexdigest()[:10]


def fingerprint(definition: Definition) -> float:
    """A number that is another one when the same figures would mean something else."""
    return float(crc32(repr((definition.dimension, definition.measure, definition.conditions)).encode()))


def measure_of(definition: Definition) -> Measure | None:
    """The measure it names (key, or name in Chinese or English); None when there is none."""
    return _KNOWN.get(definition.measure.casefold())


def problems_of(definitions: Sequence[Definition]) -> Iterator[tuple[int, str]]:
    """(place in the list, problem) of every definition that cannot be reported; of one name the first can."""
    taken: set[str] = set()
    for place, one in enumerate(definitions):
        yield from ((place, text) for text in (*one.problems, *_problems(one)))
        if one.name and one.name in taken:
            yield place, f"「{one.name}」已有一行，请换一个「报表名称」"
        taken.add(one.name)


def sound(definitions: Sequence[Definition]) -> tuple[Definition, ...]:
    """Those that can be reported."""
    bad = {place for place, _ in problems_of(definitions)}
    return tuple(one for place, one in enumerate(definitions) if place not in bad)


def asked_fields(definitions: Iterable[Definition]) -> frozenset[str]:
    """The fields of 需求台账 that these definitions look at."""
    return frozenset(
        key for one in definitions for key in (one.dimension, *(c.field for c in one.conditions))
    )


def custom_rows(facts: Facts) -> dict[str, tuple[Row, ...]]:
    """The rows of every sound definition by the key of its table, also of one that has none."""
    return {key_of(one): rows_of(facts, one) for one in sound(facts.policy.definitions)}


def rows_of(facts: Facts, definition: Definition) -> tuple[Row, ...]:
    """Rows ``2026-09 李雷`` for every value that has something to show; the definition is sound."""
    measure = measure_of(definition)
    if measure is None:
        return ()
    whole = facts.only(lambda r: all(holds(condition, r) for condition in definition.conditions))
    value_of = _value_of(facts, definition.dimension)
    parts = whole.split(value_of)
    found = {value: figure for value, part in parts.items() if _says(figure := measure.figure(part))}
    names = named(facts, definition.dimension, found)
    kept = _largest(found)
    rest = whole.only(lambda r: value_of(r) in found and value_of(r) not in kept)
    figures = [(names[value], figure) for value, figure in found.items() if value in kept]
    if len(kept) < len(found):
        figures.append((REST, measure.figure(rest)))
    return tuple(_row(facts, definition, name, figure) for name, figure in figures)


def _problems(definition: Definition) -> Iterator[str]:
    measure = measure_of(definition)
    if definition.measure and measure is None:
        names = [one.zh for one in MEASURED.values()]
        yield f"没有名为「{definition.measure}」的指标{guess(definition.measure, names)}"
    if measure and measure.unit != "count" and definition.chart == "pie":
        yield f"「{measure.zh}」不是数量，不能画成饼图：请改为柱或线"


def _value_of(facts: Facts, dimension: str) -> Callable[[Requirement], str]:
    if dimension in _TIMES:
        return lambda requirement: _TIMES[dimension](facts, requirement)
    return lambda requirement: _plain(requirement.get(dimension))


def _plain(value: object) -> str:
    """One value for each requirement, so that the parts add up: of several the first."""
    first = next(iter(value), "") if isinstance(value, tuple) else value
    text = " ".join(str(first or "").split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _month(facts: Facts, requirement: Requirement) -> str:
    at = requirement.submitted_at or requirement.created_at
    return f"{facts.policy.worktime.local_day(at):%Y-%m}" if at else ""


def _weekday(facts: Facts, requirement: Requirement) -> str:
    at = requirement.submitted_at or requirement.created_at
    return f"周{_WEEKDAYS[facts.policy.worktime.local_day(at).weekday()]}" if at else ""


_TIMES: Mapping[str, Callable[[Facts, Requirement], str]] = {
    "submitted_month": _month,
    "submitted_weekday": _weekday,
}


def _says(figure: Figure) -> bool:
    """False where nothing was measured, and for a count of nothing."""
    return figure.value is not None and (figure.unit != "count" or bool(figure.value))


def _largest(found: Mapping[str, Figure]) -> frozenset[str]:
    ranked = sorted(found, key=lambda value: (-len(found[value].record_ids), value))
    return frozenset(ranked if len(ranked) <= MOST_VALUES else ranked[: MOST_VALUES - 1])


def _row(facts: Facts, definition: Definition, name: str, figure: Figure) -> Row:
    period = facts.period.key
    key = f"{period} {name}"
    values: Values = {
        "key": key,
        "month": period,
        "span": span_of(period),
        "value": name,
        "amount": figure.rounded,
        "numerator": _rounded(figure.numerator),
        "denominator": _rounded(figure.denominator),
        "records": tuple(sorted(figure.record_ids))[:MOST_LINKS] or None,
    }
    return Row(table=key_of(definition), key=key, values=values, figures=(figure,))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 2)
