"""A record that has everything, and what is asked about it."""

from dataclasses import replace
from datetime import datetime

from feishu_plugin.policy import Move, Policy
from feishu_plugin.records import Accepted, Person, Record, Requirement, Step, Value
from feishu_plugin.rules.decide import Decision, Question, decide
from tests.builders import local, policy

STATUSES = ("pending", "in_progress", "testing", "done", "closed", "waiting_customer", "shelved", "void")
NOW = local("2026-09-01 10:00")

FILLED: dict[str, Value] = {
    "title": "怎样导出", "type": "inquiry", "department": "support", "owner": ("ou_owner",),
    "priority": "high",
    "planned_finish": local("2026-09-10"), "solution": "说明", "progress": "已回复", "result": "已说明",
    "shelve_reason": "排期", "follow_up": "下月", "void_reason": "invalid", "duplicate_of": ("recOriginal",),
    "confirmation": "solved", "score": 5.0,
}  # fmt: skip
"""Every field that a move of the packaged policy may ask for."""


def record(**changes: Value) -> Requirement:
    """The filled record, changed; None empties a field."""
    return Requirement(record_id="rec1", values={**FILLED, **changes})


def with_moves(*moves: Move) -> Policy:
    """The packaged policy with these moves only."""
    return replace(policy(), moves=moves)


def accepted(found: Requirement, since: datetime = NOW, **more: object) -> Accepted:
    """A record as it was accepted ``since``."""
    known = Accepted(record=Record(record_id=found.record_id, values=found.values), status_since=since)
    return replace(known, **more)  # type: ignore[arg-type]


def step(before: str | None, after: str | None, number: int = 1, at: datetime = NOW) -> Step:
    """The ``number``-th event of the table."""
    return Step(
        before=before, after=after, operator="ou_li", at=at, revision=number, event_id=f"event{number}"
    )


def edited(
    before: Requirement, *, to: str | None, policy: Policy, since: datetime = NOW, **more: object
) -> Decision:
    """The decision on one told status change of an accepted record."""
    question = Question(
        policy=policy,
        record=before.with_values({"status": to}),
        accepted=accepted(before, since),
        steps=[step(before.status or None, to)],
        now=NOW,
        people={"ou_li": Person(open_id="ou_li")},
    )
    return decide(replace(question, **more))  # type: ignore[arg-type]
