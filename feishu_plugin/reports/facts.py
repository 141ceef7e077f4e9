"""Everything a measure may look at: the histories of a period, read once; pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache, cached_property
from typing import Self

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement
from feishu_plugin.reports.history import Change, History
from feishu_plugin.reports.periods import Period, span_of
from feishu_plugin.reports.statuses import Statuses


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One status in a period, in workdays; see ``stages``."""

    status: str = ""
    stays: tuple[tuple[str, float], ...] = ()
    """(record id, length) of every stay that ended in the period."""
    worked: Mapping[str, float] = field(default_factory=dict)
    """Of those finished in the period: record id to its time in this status until then."""
    whole: float = 0.0
    """The time of those finished in the period in all statuses."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Histories as of ``now``, looked at for one period; what most measures ask is found only once."""

    period: Period
    now: datetime
    policy: Policy
    statuses: Statuses
    histories: tuple[History, ...]
    duplicates: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)
    """Of every original: when its confirmed duplicates were submitted."""
    archived: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Record ids that no link can name any more: those rows are in the archive."""
    entries: Mapping[str, datetime] = field(default_factory=dict, compare=False, repr=False)
    """Entries of 知识库, and since when there are."""
    name: Callable[[str], str] = field(default=str, compare=False, repr=False)
    """What people call a person (open_id)."""
    stage: Stage = field(default=Stage(), compare=False, repr=False)
    """The status that the measures of 环节耗时 look at."""
    workdays: dict[tuple[str, datetime], float] = field(default_factory=dict, compare=False, repr=False)
    """A notebook shared with every part of these facts: (record id, instant of a finish) to the
    workdays it took. Working them out is most of the cost of a report."""

    moved: Sequence[tuple[History, Change]] | None = field(default=None, compare=False, repr=False)
    """The changes of the period where they are known already, as a part's are from the whole's."""

    @property
    def is_past_month(self) -> bool:
        """True for a month that is over, which is what people review."""
        return span_of(self.period.key) == "month" and self.now >= self.period.end

    @cached_property
    def created(self) -> list[History]:
        """Submitted in the period."""
        return [history for history in self.histories if history.born in self.period]

    @cached_property
    def flows(self) -> Mapping[str, Sequence[str]]:
        """By flow of the balance: the record id of every change of the period that is one."""
        found: dict[str, list[str]] = {}
        flow = cache(self.statuses.flow)  # of few pairs of statuses, and there are many changes
        for history, change in self.changes():
            if kind := flow(change.from_status, change.to_status):
                found.setdefault(kind, []).append(history.record_id)
        return found

    def only(self, keep: Callable[[Requirement], bool]) -> Self:
        """The same facts for a part of the requirements."""
        return replace(self, histories=tuple(h for h in self.histories if keep(h.requirement)), moved=None)

    def within(self, period: Period) -> Self:
        """The same facts looked at for another period, which must lie inside the one they were read for."""
        return replace(self, period=period, moved=None)

    def split(self, value: Callable[[Requirement], str]) -> dict[str, Self]:
        """The same facts in parts, by a value of each requirement; together they are the whole.

        Asked again with the same function it gives the same parts, with what they have found already.
        """
        if value not in self._parts:
            self._parts[value] = self._split(value)
        return self._parts[value]

    @cached_property
    def _parts(self) -> dict[Callable[[Requirement], str], dict[str, Self]]:
        return {}

    def _split(self, value: Callable[[Requirement], str]) -> dict[str, Self]:
        of = {history.record_id: value(history.requirement) for history in self.histories}
        parts: dict[str, list[History]] = {key: [] for key in sorted({*of.values()})}
        moved: dict[str, list[tuple[History, Change]]] = {key: [] for key in parts}
        for history in self.histories:
            parts[of[history.record_id]].append(history)
        for one in self.changes():
            moved[of[one[0].record_id]].append(one)
        return {key: replace(self, histories=tuple(parts[key]), moved=moved[key]) for key in parts}

    def changes(self) -> Sequence[tuple[History, Change]]:
        """Every change of the period."""
        return self._changes

    @cached_property
    def _changes(self) -> Sequence[tuple[History, Change]]:
        if self.moved is not None:
            return self.moved
        begin, end = self.period.begin, self.period.end
        return [(h, change) for h in self.histories for change in h.changes if begin <= change.at < end]

    def was_open(self, history: History) -> bool:
        """True when somebody may have had to work on it at some time of the period."""
        before = self.statuses.is_open(history.status_before(self.period.begin))
        entered = (change.to_status for change in history.changes if change.at in self.period)
        return before or history.born in self.period or any(map(self.statuses.is_open, entered))

    def finishes(self) -> Mapping[str, tuple[History, Change]]:
        """By record id: the last change of the period by which the work became finished."""
        return self._finishes

    @cached_property
    def _finishes(self) -> Mapping[str, tuple[History, Change]]:
        finished = self.statuses.finished
        return {
            history.record_id: (history, change)
            for history, change in self.changes()
            if change.to_status in finished and change.from_status not in finished
        }


def confirmed_duplicates(histories: Iterable[History], statuses: Statuses) -> dict[str, tuple[datetime, ...]]:
    """Originals, and when their duplicates came; confirmed = voided as a duplicate of them."""
    found: dict[str, tuple[datetime, ...]] = {}
    for history in histories:
        requirement = history.requirement
        if statuses.is_void(requirement.status) and requirement.void_reason == "duplicate":
            for original in requirement.duplicate_of:
                found[original] = (*found.get(original, ()), history.born)
    return found
