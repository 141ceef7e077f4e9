"""Runs the short measurements and compares them with the stored ones.

``python -m benchmarks.bench [--only NAME …] [--store] [--json]``. Every number of every measurement is set
beside the stored one as a ratio; what differs by half or more is marked. ``--store`` keeps the new numbers
in ``benchmarks/results.json``. Another machine gives other times: ratios tell of changes on one machine,
numbers of calls tell of changes on any.
"""

import argparse
import json
import platform
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Json

NAMES = (
    *("start", "decide", "report", "provision", "store", "latency", "ack", "paste", "calls", "sweep"),
    *("likeness", "suggest", "real_data", "worked"),
)
STORED = Path(__file__).parent / "results.json"
_MARKED = 1.5
"""Times vary with whatever else the machine does; a smaller difference says little."""


def main() -> None:
    """Runs, prints, and keeps the numbers if asked to."""
    chosen = _options().parse_args()
    before: Json = json.loads(STORED.read_text(encoding="utf-8")) if STORED.exists() else {"figures": {}}
    found = {name: dict(numbers(_run(name))) for name in chosen.only or NAMES}
    lines = {name: compared(before["figures"].get(name, {}), now) for name, now in found.items()}
    if chosen.json:
        print(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        _print(
            lines, f"{before.get('version', '–')}, {before.get('date', '–')}, {before.get('machine', '–')}"
        )
    if chosen.store:
        kept = {**_origin(), "figures": {**before["figures"], **found}}
        STORED.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def numbers(value: object, path: str = "") -> Iterator[tuple[str, float]]:
    """(``decisions / a due tick / µs``, number) for every number of a measurement."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield path, value
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from numbers(one, f"{path} / {key}" if path else str(key))


def compared(before: Mapping[str, float], now: Mapping[str, float]) -> list[Json]:
    """A line for every number, with its ratio to the stored one; None where there is none."""
    return [
        {"figure": name, "stored": before.get(name), "now": value, "ratio": _ratio(before.get(name), value)}
        for name, value in now.items()
    ]


def is_marked(ratio: float | None) -> bool:
    """True for what differs by half or more, either way."""
    return ratio is not None and not 1 / _MARKED < ratio < _MARKED


def _ratio(before: float | None, now: float) -> float | None:
    if before == now:
        return 1.0
    return round(now / before, 2) if before else None


def _run(name: str) -> Json:
    print(f"benchmarks.{name} …", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"benchmarks.{name} failed: {done.stderr.strip() or done.stdout.strip()}")
    try:
        found: Json = json.loads(done.stdout)
    except json.JSONDecodeError:  # what it would measure is not here, and it says so
        print(done.stdout.strip(), file=sys.stderr)
        return {}
    return found


def _print(lines: Mapping[str, Sequence[Json]], origin: str) -> None:
    console = Console(width=118)
    console.print(f"stored: {origin}")
    for name, found in lines.items():
        shown = Table(title=f"benchmarks.{name}", title_justify="left", header_style="bold")
        for column in ("figure", "stored", "now", "ratio", ""):
            shown.add_column(column, justify="left" if column == "figure" else "right")
        for line in found:
            cells = ("–" if line[key] is None else f"{line[key]:g}" for key in ("stored", "now", "ratio"))
            shown.add_row(line["figure"], *cells, "!" if is_marked(line["ratio"]) else "")
        console.print(shown)


def _origin() -> Json:
    project = Path(__file__).parent.parent / "pyproject.toml"
    version = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    machine = (
        f"{cpu_count()} × {platform.processor() or platform.machine()}, Python {platform.python_version()}"
    )
    return {"version": version, "date": f"{datetime.now(UTC):%Y-%m-%d}", "machine": machine}


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="the short measurements beside the stored ones")
    parser.add_argument("--only", nargs="+", choices=NAMES, help="default: all of them")
    parser.add_argument("--store", action="store_true", help="keep the new numbers")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    main()
