"""Rule: every requirement has one number, ``yyyyMMdd-部门-序号``, for ever."""

from collections.abc import Iterator
from datetime import UTC, datetime

from feishu_plugin.rules.actions import Action, AssignNumber
from feishu_plugin.rules.case import Case, Example


def rule(case: Case) -> Iterator[Action]:
    """Asks for a number once; the guard restores a number that somebody changed."""
    if not (case.before and case.before.number):
        yield AssignNumber(prefix=_prefix(case), wanted=case.record.number)


def _prefix(case: Case) -> str:
    zone = case.policy.worktime.zone
    day = (case.record.submitted_at or case.now).astimezone(zone)
    department = case.record.department
    return f"{day:%Y%m%d}-{case.policy.label('department', department) if department else '未分派'}"


EXAMPLES = (
    Example(
        says="A new requirement gets a number of its day and department.",
        record={"department": "support", "submitted_at": datetime(2026, 9, 1, 2, tzinfo=UTC)},
        does=(AssignNumber,),
    ),
    Example(
        says="A requirement that has its number keeps it.",
        record={"number": "20260901-客服-001"},
        accepted={"number": "20260901-客服-001"},
    ),
    Example(
        says="A number that came with the row is kept if it is free: a copied row gets its own.",
        record={"number": "20250101-产品-007"},
        does=(AssignNumber,),
    ),
)
