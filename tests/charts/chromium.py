"""Draws chart specs with VChart in a headless Chromium and tells what was drawn."""

import fcntl
import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.node_program import INSTALL, OFFLINE
from tests.sandbox.listeners import unmeasured

HERE = Path(__file__).parent
LOCK = HERE / "package-lock.json"
LIBRARY = HERE / "node_modules"
INSTALLED = LIBRARY / ".installed"
"""The lock file whose packages are there."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--allow-file-access-from-files", "--virtual-time-budget=20000", "--dump-dom"),
)
_HEIGHTS = {"1:1": 1.0, "4:3": 3 / 4, "16:9": 9 / 16, "2:1": 1 / 2}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words on a chart and their box, in pixels of the chart."""

    words: str
    x1: float
    y1: float
    x2: float
    y2: float

    def covers(self, other: "Text") -> bool:
        """True when the boxes share more than their edges."""
        edge = 1
        across = self.x1 < other.x2 - edge and other.x1 < self.x2 - edge
        return across and self.y1 < other.y2 - edge and other.y1 < self.y2 - edge


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One chart as it was drawn."""

    width: int
    height: int
    said: tuple[str, ...]
    """Errors of the library."""
    texts: tuple[Text, ...]
    ink: float
    """The share of the canvas that is not white."""
    colours: frozenset[str]
    """``#RRGGBB`` of what fills more than a few pixels."""

    @property
    def overlaps(self) -> list[tuple[str, str]]:
        """Pairs of texts that lie on one another."""
        pairs = [(a, b) for place, a in enumerate(self.texts) for b in self.texts[place + 1 :]]
        return [(a.words, b.words) for a, b in pairs if a.covers(b)]

    @property
    def cut(self) -> list[str]:
        """Texts that leave the canvas."""
        return [
            t.words
            for t in self.texts
            if min(t.x1, t.y1) < -1 or t.x2 > self.width + 1 or t.y2 > self.height + 1
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Everything one browser drew."""

    charts: Mapping[str, Drawn]
    errors: tuple[str, ...]
    glyphs: Mapping[str, str]
    """Letter to its picture; U+FFFF is the box of a letter the browser has no glyph for."""


def drawn(specs: Mapping[str, tuple[Json, str, int]], room: Path) -> Sheet:
    """Draws ``{name: (spec, aspect ratio, width)}``; skips with the reason where that is impossible."""
    browser = _browser()
    _library()
    wanted = [
        {"name": name, "spec": spec, "width": width, "height": round(width * _HEIGHTS[ratio])}
        for name, (spec, ratio, width) in specs.items()
    ]
    (room / "specs.js").write_text(f"const SPECS = {json.dumps(wanted)};", encoding="utf-8")
    shutil.copy(HERE / "page.html", room)
    (room / "node_modules").symlink_to(LIBRARY)
    command = [browser, *FLAGS, f"--user-data-dir={room / 'profile'}", (room / "page.html").as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, env=unmeasured())
    found = re.search(r'<pre id="found">(.+?)</pre>', done.stdout, re.DOTALL)
    assert found, f"the page drew nothing: {done.stderr[-2000:]}"
    return _sheet(json.loads(html.unescape(found[1])))


def _sheet(found: Json) -> Sheet:
    return Sheet(
        charts={one["name"]: _one(one) for one in found["charts"]},
        errors=tuple(found["errors"]),
        glyphs=found["glyphs"],
    )


def _one(found: Json) -> Drawn:
    return Drawn(
        width=found["width"],
        height=found["height"],
        said=tuple(found["said"]),
        texts=tuple(Text(**text) for text in found["texts"]),
        ink=found["ink"]["share"],
        colours=frozenset(found["ink"]["colours"]),
    )


def _browser() -> str:
    found: Sequence[str] = [path for name in BROWSERS if (path := shutil.which(name))]
    if not found:
        pytest.skip("no Chromium is installed, so nothing can draw the charts")
    return found[0]


def _library() -> None:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("npm is not installed, so the chart library cannot be had")
    with LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not INSTALLED.exists() or INSTALLED.read_bytes() != LOCK.read_bytes():
            _install(npm)


def _install(npm: str) -> None:
    done = subprocess.run([npm, *INSTALL], cwd=HERE, capture_output=True, text=True, check=False, timeout=300)
    if any(word in done.stderr for word in OFFLINE):
        pytest.skip("npm cannot reach its registry, so the chart library cannot be had")
    assert done.returncode == 0, done.stderr
    INSTALLED.write_bytes(LOCK.read_bytes())
