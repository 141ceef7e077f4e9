"""Parts of the page alone, as `page/gallery.html` shows them: built by Node, never served by the sandbox."""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.sandbox.listeners import unmeasured

if TYPE_CHECKING:
    from playwright.sync_api import Route

SOURCE = Path(__file__).parents[2] / "page"
BUILT = SOURCE / ".gallery"
ENTRY = BUILT / "gallery.html"
VITE = SOURCE / "node_modules" / "vite" / "bin" / "vite.js"
ADDRESS = "/_sandbox/page/"


def built() -> Path:
    """The folder with the gallery as the sources are now; skips with the reason where that is impossible."""
    node = shutil.which("node")
    if node is None or not VITE.is_file():
        pytest.skip("Node 20 and the packages of page/ are not installed: see `make page`")
    with (SOURCE / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # every worker comes here
        if not ENTRY.is_file() or _newest() > ENTRY.stat().st_mtime:
            command = [node, str(VITE), "build", "--config", "gallery.config.ts", "--logLevel", "warn"]
            done = subprocess.run(
                command,
                cwd=SOURCE,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
                env=unmeasured(),
            )
            assert done.returncode == 0, done.stderr
    return BUILT


def _newest() -> float:
    folders = (SOURCE / "src", SOURCE / "gallery")
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return max(path.stat().st_mtime for path in (*files, *SOURCE.glob("*.*")))


def serving(folder: Path, cards: Mapping[str, Any]) -> "Callable[[Route], None]":
    """Answers what the browser asks below the page's address with the gallery's files."""

    def answer(route: "Route") -> None:
        name = route.request.url.partition(ADDRESS)[2].partition("?")[0]
        if name == "cards.json":
            route.fulfill(body=json.dumps(cards), content_type="application/json")
        else:
            route.fulfill(path=folder / name)

    return answer
