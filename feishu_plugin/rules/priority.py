"""Rule: priority is computed from the evaluation, shown with its working, and may be overridden.

Domain: importance is the weighted mean of 客户价值, 业务价值 and 影响范围 (1-5), VIP adds; the
score is 60 % importance, 30 % urgency and 10 % ease on 0-100, age adds up to 5; levels come
from thresholds. A matrix of 影响范围 × 紧急程度 decides the level instead where the team has filled
its cell; what many ask for is still at least 高. Every number is a row of 参数设置.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from feishu_plugin.policy import Parameters, Policy
from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules.actions import Action, SetFields
from feishu_plugin.rules.case import Case, Example
from feishu_plugin.rules.due_times import resolve_due
from feishu_plugin.rules.limits import paused_hours
from feishu_plugin.rules.override import in_force, said_before

_EASE = {"low": 5.0, "medium": 3.0, "high": 1.0}
_BY_LEVEL = {5: "high", 4: "high", 3: "medium", 2: "low", 1: "low"}
_INPUTS = ("customer_value", "business_value", "scope", "urgency", "effort", "difficulty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """The computed priority of a record at a moment, before any override."""

    importance: float
    urgent: bool
    quadrant: str
    score: float
    level: int
    priority: str
    missing: tuple[str, ...]
    cell: int | None = None
    """The level that the team's matrix names for this record; None without one."""
    often: bool = False
    """True when many asked for the same lately."""


def rule(case: Case) -> Iterator[Action]:
    """Writes the computed priority and its explanation; a valid override wins and says so."""
    if case.record.status in case.policy.parameters.ended_statuses:
        return  # a finished story keeps the priority it was worked on with
    paused, record = paused_hours(case), case.record
    if paused != record.paused_hours:
        record = record.with_values({"paused_hours": paused})
    rating = rate(case.policy, record, case.now, case.accepted.repeats if case.accepted else None)
    override = in_force(case.policy, case.record, case.now)
    yield SetFields(
        values={
            "priority": override or rating.priority,
            "priority_level": float(rating.level),
            "priority_score": rating.score,
            "quadrant": rating.quadrant,
            "priority_note": _note(case.policy, case.record, rating, override),
        },
        because="priority computed",
    )


def rate(
    policy: Policy, record: Requirement, now: datetime, repeats: Sequence[datetime] | None = None
) -> Rating:
    """Importance, urgency, score and level of a record at ``now``.

    ``repeats`` is when its duplicates were found; None when nobody knows: then all count.
    """
    often = _asked_again(policy.parameters, record, now, repeats) >= policy.parameters.similar_from
    calm = _rating(policy, record, now, urgent=record.urgency == "high", often=often)
    if calm.urgent or record.finished_at is not None:
        return calm
    due = record.planned_finish or _due_if(policy, record, in_force(policy, record, now) or calm.priority)
    return _rating(policy, record, now, urgent=True, often=often) if _soon(policy, due, now) else calm


def _due_if(policy: Policy, record: Requirement, priority: str) -> datetime | None:
    """The limit of what the record is without its date.

    Never the limit it has: that follows from its priority, and the two would answer each other.
    """
    return resolve_due(policy, record, priority)


def _rating(policy: Policy, record: Requirement, now: datetime, *, urgent: bool, often: bool) -> Rating:
    p = policy.parameters
    importance = _importance(p, record)
    important = importance >= p.important_from
    score = _score(p, record, importance, now)
    cell = p.priority_matrix.get((record.scope, record.urgency))
    level = cell or _level(p, score, urgent and important)
    if often:
        level = max(level, 4)  # level 4 is the lowest that means 高
    return Rating(
        importance=importance,
        urgent=urgent,
        quadrant=_quadrant(urgent, important),
        score=score,
        level=min(level, 5),
        priority=_BY_LEVEL[min(level, 5)],
        missing=tuple(key for key in _INPUTS if record.is_empty(key)),
        cell=cell,
        often=often,
    )


def _level(p: Parameters, score: float, pressing: bool) -> int:
    level = 1 + sum(score >= threshold for threshold in p.level_thresholds)
    return max(level, int(p.urgent_important_level)) if pressing else level


def _asked_again(
    p: Parameters, record: Requirement, now: datetime, repeats: Sequence[datetime] | None
) -> float:
    if repeats is None:
        return record.similar_count or 0.0
    return sum(now - at < timedelta(days=p.similar_within_days) for at in repeats)


def _importance(p: Parameters, record: Requirement) -> float:
    scopes = {"single": p.scope_single, "multiple": p.scope_multiple, "all": p.scope_all}
    weighted = (
        (p.weight_customer_value, record.customer_value),
        (p.weight_business_value, record.business_value),
        (p.weight_scope, scopes.get(record.scope)),
    )
    total = sum(weight * (p.neutral_value if value is None else value) for weight, value in weighted)
    mean = total / (sum(weight for weight, _ in weighted) or 1.0)
    bonus = p.vip_bonus if record.customer_level == "vip" else 0.0
    return round(min(mean + bonus, 5.0), 2)


