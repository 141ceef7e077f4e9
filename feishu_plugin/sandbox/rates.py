"""Frequency limits per endpoint, as Feishu's gateway counts them; never about one base or person.

A tier is a set of windows. Limits are about real requests, so they follow real time.
"""

import math
import time

from feishu_plugin.sandbox.envelope import Refusal

TIERS: dict[str, tuple[tuple[int, float], ...]] = {
    "T1": ((10, 60.0),),
    "T2": ((20, 60.0),),
    "T3": ((100, 60.0),),
    "T4": ((1000, 60.0), (50, 1.0)),
    "T5": ((1, 1.0),),
    "T6": ((5, 1.0),),
    "T7": ((10, 1.0),),
    "T8": ((20, 1.0),),
    "T9": ((50, 1.0),),
    "T10": ((50, 1.0),),
    "T11": ((100, 1.0),),
    "T21": ((3, 1.0),),
}
"""Tier to (calls, seconds) windows."""


class Rates:
    """Counts calls per endpoint in fixed windows."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, float], tuple[int, int]] = {}

    def admit(self, endpoint: str, tier: str | None) -> None:
        """Counts one call; over the tier's limit raises 99991400 with the two reset headers."""
        if tier is None:
            return
        now = time.monotonic()
        for quota, seconds in TIERS[tier]:
            self._admit_in(endpoint, quota, seconds, now)

    def _admit_in(self, endpoint: str, quota: int, seconds: float, now: float) -> None:
        window = int(now // seconds)
        seen, count = self._windows.get((endpoint, seconds), (window, 0))
        count = count + 1 if seen == window else 1
        self._windows[(endpoint, seconds)] = (window, count)
        if count <= quota:
            return
        reset = max(1, math.ceil((window + 1) * seconds - now))
        raise Refusal(
            99991400,
            "request trigger frequency limit",
            headers={"x-ogw-ratelimit-limit": str(quota), "x-ogw-ratelimit-reset": str(reset)},
        )
