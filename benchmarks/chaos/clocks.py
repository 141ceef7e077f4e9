"""The clock is wrong for a while: two hours ahead or behind, and right again."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from benchmarks.chaos.play import Around
from benchmarks.chaos.scene import Scene
from benchmarks.chaos.trial import Reference, Trial, tried

_STEPS = frozenset({3, 8, 10})
"""Nothing falls due in two hours from there on, nor was it in two hours before."""


def stepped(wanted: Reference) -> Iterator[Trial]:
    """The clock jumps between two steps, work goes on, and it jumps back."""
    for hours in (2, -2):
        yield tried(
            wanted,
            f"clock {hours:+d} h and back",
            _jumping(timedelta(hours=hours)),
            times=len(_STEPS),
            late=True,
        )


def _jumping(by: timedelta) -> Callable[[Scene], Around]:
    def of(scene: Scene) -> Around:
        def around(number: int, step: Callable[[], None]) -> None:
            if number in _STEPS:
                there = scene.now()
                scene.set_clock(there + by)
                scene.until_quiet(after=there + by)
                scene.set_clock(there)
                scene.until_quiet(after=there)
            step()

        return around

    return of
