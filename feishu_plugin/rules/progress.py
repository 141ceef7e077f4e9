"""Rule: 最近进展时间 is when 需求进展 was last written."""

from collections.abc import Iterator
from datetime import UTC, datetime

from feishu_plugin.rules.actions import Action, SetFields
from feishu_plugin.rules.case import Case, Example


def rule(case: Case) -> Iterator[Action]:
    """Notes the time of a new progress text."""
    if case.record.progress and case.changed("progress"):
        yield SetFields(values={"progress_at": case.now}, because="progress written")


EXAMPLES = (
    Example(
        says="A new progress text is dated.",
        record={"progress": "已联系客户，等日志"},
        accepted={"progress": "已分派"},
        sets={"progress_at": datetime(2026, 9, 1, 2, tzinfo=UTC)},
    ),
    Example(
        says="The same text is not news.",
        record={"progress": "已分派"},
        accepted={"progress": "已分派"},
        sets={},
    ),
)