def _score(p: Parameters, record: Requirement, importance: float, now: datetime) -> float:
    urgencies = {"high": p.urgency_high, "medium": p.urgency_medium, "low": p.urgency_low}
    urgency = urgencies.get(record.urgency, p.neutral_value)
    ease = sum(_EASE.get(v, p.neutral_value) for v in (record.effort, record.difficulty)) / 2
    parts = ((p.score_importance, importance), (p.score_urgency, urgency), (p.score_ease, ease))
    mean = sum(share * value for share, value in parts) / (sum(share for share, _ in parts) or 1.0)
    return round(min(max((mean - 1) / 4 * 100, 0.0) + _age_points(p, record, now), 100.0), 1)


def _age_points(p: Parameters, record: Requirement, now: datetime) -> float:
    if record.submitted_at is None or record.finished_at is not None or p.age_full_days <= 0:
        return 0.0
    # Whole days: a score that moves with every edit would look like noise.
    days = max((now - record.submitted_at) // timedelta(days=1), 0)
    return p.age_points * min(days / p.age_full_days, 1.0)


def _soon(policy: Policy, due: datetime | None, now: datetime) -> bool:
    return due is not None and policy.worktime.days_between(now, due) <= policy.parameters.urgent_within_days


def _quadrant(urgent: bool, important: bool) -> str:
    if important:
        return "urgent_important" if urgent else "important"
    return "urgent" if urgent else "neither"


def _note(policy: Policy, record: Requirement, rating: Rating, override: str) -> str:
    label = policy.label("priority", rating.priority)
    parts = [
        f"重要度 {rating.importance:g}{'（含 VIP 加分）' if record.customer_level == 'vip' else ''}",
        "紧急" if rating.urgent else "不紧急",
        f"{_basis(policy, record, rating)} → {rating.level} 级（{label}）",
    ]
    if rating.often:
        parts.append(f"同类反馈 {record.similar_count:g} 条，至少为高")
    if rating.missing:
        names = "、".join(policy.label(key) for key in rating.missing)
        parts.append(f"未填按中间值计：{names}")
    parts.append(_override_note(policy, record, override))
    return "；".join(part for part in parts if part)


def _basis(policy: Policy, record: Requirement, rating: Rating) -> str:
    if rating.cell is None:
        return f"得分 {rating.score:g}"
    scope, urgency = policy.label("scope", record.scope), policy.label("urgency", record.urgency)
    return f"得分 {rating.score:g}（仅供参考）；矩阵 {scope}×{urgency}"


def _override_note(policy: Policy, record: Requirement, override: str) -> str:
    if override and record.override_until:
        until = record.override_until.astimezone(policy.worktime.zone)
        label = policy.label("priority", override)
        return f"人工改为{label}，至 {until:%Y-%m-%d}：{record.override_reason}"
    if record.manual_priority:
        return "人工优先级需要填写改写理由和有效期才生效"
    return said_before(record.get("priority_note"))


_NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
_FULL: Mapping[str, Value] = {
    "status": "pending",
    "customer_value": 5.0,
    "business_value": 4.0,
    "scope": "all",
    "urgency": "high",
    "effort": "low",
    "difficulty": "medium",
}

EXAMPLES = (
    Example(
        says="Important and urgent: high, with the working in words.",
        record=_FULL,
        sets={
            "priority": "high",
            "priority_level": 5.0,
            "priority_score": 91.5,
            "quadrant": "urgent_important",
            "priority_note": "重要度 4.6；紧急；得分 91.5 → 5 级（高）",
        },
    ),
    Example(
        says="An override with reason and expiry wins; the score stays visible.",
        record={
            **_FULL,
            "manual_priority": "low",
            "override_reason": "客户同意延后",
            "override_until": datetime(2026, 9, 10, tzinfo=UTC),
        },
        sets={
            "priority": "low",
            "priority_level": 5.0,
            "priority_score": 91.5,
            "quadrant": "urgent_important",
            "priority_note": "重要度 4.6；紧急；得分 91.5 → 5 级（高）；"
            "人工改为低，至 2026-09-10：客户同意延后",
        },
    ),
    Example(
        says="Nothing is known yet: neutral values, and what is missing is named.",
        record={"status": "pending"},
        sets={
            "priority": "medium",
            "priority_level": 3.0,
            "priority_score": 50.0,
            "quadrant": "neither",
            "priority_note": "重要度 3；不紧急；得分 50 → 3 级（中）；"
            "未填按中间值计：客户价值、业务价值、影响范围、紧急程度、资源投入、技术难度",
        },
    ),
    Example(
        says="Where the team's matrix has a cell, the cell decides; the score is only shown.",
        record=_FULL,
        parameters={"priority_matrix": {("all", "high"): 3}},
        sets={
            "priority": "medium",
            "priority_level": 3.0,
            "priority_score": 91.5,
            "quadrant": "urgent_important",
            "priority_note": "重要度 4.6；紧急；得分 91.5（仅供参考）；矩阵 全业务线×高 → 3 级（中）",
        },
    ),
    Example(
        says="What many customers ask for is high, whatever the matrix says.",
        record={**_FULL, "similar_count": 30.0},
        parameters={"priority_matrix": {("all", "high"): 3}},
        sets={
            "priority": "high",
            "priority_level": 4.0,
            "priority_score": 91.5,
            "quadrant": "urgent_important",
            "priority_note": "重要度 4.6；紧急；得分 91.5（仅供参考）；矩阵 全业务线×高 → 4 级（高）；"
            "同类反馈 30 条，至少为高",
        },
    ),
    Example(says="A closed requirement keeps its priority.", record={**_FULL, "status": "closed"}, sets={}),
)
