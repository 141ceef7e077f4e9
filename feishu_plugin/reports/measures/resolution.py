"""How long the work takes and how much of it gets done.

A requirement counts in every period in which it became finished (已完成, or 已关闭 without
being 已完成 before), once, by the last such move of the period. Time between a finish and
a reopening counts as well: for the customer it was not solved.
"""

from datetime import datetime, timedelta

from feishu_plugin.records import Requirement
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Found, count, mean, middle, p90, share, spread
from feishu_plugin.reports.history import Change, History


def workdays(facts: Facts) -> dict[str, float]:
    """By record id: workdays from 提交时间 to 实际完成时间 less pauses, of those finished in the period."""
    return {key: _taken(facts, history, change) for key, (history, change) in facts.finishes().items()}


def resolved(facts: Facts) -> Found:
    """Requirements that became finished in the period, each once.

    Source: `transition.to_status`, `transition.at`; `finished_statuses`.
    """
    return count(facts.finishes())


def resolution_days(facts: Facts) -> Found:
    """Mean workdays from submission to finish, less pauses, of those finished in the period.

    Source: `requirement.submitted_at`, `requirement.finished_at`, `transition.to_status`, `transition.at`;
    `finished_statuses`, `paused_statuses`, `working_hours`.
    """
    return _mean(facts, facts.policy.parameters.target_resolution_days)


def resolution_median(facts: Facts) -> Found:
    """Median of the same workdays.

    Source: `requirement.submitted_at`, `requirement.finished_at`, `transition.to_status`, `transition.at`;
    `finished_statuses`, `paused_statuses`, `working_hours`.
    """
    return spread(workdays(facts), middle)


def resolution_p90(facts: Facts) -> Found:
    """Nine of ten were finished within these workdays.

    Source: `requirement.submitted_at`, `requirement.finished_at`, `transition.to_status`, `transition.at`;
    `finished_statuses`, `paused_statuses`, `working_hours`.
    """
    return spread(workdays(facts), p90)


def resolution_high(facts: Facts) -> Found:
    """The mean for priority 高.

    Source: `requirement.priority`, `requirement.submitted_at`, `requirement.finished_at`,
    `transition.to_status`, `transition.at`; `finished_statuses`, `paused_statuses`, `working_hours`.
    """
    return _mean(_of(facts, "high"), facts.policy.parameters.target_resolution_days_high)


def resolution_medium(facts: Facts) -> Found:
    """The mean for priority 中.

    Source: `requirement.priority`, `requirement.submitted_at`, `requirement.finished_at`,
    `transition.to_status`, `transition.at`; `finished_statuses`, `paused_statuses`, `working_hours`.
    """
    return _mean(_of(facts, "medium"), facts.policy.parameters.target_resolution_days_medium)


def resolution_low(facts: Facts) -> Found:
    """The mean for priority 低.

    Source: `requirement.priority`, `requirement.submitted_at`, `requirement.finished_at`,
    `transition.to_status`, `transition.at`; `finished_statuses`, `paused_statuses`, `working_hours`.
    """
    return _mean(_of(facts, "low"), facts.policy.parameters.target_resolution_days_low)


def on_time_rate(facts: Facts) -> Found:
    """Finished by 解决时限 (without one: by 计划完成时间) ÷ finished in the period with either.

    Source: `requirement.resolve_due`, `requirement.planned_finish`, `requirement.finished_at`,
    `transition.to_status`, `transition.at`.
    """
    passed: list[str] = []
    failed: list[str] = []
    for record_id, (history, change) in facts.finishes().items():
        due = due_of(facts, history.requirement)
        if due is not None:
            (passed if finished_at(history, change) <= due else failed).append(record_id)
    return share(passed, failed)


def hit_rate(facts: Facts) -> Found:
    """Finished within the target workdays of their priority ÷ finished in the period with one.

    Source: `requirement.priority`, `requirement.submitted_at`, `requirement.finished_at`,
    `transition.to_status`, `transition.at`; `finished_statuses`, `paused_statuses`, `working_hours`,
    `target_resolution_days_high`, `target_resolution_days_medium`, `target_resolution_days_low`.
    """
    passed: list[str] = []
    failed: list[str] = []
    for record_id, (history, change) in facts.finishes().items():
        target = target_days(facts, history.requirement.priority)
        if target is not None:
            (passed if _taken(facts, history, change) <= target else failed).append(record_id)
    return share(passed, failed)


