"""Runs the child programs in ``lark/`` and gives their verdicts."""

import json
import subprocess
import sys
from pathlib import Path

from tests.contract.node_program import environment
from tests.sandbox.conftest import Json
from tests.sandbox.listeners import Child

ROOT = Path(__file__).parents[2]
Verdicts = dict[tuple[str, str], str | None]
"""(way, scenario) to None, or what was wrong."""


def command(module: str, *arguments: str) -> list[str]:
    """The command line of one child program."""
    return [sys.executable, "-m", f"tests.contract.lark.{module}", *arguments]


def verdicts(module: str, ready: Json) -> Verdicts:
    """Plays all scenarios of a module in one process: importing the SDK takes seconds."""
    line = json.dumps(ready)
    done = subprocess.run(
        command(module, line),
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        cwd=ROOT,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    told = [json.loads(text) for text in done.stdout.splitlines() if text.startswith('{"scenario"')]
    return {(one["way"], one["scenario"]): one["error"] for one in told}


def child(module: str, *arguments: str) -> Child:
    """A program that stays and prints what happens to it."""
    return Child(command(module, *arguments), environment(), cwd=ROOT)
