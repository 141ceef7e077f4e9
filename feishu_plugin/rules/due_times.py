"""When a record is due: response, start and resolution, each with its working in words. Pure.

A due time that was reached stays as it was, whatever changes later: what people kept or
missed is history. All others follow the policy, the calendar and every pause.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from feishu_plugin.policy import Limit, Policy
from feishu_plugin.records import Requirement
from feishu_plugin.rules.working import days_in_words, kept_line, moment_in_words

REACHED_BY: Mapping[str, str] = {
    "response_due": "first_response_at",
    "start_due": "started_at",
    "resolve_due": "finished_at",
}
"""Due time to the field that says when it was reached, in the order people read them."""

PROVISIONAL = "（暂按：节假日安排尚未公布）"
_READ = ("type", "urgency", "priority", "submitted_at", "planned_finish", "paused_hours")
"""All that a due time follows from, besides the policy."""
_MOST = 5_000
"""Due times that are remembered of a base: some 1.5 MB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A due time and how it was found; the working is one line."""

    at: datetime | None = None
    words: str = ""


def due_times(policy: Policy, record: Requirement, before: Requirement | None) -> Mapping[str, Due]:
    """The three due times by key; ``before`` is the record as it was accepted last."""
    return {key: _kept(policy, key, record, before) or _found(policy, key, record) for key in _FINDERS}


def _found(policy: Policy, key: str, record: Requirement) -> Due:
    """The due time by the rules; worked out once for equal facts, for rows are judged again and again."""
    facts = (key, *map(record.get, _READ))
    known: Due | None = policy.worked_out.get(facts)
    if known is None:
        # The finder sees these values only, so that it cannot come to depend on another one.
        known = _work_out(
            policy, key, Requirement(record_id="", values=dict(zip(_READ, facts[1:], strict=True)))
        )
        if len(policy.worked_out) >= _MOST:
            policy.worked_out.clear()
        policy.worked_out[facts] = known
    return known


def _work_out(policy: Policy, key: str, record: Requirement) -> Due:
    """None where it lies beyond every calendar (people write any year)."""
    try:
        return _FINDERS[key](policy, record)
    except OverflowError:
        return Due()


def outdated(policy: Policy, record: Requirement) -> str:
    """The due times as the policy has them by now; empty when the record shows just these.

    Also when only the 暂按 of one is no longer true.
    """
    fresh = due_times(policy, record, record)
    moved = [f"{key}={due.at}" for key, due in fresh.items() if due.at != record.get(key)]
    words = str(record.get("limit_basis") or "")
    announced = PROVISIONAL in words and not any(PROVISIONAL in due.words for due in fresh.values())
    return ",".join(moved) or ("announced" if announced else "")


def resolve_due(policy: Policy, record: Requirement, priority: str) -> datetime | None:
    """解决时限 as it would be at a priority, without its words."""
    limit = policy.limit(record.type, priority)
    if limit is None or limit.resolve_days is None:
        return end_of_day(policy, record.planned_finish) if record.planned_finish else None
    if record.submitted_at is None:
        return None
    try:
        due = policy.worktime.add(record.submitted_at, _workdays(policy, record, limit.resolve_days))
    except OverflowError:
        return None
    return _storable(due)


def _workdays(policy: Policy, record: Requirement, days: float) -> timedelta:
    """So many workdays, and what the clock stood still."""
    return timedelta(hours=days * policy.worktime.hours_per_day) + _pause(record)


def end_of_day(policy: Policy, at: datetime) -> datetime:
    """A date without a time means the end of that working day."""
    worktime = policy.worktime
    local = at.astimezone(worktime.zone)
    return worktime.at(local.date(), worktime.hours[-1][1]) if local.time() == time() else at


def deadline(policy: Policy, record: Requirement) -> datetime | None:
    """When the record is due: 解决时限 of service types, 计划完成时间 of development types.

    A plan date without a time of day means the end of that day's work.
    """
    planned = end_of_day(policy, record.planned_finish) if record.planned_finish else None
    return planned if deadline_field(policy, record) == "planned_finish" else record.resolve_due


def deadline_field(policy: Policy, record: Requirement) -> str:
    """The field that ``deadline`` reads: the other one where the type's own is empty."""
    own, other = "planned_finish", "resolve_due"
    if policy.is_service(record.type):
        own, other = other, own
    return other if record.is_empty(own) else own


