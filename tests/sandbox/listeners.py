"""Reading what a child process prints, line by line, without ever waiting for ever."""

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATIENCE_S = 40.0
"""Importing the SDK alone takes seconds on a busy machine."""


def unmeasured() -> dict[str, str]:
    """Our environment for a program that is none of ours: coverage would only slow it down."""
    return {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"}


class Child:
    """A child process that prints one JSON object per line, ``{"kind", "value"}``."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env, cwd=cwd
        )
        self._lines: queue.Queue[dict[str, Any]] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("{"):  # the SDK logs to stdout, too
                self._lines.put(json.loads(line))
        self._lines.put({"kind": "the child ended"})

    def next(self, kind: str) -> Any:
        """The value of the next line, which must be of this kind."""
        told = self._lines.get(timeout=PATIENCE_S)
        assert told["kind"] == kind, told
        return told["value"]

    def close(self) -> None:
        """Ends the child."""
        self._process.terminate()
        self._process.wait()
        self._reader.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


class Listener(Child):
    """A Python script beside this file."""

    def __init__(self, script: str, *arguments: str) -> None:
        super().__init__([sys.executable, str(HERE / script), *arguments], unmeasured())
