"""Rule: who had a requirement before, and since when not any more, stands in the ledger.

Such a row keeps the status on both sides, so that no report takes it for a move.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import sha256

from feishu_plugin.records import Person, Requirement
from feishu_plugin.rules.actions import Action, Source, WriteLedger
from feishu_plugin.rules.case import Case, Example

RULE = "负责人变更"


def rule(case: Case) -> Iterator[Action]:
    """Writes down every change of owner but the first."""
    before = case.before.owner if case.before else ()
    if before and case.record.owner != before:
        yield row(
            case.record,
            before,
            case.record.owner,
            names=lambda one: case.people.get(one, Person(open_id=one)),
            operator=case.record.modified_by or "",
            source="person",
            at=case.now,
        )


def row(
    record: Requirement,
    before: tuple[str, ...],
    after: tuple[str, ...],
    *,
    names: Callable[[str], Person],
    operator: str,
    source: Source,
    at: datetime,
) -> WriteLedger:
    """The ledger row of a handover: ``李雷 → 韩梅梅``."""
    return WriteLedger(
        from_status=record.status,
        to_status=record.status,
        operator=operator,
        at=at,
        source=source,
        verdict="pass",
        rule=RULE,
        reason=f"{_named(before, names)} → {_named(after, names)}",
        identity=f"{record.record_id}:owner:{_digest(before, after)}:{at.isoformat()}",
    )


def _digest(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    """Short: an index of PostgreSQL takes no identity of a hundred people."""
    return sha256(f"{','.join(before)}>{','.join(after)}".encode()).hexdigest()[:16]


def _named(people: tuple[str, ...], names: Callable[[str], Person]) -> str:
    return "、".join(names(one).name or one for one in people) or "（空）"


EXAMPLES = (
    Example(
        says="A requirement handed to somebody else gets a row in the ledger.",
        record={"status": "in_progress", "owner": ("ou_han",)},
        accepted={"status": "in_progress", "owner": ("ou_li",)},
        does=(WriteLedger,),
    ),
    Example(
        says="So does one that nobody owns any more.",
        record={"status": "pending"},
        accepted={"status": "pending", "owner": ("ou_li",)},
        does=(WriteLedger,),
    ),
    Example(
        says="The first owner took it from nobody.",
        record={"status": "pending", "owner": ("ou_li",)},
        accepted={"status": "pending"},
    ),
)
