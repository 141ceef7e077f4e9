"""Times are compared by the sandbox's clock, which people may have moved."""

import time

from benchmarks.stages import sandbox_ms, staged


def test_a_moved_clock_is_followed() -> None:
    with staged() as stage:
        still = sandbox_ms(stage) / 1000 - time.time()
        stage.session.post(f"{stage.url}/_sandbox/clock", json={"advance_s": 300}, timeout=60)
        moved = sandbox_ms(stage) / 1000 - time.time()

    assert round((moved - still) / 100) == 3
