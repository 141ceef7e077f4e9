"""How fast one sender may come: a bucket for each, in memory; decides nothing else."""

from collections.abc import Callable
from time import monotonic

BURST, PER_SECOND = 100, 10.0


class Pace:
    """Buckets by name, for one thread. ``now`` is in seconds, of any origin; names must be few."""

    def __init__(
        self, now: Callable[[], float] = monotonic, burst: int = BURST, per_second: float = PER_SECOND
    ) -> None:
        self._now, self._burst, self._per_second = now, burst, per_second
        self._spent: dict[str, tuple[float, float]] = {}
        """How much of the bucket was gone, and when that was so."""

    def allows(self, name: str) -> bool:
        """Takes one out of the bucket of this name; False when it is empty."""
        now = self._now()
        spent, at = self._spent.get(name, (0.0, now))
        spent = max(0.0, spent - (now - at) * self._per_second)
        if spent > self._burst - 1:
            return False
        self._spent[name] = (spent + 1, now)
        return True
