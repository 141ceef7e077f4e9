"""How long from nothing to the first edit that is put back: a clone, its set-up, the tutorial's commands.

``python -m benchmarks.from_zero [--cold] [--json] [--store]``: ``--cold`` sets up without pip's cache,
``--store`` writes what was measured into both pages of the tutorial.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.tutorial import PAGE, PUT_BACK, SETUP, Block, Desk, blocks

ROOT = Path(__file__).parents[1]
_PAGES = (PAGE, PAGE.with_name("tutorial.zh-CN.md"))
_PLACE = re.compile(r"(<!-- from zero: begin -->\n).*?(<!-- from zero: end -->)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Commands that a person types, and seconds that the machine needs for them."""

    steps: int
    setup_s: float
    rest_s: float
    processor_s: float
    """Of all of it: what a machine that is shared with others does not lengthen."""
    cold: bool
    day: str
    cores: int
    others: float
    """How many processes wanted the cores before it began, on average of five minutes."""
    python: str

    @property
    def total_s(self) -> float:
        """From the clone to the put-back."""
        return self.setup_s + self.rest_s

    def __str__(self) -> str:
        cache = "without" if self.cold else "with"
        return (
            f"{self.steps} steps, {self.total_s:.0f} s from an empty folder to the first put-back edit: "
            f"{self.setup_s:.0f} s clone and set-up ({cache} pip's cache), {self.rest_s:.0f} s the rest; "
            f"{self.processor_s:.0f} s of processor in all ({self.day}, {self.cores} cores, "
            f"{self.others:.0f} other processes wanted them, Python {self.python})"
        )


def measure(*, cold: bool) -> Measured:
    """Clones what is committed and follows the tutorial to the first put-back."""
    wanted, others, spent = _wanted(), os.getloadavg()[1], _processor_s()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "feishu_plugin"
        began = time.monotonic()
        subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)
        _set_up(clone, cold=cold)
        ready = time.monotonic()
        _play(clone, [block for block in wanted if block.terminal != SETUP])
        done = time.monotonic()
    return Measured(
        steps=2 + sum(len(block.commands) for block in wanted),
        setup_s=round(ready - began, 1),
        rest_s=round(done - ready, 1),
        processor_s=round(_processor_s() - spent, 1),
        cold=cold,
        others=round(others, 1),
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=len(os.sched_getaffinity(0)),
        python=".".join(map(str, sys.version_info[:3])),
    )


def _processor_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wanted() -> list[Block]:
    found = blocks()
    last = next(place for place, block in enumerate(found) if PUT_BACK in block.shown)
    return found[: last + 1]


def _set_up(clone: Path, *, cold: bool) -> None:
    environment = {**_bare(), **({"PIP_NO_CACHE_DIR": "1"} if cold else {})}
    [setup] = [block for block in blocks() if block.terminal == SETUP]
    script = "\n".join(("set -e", *setup.commands))
    subprocess.run(["bash", "-c", script], cwd=clone, env=environment, check=True, stdout=subprocess.DEVNULL)


def _play(clone: Path, wanted: list[Block]) -> None:
    path = f"{clone / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    desk = Desk(clone / "tutorial", {**_bare(), "PATH": path})
    try:
        for block in wanted:
            desk.play(block)
    finally:
        desk.stop()


def _bare() -> dict[str, str]:
    """The environment without settings of ours and without another virtual environment."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FEISHU_") and name not in ("VIRTUAL_ENV", "PYTHONPATH")
    }


def store(found: list[Measured]) -> None:
    """Writes the lines into the pages."""
    lines = "".join(f"- {one}\n" for one in found)
    for page in _PAGES:
        text = page.read_text(encoding="utf-8")
        page.write_text(_PLACE.sub(lambda m: m[1] + lines + m[2], text), encoding="utf-8")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="without pip's cache, too")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--store", action="store_true", help="write it into the tutorial")
    given = parser.parse_args()
    found = [measure(cold=cold) for cold in ((False, True) if given.cold else (False,))]
    for one in found:
        print(json.dumps(asdict(one)) if given.json else one)
    if given.store:
        store(found)


if __name__ == "__main__":
    main()
