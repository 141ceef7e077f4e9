"""People at their tables: what they edit when, and what happens to the event of it.

Edits come in episodes, a quarter of an hour or more apart on one requirement: one edit, a quick
pair of them, a remark, or a pair of which nobody hears the first. Late, spoilt and lost events
are those of lone edits: which of several quick moves was the forbidden one nobody can say who
has not heard of all of them.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from benchmarks.delivery.oracle import ENDS, Edit, Fate, Life, illegal_from, legal_from, verdict
from feishu_plugin.records import Value, Values

FILLED: Mapping[str, Value] = {
    "title": "怎样导出", "type": "inquiry", "department": "support", "owner": ("ou_u1",), "status": "pending",
    "planned_finish": datetime(2026, 12, 1, tzinfo=UTC), "solution": "说明", "progress": "已回复",
    "result": "已说明", "shelve_reason": "排期", "follow_up": "下月", "void_reason": "invalid",
    "confirmation": "solved", "score": 5.0,
}  # fmt: skip
"""A requirement of which no field is missing for any move."""
LATE, MALFORMED, NEVER = 0.065, 0.013, 0.022
"""Shares of the events that may have such a fate; of all events they make 5 %, 1 % and 2 %."""
ILLEGAL = 0.25
APART_S = (900.0, 3900.0)
"""How long between two episodes of a requirement: a sweep comes every ten minutes."""
_FOLKS = 60


@dataclass(frozen=True, slots=True)
class Act:
    """One write by a person."""

    at: float
    record_id: str
    operator: str
    values: Values
    event_id: str
    fate: Fate = "told"
    edit: Edit | None = None
    """When it is a status."""


class Crowd:
    """Everybody who edits, and the oracle's account of what they did."""

    def __init__(self, dice: Random, lives: int, shown: Callable[[str], str]) -> None:
        self._dice, self._shown = dice, shown
        self.people = [f"ou_u{n}" for n in range(_FOLKS)]
        self.edits: list[Edit] = []
        self.lives: dict[str, Life] = {}
        self._episodes: list[tuple[float, str]] = []
        self._follow: list[tuple[float, str]] = []
        self._others = 0
        for _ in range(lives):
            self._born(dice.uniform(60, APART_S[1]))

    @property
    def next_at(self) -> float:
        """The second of the next act."""
        return min(queue[0][0] for queue in (self._episodes, self._follow) if queue)

    def settlers(self) -> Iterator[tuple[str, Values]]:
        """The requirements that are there before us."""
        return ((record_id, FILLED) for record_id in self.lives)

    def fate(self, *, single: bool) -> Fate:
        """What happens to an event."""
        share = self._dice.random() if single else 1.0
        if share < LATE:
            return "late"
        if share < LATE + MALFORMED:
            return "malformed"
        return "never" if share < LATE + MALFORMED + NEVER else "told"

    def acts(self, until: float) -> Iterator[Act]:
        """Everything that people do up to this second, in order."""
        while self.next_at < until:
            if self._follow and (not self._episodes or self._follow[0] < self._episodes[0]):
                at, record_id = heapq.heappop(self._follow)
                yield self._status(at, record_id, "told")
            else:
                yield from self._episode(*heapq.heappop(self._episodes))

    def _episode(self, at: float, record_id: str) -> Iterator[Act]:
        life = self.lives[record_id]
        if life.refused_at_end >= 2:
            yield self._added(at)
            return
        heapq.heappush(self._episodes, (at + self._dice.uniform(*APART_S), record_id))
        kind = self._dice.random()
        if kind < 0.1:
            yield self._remark(at, life)
        elif kind < 0.2:
            heapq.heappush(self._follow, (at + self._dice.uniform(0.2, 2.5), record_id))
            yield self._status(at, record_id, "told")
        elif kind < 0.22:
            heapq.heappush(self._follow, (at + self._dice.uniform(0.05, 0.9), record_id))
            yield self._status(at, record_id, "overtaken")
        else:
            yield self._status(at, record_id, self.fate(single=True))

    def _status(self, at: float, record_id: str, fate: Fate) -> Act:
        life, number = self.lives[record_id], len(self.edits)
        after = self._wanted(life)
        known = "none" if fate == "overtaken" else verdict(life.accepted, after)
        seen = self._shown(record_id)
        edit = Edit(number, record_id, self._somebody(), fate, seen, after, life.accepted, known)
        self.edits.append(edit)
        life.refused_at_end += known == "put_back" and life.accepted in ENDS
        life.accepted = after if known == "pass" else life.accepted
        return Act(at, record_id, edit.operator, {"status": after}, edit.event_id, fate, edit)

    def _wanted(self, life: Life) -> str:
        """Never what the cell shows already: Feishu makes no event of that."""
        shown = self._shown(life.record_id)
        legal = [one for one in legal_from(life.accepted) if one != shown]
        on = [one for one in legal if one not in ENDS] or legal
        if legal and self._dice.random() >= ILLEGAL:
            return self._dice.choice(legal if self._dice.random() < 0.1 else on)
        return self._dice.choice([one for one in illegal_from(life.accepted) if one != shown])

    def _remark(self, at: float, life: Life) -> Act:
        self._others += 1
        life.remark = f"备注 {self._others}"
        values = {"remark": life.remark}
        return Act(
            at, life.record_id, self._somebody(), values, f"remark{self._others}", self.fate(single=True)
        )

    def _added(self, at: float) -> Act:
        life = self._born(at + self._dice.uniform(*APART_S))
        fate = self.fate(single=True)
        return Act(at, life.record_id, self._somebody(), FILLED, f"added{life.record_id}", fate)

    def _born(self, first: float) -> Life:
        life = Life(record_id=f"rec{len(self.lives):07d}")
        self.lives[life.record_id] = life
        heapq.heappush(self._episodes, (first, life.record_id))
        return life

    def _somebody(self) -> str:
        return self._dice.choice(self.people)
