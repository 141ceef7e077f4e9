"""Who is meant by 负责人, 管理者 … of a record; pure, asks only the given directory.

Nobody who left the company is named: their leader stands in.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from feishu_plugin.policy import Policy, Route
from feishu_plugin.records import Requirement
from feishu_plugin.reminders.notice import Directory

_LEADERS_ABOVE = 10  # a ring of leaders in the directory must not hold us for ever


def leader_of(people: Directory, open_id: str) -> str:
    """The nearest active leader above a person; empty when there is none."""
    return next((above for above in active_from(people, open_id) if above != open_id), "")


def active_from(people: Directory, open_id: str) -> Iterator[str]:
    """The person and all leaders above who have not left, nearest first."""
    return (one for one in _upwards(people, open_id) if people(one).active)


def _upwards(people: Directory, open_id: str | None) -> Iterator[str]:
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

    def named(self, audience: str, record: Requirement) -> tuple[str, ...]:
        """open_ids of an audience key for a record, once each; empty for customers and unknown keys."""
        find = _AUDIENCES.get(audience)
        return self.standing(find(self, record)) if find else ()

    def standing(self, open_ids: Sequence[str]) -> tuple[str, ...]:
        """The same people; those who left are replaced by their nearest active leader."""
        found = (next(active_from(self.people, open_id), "") for open_id in open_ids)
        return tuple(dict.fromkeys(open_id for open_id in found if open_id))

    def _routes(self, record: Requirement) -> list[Route]:
        return [r for r in self.policy.routes if r.department == record.department]

    def _owners(self, record: Requirement) -> Sequence[str]:
        return record.owner or self._heads(record)

    def _editors(self, record: Requirement) -> Sequence[str]:
        # Only the rule that put an edit back knows who edited; without that, who cares most.
        return record.owner or record.submitter

    def _managers(self, record: Requirement) -> Sequence[str]:
        named = [person for route in self._routes(record) for person in route.managers]
        return named or self.policy.managers() or self._above(record)[:1] or self.administrators

    def _above(self, record: Requirement) -> list[str]:
        """Who stands above owner or submitter, those with the manager's role first."""
        start = [*record.owner, *record.submitter]
        leaders = [one for person in start for one in _upwards(self.people, person) if one != person]
        return sorted(leaders, key=lambda one: "manager" not in self.people(one).roles)

    def _heads(self, record: Requirement) -> Sequence[str]:
        names = {record.department, self.policy.label("department", record.department)}
        leads = (one for one in self._nearby(record) if names & set(self.people(one).leads))
        found = list(leads) if record.department else []
        above = [leader for owner in record.owner if (leader := leader_of(self.people, owner))]
        return found[:1] or above or self._managers(record) or record.submitter

    def _nearby(self, record: Requirement) -> Iterator[str]:
        """Everybody the head of the department may be found among, nearest first."""
        starts = list(record.owner)
        for route in self._routes(record):
            starts += [*route.owners, *route.backup, *route.managers]
        for start in dict.fromkeys([*starts, *record.submitter, *self.administrators]):
            yield from _upwards(self.people, start)

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
