"""Who is meant by 负责人, 管理者 … of a record; pure, asks only the given directory.

Who gets the notice when one of them is not there: ``standins``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from feishu_plugin.policy import Policy, Route
from feishu_plugin.records import Requirement
from feishu_plugin.reminders.notice import Directory
from feishu_plugin.rules.routing import match

Absence = Literal["", "away", "left"]
"""Why somebody cannot see to a notice; empty when they can."""

_LEADERS_ABOVE = 10  # a ring of leaders in the directory must not hold us for ever


def upwards(people: Directory, open_id: str | None) -> Iterator[str]:
    """The person and all leaders above, nearest first; a ring of leaders ends where it began."""
    seen: set[str] = set()
    while open_id and open_id not in seen and len(seen) <= _LEADERS_ABOVE:
        seen.add(open_id)
        yield open_id
        open_id = people(open_id).leader


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """The people around the records of one base."""

    policy: Policy
    people: Directory
    administrators: Sequence[str] = ()
    _away: dict[date, frozenset[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """A tick asks about the same day for every record."""

    def named(self, audience: str, record: Requirement) -> tuple[str, ...]:
        """open_ids of those whom an audience key means for a record, once each, there or not.

        Empty for customers and unknown keys.
        """
        find = _AUDIENCES.get(audience)
        return tuple(dict.fromkeys(find(self, record))) if find else ()

    def absence(self, open_id: str, at: datetime) -> Absence:
        """Why this person cannot see to anything that day: on leave by 作息日历, or gone for good."""
        if not self.people(open_id).active:
            return "left"
        return "away" if open_id in self._away_on(self.policy.worktime.local_day(at)) else ""

    def _away_on(self, day: date) -> frozenset[str]:
        if day not in self._away:
            leaves = (leave for leave in self.policy.leaves if leave.first <= day <= leave.last)
            self._away[day] = frozenset(person for leave in leaves for person in leave.people)
        return self._away[day]

    def routes(self, record: Requirement) -> list[Route]:
        """The routing rules of the record's department, the one that fits the record first."""
        mine = [r for r in self.policy.routes if r.department == record.department]
        fitting = match(self.policy, record) if len(mine) > 1 else None
        return sorted(mine, key=lambda route: route is not fitting)

    def _owners(self, record: Requirement) -> Sequence[str]:
        return record.owner or self._heads(record)

    def _editors(self, record: Requirement) -> Sequence[str]:
        # Only the rule that put an edit back knows who edited; without that, who cares most.
        return record.owner or record.submitter

    def _managers(self, record: Requirement) -> Sequence[str]:
        named = [person for route in self.routes(record) for person in route.managers]
        return named or self.policy.managers() or self._above(record)[:1] or self.administrators

    def _above(self, record: Requirement) -> list[str]:
        """Who stands above owner or submitter, those with the manager's role first."""
        start = [*record.owner, *record.submitter]
        leaders = [one for person in start for one in upwards(self.people, person) if one != person]
        return sorted(leaders, key=lambda one: "manager" not in self.people(one).roles)

    def _heads(self, record: Requirement) -> Sequence[str]:
        names = {record.department, self.policy.label("department", record.department)}
        leads = (one for one in self._nearby(record) if names & set(self.people(one).leads))
        found = list(leads) if record.department else []
        above = [leader for owner in record.owner if (leader := self._active_above(owner))]
        return found[:1] or above or self._managers(record) or record.submitter

    def _active_above(self, open_id: str) -> str:
        leaders = (one for one in upwards(self.people, open_id) if one != open_id)
        return next((one for one in leaders if self.people(one).active), "")

    def _nearby(self, record: Requirement) -> Iterator[str]:
        """Everybody the head of the department may be found among, nearest first."""
        starts = list(record.owner)
        for route in self.routes(record):
            starts += [*route.owners, *route.backup, *route.managers]
        for start in dict.fromkeys([*starts, *record.submitter, *self.administrators]):
            yield from upwards(self.people, start)

    def _administrators(self, record: Requirement) -> Sequence[str]:
        return self.administrators or self.policy.managers() or self._managers(record)


_AUDIENCES: dict[str, Callable[[Circle, Requirement], Sequence[str]]] = {
    "owner": Circle._owners,
    "submitter": lambda circle, record: record.submitter,
    "editor": Circle._editors,
    "manager": Circle._managers,
    "head": Circle._heads,
    "administrator": Circle._administrators,
}
