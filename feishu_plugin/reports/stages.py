"""环节耗时: how long requirements stay in each status, and the one where most of the time goes.

Pure. Two questions of one period: how long the stays were that ended in it, and where the
requirements finished in it spent their time from submission to finish. Statuses in which
nobody is expected to act any more (已关闭, 已作废) are no stage.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feishu_plugin.reports.facts import Facts, Stage
from feishu_plugin.reports.history import History
from feishu_plugin.reports.measures import STAGE_MEASURES
from feishu_plugin.reports.measures.resolution import finished_at
from feishu_plugin.reports.periods import span_of
from feishu_plugin.reports.result import MOST_LINKS, Row, cells
from feishu_plugin.reports.wording import amount

Stay = tuple[str, datetime, datetime]
"""(status, since, till)."""


def stages_of(facts: Facts) -> tuple[Stage, ...]:
    """Every status with a stay or with working time in the period, in the order of the workflow."""
    stays, worked = _stays(facts), _worked(facts)
    whole = sum(days for one in worked.values() for days in one.values())
    found = {
        status: Stage(
            status=status, stays=tuple(stays.get(status, ())), worked=worked.get(status, {}), whole=whole
        )
        for status in {*stays, *worked}
    }
    order = [status for move in facts.policy.moves for status in (move.from_status, move.to_status)]
    return tuple(found[key] for key in dict.fromkeys([*order, *sorted(found)]) if key in found)


def stage_rows(facts: Facts, stages: Sequence[Stage]) -> tuple[Row, ...]:
    """环节耗时: rows ``2026-09 处理中``."""
    narrow = bottleneck(facts, stages)
    return tuple(_row(facts, stage, is_bottleneck=stage is narrow) for stage in stages)


def bottleneck(facts: Facts, stages: Sequence[Stage]) -> Stage | None:
    """The status that took most of the working time of those finished in the period.

    Paused ones (待客户配合, 已搁置) and 已完成 (before a reopening) are taken only when there is no
    other, for nobody of the team was at work then. Of equals the earlier one in the workflow;
    None when nothing was finished.

    Source: `requirement.submitted_at`, `requirement.finished_at`, `transition.from_status`,
    `transition.at`; `paused_statuses`, `finished_statuses`, `working_hours`.
    """
    spent = {stage.status: sum(stage.worked.values()) for stage in stages}
    found = longest(spent, facts.statuses.resting)
    return next((stage for stage in stages if stage.status == found), None)


def bottleneck_words(facts: Facts, stages: Sequence[Stage]) -> str | None:
    """``处理中 46.2%``."""
    stage = bottleneck(facts, stages)
    if stage is None:
        return None
    share = amount(sum(stage.worked.values()) / stage.whole, "share", "zh")
    return f"{facts.policy.label('status', stage.status)} {share}"


def longest(spent: Mapping[str, float], resting: frozenset[str]) -> str | None:
    """The status with most time; a resting one only when no other has any, the first of equals."""
    some = {status: days for status, days in spent.items() if days > 0}
    running = {status: days for status, days in some.items() if status not in resting}
    return max(running or some, key=lambda status: some[status], default=None)


def told_stays(history: History, until: datetime) -> Iterator[Stay]:
    """The stays up to an instant whose end the ledger tells, and the one that lasts until then."""
    told = {(change.from_status, change.at) for change in history.changes if change.recorded}
    for status, since, till in history.stays(until):
        if till == until or (status, till) in told:
            yield status, since, till


def workdays_by_status(facts: Facts, history: History, until: datetime) -> dict[str, float]:
    """Working time from submission to an instant, by status in the order they were entered."""
    spent: dict[str, float] = defaultdict(float)
    for status, since, till in told_stays(history, until):
        if _is_stage(facts, status):
            spent[status] += facts.policy.worktime.days_between(since, till)
    return dict(spent)


def _stays(facts: Facts) -> dict[str, list[tuple[str, float]]]:
    found: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for history in facts.histories:
        since = history.born
        for change in history.changes:
            if change.recorded and change.at in facts.period and _is_stage(facts, change.from_status):
                days = facts.policy.worktime.days_between(since, change.at)
                found[change.from_status].append((history.record_id, days))
            since = change.at
    return found


def _worked(facts: Facts) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for record_id, (history, change) in facts.finishes().items():
        if change.recorded:
            for status, days in workdays_by_status(facts, history, finished_at(history, change)).items():
                found[status][record_id] = days
    return found


def _is_stage(facts: Facts, status: str) -> bool:
    return status not in facts.statuses.ended


def _row(facts: Facts, stage: Stage, *, is_bottleneck: bool) -> Row:
    key, name = facts.period.key, facts.policy.label("status", stage.status)
    figures = tuple(measure.figure(replace(facts, stage=stage)) for measure in STAGE_MEASURES)
    ids = sorted({record_id for record_id, _ in stage.stays})[:MOST_LINKS]
    return Row(
        table="stage_time",
        key=f"{key} {name}",
        values={
            "key": f"{key} {name}",
            "month": key,
            "span": span_of(key),
            "stage": name,
            **cells(figures),
            "is_bottleneck": is_bottleneck or None,
            "records": tuple(ids) or None,
        },
        figures=figures,
    )
