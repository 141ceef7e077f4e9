"""Distributions and how they are printed; measures nothing itself."""

import argparse
import json
import resource
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

Json = dict[str, Any]
Row = Mapping[str, object]
_SHARES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def options(description: str, **numbers: int) -> argparse.ArgumentParser:
    """A parser with ``--json`` and one ``--name N`` per number with its default."""
    parser = argparse.ArgumentParser(description=description)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=int, default=default, help=f"default {default}")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def distribution(values: Iterable[float]) -> Json:
    """``{"n", "p50", "p90", "p99", "max"}``, each the nearest value that was really measured."""
    ordered = sorted(values)
    last = len(ordered) - 1
    found = {name: round(ordered[min(last, int(len(ordered) * s))], 1) for name, s in _SHARES.items()}
    return {"n": len(ordered), **found, "max": round(ordered[last], 1)}


def difference(after: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """What was counted between two looks at a counter; without the zeros."""
    grown = {name: count - before.get(name, 0) for name, count in after.items()}
    return {name: count for name, count in grown.items() if count}


def resident_mb(pid: int | str = "self") -> float:
    """Resident memory of a process (Linux only)."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    kb = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kb) / 1024


def most_mb() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(found: Json, tables: Mapping[str, Sequence[Row]], *, as_json: bool) -> None:
    """Prints the figures as JSON, or the tables (title to rows with equal columns)."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    console = Console(width=118)
    for title, rows in tables.items():
        shown = Table(title=title, title_justify="left", header_style="bold")
        for column in rows[0]:
            shown.add_column(column, justify="left" if column == next(iter(rows[0])) else "right")
        for row in rows:
            shown.add_row(
                *(f"{value:g}" if isinstance(value, float) else str(value) for value in row.values())
            )
        console.print(shown)
