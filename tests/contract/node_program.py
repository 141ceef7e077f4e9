"""Runs the scripts in ``node/`` with the official Node SDK, exactly as the lock file names it."""

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.sandbox.conftest import Json
from tests.sandbox.listeners import Child, unmeasured

HERE = Path(__file__).parent / "node"
LOCK = HERE / "package-lock.json"
INSTALLED = HERE / "node_modules" / ".installed"
"""The lock file whose packages are there."""
OLDEST = 18
INSTALL = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
OFFLINE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH")


def environment() -> dict[str, str]:
    """Ours without proxies, which the SDK would ask for the way to 127.0.0.1."""
    return {name: value for name, value in unmeasured().items() if not name.lower().endswith("_proxy")}


def installed() -> str:
    """The path of node, the SDK beside the scripts; skips with the reason where that is impossible."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed, so the official Node SDK cannot judge")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST:
        pytest.skip(f"node {version.strip()} is older than {OLDEST}")
    with LOCK.open() as lock:
        # Every worker comes here, and ``npm ci`` begins by deleting what another one may already run.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not INSTALLED.exists() or INSTALLED.read_bytes() != LOCK.read_bytes():
            _install(npm)
    return node


def _install(npm: str) -> None:
    done = subprocess.run([npm, *INSTALL], cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
    if any(word in done.stderr for word in OFFLINE):
        pytest.skip("npm cannot reach its registry, so the official Node SDK cannot judge")
    assert done.returncode == 0, done.stderr
    INSTALLED.write_bytes(LOCK.read_bytes())


def scenarios(node: str, script: str) -> list[str]:
    """The names a script of scenarios knows."""
    done = subprocess.run(
        [node, str(HERE / script), "--list"], capture_output=True, text=True, check=True, timeout=60
    )
    return [str(name) for name in json.loads(done.stdout)]


def play(node: str, script: str, ready: Json, scenario: str) -> None:
    """Runs one scenario to its end; what it found wrong is the failure's text."""
    command = [node, str(HERE / script), json.dumps(ready), scenario]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment())
    assert done.returncode == 0, done.stderr


def child(node: str, script: str, *arguments: str) -> Child:
    """A script that stays and prints what happens to it."""
    return Child([node, str(HERE / script), *arguments], environment())
