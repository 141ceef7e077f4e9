"""A report of a base, made ready to be written down for people outside Feishu."""

from collections.abc import Mapping
from typing import Any

from feishu_plugin.app.report_files import Paper
from feishu_plugin.app.report_sheets import Names, sheets_of
from feishu_plugin.reports.result import ReportResult
from feishu_plugin.sync.desk import Desk


def paper_of(desk: Desk, result: ReportResult, data: Mapping[str, Any]) -> Paper:
    """The sheets of a result with the names that its base gives to people and requirements."""
    names = Names(
        person=lambda open_id: desk.people.person(open_id).name or open_id,
        requirements=result.numbers,
        zone=desk.policy.worktime.zone,
    )
    sheets = sheets_of(result, desk.schema, names)
    return Paper(key=result.month, sheets=sheets, data=data, now=desk.clock.now())
