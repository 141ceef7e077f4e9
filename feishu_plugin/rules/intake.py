"""Rule: a new record says when and by whom it was submitted, even if nobody filled that in."""

from collections.abc import Iterator
from datetime import UTC, datetime

from feishu_plugin.records import Value
from feishu_plugin.rules.actions import Action, SetFields
from feishu_plugin.rules.case import Case, Example


def rule(case: Case) -> Iterator[Action]:
    """Fills 提交时间 and 提交人 from the row's own creation, once."""
    record = case.record
    if case.accepted is not None:
        return
    values: dict[str, Value] = {}
    if record.submitted_at is None:
        values["submitted_at"] = record.created_at or case.now
    if not record.submitter and record.created_by and record.created_by in case.people:
        values["submitter"] = (record.created_by,)
    if values:
        yield SetFields(values=values, because="submission noted")


_AT = datetime(2026, 9, 1, 2, tzinfo=UTC)

EXAMPLES = (
    Example(
        says="The time of a form entry without one is when it came in.",
        record={"title": "登录失败"},
        sets={"submitted_at": _AT},
    ),
    Example(
        says="An imported row keeps its own date.",
        record={"title": "登录失败", "submitted_at": datetime(2026, 8, 1, tzinfo=UTC)},
        sets={},
    ),
)
