"""超期复盘: what a team has to look into after a month, one row per overdue requirement and missed KPI.

Pure. Rules say what was overdue and by how much; cause, action, responsible, state and note
are people's, and no later run touches them. A row whose reason has gone away, because a date
was corrected, stays and says so (认定 = 已撤销). Nobody reviews a month that is not over.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from feishu_plugin.records import Record, Requirement, Values
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import DIGITS, Figure
from feishu_plugin.reports.history import Change, History
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.measures.resolution import due_of, finished_at, paused_hours, pauses_until
from feishu_plugin.reports.monthly import against_target
from feishu_plugin.reports.result import MOST_LINKS, Row
from feishu_plugin.reports.stages import longest, workdays_by_status

STANDS, WITHDRAWN = "stands", "withdrawn"
"""Options of 认定."""
RULED = (
    *("key", "month", "requirement", "number", "stage", "stage_days", "overrun_days", "due"),
    *("finished_at", "kpi", "standing"),
)
"""Columns that every run brings up to date."""
ONCE = ("responsible", "state")
"""Columns that are filled when a row is new and belong to people from then on."""
CAUSE = "cause"
"""The column of people that 超期原因 of KPI月报 counts."""
UNSAID = "未填"

_LASTING = ("key", "month", "number", "standing")
_LABELS = {measure.key: measure.zh for measure in MEASURES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """A requirement that was finished too late in a period, or was still open and late at its end."""

    history: History
    due: datetime
    until: datetime
    """The finish, or the end of the period."""
    finish: Change | None = None
    """None while it is open."""


def overdue(facts: Facts) -> Iterator[Overdue]:
    """The overdue requirements of a period.

    Due is 解决时限, without one 计划完成时间 to the end of its day, as the register shows it now.
    One that waits for its customer (or is shelved) since before it was due is not overdue: its
    clock stands still.
    """
    finishes = facts.finishes()
    for history in facts.histories:
        due = due_of(facts, history.requirement)
        if due is not None:
            _, finish = finishes.get(history.record_id, (history, None))
            if found := _still_open(facts, history, due) or _too_late(history, due, finish):
                yield found


def review_rows(facts: Facts, figures: Iterable[Figure]) -> tuple[Row, ...]:
    """Rows ``2026-09·20260901-客服-001`` and ``2026-09·需求响应率`` of a month."""
    late = list(overdue(facts))
    often = Counter(one.history.requirement.number for one in late)
    missed = (figure for figure in figures if figure.met is False)
    return (
        *(_requirement_row(facts, one, often[one.history.requirement.number] > 1) for one in late),
        *(_kpi_row(facts, figure) for figure in missed),
    )


def withdrawn(row: Record) -> Values:
    """What becomes of a row that has no reason any more; rows that people added stay as they are."""
    if row.get("standing") != STANDS:
        return {}
    lasting = (*_LASTING, "requirement") if row.get("number") else _LASTING
    return {**{key: None for key in RULED if key not in lasting}, "standing": WITHDRAWN}


def overdue_causes(rows: Iterable[Values], names: Mapping[str, str]) -> str | None:
    """How often people gave which cause for the overdue requirements of the period.

    ``人手不足 3；外部依赖 2；未填 4``: the most frequent first, those not reviewed yet last. It is
    brought up to date whenever the report runs; quarters and years count the rows of their
    months.

    Source: `review.cause`, `review.kpi`, `review.standing`.
    """
    told = [row.get(CAUSE) for row in rows if not row.get("kpi") and row.get("standing") != WITHDRAWN]
    often = Counter(str(cause) for cause in told if cause)
    order = {cause: place for place, cause in enumerate(names)}
    ranked = sorted(often, key=lambda cause: (-often[cause], order.get(cause, len(order)), cause))
    words = [f"{names.get(cause, cause)} {often[cause]}" for cause in ranked]
    silent = len(told) - often.total()
    return "；".join([*words, *([f"{UNSAID} {silent}"] if silent else [])]) or None


def _still_open(facts: Facts, history: History, due: datetime) -> Overdue | None:
    until, paused = min(facts.period.end, facts.now), facts.statuses.paused
    if not facts.statuses.is_open(history.status_before(until)):
        return None
    ran = any(till > due and status not in paused for status, _, till in history.stays(until))
    return Overdue(history=history, due=due, until=until) if ran else None


def _too_late(history: History, due: datetime, finish: Change | None) -> Overdue | None:
    end = finish and finished_at(history, finish)
    return Overdue(history=history, due=due, until=end, finish=finish) if end and end > due else None


def _requirement_row(facts: Facts, one: Overdue, ambiguous: bool) -> Row:
    requirement, month = one.history.requirement, facts.period.key
    name = _name(requirement, ambiguous)
    stage, days = _stage(facts, one)
    values: Values = {
        "key": f"{month}·{name}",
        "month": month,
        "requirement": (requirement.record_id,),
        "number": requirement.number or requirement.record_id,
        "stage": stage,
        "stage_days": days,
        "overrun_days": _overrun_days(facts, one),
        "due": one.due,
        "finished_at": one.until if one.finish else None,
        "kpi": None,
        "standing": STANDS,
    }
    once: Values = {"responsible": requirement.owner[:1] or None, "state": "open"}
    return Row(table="review", key=f"{month}·{name}", values=values, once=once)


def _kpi_row(facts: Facts, figure: Figure) -> Row:
    month, name = facts.period.key, _LABELS[figure.key]
    values: Values = {
        **dict.fromkeys(RULED),
        "key": f"{month}·{name}",
        "month": month,
        "requirement": figure.failed[:MOST_LINKS] or None,
        "kpi": against_target(figure),
        "standing": STANDS,
    }
    return Row(
        table="review", key=f"{month}·{name}", values=values, figures=(figure,), once={"state": "open"}
    )


def _name(requirement: Requirement, ambiguous: bool) -> str:
    """A row is found by its name, so two requirements of one number are told apart."""
    number = requirement.number or requirement.record_id
    return f"{number}（{requirement.record_id[-4:]}）" if ambiguous and requirement.number else number


def _stage(facts: Facts, one: Overdue) -> tuple[str | None, float | None]:
    """The status that took most of its time, and how many workdays; unknown without a ledger."""
    if one.finish and not one.finish.recorded:
        return None, None
    spent = workdays_by_status(facts, one.history, one.until)
    stage = longest(spent, facts.statuses.resting)
    return stage, None if stage is None else round(spent[stage], DIGITS["workdays"])


def _overrun_days(facts: Facts, one: Overdue) -> float:
    worktime = facts.policy.worktime
    late = worktime.hours_between(one.due, one.until) - _stood_still(facts, one)
    return round(max(late, 0.0) / worktime.hours_per_day, DIGITS["workdays"])


def _stood_still(facts: Facts, one: Overdue) -> float:
    """Working hours of pauses that the due time does not contain yet.

    A limit in workdays moves on with every pause that has ended (暂停时长), a plan with none.
    """
    requirement = one.history.requirement
    limit = facts.policy.limit(requirement.type, requirement.priority)
    if requirement.resolve_due is None or limit is None or limit.resolve_days is None:
        return paused_hours(facts, one.history, one.due, one.until)
    contained = requirement.paused_hours or 0.0
    return max(pauses_until(facts, one.history, one.until) - contained, 0.0)
