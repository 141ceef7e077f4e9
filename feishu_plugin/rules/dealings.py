"""What a customer has had of us: how many requirements, how many open, how content they were. Pure."""

from dataclasses import dataclass
from typing import Self

from feishu_plugin.records import Requirement


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealings:
    """The figures of one customer; archived requirements count as had."""

    had: int = 0
    open: int = 0
    """Neither finished nor ended."""
    rated: int = 0
    """Requirements with a score."""
    points: float = 0.0
    """The sum of these scores (1-5 each)."""

    @property
    def satisfaction(self) -> float | None:
        """The mean score with one decimal; None while nobody was asked or answered."""
        return round(self.points / self.rated, 1) if self.rated else None

    @property
    def text(self) -> str:
        """``第 7 条 · 未完成 2 · 满意度 4.3``: what is read on a requirement that makes it seven."""
        content = [] if self.satisfaction is None else [f"满意度 {self.satisfaction:.1f}"]
        return " · ".join([f"第 {self.had} 条", f"未完成 {self.open}", *content])

    def __add__(self, other: Self) -> "Dealings":
        return Dealings(
            had=self.had + other.had,
            open=self.open + other.open,
            rated=self.rated + other.rated,
            points=self.points + other.points,
        )


def dealings_of(requirement: Requirement, *, is_open: bool) -> Dealings:
    """One requirement as figures."""
    score = requirement.score
    return Dealings(had=1, open=int(is_open), rated=int(score is not None), points=score or 0.0)
