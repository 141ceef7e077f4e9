"""What each status means for the figures; the only place of this package that decides it."""

from dataclasses import dataclass
from typing import Self

from feishu_plugin.policy import Parameters

SHELVED = "shelved"
"""The policy calls it a paused status like 待客户配合; only its stable key tells them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statuses:
    """A requirement is *open* while somebody may still have to work on it.

    Open = neither finished (已完成, 已关闭) nor ended (已作废) nor shelved (已搁置). A
    requirement that waits for its customer is open.
    """

    initial: str
    done: str
    """The finished status that comes before closing."""
    finished: frozenset[str]
    ended: frozenset[str]
    paused: frozenset[str]

    @classmethod
    def of(cls, parameters: Parameters) -> Self:
        """The meaning the team's parameters give to statuses."""
        finished = parameters.finished_statuses
        return cls(
            initial=parameters.initial_status,
            done=next((s for s in finished if s not in parameters.ended_statuses), finished[0]),
            finished=frozenset(finished),
            ended=frozenset(parameters.ended_statuses),
            paused=frozenset(parameters.paused_statuses),
        )

    def is_open(self, status: str | None) -> bool:
        """True while work may be left; an unborn requirement (None) is not open."""
        return status is not None and status not in (self.finished | self.ended | {SHELVED})

    def is_finished(self, status: str | None) -> bool:
        """True when the work is done."""
        return status in self.finished

    def is_void(self, status: str | None) -> bool:
        """True when it ended without work (duplicate, invalid)."""
        return status in self.ended - self.finished
