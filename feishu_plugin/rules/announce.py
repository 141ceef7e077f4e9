"""Rule: people hear at once of a new owner, a risk, a moved plan, a finish and a discontented customer."""

from collections.abc import Iterator
from datetime import UTC, datetime

from feishu_plugin.rules.actions import Action, Tell
from feishu_plugin.rules.case import Case, Example

# The time is part of a notice's identity: work that comes back to somebody is news again. The
# notice is stored together with the accepted state, so judging again never tells it twice.


def rule(case: Case) -> Iterator[Action]:
    """Asks for the instant notices of domain §7 that an edit brings about."""
    yield from _assigned(case)
    yield from _fits_nobody(case)
    yield from _risk(case)
    yield from _finished(case)
    yield from _dissatisfied(case)


def _assigned(case: Case) -> Iterator[Action]:
    before = case.before.owner if case.before else ()
    for person in case.record.owner:
        if person not in before and case.record.status not in case.policy.parameters.ended_statuses:
            yield Tell(event="assigned", identity=f"owner:{case.now.isoformat()}", to=(person,))


def _fits_nobody(case: Case) -> Iterator[Action]:
    """A new requirement that no routing rule gives to anybody: the department hears of it at once."""
    is_new = case.before is None and not case.adopt
    if is_new and not case.record.owner and case.record.status == case.policy.parameters.initial_status:
        yield Tell(event="unassigned", identity="created")


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
            facts = {"note": case.record.result}
            yield Tell(event="finished", identity=f"finished:{ruling.at.isoformat()}", facts=facts)


def _dissatisfied(case: Case) -> Iterator[Action]:
    """Once for each answer: confirmation, score and comment of one are often written one by one."""
    if case.before is None:
        return
    record, score, label = case.record, case.record.score, case.policy.label
    low = score is not None and score <= case.policy.parameters.low_score
    if (low and case.changed("score")) or (
        record.confirmation == "unsolved" and case.changed("confirmation")
    ):
        answer = label("confirmation", record.confirmation) if record.confirmation else ""
        shown = "" if score is None else f"{score:g}"
        yield Tell(
            event="dissatisfied",
            # Nobody is asked again before the requirement was reopened and finished once more.
            identity=f"answer:{record.reopen_count or 0:g}",
            facts={"answer": answer, "score": shown, "comment": record.feedback},
        )


_AT = datetime(2026, 9, 1, tzinfo=UTC)

EXAMPLES = (
    Example(
        says="A new owner is told.",
        record={"status": "pending", "owner": ("ou_li",)},
        accepted={"status": "pending"},
        does=(Tell,),
    ),
    Example(
        says="The department hears of a new requirement that nobody was found for.",
        record={"status": "pending"},
        does=(Tell,),
    ),
    Example(
        says="A row that was there before the plugin is no news.",
        record={"status": "pending"},
        adopt=True,
    ),
    Example(
        says="A plan date that moves is told to manager and submitter.",
        record={"status": "in_progress", "planned_finish": datetime(2026, 9, 20, tzinfo=UTC)},
        accepted={"status": "in_progress", "planned_finish": _AT},
        does=(Tell,),
    ),
    Example(
        says="A low score is told to owner and manager, whatever was confirmed.",
        record={"status": "done", "confirmation": "solved", "score": 2.0},
        accepted={"status": "done"},
        does=(Tell,),
    ),
    Example(
        says="An answer that was there before is no news.",
        record={"status": "closed", "confirmation": "unsolved", "score": 1.0, "title": "改了标题"},
        accepted={"status": "closed", "confirmation": "unsolved", "score": 1.0},
    ),
    Example(
        says="An owner who stays the owner is not told again.",
        record={"status": "pending", "owner": ("ou_li",)},
        accepted={"status": "pending", "owner": ("ou_li",)},
    ),
)
