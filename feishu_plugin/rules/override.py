"""Rule: 人工优先级 needs a reason and a day until which it holds, and falls away by itself.

The computed priority goes on beside it. What an override still lacks is asked for once; when
its day is over the three fields are emptied and 优先级说明 says so.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement
from feishu_plugin.rules.actions import Action, SetFields, Tell
from feishu_plugin.rules.case import Case, Example

FIELDS = ("manual_priority", "override_reason", "override_until")
ENDED = "人工优先级（"
"""How the sentence in 优先级说明 begins that tells of an override that has ended."""
_DAY = re.compile(r"）(\d{4}-\d\d-\d\d) 到期")


def rule(case: Case) -> Iterator[Action]:
    """Empties an override whose day is over; asks the editor for what a new one lacks."""
    record = case.record
    if record.status in case.policy.parameters.ended_statuses:
        return
    if not record.manual_priority:
        yield from _emptied_before(case)
        return
    edited = case.accepted is not None and any(case.changed(key) for key in FIELDS)
    if edited and (why := _why_not(case.policy, record, case.now)):
        yield _asked(case, why)
    if has_run_out(case.policy, record, case.now):
        note = _with_end(case.policy, record)
        yield SetFields(
            values={**dict.fromkeys(FIELDS), "priority_note": note}, because="the override has run out"
        )


def _emptied_before(case: Case) -> Iterator[Action]:
    """An override that was accepted, has run out and is gone: a write of ours that was never settled."""
    before = case.before
    if before and has_run_out(case.policy, before, case.now):
        yield SetFields(
            values={"priority_note": _with_end(case.policy, before)}, because="the override had run out"
        )


def in_force(policy: Policy, record: Requirement, now: datetime) -> str:
    """The priority a person set, while its reason and day hold; empty otherwise."""
    until = ends(policy, record)
    return record.manual_priority if record.override_reason and until and now < until else ""


def has_run_out(policy: Policy, record: Requirement, now: datetime) -> bool:
    """True when there is an override and its day is over."""
    until = ends(policy, record)
    return bool(record.manual_priority and until and until <= now)


def ends(policy: Policy, record: Requirement) -> datetime | None:
    """When an override ends; a bare date holds to the end of that day."""
    until = record.override_until
    if until is None:
        return None
    local = until.astimezone(policy.worktime.zone)
    if local.time() != time() or local.date() >= date.max - timedelta(days=1):
        return until
    return policy.worktime.midnight(local.date() + timedelta(days=1))


def held_until(policy: Policy, record: Requirement) -> datetime | None:
    """When the latest override ends or has ended, as far as the row still tells; None without one."""
    ended = _DAY.search(said_before(record.get("priority_note")))
    known = [policy.worktime.midnight(date.fromisoformat(ended[1]) + timedelta(days=1))] if ended else []
    until = ends(policy, record)
    if record.manual_priority and record.override_reason and until:
        known.append(until)
    return max(known, default=None)


def said_before(note: object) -> str:
    """The sentence in an older 优先级说明 that tells of an override that has ended; empty if none."""
    sentences = note.split("；") if isinstance(note, str) else ()
    return next((one for one in sentences if one.startswith(ENDED)), "")


def _with_end(policy: Policy, record: Requirement) -> str:
    until = record.override_until
    shown = f"{until.astimezone(policy.worktime.zone):%Y-%m-%d}" if until else ""
    return f"{ENDED}{policy.label('priority', record.manual_priority)}）{shown} 到期，已恢复为计算的优先级"


def _why_not(policy: Policy, record: Requirement, now: datetime) -> str:
    lacking = [policy.label(key) for key in FIELDS[1:] if record.is_empty(key)]
    if lacking:
        return f"人工优先级还需要填写：{'、'.join(lacking)}"
    if has_run_out(policy, record, now):
        return "改写有效期已经过去，人工优先级已清空；需要时请重新填写"
    return ""


def _asked(case: Case, why: str) -> Tell:
    # Somebody fills the three cells one after the other: once a day is enough for one value.
    day = case.policy.worktime.local_day(case.now).isoformat()
    return Tell(
        event="override_waiting",
        identity=f"override:{case.record.manual_priority}:{day}",
        to=(case.editor,) if case.editor else (),
        facts={"reason": why},
    )


_NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)

EXAMPLES = (
    Example(
        says="An override without a reason and a day is not in force; the editor hears what is missing.",
        record={"manual_priority": "high"},
        accepted={},
        editor="ou_li",
        does=(Tell,),
    ),
    Example(
        says="An override whose day is over is emptied, and the note says so.",
        record={
            "manual_priority": "low",
            "override_reason": "客户同意延后",
            "override_until": datetime(2026, 8, 30, 16, tzinfo=UTC),
        },
        accepted={
            "manual_priority": "low",
            "override_reason": "客户同意延后",
            "override_until": datetime(2026, 8, 30, 16, tzinfo=UTC),
        },
        sets={
            "manual_priority": None,
            "override_reason": None,
            "override_until": None,
            "priority_note": "人工优先级（低）2026-08-31 到期，已恢复为计算的优先级",
        },
    ),
    Example(
        says="One that was emptied just before the service died is told of all the same.",
        record={"priority_note": "人工优先级（低）2026-08-31 到期，已恢复为计算的优先级"},
        accepted={
            "manual_priority": "low",
            "override_reason": "客户同意延后",
            "override_until": datetime(2026, 8, 30, 16, tzinfo=UTC),
        },
        sets={"priority_note": "人工优先级（低）2026-08-31 到期，已恢复为计算的优先级"},
    ),
    Example(
        says="On a closed requirement it is history and stays.",
        record={"status": "closed", "manual_priority": "low", "override_until": _NOW},
        accepted={},
        sets={},
    ),
    Example(
        says="An override that holds today, its last day, is left alone.",
        record={
            "manual_priority": "low",
            "override_reason": "客户同意延后",
            "override_until": datetime(2026, 8, 31, 16, tzinfo=UTC),
        },
        accepted={},
        sets={},
    ),
)
