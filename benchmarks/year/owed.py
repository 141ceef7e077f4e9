"""What is owed to whom and when, by domain §6 and §7, from the rows as people saw them.

Counted from the table alone, state by state, in working time of its own; the plugin's planner is
not asked. A thing owed has the moments in between which it may be told.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from benchmarks.year import calendar
from benchmarks.year.company import MANAGEMENT, Company
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
    clock: str = ""
    """``response`` or ``start`` where it is not the time to be done by."""
    step: str = ""
    """As whom a breach is told: ``owner``, ``manager`` or ``head``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """One thing that one person should be told."""

    key: Key
    kind: str
    """``instant``, ``digest`` or ``news`` (what somebody's edit brought about)."""
    begin: datetime
    end: datetime = NEVER
    department: str = ""
    role: str = "owner"
    """As whom the person is meant: ``owner``, ``submitter``, ``manager`` or ``head``."""
    breach: bool = False
    """Of high priority: also at night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A moment from which on some people should know something."""

    event: str
    due: datetime
    since: datetime
    to: Sequence[str]
    kind: str = "digest"
    last: datetime = NEVER
    """When it is over, if the row stays as it is."""
    clock: str = ""
    role: str = "owner"


def owed(company: Company, seen: Sequence[Seen], until: datetime) -> Iterator[Owed]:
    """Everything one row gave reason to tell, in order of its states."""
    for number, state in enumerate(seen):
        end = seen[number + 1].since if number + 1 < len(seen) else until
        yield from _news(company, seen[number - 1].row if number else None, state.row, state.since)
        stages = _RESTING if state.row.status in SILENT else (*_WORKING, *_RESTING)
        for stage in (one for stages_of in stages for one in stages_of(company, state, end)):
            if stage.since < end and stage.last > state.since:
                yield from _owed(state, end, stage)


def _owed(state: Seen, end: datetime, stage: Stage) -> Iterator[Owed]:
    row = state.row
    for meant in stage.to:
        yield Owed(
            key=Key(
                event=stage.event,
                record_id=row.record_id,
                due=stage.due,
                meant=meant,
                clock=stage.clock,
                step=stage.role if stage.event == "overdue" else "",
            ),
            kind=stage.kind,
            begin=max(stage.since, state.since),
            end=min(stage.last, end),
            department=row.department,
            role=stage.role,
            breach=stage.event == "overdue" and row.priority == "高",
        )


def _news(company: Company, before: Row | None, row: Row, at: datetime) -> Iterator[Owed]:
    for event, roles in _told_at_once(before, row):
        meant = {one: role for role in reversed(roles) for one in _PEOPLE[role](company, row)}
        for one, role in meant.items():
            if event != "assigned" or one in _new_owners(before, row):
                key = Key(event=event, record_id=row.record_id, due=at, meant=one)
                yield Owed(key=key, kind="news", begin=at, department=row.department, role=role)


def _new_owners(before: Row | None, row: Row) -> list[str]:
    known = before.owner if before else ()
    return [one for one in row.owner if one not in known]


def _told_at_once(before: Row | None, row: Row) -> Iterator[tuple[str, Sequence[str]]]:
    """Event, and the roles of those who hear of it, each person in the first of theirs."""
    if row.status not in ENDED and _new_owners(before, row):
        yield "assigned", ("owner",)
    if before is None:
        if row.status == "待处理" and not row.owner:
            yield "unassigned", ("head",)
        return
    moved = row.planned and before.planned and row.planned != before.planned
    if moved or (row.risk and row.risk != before.risk):
        yield "risk", ("manager", "submitter")
    if row.status != before.status and row.status == "已完成":
        yield "finished", ("submitter",)
    low = row.score != before.score and isinstance(row.score, int | float) and row.score <= 2
    if low or (row.confirmation != before.confirmation and row.confirmation == "未解决"):
        yield "dissatisfied", ("owner", "manager")


def _unassigned(company: Company, state: Seen, end: datetime) -> Iterator[Stage]:
    row = state.row
    if not row.owner and row.submitted:
        since = calendar.after(row.submitted, 1)
        yield Stage(
            event="unassigned", due=since, since=since, to=heads(company, row), kind="instant", role="head"
        )


