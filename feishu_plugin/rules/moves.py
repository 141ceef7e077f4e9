"""Judges one status move against 流转规则: a table of moves, not a state machine.

Two laws. All that decides a move is in the policy rows; this file only reads them. Several
rows of one edge are alternatives: the move passes when one of them has no obstacle.
"""

from dataclasses import dataclass
from datetime import datetime

from feishu_plugin.policy import Condition, Move, Policy
from feishu_plugin.records import Person, Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why a row does not let the move pass."""

    kind: str
    """``type``, ``condition``, ``role``, ``required`` or ``time``, gravest first."""
    text: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the policy says to a move; ``move`` is the row that decided."""

    move: Move | None
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def passes(self) -> bool:
        """True when a row lets the move through."""
        return self.move is not None and not self.obstacles

    def keys(self, kind: str) -> tuple[str, ...]:
        """Field or role keys of one kind of obstacle."""
        return tuple(key for obstacle in self.obstacles if obstacle.kind == kind for key in obstacle.keys)


def judge_move(
    policy: Policy,
    record: Requirement,
    *,
    from_status: str,
    to_status: str,
    operator: Person,
    since: datetime | None,
    now: datetime,
) -> Judgement:
    """The row that lets the move pass, else the row that came nearest, with its obstacles."""
    edge = (from_status, to_status)
    rows = [m for m in policy.moves if (m.from_status, m.to_status) == edge and m.mode != "off"]
    if not rows:
        return Judgement(move=None, obstacles=(_no_edge(policy, from_status),))
    judged = [Judgement(move=m, obstacles=obstacles(policy, m, record, operator, since, now)) for m in rows]
    return min(judged, key=_distance)


def next_statuses(policy: Policy, from_status: str) -> tuple[str, ...]:
    """Where a record may go from here, in the order of the policy table."""
    found = (m.to_status for m in policy.moves if m.from_status == from_status and m.mode != "off")
    return tuple(dict.fromkeys(found))


def _distance(judgement: Judgement) -> tuple[bool, int]:
    # A row meant for other cases explains less than one that only misses a field.
    elsewhere = any(o.kind in ("type", "condition") for o in judgement.obstacles)
    return elsewhere, len(judgement.obstacles)


def _no_edge(policy: Policy, from_status: str) -> Obstacle:
    allowed = "、".join(policy.label("status", s) for s in next_statuses(policy, from_status))
    here = policy.label("status", from_status)
    return Obstacle(kind="edge", text=f"「{here}」之后只能改为：{allowed or '（没有可用的流转）'}")


def obstacles(
    policy: Policy, move: Move, record: Requirement, operator: Person, since: datetime | None, now: datetime
) -> tuple[Obstacle, ...]:
    """Everything that keeps this row from letting the move pass; ``since``: in its old status."""
    found: list[Obstacle] = []
    if move.types and record.type not in move.types:
        names = "、".join(policy.label("type", t) for t in move.types)
        found.append(Obstacle(kind="type", text=f"只适用于需求类型：{names}", keys=move.types))
    unmet = [c for c in move.conditions if not holds(c, record)]
    found += [
        Obstacle(kind="condition", text=f"要求{condition_in_words(policy, c)}", keys=(c.field,))
        for c in unmet
    ]
    if (move.roles or move.people) and not _may(move, operator):
        text = "您没有做这一步的角色" if move.roles else "这一步只由指定的人员操作"
        found.append(Obstacle(kind="role", text=text, keys=move.roles))
    missing = tuple(key for key in move.required if record.is_empty(key))
    if missing:
        names = "、".join(policy.label(key) for key in missing)
        found.append(Obstacle(kind="required", text=f"请先填写：{names}", keys=missing))
    if move.after_days and not _stayed(policy, move, since, now):
        found.append(Obstacle(kind="time", text=f"需在原状态停留满 {move.after_days:g} 个工作日"))
    return tuple(found)


def _stayed(policy: Policy, move: Move, since: datetime | None, now: datetime) -> bool:
    return since is not None and policy.worktime.add_days(since, move.after_days) <= now


def _may(move: Move, operator: Person) -> bool:
    return operator.open_id in move.people or bool(set(move.roles) & set(operator.roles))


def holds(condition: Condition, record: Requirement) -> bool:
    """True when the record, as it is now, meets the condition."""
    value = record.get(condition.field)
    if condition.compare == "empty":
        return condition.negate != record.is_empty(condition.field)
    if condition.compare != "is":
        limit = float(condition.values[0])
        fits = isinstance(value, int | float) and (
            value >= limit if condition.compare == "≥" else value <= limit
        )
        return bool(fits)
    held = value if isinstance(value, tuple) else (_plain(value),)
    return condition.negate != bool(set(held) & set(condition.values))


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else "" if value is None else str(value)


def condition_in_words(policy: Policy, condition: Condition) -> str:
    """What a condition asks, for people: ``「客户确认」为「未解决」``."""
    field = policy.label(condition.field)
    if condition.compare == "empty":
        return f"「{field}」{'已填写' if condition.negate else '为空'}"
    if condition.compare != "is":
        return f"「{field}」{condition.compare} {condition.values[0]}"
    names = " 或 ".join(policy.label(condition.field, value) for value in condition.values)
    return f"「{field}」{'不是' if condition.negate else '为'}「{names}」"
