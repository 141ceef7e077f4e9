"""The one row a month has in KPI月报 and in 月度需求趋势; pure: figures in, rows out."""

from collections.abc import Iterable, Mapping, Sequence

from feishu_plugin.records import Values
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.periods import span_of
from feishu_plugin.reports.result import MOST_LINKS, Row, cells, linked
from feishu_plugin.reports.wording import aim, shown

WORDS = ("bottleneck", "overdue_causes")
"""Columns of KPI月报 that are told in words: see ``stages`` and ``review``."""
STANDING = ("month", "span", "met", "missed", "pending", "failing", "records", *WORDS)
"""Columns of KPI月报 that are no measure."""
TARGETS: Mapping[str, str] = {measure.key: f"{measure.key}_target" for measure in MEASURES if measure.target}
"""Columns of KPI月报 that hold the target of a measure, by its key: a chart needs both as numbers."""
TRENDS = ("created", "resolved", "resolution_rate", "recurrence_rate", "closing")
"""Columns of 月度需求趋势 that repeat a figure of KPI月报."""
COMPARED = ("created", "resolved")
"""Those that also have a change on the month before, as a fraction of it."""

_LABELS = {measure.key: measure.zh for measure in MEASURES}


def kpi_row(month: str, figures: Sequence[Figure], words: Values) -> Row:
    """Every measure and target, which were met and missed, and the requirements that missed them.

    ``words`` fills the columns of ``WORDS``.
    """
    values: Values = {
        "month": month,
        "span": span_of(month),
        **cells(figures),
        **{TARGETS[figure.key]: figure.rounded_target for figure in figures if figure.key in TARGETS},
        "met": _listed(against_target(figure) for figure in figures if figure.met is True),
        "missed": _listed(against_target(figure) for figure in figures if figure.met is False),
        "pending": _listed(f"{_LABELS[f.key]} {f.pending} 条" for f in figures if f.pending),
        "failing": failing(figures)[:MOST_LINKS] or None,
        "records": linked(figures),
        **{key: words.get(key) for key in WORDS},
    }
    return Row(table="kpi", key=month, values=values, figures=tuple(figures))


def trend_row(month: str, figures: Sequence[Figure], before: Values | None) -> Row:
    """The month beside the month before (its row as the base shows it, None without one)."""
    known = cells(figures)
    changes = {f"{key}_change": _change(known[key], (before or {}).get(key)) for key in COMPARED}
    values: Values = {"month": month, **{key: known[key] for key in TRENDS}, **changes}
    values = {**values, "records": linked(figures)}
    by_key = {figure.key: figure for figure in figures}
    return Row(table="trend", key=month, values=values, figures=tuple(by_key[key] for key in TRENDS))


def failing(figures: Iterable[Figure]) -> tuple[str, ...]:
    """The requirements behind every missed target, each once, sorted."""
    return tuple(sorted({record_id for f in figures if f.met is False for record_id in f.failed}))


def _change(value: float | None, before: object) -> float | None:
    if value is None or not isinstance(before, int | float) or before == 0:
        return None
    return round(value / before - 1, 4)


def against_target(figure: Figure) -> str:
    """``需求响应率 50.0%（目标 ≥ 90.0%）``."""
    return f"{_LABELS[figure.key]} {shown(figure, 'zh')}（目标 {aim(figure, 'zh')}）"


def _listed(words: Iterable[str]) -> str | None:
    return "；".join(words) or None
