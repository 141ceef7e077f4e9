"""Rule: a new requirement is compared with the open and the recent ones, and again when its text changes.

The comparison needs the store's index, so the rule only asks for it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement
from feishu_plugin.rules.actions import Action, FindLookAlikes, Offer, Tell
from feishu_plugin.rules.case import Case, Example
from feishu_plugin.rules.similarity import score

_MOST = 3
"""Look-alikes that are named; more would not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """Another requirement and how alike it is, 0-1."""

    record: Requirement
    score: float


def rule(case: Case) -> Iterator[Action]:
    """Every text goes into the index; people hear of look-alikes while work has not begun."""
    if not (case.changed("title") or case.changed("description")):
        return
    if case.record.title or case.record.description:
        begins = case.record.status == case.policy.parameters.initial_status
        yield FindLookAlikes(tell=begins and not case.adopt)


def look_alikes(
    policy: Policy, record: Requirement, others: Sequence[Requirement], now: datetime
) -> list[LookAlike]:
    """Those that are alike enough and still matter, the most alike first."""
    text = (record.title, record.description)
    matter = [other for other in others if _matters(policy, record, other, now)]
    rated = [LookAlike(record=o, score=score(text, (o.title, o.description))) for o in matter]
    found = [one for one in rated if one.score >= policy.parameters.similar_score]
    return sorted(found, key=lambda one: -one.score)[:_MOST]


def hint(policy: Policy, found: Sequence[LookAlike]) -> Tell:
    """The card about look-alikes, once for each best one; its buttons merge, or say it is none."""
    lines = [f"{named(one.record)}（{_state(policy, one.record)}，相似度 {one.score:.0%}）" for one in found]
    return Tell(
        event="similar",
        identity=found[0].record.record_id,
        facts={"note": "；".join(lines), "count": str(len(found))},
        offer=Offer(kind="merge", originals={one.record.record_id: named(one.record) for one in found}),
    )


def named(record: Requirement) -> str:
    """Number and title, as people speak of a requirement."""
    return f"{record.number} {record.title}".strip()


def _state(policy: Policy, record: Requirement) -> str:
    return policy.label("status", record.status)


def _matters(policy: Policy, record: Requirement, other: Requirement, now: datetime) -> bool:
    """False for itself, for what was voided or merged, and for what ended long ago."""
    p = policy.parameters
    if other.record_id == record.record_id or other.duplicate_of:
        return False
    if other.status not in p.ended_statuses:
        return True
    since = other.submitted_at or other.created_at
    recent = since is not None and now - since <= timedelta(days=p.similar_days)
    return recent and other.status in p.finished_statuses


_TEXT: Mapping[str, str] = {"title": "导出报表很慢", "status": "pending"}

EXAMPLES = (
    Example(says="A new requirement is compared.", record=_TEXT, does=(FindLookAlikes,)),
    Example(
        says="A description that comes after the title is compared as well.",
        record={**_TEXT, "description": "每月初导出报表要等十分钟以上"},
        accepted=_TEXT,
        does=(FindLookAlikes,),
    ),
    Example(
        says="An unchanged text is not compared again.",
        record={**_TEXT, "urgency": "high"},
        accepted=_TEXT,
    ),
)
