"""How changed rules would rank the open requirements, before anybody saves them; pure.

The rank is the order in which work should be taken up: level, then score, then who has
waited longest. Due times are taken as they stand in the table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement
from feishu_plugin.rules.priority import rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one requirement stands under one policy."""

    score: float
    """0-100."""
    level: int
    """1-5."""
    priority: str
    """Computed option key; a valid override by hand is left out of account."""
    rank: int
    """1 is taken up first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RankChange:
    """A requirement that stands elsewhere under the changed rules."""

    record_id: str
    number: str
    title: str
    now: Standing
    then: Standing

    @property
    def up(self) -> int:
        """Ranks gained; negative when lost."""
        return self.now.rank - self.then.rank

    @property
    def data(self) -> dict[str, Any]:
        """For machines."""
        return {**asdict(self), "up": self.up}


def rank_changes(
    records: Iterable[Requirement], now_policy: Policy, then_policy: Policy, now: datetime
) -> tuple[RankChange, ...]:
    """Every open requirement whose score, level, priority or rank changes; the largest move first."""
    stopped = {*now_policy.parameters.finished_statuses, *now_policy.parameters.ended_statuses}
    known = [record for record in records if record.status not in stopped]
    before, after = _standings(known, now_policy, now), _standings(known, then_policy, now)
    changes = [
        RankChange(
            record_id=record.record_id,
            number=record.number,
            title=record.title,
            now=before[record.record_id],
            then=after[record.record_id],
        )
        for record in known
        if before[record.record_id] != after[record.record_id]
    ]
    return tuple(sorted(changes, key=lambda change: (-abs(change.up), change.then.rank)))


def _standings(records: Sequence[Requirement], policy: Policy, now: datetime) -> Mapping[str, Standing]:
    rated = [(record, rate(policy, record, now)) for record in records]
    rated.sort(key=lambda one: (-one[1].level, -one[1].score, one[0].submitted_at or now, one[0].record_id))
    return {
        record.record_id: Standing(
            score=rating.score, level=rating.level, priority=rating.priority, rank=rank
        )
        for rank, (record, rating) in enumerate(rated, 1)
    }
