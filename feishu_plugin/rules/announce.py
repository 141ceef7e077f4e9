"""Rule: people hear at once of a new owner, a risk, a moved plan date and a finished requirement."""

from collections.abc import Iterator
from datetime import UTC, datetime

from feishu_plugin.rules.actions import Action, Tell
from feishu_plugin.rules.case import Case, Example

# The time is part of a notice's identity: work that comes back to somebody is news again. The
# notice is stored together with the accepted state, so judging again never tells it twice.


def rule(case: Case) -> Iterator[Action]:
    """Asks for the instant notices of domain §7 that an edit brings about."""
    yield from _assigned(case)
    yield from _risk(case)
    yield from _finished(case)


def _assigned(case: Case) -> Iterator[Action]:
    before = case.before.owner if case.before else ()
    for person in case.record.owner:
        if person not in before and case.record.status not in case.policy.parameters.ended_statuses:
            yield Tell(event="assigned", identity=f"owner:{case.now.isoformat()}", to=(person,))


def _risk(case: Case) -> Iterator[Action]:
    """A risk and a moved plan of one edit are one piece of news."""
    if case.before is None:
        return
    notes = [case.record.risk] if case.record.risk and case.changed("risk") else []
    moved, was = case.record.planned_finish, case.before.planned_finish
    # A first plan is no news, unless the owner asks for it as a delay.
    if moved and moved != was and (was or case.note):
        shown, why = [_day(case, at) for at in (was, moved)], case.note and f"：{case.note}"
        notes.append(f"计划完成时间 {' → '.join(shown)}{why}")
    if notes:
        note = "；".join(notes)
        yield Tell(event="risk", identity=f"risk:{case.now.isoformat()}", facts={"note": note})


def _day(case: Case, at: datetime | None) -> str:
    return f"{at.astimezone(case.policy.worktime.zone):%m-%d}" if at else "（空）"


def _finished(case: Case) -> Iterator[Action]:
    for ruling in case.passed():
        if ruling.to_status == case.policy.parameters.finished_statuses[0]:
            yield Tell(event="finished", identity=f"finished:{ruling.at.isoformat()}")


_AT = datetime(2026, 9, 1, tzinfo=UTC)

EXAMPLES = (
    Example(
        says="A new owner is told.",
        record={"status": "pending", "owner": ("ou_li",)},
        accepted={"status": "pending"},
        does=(Tell,),
    ),
    Example(
        says="A plan date that moves is told to manager and submitter.",
        record={"status": "in_progress", "planned_finish": datetime(2026, 9, 20, tzinfo=UTC)},
        accepted={"status": "in_progress", "planned_finish": _AT},
        does=(Tell,),
    ),
    Example(
        says="An owner who stays the owner is not told again.",
        record={"status": "pending", "owner": ("ou_li",)},
        accepted={"status": "pending", "owner": ("ou_li",)},
    ),
)
