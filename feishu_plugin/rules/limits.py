"""Rule: response, start and resolution limits in working time, with their working in words.

Clocks stand still in the paused statuses; the pause is added when the record leaves them.
A due time that moves although nobody touched the row (a new calendar) is told to the owner.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules.actions import Action, SetFields, Tell
from feishu_plugin.rules.case import Case, Example
from feishu_plugin.rules.due_times import Due, due_times
from feishu_plugin.rules.working import moment_in_words

_CAUSES = ("submitted_at", "type", "priority", "urgency", "planned_finish", "paused_hours", "status")
"""What people (or the priority) change that moves a due time; it is no news to them."""


def rule(case: Case) -> Iterator[Action]:
    """Writes 响应时限, 启动时限, 解决时限, 时限依据, 时限状态 and 暂停时长."""
    if case.record.submitted_at is None:
        return
    record = case.record.with_values({"paused_hours": paused_hours(case)})
    found = due_times(case.policy, record, case.before)
    values: dict[str, Value] = {"paused_hours": record.paused_hours}
    values |= {key: due.at for key, due in found.items()}
    values["limit_state"] = limit_state(case.policy, record.with_values(values), case.now)
    values["limit_basis"] = "\n".join(due.words for due in found.values() if due.words) or None
    yield SetFields(values=values, because="limits computed")
    yield from _moved(case, found)


def _moved(case: Case, found: Mapping[str, Due]) -> Iterator[Action]:
    before, policy = case.before, case.policy
    over = (*policy.parameters.ended_statuses, *policy.parameters.finished_statuses)
    if before is None or case.record.status in over or any(map(case.changed, _CAUSES)):
        return
    notes = {key: _from_to(policy, key, before.get(key), due.at) for key, due in found.items()}
    if told := {key: note for key, note in notes.items() if note}:
        yield Tell(
            event="due_changed",
            identity=",".join(f"{key}={found[key].at}" for key in told),
            to=case.record.owner,
            facts={"note": "；".join(told.values())},
        )


def _from_to(policy: Policy, key: str, was: Value, now: datetime | None) -> str:
    if not isinstance(was, datetime) or now is None or was == now:
        return ""
    old, new = moment_in_words(policy.worktime, was), moment_in_words(policy.worktime, now, was)
    return f"{policy.label(key)} {old} → {new}" if old != new else ""


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
    return round(hours, 4) or None


def _utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 9, day, hour, minute, tzinfo=UTC)


_WORKED: Mapping[str, Value] = {
    "status": "in_progress",
    "type": "complaint",
    "priority": "high",
    "owner": ("ou_li",),
    "submitted_at": datetime(2026, 8, 28, 2, tzinfo=UTC),
    "first_response_at": datetime(2026, 8, 28, 3, tzinfo=UTC),
}

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
            "limit_basis": "响应时限（投诉·高）：提交 09-01 10:00 + 24 个自然小时 = 09-02 10:00\n"
            "解决时限（投诉·高）：提交 09-01 10:00 + 2 个工作日 = 09-03 10:00",
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
            "limit_basis": "响应时限（新功能开发·高）：提交 09-01 10:00 + 24 个自然小时 = 09-02 10:00\n"
            "启动时限（新功能开发·高）：提交 09-01 10:00 + 7 个工作日 = 09-10 10:00"
            "；跳过 周末 09-05 至 09-06\n"
            "解决时限：按计划完成时间 = 09-21 18:00",
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
            "limit_basis": "解决时限（服务咨询·低）：提交 09-01 10:00 + 7 个工作日 = 09-10 10:00"
            "；跳过 周末 09-05 至 09-06",
        },
    ),
    Example(
        says="A due time that a new calendar moves is told to the owner, once for each new value.",
        record=_WORKED,
        accepted={**_WORKED, "resolve_due": _utc(1, 10)},
        does=(Tell,),
    ),
    Example(
        says="Who gives the row another type knows that its limits move.",
        record={**_WORKED, "type": "inquiry"},
        accepted={**_WORKED, "resolve_due": _utc(1, 10)},
    ),
    Example(says="A row without a submission time has no clocks yet.", record={"status": "pending"}, sets={}),
)
