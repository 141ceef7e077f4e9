"""The life of one requirement as a chain of status changes; pure, and never judges a move.

The ledger tells the changes. Rows that were put back did not happen and are only counted;
rows that a rule only observed did (the new status stayed in the table), so both pass and
observe count.
For what the ledger does not tell, because the requirement is older than the plugin or a
row is missing, the register speaks: see ``_implied``.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from feishu_plugin.records import Requirement, Transition
from feishu_plugin.reports.statuses import Statuses

STOOD = frozenset({"pass", "observe"})
"""Verdicts after which the table kept the new status."""
PUT_BACK = "put_back"
"""The verdict after which it got its old status again."""
SKEW = timedelta(minutes=10)
"""How far the times of two moves may contradict their order (an interval of the sweep)."""
_MOMENT = attrgetter("at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The status went from one value to another."""

    at: datetime
    from_status: str
    to_status: str
    score: float | None = None
    """满意度评分 as it was then; None also in rows that are older than the column."""
    recorded: bool = True
    """False when it was worked out from the register's own fields."""
    operator: str = ""
    """open_id of the person who made it, where the ledger names one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """A requirement, when it came, and everything its status went through, oldest first."""

    requirement: Requirement
    born: datetime
    initial: str
    changes: tuple[Change, ...] = ()
    put_back: tuple[datetime, ...] = ()
    """When moves were undone, as far as the reading went; they changed nothing."""

    @property
    def record_id(self) -> str:
        """Of the requirement."""
        return self.requirement.record_id

    def status_before(self, at: datetime) -> str | None:
        """The status just before an instant; None when the requirement did not exist yet."""
        if self.born >= at:
            return None
        passed = bisect_left(self.changes, at, key=_MOMENT)
        return self.changes[passed - 1].to_status if passed else self.initial

    def stays(self, until: datetime) -> Iterator[tuple[str, datetime, datetime]]:
        """(status, since, till) of every stay up to ``until``."""
        status, since = self.initial, self.born
        for change in self.changes:
            if change.at >= until:
                break
            yield status, since, change.at
            status, since = change.to_status, change.at
        yield status, since, until


def history_of(requirement: Requirement, rows: Iterable[Transition], statuses: Statuses) -> History | None:
    """The history of a requirement from its ledger rows; None when nothing tells when it came.

    It came at 提交时间, else when the row was created, but not after its first ledger row.
    """
    told = list(_once(rows))
    recorded = _in_order(_changes(told, statuses), statuses.initial)
    born = min((at for at in (_submitted(requirement), *(c.at for c in recorded[:1])) if at), default=None)
    if born is None:
        return None
    first, until = (recorded[0].from_status, recorded[0].at) if recorded else (requirement.status, None)
    before = _implied(requirement, statuses, (statuses.initial, born), first, until)
    changes = [*before, *recorded]
    if recorded:
        here = (recorded[-1].to_status, recorded[-1].at)
        changes += _implied(requirement, statuses, here, requirement.status, None)
    return History(
        requirement=requirement,
        born=born,
        initial=statuses.initial,
        changes=tuple(changes),
        put_back=tuple(sorted(at for row in told if row.verdict == PUT_BACK and (at := _moment(row)))),
    )


def _submitted(requirement: Requirement) -> datetime | None:
    told = requirement.get("created_at")
    return (
        requirement.submitted_at or requirement.created_at or (told if isinstance(told, datetime) else None)
    )


def _changes(rows: Iterable[Transition], statuses: Statuses) -> Iterator[Change]:
    for row in rows:
        at, before = _moment(row), row.from_status or statuses.initial
        if at and row.verdict in STOOD and row.to_status and before != row.to_status:
            yield Change(
                at=at,
                from_status=before,
                to_status=row.to_status,
                operator=next(iter(row.operator), ""),
                score=row.score,
            )


def _moment(row: Transition) -> datetime | None:
    return row.at or row.created_at


def _once(rows: Iterable[Transition]) -> Iterator[Transition]:
    """Without rows of the same verdict: a ledger row written twice is still one move."""
    seen: set[object] = set()
    for row in rows:
        key = row.get("effect_key")
        if key is None or key not in seen:
            yield row
        seen.add(key)


def _in_order(changes: Iterable[Change], status: str) -> list[Change]:
    """By time, but rows that lie close together in the order in which they chain.

    Events carry whole seconds, and a move nobody told is stamped when the sweep finds it. A
    change that chains only after a later one happened no earlier than that one.
    """
    waiting = sorted(changes, key=_MOMENT)
    if _chain(waiting, status):
        return waiting
    ordered: list[Change] = []
    while waiting:
        near = [change for change in waiting if change.at - waiting[0].at <= SKEW]
        following = next((change for change in near if change.from_status == status), near[0])
        waiting.remove(following)
        status = following.to_status
        late = ordered and ordered[-1].at > following.at
        ordered.append(replace(following, at=ordered[-1].at) if late else following)
    return ordered


def _chain(changes: Iterable[Change], status: str) -> bool:
    for change in changes:
        if change.from_status != status:
            return False
        status = change.to_status
    return True


def _implied(
    requirement: Requirement,
    statuses: Statuses,
    here: tuple[str, datetime],
    target: str,
    until: datetime | None,
) -> list[Change]:
    """The changes from ``here`` (status, since) to ``target`` that no ledger row tells.

    A finished status was reached at 实际完成时间, a closed one at 关闭时间; an open one at
    实际开始时间 when it left the initial status; any other when the row was last changed.
    Where that is unknown, or lies after the first ledger row (``until``), the requirement
    counts as having been in ``target`` ever since ``here``. Times are kept in order.
    """
    status, since = here
    changes = []
    for following, known in _stations(requirement, statuses, status, target):
        at = since if known is None or (until and known > until) else max(known, since)
        changes.append(Change(at=at, from_status=status, to_status=following, recorded=False))
        status, since = following, at
    return changes


def _stations(
    requirement: Requirement, statuses: Statuses, status: str, target: str
) -> list[tuple[str, datetime | None]]:
    finished_at, closed_at, touched = requirement.finished_at, requirement.closed_at, requirement.modified_at
    if target in ("", status):
        return []
    if statuses.is_open(target):
        return [(target, requirement.started_at if status == statuses.initial else touched)]
    if not statuses.is_finished(target):
        return [(target, touched)]
    if target == statuses.done:
        return [(target, finished_at or closed_at or touched)]
    if finished_at and closed_at and not statuses.is_finished(status):
        return [(statuses.done, finished_at), (target, closed_at)]
    return [(target, closed_at or finished_at or touched)]
