"""What is owed to whom and when, by domain §6 and §7, from the rows as people saw them.

Counted from the table alone, state by state, in working time of its own; the plugin's planner is
not asked. A thing owed has the moments in between which it may be told.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from benchmarks.year import calendar
from benchmarks.year.company import Company
from benchmarks.year.history import Row, Seen

PAUSED = frozenset({"待客户配合", "已搁置"})
FINISHED = frozenset({"已完成", "已关闭"})
ENDED = frozenset({"已关闭", "已作废"})
SILENT = PAUSED | FINISHED | ENDED
SERVICE = frozenset({"问题反馈", "服务咨询", "投诉", "建议"})
NEVER = datetime.max.replace(tzinfo=calendar.ZONE)
_TRIAGE = ("kind", "urgency", "department", "owner")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """(record, stage, due value, person meant): told once in a lifetime."""

    event: str
    record_id: str
    due: datetime
    """The value it reminds of; of news when it happened."""
    meant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One thing that one person should be told."""

    key: Key
    kind: str
    """``instant``, ``digest`` or ``news`` (what somebody's edit brought about)."""
    begin: datetime
    end: datetime = NEVER
    breach: bool = False
    """Of high priority: also at night."""


def owed(company: Company, seen: Sequence[Seen], until: datetime) -> Iterator[Owed]:
    """Everything one row gave reason to tell, in order of its states."""
    for number, state in enumerate(seen):
        begin, end = state.since, seen[number + 1].since if number + 1 < len(seen) else until
        before = seen[number - 1].row if number else None
        yield from _news(company, before, state.row, begin)
        if state.row.status in SILENT:
            continue
        for stages in _STAGES:
            for event, due, since, to, kind, last in stages(company, state, end):
                if since < end and last > begin:
                    for meant in to:
                        yield Owed(
                            key=Key(event=event, record_id=state.row.record_id, due=due, meant=meant),
                            kind=kind,
                            begin=max(since, begin),
                            end=min(last, end),
                            breach=event == "overdue" and state.row.priority == "高",
                        )


_Stage = tuple[str, datetime, datetime, Sequence[str], str, datetime]
"""Event, due value, since, people, kind, and when it is over."""


def _news(company: Company, before: Row | None, row: Row, at: datetime) -> Iterator[Owed]:
    for event, people in _told_at_once(company, before, row):
        for meant in dict.fromkeys(people):
            yield Owed(
                key=Key(event=event, record_id=row.record_id, due=at, meant=meant), kind="news", begin=at
            )


def _told_at_once(company: Company, before: Row | None, row: Row) -> Iterator[tuple[str, Sequence[str]]]:
    known = before.owner if before else ()
    if row.status not in ENDED:
        yield "assigned", [one for one in row.owner if one not in known]
    if before is None:
        return
    moved = row.planned and before.planned and row.planned != before.planned
    if moved or (row.risk and row.risk != before.risk):
        yield "risk", [*managers(company, row), *row.submitter]
    if row.status != before.status and row.status == "已完成":
        yield "finished", row.submitter


def _unassigned(company: Company, state: Seen, end: datetime) -> Iterator[_Stage]:
    row = state.row
    if not row.owner and row.submitted:
        since = calendar.after(row.submitted, 1)
        yield "unassigned", since, since, heads(company, row), "instant", NEVER


def _untriaged(company: Company, state: Seen, end: datetime) -> Iterator[_Stage]:
    row = state.row
    if row.status == "待处理" and row.submitted and not all(getattr(row, key) for key in _TRIAGE):
        since = calendar.after_days(row.submitted, 1)
        yield "untriaged", since, since, heads(company, row), "digest", NEVER


def _due_soon(company: Company, state: Seen, end: datetime) -> Iterator[_Stage]:
    at = deadline(state.row)
    if at:
        since = calendar.at(calendar.workday_before(at.date()), time())
        yield "due_soon", at, since, owners(company, state.row), "digest", at


def _overdue(company: Company, state: Seen, end: datetime) -> Iterator[_Stage]:
    at = deadline(state.row)
    if at is None or at >= end:
        return
    reached: set[str] = set()
    for people, days in ((owners, 0), (managers, 1), (heads, 3)):
        fresh = [one for one in people(company, state.row) if one not in reached]
        reached.update(fresh)
        yield "overdue", at, calendar.after_days(at, days) if days else at, fresh, "instant", NEVER


def _progress_due(company: Company, state: Seen, end: datetime) -> Iterator[_Stage]:
    row = state.row
    level = row.priority or row.urgency
    if row.status == "待处理" or not level:
        return
    days = 1 if level == "高" else 2
    last = row.progress_at or row.started or state.status_since
    since = calendar.after_days(last, days)
    while since < end:
        following = calendar.after_days(since, days)
        yield "progress_due", since, since, owners(company, row), "digest", following
        since = following


_STAGES: Sequence[Callable[[Company, Seen, datetime], Iterator[_Stage]]] = (
    _unassigned,
    _untriaged,
    _due_soon,
    _overdue,
    _progress_due,
)


def deadline(row: Row) -> datetime | None:
    """解决时限 of service types, 计划完成时间 of the others; each stands in for the other."""
    planned = calendar.end_of_day(row.planned) if row.planned else None
    first, second = (row.resolve_due, planned) if row.kind in SERVICE else (planned, row.resolve_due)
    return first or second


def owners(company: Company, row: Row) -> Sequence[str]:
    """Who answers for it; the head while nobody does."""
    return row.owner or heads(company, row)


def managers(company: Company, row: Row) -> Sequence[str]:
    """Whom 分派规则 names for the department."""
    found = [route.manager for route in company.routes() if route.department == row.department]
    return list(dict.fromkeys(found))


def heads(company: Company, row: Row) -> Sequence[str]:
    """Who leads the department."""
    return [company.lead(row.department)] if row.department else managers(company, row)
