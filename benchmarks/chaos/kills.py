"""Which boundaries a play is killed at: every name, before and after, at its first and at other crossings."""

import random
from collections.abc import Iterator

from benchmarks.chaos.trial import Reference, Trial, tried
from benchmarks.chaos.watch import Plan, changes_something

Kill = tuple[str, int]
"""A boundary and which of its crossings."""

_NOISE = ("lease", "release", "count calls")
"""Crossed by the hundred as time passes, not as the story goes: one of each, not all."""


def first_kills(wanted: Reference) -> list[Kill]:
    """The first crossing of every boundary, also of calls that only read."""
    return [(boundary, 1) for boundary in sorted(wanted.crossings)]


def other_kills(wanted: Reference) -> list[Kill]:
    """All later crossings of what changes something."""
    told = (one for one in sorted(wanted.crossings) if changes_something(one) and not one.endswith(_NOISE))
    return [(boundary, n) for boundary in told for n in range(2, wanted.crossings[boundary] + 1)]


def plays_of(kills: list[Kill], per_play: int, dice: random.Random) -> Iterator[Plan]:
    """Deals the kills out over plays; each play is a story that is interrupted so often."""
    dealt = dice.sample(kills, len(kills))
    for start in range(0, len(dealt), per_play):
        plan: dict[str, list[int]] = {}
        for boundary, n in dealt[start : start + per_play]:
            plan.setdefault(boundary, []).append(n)
        yield plan


def killed(
    wanted: Reference, what: str, kills: list[Kill], per_play: int, dice: random.Random
) -> Iterator[Trial]:
    """The plays in which the service dies at these crossings."""
    for plan in plays_of(kills, per_play, dice):
        yield tried(wanted, what, kills=plan)
