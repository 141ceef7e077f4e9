"""A month by channel and by priority: one row per value that has something to show; pure."""

from collections.abc import Callable

from feishu_plugin.records import Requirement, Values
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import DIGITS, Figure
from feishu_plugin.reports.measures import CHANNEL_MEASURES, TIMELINESS_MEASURES
from feishu_plugin.reports.measures.resolution import target_days
from feishu_plugin.reports.result import Row, cells

UNSET = "未填"
PRIORITIES = ("high", "medium", "low")
"""These always have a row; requirements without a priority get one when there are any."""


def channel_rows(facts: Facts) -> tuple[Row, ...]:
    """渠道需求分布: rows ``2026-09 电话`` for the channels with new or resolved requirements."""
    return tuple(_channel_row(facts, source) for source in _busy(facts, lambda r: r.source))


def timeliness_rows(facts: Facts) -> tuple[Row, ...]:
    """优先级响应时效: rows ``2026-09 高``."""
    busy = _busy(facts, lambda r: r.priority)
    return tuple(_timeliness_row(facts, value) for value in dict.fromkeys([*PRIORITIES, *busy]))


def _channel_row(facts: Facts, source: str) -> Row:
    part = facts.only(lambda requirement: requirement.source == source)
    figures = tuple(measure.figure(part) for measure in CHANNEL_MEASURES)
    of_all = len(part.created) / len(facts.created) if facts.created else None
    share = None if of_all is None else round(of_all, DIGITS["share"])
    return _row("channel", facts, _label(facts, "source", source), {"share": share}, figures)


def _timeliness_row(facts: Facts, priority: str) -> Row:
    part = facts.only(lambda requirement: requirement.priority == priority)
    figures = tuple(measure.figure(part) for measure in TIMELINESS_MEASURES)
    extra: Values = {"target": target_days(facts, priority)}
    return _row("timeliness", facts, _label(facts, "priority", priority), extra, figures)


def _row(table: str, facts: Facts, label: str, extra: Values, figures: tuple[Figure, ...]) -> Row:
    key, name = f"{facts.period.key} {label}", {"channel": "channel", "timeliness": "priority"}[table]
    values: Values = {"key": key, "month": facts.period.key, name: label, **cells(figures), **extra}
    return Row(table=table, key=key, values=values, figures=figures)


def _busy(facts: Facts, value: Callable[[Requirement], str]) -> list[str]:
    """Values among the requirements that were submitted or finished in the period, sorted."""
    finished = (history for history, _ in facts.finishes().values())
    return sorted({value(history.requirement) for history in (*facts.created, *finished)})


def _label(facts: Facts, field: str, option: str) -> str:
    return facts.policy.label(field, option) if option else UNSET