def _kept(policy: Policy, key: str, record: Requirement, before: Requirement | None) -> Due | None:
    reached, at = REACHED_BY[key], before.get(key) if before else None
    if before is None or not isinstance(at, datetime) or not (before.get(reached) and record.get(reached)):
        return None
    if any(before.get(given) != record.get(given) for given in ("submitted_at", "type")):
        return None  # what was entered by mistake is no history
    if words := kept_line(before.get("limit_basis"), policy.label(key)):
        return Due(at=at, words=words)
    fresh = _found(policy, key, record)
    return fresh if fresh.at == at else Due(at=at)


def _response(policy: Policy, record: Requirement) -> Due:
    limit = policy.limit(record.type, record.urgency or record.priority)
    if limit is None or record.submitted_at is None:
        return Due()
    if limit.response_hours is None:
        return _after_days(policy, record, "response_due", limit, limit.response_days)
    due = _storable(record.submitted_at + timedelta(hours=limit.response_hours) + _pause(record))
    plain = f"{limit.response_hours:g} 个自然小时"
    return Due(at=due, words=_line(policy, record, "response_due", limit, plain, due))


def _start(policy: Policy, record: Requirement) -> Due:
    limit = policy.limit(record.type, record.priority)
    return _after_days(policy, record, "start_due", limit, limit.start_days if limit else None)


def _resolve(policy: Policy, record: Requirement) -> Due:
    limit = policy.limit(record.type, record.priority)
    if limit is not None and limit.resolve_days is not None:
        return _after_days(policy, record, "resolve_due", limit, limit.resolve_days)
    if record.planned_finish is None:
        return Due()
    due = end_of_day(policy, record.planned_finish)
    shown = moment_in_words(policy.worktime, due, record.submitted_at)
    return Due(at=due, words=f"{policy.label('resolve_due')}：按计划完成时间 = {shown}")


_FINDERS = {"response_due": _response, "start_due": _start, "resolve_due": _resolve}


def _after_days(
    policy: Policy, record: Requirement, key: str, limit: Limit | None, days: float | None
) -> Due:
    if limit is None or days is None or record.submitted_at is None:
        return Due()
    worktime = policy.worktime
    due = _storable(worktime.add(record.submitted_at, _workdays(policy, record, days)))
    words = _line(policy, record, key, limit, f"{days:g} 个工作日", due)
    odd = days_in_words(worktime, record.submitted_at, due)
    return Due(at=due, words=words + odd + (PROVISIONAL if worktime.is_provisional(due) else ""))


def _storable(at: datetime) -> datetime:
    """Cells hold milliseconds; a value that changes when it is read back would look like an edit."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _pause(record: Requirement) -> timedelta:
    """Cells hold four decimals of an hour, which is every second exactly."""
    return timedelta(seconds=round((record.paused_hours or 0.0) * 3600))


def _line(policy: Policy, record: Requirement, key: str, limit: Limit, amount: str, due: datetime) -> str:
    kind, level = policy.label("type", record.type), policy.label("priority", limit.priority)
    begin = moment_in_words(policy.worktime, record.submitted_at or due)
    paused = f" + 暂停 {round(record.paused_hours, 2):g} 小时" if record.paused_hours else ""
    shown = moment_in_words(policy.worktime, due, record.submitted_at)
    return f"{policy.label(key)}（{kind}·{level}）：提交 {begin} + {amount}{paused} = {shown}"
