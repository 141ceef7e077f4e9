"""Rule: response, start and resolution limits in working time, with their working in words.

Clocks stand still in the paused statuses; the pause is added when the record leaves them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from feishu_plugin.policy import Limit, Policy
from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules.actions import Action, SetFields
from feishu_plugin.rules.case import Case, Example


def rule(case: Case) -> Iterator[Action]:
    """Writes 响应时限, 启动时限, 解决时限, 时限依据, 时限状态 and 暂停时长."""
    record = case.record
    if record.submitted_at is None:
        return
    limit = case.policy.limit(record.type, record.priority)
    urgent = case.policy.limit(record.type, record.urgency) if record.urgency else limit
    paused = paused_hours(case)
    values: dict[str, Value] = {
        "paused_hours": paused,
        "response_due": _response_due(case.policy, record.submitted_at, urgent),
        "start_due": _start_due(case.policy, record.submitted_at, limit),
        "resolve_due": resolve_due(case.policy, record, limit, paused or 0.0),
    }
    values["limit_state"] = limit_state(case.policy, record.with_values(values), case.now)
    values["limit_basis"] = _basis(case.policy, record.with_values(values), limit)
    yield SetFields(values=values, because="limits computed")


def resolve_due(policy: Policy, record: Requirement, limit: Limit | None, paused: float) -> datetime | None:
    """Service types: workdays after submission, later by every pause; others: the plan's end."""
    if limit is None or limit.resolve_days is None:
        return end_of_day(policy, record.planned_finish) if record.planned_finish else None
    if record.submitted_at is None:
        return None
    worktime = policy.worktime
    return worktime.add_hours(record.submitted_at, limit.resolve_days * worktime.hours_per_day + paused)


def end_of_day(policy: Policy, at: datetime) -> datetime:
    """A date without a time means the end of that working day."""
    worktime = policy.worktime
    local = at.astimezone(worktime.zone)
    return worktime.at(local.date(), worktime.hours[-1][1]) if local.time() == time() else at


def limit_state(policy: Policy, record: Requirement, now: datetime) -> str | None:
    """正常, 将到期, 已超期, 暂停 or 已达成; None where no limit applies."""
    due = record.resolve_due
    if record.status in policy.parameters.paused_statuses:
        return "paused"
    if due is None:
        return None
    if record.finished_at is not None:
        return "met" if record.finished_at <= due else "overdue"
    if record.status in policy.parameters.ended_statuses:
        return None
    if now > due:
        return "overdue"
    soon = policy.worktime.days_between(now, due) <= policy.parameters.soon_days
    return "soon" if soon else "normal"


def paused_hours(case: Case) -> float | None:
    """Working hours the clocks have stood still, with the pause that ends now; None for none."""
    hours = case.record.paused_hours or 0.0
    since = case.accepted.status_since if case.accepted else case.now
    for ruling in case.passed():
        if ruling.from_status in case.policy.parameters.paused_statuses:
            hours += case.policy.worktime.hours_between(since, ruling.at)
        since = ruling.at
    return round(hours, 2) or None


def _response_due(policy: Policy, submitted: datetime, limit: Limit | None) -> datetime | None:
    if limit is None:
        return None
    if limit.response_hours is not None:
        return submitted + timedelta(hours=limit.response_hours)
    return None if limit.response_days is None else policy.worktime.add_days(submitted, limit.response_days)


def _start_due(policy: Policy, submitted: datetime, limit: Limit | None) -> datetime | None:
    if limit is None or limit.start_days is None:
        return None
    return policy.worktime.add_days(submitted, limit.start_days)


def _basis(policy: Policy, record: Requirement, limit: Limit | None) -> str | None:
    due = record.resolve_due
    if due is None or record.submitted_at is None:
        return None
    shown = _shown(policy, due)
    tail = "（暂按：节假日安排尚未公布）" if policy.worktime.is_provisional(due) else ""
    if limit is None or limit.resolve_days is None:
        return f"开发类按计划完成时间：{shown}{tail}"
    paused = f" + 暂停 {record.paused_hours:g} 小时" if record.paused_hours else ""
    kind, priority = policy.label("type", record.type), policy.label("priority", record.priority)
    begin = _shown(policy, record.submitted_at)
    return f"{kind}·{priority}：提交 {begin} + {limit.resolve_days:g} 个工作日{paused} = {shown}{tail}"


def _shown(policy: Policy, at: datetime) -> str:
    return f"{at.astimezone(policy.worktime.zone):%m-%d %H:%M}"


def _utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=UTC)


EXAMPLES = (
    Example(
        says="A complaint of high priority is to be solved within 2 workdays of its submission.",
        record={
            "status": "pending",
            "type": "complaint",
            "priority": "high",
            "urgency": "high",
            "submitted_at": _utc(1, 2),
        },
        sets={
            "paused_hours": None,
            "response_due": _utc(2, 2),
            "start_due": None,
            "resolve_due": _utc(3, 2),
            "limit_state": "normal",
            "limit_basis": "投诉·高：提交 09-01 10:00 + 2 个工作日 = 09-03 10:00",
        },
    ),
    Example(
        says="A development type follows its plan; a date means the end of that working day.",
        record={
            "status": "pending",
            "type": "feature",
            "priority": "high",
            "submitted_at": _utc(1, 2),
            "planned_finish": datetime(2026, 9, 20, 16, tzinfo=UTC),
        },
        sets={
            "paused_hours": None,
            "response_due": _utc(2, 2),
            "start_due": _utc(10, 2),
            "resolve_due": _utc(21, 10),
            "limit_state": "normal",
            "limit_basis": "开发类按计划完成时间：09-21 18:00",
        },
    ),
    Example(
        says="While the customer is asked, the clock stands still and says so.",
        record={
            "status": "waiting_customer",
            "type": "inquiry",
            "priority": "low",
            "urgency": "low",
            "submitted_at": _utc(1, 2),
        },
        sets={
            "paused_hours": None,
            "response_due": None,
            "start_due": None,
            "resolve_due": _utc(10, 2),
            "limit_state": "paused",
            "limit_basis": "服务咨询·低：提交 09-01 10:00 + 7 个工作日 = 09-10 10:00",
        },
    ),
    Example(says="A row without a submission time has no clocks yet.", record={"status": "pending"}, sets={}),
)
