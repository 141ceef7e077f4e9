"""Who gets a notice in place of somebody who is on leave, has left, or cannot be reached; pure.

The person *meant* never changes by that: what was told to a stand-in is told, also when the
person is back. Backup first, then manager, then leader; the administrators are the last resort.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feishu_plugin.records import Requirement
from feishu_plugin.reminders.audience import Absence, Circle, upwards
from feishu_plugin.reminders.notice import Facts

Knows = Callable[[str], bool]
"""True of a person (open_id) who heard of it at an earlier stage."""
_Group = Callable[[Circle, Requirement, str], Iterable[str]]
"""Those who may stand in for a person (open_id) about a record, best first."""

_WHY: Mapping[Absence, tuple[str, str]] = {"away": ("休假", "on leave"), "left": ("已离职", "has left")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """One person who is meant by a notice, and who gets it."""

    meant: str
    open_id: str
    """Another than ``meant`` only with a reason."""
    why: Absence = ""
    name: str = ""
    """Of the person meant; empty when nobody stands in."""

    @property
    def instead_of(self) -> tuple[str, ...]:
        """The person meant, when another gets it."""
        return (self.meant,) if self.why else ()

    @property
    def facts(self) -> Facts:
        """For whom the reader stands in and why, in Chinese and English; none for oneself."""
        if not self.why:
            return {}
        zh, en = _WHY[self.why]
        return {"for_zh": f"{self.name}（{zh}）", "for_en": f"{self.name} ({en})"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """Who stands in for the people of one audience of one record, that day."""

    circle: Circle
    audience: str
    record: Requirement
    at: datetime

    def reach(self, meant: Sequence[str], knows: Knows = lambda open_id: False) -> tuple[Reach, ...]:
        """Who gets what these people are meant by; those who are there get it themselves.

        Nobody who ``knows`` stands in. Who is away while all who could stand in know is left out:
        it is for them alone, when they are back.
        """
        absent = {one: why for one in meant if (why := self._absence(one))}
        there = [one for one in meant if one not in absent]
        found = (self._handed(one, absent.get(one, ""), there, knows) for one in meant)
        return tuple(reach for reach in found if reach)

    def others(self, open_id: str) -> Iterator[str]:
        """Everybody who could get a notice that cannot reach this person, best first, once each.

        Those whom the audience means as well are left out: they get a notice of their own.
        """
        seen = {open_id, *self.circle.named(self.audience, self.record)}
        for group in _ORDERS.get(self.audience, _USUAL):
            for one in group(self.circle, self.record, open_id):
                if one not in seen and not self.circle.absence(one, self.at):
                    yield one
                seen.add(one)

    def _absence(self, open_id: str) -> Absence:
        why = self.circle.absence(open_id, self.at)
        # Who edits on leave is at work, it seems, and wants the answer.
        return "" if (self.audience, why) == ("editor", "away") else why

    def _handed(self, meant: str, why: Absence, there: Sequence[str], knows: Knows) -> Reach | None:
        if not why:
            return Reach(meant=meant, open_id=meant)
        known = False
        for group in _ORDERS.get(self.audience, _USUAL):
            present = self._present(group, meant)
            known = known or bool(present)
            if fresh := [one for one in present if not knows(one)]:
                # Another backup first; who gets it anyway hears that it is for two.
                chosen = min(fresh, key=lambda one: one in there) if group is _backups else fresh[0]
                name = self.circle.people(meant).name or meant
                return Reach(meant=meant, open_id=chosen, why=why, name=name)
        return None if known else Reach(meant=meant, open_id=meant)

    def _present(self, group: _Group, meant: str) -> list[str]:
        named = dict.fromkeys(group(self.circle, self.record, meant))
        return [one for one in named if one != meant and not self.circle.absence(one, self.at)]


def _backups(circle: Circle, record: Requirement, open_id: str) -> Iterable[str]:
    return (one for route in circle.routes(record) for one in route.backup)


def _managers(circle: Circle, record: Requirement, open_id: str) -> Iterable[str]:
    return circle.named("manager", record)


def _leaders(circle: Circle, record: Requirement, open_id: str) -> Iterable[str]:
    return upwards(circle.people, open_id)


def _administrators(circle: Circle, record: Requirement, open_id: str) -> Iterable[str]:
    return circle.named("administrator", record)


_USUAL: tuple[_Group, ...] = (_backups, _managers, _leaders, _administrators)
_ORDERS: Mapping[str, tuple[_Group, ...]] = {
    # The backup of whoever does the work knows nothing of the customer, and decides for no manager.
    "submitter": (_leaders, _managers, _administrators),
    "editor": (_leaders, _managers, _administrators),
    "manager": (_managers, _leaders, _administrators),
    "head": (_managers, _leaders, _administrators),
    "administrator": (_administrators, _managers, _leaders),
}
