"""Rows that an import created are adopted, not judged: their status and the way to it are the file's.

Told by our own memory, never by the row alone: what came by HTTP carries a source key as well, and
a row that a person copied too; both are judged as new ones.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Record, Requirement
from feishu_plugin.rules.actions import Tell, WriteLedger
from feishu_plugin.rules.decide import Decision
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.intake import remembered
from feishu_plugin.sync.intake.mapping import KEY
from feishu_plugin.sync.intake.plan import Imported

RULE = "导入"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What follows from a row's having been imported."""

    key: str
    imported: Imported

    def settled(self, decision: Decision, policy: Policy) -> Decision:
        """The decision, with the moment that the file tells for its status; work that is done is no news."""
        told = [at for status, at in _history(self.imported) if status == decision.status]
        since = told[-1] if told else decision.status_since
        p, actions = policy.parameters, decision.actions
        if decision.status in (*p.finished_statuses, *p.ended_statuses):
            actions = tuple(action for action in actions if not isinstance(action, Tell))
        return replace(decision, status_since=since, actions=actions)

    def ledger(self, policy: Policy, record: Requirement, now: datetime) -> tuple[WriteLedger, ...]:
        """The moves of the file's history, and one row that says where the requirement came from."""
        return (*_moves(policy, record, self), _arrival(record, self, now))


def adopted(desk: Desk, records: Iterable[Record], accepted: Mapping[str, Accepted]) -> Mapping[str, Adopted]:
    """By record id, those of these records that an import created and nobody looked at yet."""
    new = [one for one in records if one.record_id not in accepted and one.get(KEY)]
    known = remembered.recall(desk.store, desk.app_token, (str(one.get(KEY)) for one in new)) if new else {}
    found = ((one, str(one.get(KEY))) for one in new)
    return {
        one.record_id: Adopted(key=key, imported=known[key])
        for one, key in found
        if key in known and _is_ours(desk, one, known[key])
    }


def _is_ours(desk: Desk, record: Record, imported: Imported) -> bool:
    """A copy carries the key, too; the record id is known only once the import has heard the answer."""
    return record.created_by == desk.bot or record.record_id == imported.record_id


def _history(imported: Imported) -> Sequence[tuple[str, datetime]]:
    return [(status, datetime.fromisoformat(at)) for status, at in imported.history]


def _moves(policy: Policy, record: Requirement, one: Adopted) -> Iterator[WriteLedger]:
    status, since = policy.parameters.initial_status, record.submitted_at
    for after, at in _history(one.imported):
        hours = policy.worktime.hours_between(since, at) if since and since < at else 0.0
        if after != status:
            yield WriteLedger(
                from_status=status,
                to_status=after,
                operator="",
                at=at,
                source="import",
                verdict="pass",
                rule=RULE,
                hours_in_previous=round(hours, 2),
                identity=f"import:{remembered.name_of(one.key)}:{after}",
            )
        status, since = after, at


def _arrival(record: Requirement, one: Adopted, now: datetime) -> WriteLedger:
    """The same status on both sides, so that no report takes it for a move."""
    return WriteLedger(
        from_status=record.status,
        to_status=record.status,
        operator="",
        at=now,
        source="import",
        verdict="pass",
        rule=RULE,
        reason=one.imported.place,
        identity=f"import:{remembered.name_of(one.key)}",
    )
