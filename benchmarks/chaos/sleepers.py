"""Which processes wait for something and which compute, or would if they had a core. Linux tells in /proc."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_BUSY = frozenset("RD")
"""Runs or is about to; waits for a disk."""


def asleep(pids: Iterable[int]) -> bool:
    """True when no thread of these processes has anything to do now; also where nobody can tell."""
    return not any(state in _BUSY for pid in pids for state in _states(pid))


def _states(pid: int) -> list[str]:
    found: list[str] = []
    with suppress(OSError):  # ended meanwhile, or no such system
        for task in (_PROC / str(pid) / "task").iterdir():
            with suppress(OSError):
                # The name before it stands in brackets and may hold spaces.
                found.append((task / "stat").read_text().rpartition(")")[2].split()[0])
    return found
