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

    @property
    def resting(self) -> frozenset[str]:
        """Nobody of the team is at work: it waits, or it counts as solved until a customer says no."""
        return self.paused | self.finished

    def is_open(self, status: str | None) -> bool:
        """True while work may be left; an unborn requirement (None) is not open."""
        over = status in self.finished or status in self.ended
        return status is not None and not over and status != SHELVED

    def is_finished(self, status: str | None) -> bool:
        """True when the work is done."""
        return status in self.finished

    def flow(self, before: str, after: str) -> str | None:
        """Which flow of the balance a change is; None when it does not cross the border of the open set."""
        was, is_now = self.is_open(before), self.is_open(after)
        if was == is_now:
            return None
        if is_now:
            return "reopened" if self.is_finished(before) else "resumed"
        return self._exit(after)

    def _exit(self, status: str) -> str:
        if status == SHELVED:
            return "shelved"
        if self.is_void(status):
            return "voided"
        return "finished" if status == self.done else "closed"

    def is_void(self, status: str | None) -> bool:
        """True when it ended without work (duplicate, invalid)."""
        return status in self.ended - self.finished
