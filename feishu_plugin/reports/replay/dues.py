"""Which due times were missed under two sets of limits; pure.

A due time is worked out from the submission, the type, the priority and the pauses as they are
today. Who responded, began and finished when is known of every requirement.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement
from feishu_plugin.reports.replay.past import Past
from feishu_plugin.reports.statuses import Statuses
from feishu_plugin.rules import limits
from feishu_plugin.rules.actions import SetFields
from feishu_plugin.rules.case import Case

DUES: Mapping[str, tuple[str, str]] = {
    "response": ("response_due", "first_response_at"),
    "start": ("start_due", "started_at"),
    "resolve": ("resolve_due", "finished_at"),
}
"""What was to be done to (field of its due time, field of when it was done)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Due times of one kind that fell into the period and were missed."""

    kind: str
    in_force: tuple[str, ...]
    """Record ids under the policy in force."""
    then: tuple[str, ...]
    """Record ids under the changed policy."""


def missed_dues(past: Past, in_force: Policy, then: Policy) -> tuple[Missed, ...]:
    """For each kind of limit, who missed it under either policy."""
    by_policy = [_missed(past, policy) for policy in (in_force, then)]
    return tuple(Missed(kind=kind, in_force=by_policy[0][kind], then=by_policy[1][kind]) for kind in DUES)


def with_dues(policy: Policy, record: Requirement, now: datetime) -> Requirement:
    """The requirement with the due times that this policy gives it."""
    case = Case(policy=policy, record=record, accepted=None, now=now)
    for action in limits.rule(case):
        if isinstance(action, SetFields):
            record = record.with_values(action.values)
    return record


def _missed(past: Past, policy: Policy) -> dict[str, tuple[str, ...]]:
    statuses = Statuses.of(policy.parameters)
    known = [with_dues(policy, record, past.now) for record in past.records.values()]
    return {kind: tuple(_late(past, statuses, known, *fields)) for kind, fields in DUES.items()}


def _late(
    past: Past, statuses: Statuses, records: list[Requirement], due_field: str, done_field: str
) -> Iterator[str]:
    for record in records:
        due, done = record.get(due_field), record.get(done_field)
        if not isinstance(due, datetime) or due not in past.period:
            continue
        # What ended without having been done (作废) missed nothing.
        open_still = statuses.is_open(record.status or statuses.initial)
        if (isinstance(done, datetime) and done > due) or (done is None and open_still and due < past.now):
            yield record.record_id
