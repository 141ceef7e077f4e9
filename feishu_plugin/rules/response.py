"""Rule: 首次响应时间 is the first move out of the initial status or an earlier time filled in by hand.

A later one never replaces an earlier one. A time that cannot be (before the day of
submission, or still to come) is no response.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from feishu_plugin.rules.actions import Action, SetFields, Tell
from feishu_plugin.rules.case import Case, Example

_KEY = "first_response_at"


def rule(case: Case) -> Iterator[Action]:
    """Keeps the earliest response; an edit that would move it later is put back and explained."""
    given, known = case.record.first_response_at, case.before.first_response_at if case.before else None
    moved = _first_move(case)
    edited = case.accepted is not None and given != known and (given is None or given != moved)
    possible = given if not edited or _can_be(case, given) else None
    moments = [at for at in (known, possible, moved) if at is not None]
    first = min(moments, default=None)
    if first != given:
        yield SetFields(values={_KEY: first}, because="the first response counts")
    if edited and first != given and first != moved and case.editor:
        yield _explained(case)


def _first_move(case: Case) -> datetime | None:
    """When the record first left the initial status, as far as the moves that are judged now tell."""
    initial = case.policy.parameters.initial_status
    return min((r.at for r in case.passed() if r.from_status == initial), default=None)


def _can_be(case: Case, given: datetime | None) -> bool:
    if given is None or given > case.now:
        return False
    worktime, submitted = case.policy.worktime, case.record.submitted_at
    # People fill in minutes, sometimes only the day.
    return submitted is None or worktime.local_day(given) >= worktime.local_day(submitted)


def _explained(case: Case) -> Tell:
    return Tell(
        event="field_restored",
        identity=f"restored:{case.now.isoformat()}",
        to=(case.editor,),
        facts={
            "note": case.policy.label(_KEY),
            "reason": "首次响应以最早的一次为准，只能改为更早的、提交之后的时间",
        },
    )


def _utc(hour: int) -> datetime:
    return datetime(2026, 9, 1, hour, tzinfo=UTC)


EXAMPLES = (
    Example(
        says="A time filled in by hand before the requirement was taken up is the response.",
        record={"submitted_at": _utc(0), "first_response_at": _utc(1)},
        accepted={"submitted_at": _utc(0), "first_response_at": _utc(2)},
        sets={},
    ),
    Example(
        says="A later time does not replace the earlier one; the editor is told.",
        record={"submitted_at": _utc(0), "first_response_at": _utc(2)},
        accepted={"submitted_at": _utc(0), "first_response_at": _utc(1)},
        editor="ou_li",
        sets={"first_response_at": _utc(1)},
        does=(Tell,),
    ),
    Example(
        says="A time that is still to come is no response.",
        record={"submitted_at": _utc(0), "first_response_at": _utc(9)},
        accepted={"submitted_at": _utc(0)},
        sets={"first_response_at": None},
    ),
    Example(
        says="An imported row keeps the history it brought.",
        record={"submitted_at": _utc(1), "first_response_at": _utc(0)},
        sets={},
    ),
)
