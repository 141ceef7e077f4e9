"""Facts for the tests of this folder: requirements and ledger rows in, facts of a month out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement, Transition
from feishu_plugin.reports import periods
from feishu_plugin.reports.facts import Facts, confirmed_duplicates
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.history import history_of
from feishu_plugin.reports.measures import MEASURES, TIMELINESS_MEASURES
from feishu_plugin.reports.statuses import Statuses
from tests.builders import local, policy

LATER = local("2027-06-01")
"""Long after every month of these tests."""


def facts(
    requirements: Sequence[Requirement],
    ledger: Sequence[Transition] = (),
    *,
    month: str = "2026-09",
    now: datetime = LATER,
    rules: Policy | None = None,
    entries: Mapping[str, datetime] = MappingProxyType({}),
) -> Facts:
    """The facts of a month; every ledger row goes to the requirement it names."""
    rules = rules or policy()
    statuses = Statuses.of(rules.parameters)
    rows: Mapping[str, list[Transition]] = {
        r.record_id: [row for row in ledger if r.record_id in row.requirement] for r in requirements
    }
    found = (history_of(r, rows[r.record_id], statuses) for r in requirements)
    histories = tuple(history for history in found if history is not None)
    return Facts(
        period=periods.period(month, rules.worktime),
        now=now,
        policy=rules,
        statuses=statuses,
        histories=histories,
        duplicates=confirmed_duplicates(histories, statuses),
        entries=entries,
    )


def figure(key: str, known: Facts) -> Figure:
    """One measure of the facts, by its key."""
    measures = {measure.key: measure for measure in (*TIMELINESS_MEASURES, *MEASURES)}
    return measures[key].figure(known)