def _untriaged(company: Company, state: Seen, end: datetime) -> Iterator[Stage]:
    row = state.row
    if row.status == "待处理" and row.submitted and not all(getattr(row, key) for key in _TRIAGE):
        since = calendar.after_days(row.submitted, 1)
        yield Stage(event="untriaged", due=since, since=since, to=heads(company, row), role="head")


def _due_soon(company: Company, state: Seen, end: datetime) -> Iterator[Stage]:
    at = deadline(state.row)
    if at:
        since = calendar.at(calendar.workday_before(at.date()), time())
        yield Stage(event="due_soon", due=at, since=since, to=owners(company, state.row), last=at)


def _overdue(company: Company, state: Seen, end: datetime) -> Iterator[Stage]:
    row, fresh = state.row, state.row.status == "待处理"
    clocks = {
        "": deadline(row),
        "response": row.response_due if fresh and not row.responded else None,
        "start": row.start_due if fresh and not row.started else None,
    }
    for clock, at in clocks.items():
        if at and at < end:
            yield from _escalated(company, row, at, clock)


def _escalated(company: Company, row: Row, at: datetime, clock: str) -> Iterator[Stage]:
    """Owner at once, manager after a workday, head after three; each of them once."""
    reached: set[str] = set()
    for role, days in (("owner", 0), ("manager", 1), ("head", 3)):
        fresh = [one for one in _PEOPLE[role](company, row) if one not in reached]
        reached.update(fresh)
        since = calendar.after_days(at, days) if days else at
        yield Stage(event="overdue", due=at, since=since, to=fresh, kind="instant", clock=clock, role=role)


def _progress_due(company: Company, state: Seen, end: datetime) -> Iterator[Stage]:
    row = state.row
    level = row.priority or row.urgency
    if row.status != "待处理" and level:
        last = row.progress_at or row.started or state.status_since
        yield from _every("progress_due", owners(company, row), last, 1 if level == "高" else 2, end)


def _waiting(company: Company, state: Seen, end: datetime) -> Iterator[Stage]:
    if state.row.status == "待客户配合":
        yield from _every("waiting", owners(company, state.row), state.status_since, 3, end)


def _follow_up(company: Company, state: Seen, end: datetime) -> Iterator[Stage]:
    if state.row.status == "已搁置":
        role = "owner" if state.row.owner else "submitter"
        to = state.row.owner or state.row.submitter
        yield from _every("follow_up", to, state.status_since, 10, end, role)


def _unconfirmed(company: Company, state: Seen, end: datetime) -> Iterator[Stage]:
    row = state.row
    if row.status == "已完成" and row.finished and not row.confirmation:
        since = calendar.after_days(state.status_since, 2)
        yield Stage(event="unconfirmed", due=since, since=since, to=row.submitter, role="submitter")


def _every(
    event: str, to: Sequence[str], last: datetime, days: int, end: datetime, role: str = "owner"
) -> Iterator[Stage]:
    """Again with every so many workdays, each only until the next."""
    since = calendar.after_days(last, days)
    while since < end:
        following = calendar.after_days(since, days)
        yield Stage(event=event, due=since, since=since, to=to, last=following, role=role)
        since = following


_Stages = Sequence[Callable[[Company, Seen, datetime], Iterator[Stage]]]
_WORKING: _Stages = (_unassigned, _untriaged, _due_soon, _overdue, _progress_due)
_RESTING: _Stages = (_waiting, _follow_up, _unconfirmed)


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


_PEOPLE: Mapping[str, Callable[[Company, Row], Sequence[str]]] = {
    "owner": owners,
    "submitter": lambda company, row: row.submitter,
    "manager": managers,
    "head": heads,
}


def stand_ins(company: Company, who: str, role: str, department: str) -> set[str]:
    """Everybody who may get what somebody cannot see to: backup, manager, leader, administrator.

    The backup does the owner's work, but decides for no manager and knows no customer.
    """
    backups = {route.backup for route in company.routes() if route.department == department}
    bosses = {route.manager for route in company.routes() if route.department == department}
    mine = next(one.department for one in company.colleagues if one.name == who)
    found = {*bosses, company.lead(mine), company.lead(MANAGEMENT)} - {who}
    return found | backups - {who} if role == "owner" else found
