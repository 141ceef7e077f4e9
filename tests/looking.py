"""Waiting for what another process does: a test looks again and again until it sees it."""

from collections.abc import Iterator
from threading import Event

PAUSE_S = 0.01
"""Leaves the processor to those who are waited for: a worker of the tests runs beside on every core."""
PATIENCE_S = 60
"""Nothing takes that long; what never comes fails then."""


def looks() -> Iterator[None]:
    """As many looks as patience allows, with a pause after each."""
    pause = Event()
    for _ in range(int(PATIENCE_S / PAUSE_S)):
        yield
        pause.wait(PAUSE_S)
