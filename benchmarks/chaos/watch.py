"""Counts the boundaries that the service crosses, and ends it with SIGKILL at those that are planned.

A boundary is ``before …`` or ``after …`` a commit, a call to Feishu or a mail. Counts go on over
all lives of a play: they are kept in a file, one line for each crossing.
"""

import json
import os
import signal
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Lock

Plan = Mapping[str, Sequence[int]]
"""Boundary to which of its crossings (from 1) end the process."""

_LOG, _PLAN = "crossings.txt", "plan.json"
_READING = ("GET ", "/search", "/batch_get", "tenant_access_token")


class Watch:
    """Called at each boundary, by whatever thread."""

    def __init__(self, folder: Path) -> None:
        self._plan = planned(folder)
        self._counts = Counter(crossed(folder))
        self._log = os.open(folder / _LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._lock = Lock()

    def __call__(self, boundary: str) -> None:
        with self._lock:
            self._counts[boundary] += 1
            os.write(self._log, f"{boundary}\n".encode())
            if self._counts[boundary] in self._plan.get(boundary, ()):
                os.kill(os.getpid(), signal.SIGKILL)


def plan(folder: Path, kills: Plan) -> None:
    """What the watch of the next lives obeys."""
    (folder / _PLAN).write_text(json.dumps(kills), encoding="utf-8")


def planned(folder: Path) -> dict[str, list[int]]:
    """The kills in force; none where nothing was planned."""
    file = folder / _PLAN
    found: dict[str, list[int]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return found


def crossed(folder: Path) -> list[str]:
    """Every crossing so far, oldest first."""
    file = folder / _LOG
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def reached(folder: Path) -> int:
    """How many of the planned kills happened: every crossing that was planned ended a life."""
    counts = Counter(crossed(folder))
    return sum(n <= counts[boundary] for boundary, ns in planned(folder).items() for n in ns)


def changes_something(boundary: str) -> bool:
    """False for boundaries of a call that only reads."""
    return not any(word in boundary for word in _READING)