def due_of(facts: Facts, requirement: Requirement) -> datetime | None:
    """解决时限, without one 计划完成时间 to the end of its day; None with neither."""
    return requirement.resolve_due or _planned(facts, requirement.planned_finish)


def target_days(facts: Facts, priority: str) -> float | None:
    """The target workdays of a priority; None for one without a target."""
    parameters = facts.policy.parameters
    return {
        "high": parameters.target_resolution_days_high,
        "medium": parameters.target_resolution_days_medium,
        "low": parameters.target_resolution_days_low,
    }.get(priority)


def resolution_rate(facts: Facts) -> Found:
    """Finished in the period ÷ submitted in the period; above 1 when the backlog shrinks.

    Source: `requirement.submitted_at`, `transition.to_status`, `transition.at`; `finished_statuses`.
    """
    done, new = tuple(facts.finishes()), len(facts.created)
    return Found(
        value=len(done) / new if new else None,
        numerator=len(done),
        denominator=new,
        record_ids=tuple(dict.fromkeys([*done, *(h.record_id for h in facts.created)])),
    )


def cohort_rate(facts: Facts) -> Found:
    """Of those submitted in the period: finished by now ÷ all; the open ones are pending.

    Source: `requirement.submitted_at`, `transition.to_status`, `transition.at`; `finished_statuses`.
    """
    statuses = facts.statuses
    done = [h.record_id for h in facts.created if statuses.is_finished(_status_now(h))]
    open_yet = [h.record_id for h in facts.created if not statuses.is_finished(_status_now(h))]
    pending = sum(statuses.is_open(_status_now(h)) for h in facts.created)
    return share(done, open_yet, pending=pending)


def _status_now(history: History) -> str:
    return history.changes[-1].to_status if history.changes else history.initial


def _planned(facts: Facts, at: datetime | None) -> datetime | None:
    """A plan that names only a day (midnight) is kept until that day ends."""
    if at is None:
        return None
    worktime = facts.policy.worktime
    day = worktime.local_day(at)
    return worktime.midnight(day + timedelta(days=1)) if at == worktime.midnight(day) else at


def _mean(facts: Facts, target: float) -> Found:
    return spread(workdays(facts), mean, is_bad=lambda days: days > target)


def _of(facts: Facts, priority: str) -> Facts:
    return facts.only(lambda requirement: requirement.priority == priority)


def finished_at(history: History, change: Change) -> datetime:
    """实际完成时间 when it speaks of this finish (people may enter an earlier one), else the move."""
    told = history.requirement.finished_at
    if told is None or not history.born <= told < change.at:
        return change.at
    place = history.changes.index(change)
    return told if place == 0 or told >= history.changes[place - 1].at else change.at


def paused_hours(facts: Facts, history: History, since: datetime, end: datetime) -> float:
    """Working hours in paused statuses between two instants, by the ledger."""
    paused, worktime = facts.statuses.paused, facts.policy.worktime
    return sum(
        worktime.hours_between(max(begin, since), min(till, end))
        for status, begin, till in history.stays(end)
        if status in paused
    )


def pauses_until(facts: Facts, history: History, end: datetime) -> float:
    """Working hours in paused statuses since it came; without any ledger row 暂停时长 of the register."""
    if not any(change.recorded for change in history.changes):
        return history.requirement.paused_hours or 0.0
    return paused_hours(facts, history, history.born, end)


def _taken(facts: Facts, history: History, change: Change) -> float:
    known = facts.workdays.get((history.record_id, change.at))
    if known is None:
        worktime, end = facts.policy.worktime, finished_at(history, change)
        # Subtracted as spans, to the microsecond: what took exactly its target must not miss it by 1e-16.
        worked = worktime.between(history.born, end) - timedelta(hours=pauses_until(facts, history, end))
        known = max(worked, timedelta()) / timedelta(hours=1) / worktime.hours_per_day
        facts.workdays[history.record_id, change.at] = known
    return known
