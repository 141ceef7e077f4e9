"""Reminders over a simulated year: what is owed is told once, and nothing at night.

``python -m benchmarks.year [--requirements N] [--people N] [--days N] [--seed N] [--minutes N] [--json]``.
People work on a register by the official API and seeded dice, also at night and at weekends;
they are on leave and resign. The service is started anew every simulated hour, is killed in the
middle of its work, and every hundredth call fails. What everybody then found in their chat is
held against what the table gave reason to tell. Progress goes to stderr; a fault gives exit code 1.
"""

import pickle
import sys
import time
from argparse import Namespace
from math import inf
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from benchmarks.figures import Json, options, show
from benchmarks.year.account import account, tables
from benchmarks.year.play import Size, play


def main() -> None:
    """Plays, compares and prints."""
    numbers = {"requirements": 5000, "people": 60, "days": 365, "seed": 1, "tick_minutes": 10}
    parser = options("a simulated year of reminders", **numbers)
    parser.add_argument("--keep", type=Path, help="keep in this file what happened")
    parser.add_argument("--again", type=Path, help="judge what was kept in this file; plays nothing")
    parser.add_argument("--minutes", type=float, default=inf, help="end with the day that is on by then")
    chosen = parser.parse_args()
    found = _again(chosen.again) if chosen.again else _played(chosen)
    show(found, tables(found), as_json=chosen.json)
    if any(found["wrong"].values()):
        raise SystemExit(1)


def _played(chosen: Namespace) -> Json:
    size = Size(
        requirements=chosen.requirements,
        people=chosen.people,
        days=chosen.days,
        seed=chosen.seed,
        tick_minutes=chosen.tick_minutes,
    )
    began = time.perf_counter()

    def say(line: str) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {line}", file=sys.stderr, flush=True)

    played = play(size, say, lambda: time.perf_counter() - began > 60 * chosen.minutes)
    cost = {
        "minutes": round((time.perf_counter() - began) / 60),
        "cpu_minutes": round(sum(map(_cpu, (RUSAGE_SELF, RUSAGE_CHILDREN))) / 60),
        "memory_mb": {"service and people": _mb(RUSAGE_SELF), "sandbox": _mb(RUSAGE_CHILDREN)},
    }
    if chosen.keep:
        chosen.keep.write_bytes(pickle.dumps((size.figures, cost, played)))
    return {**account(size.figures, played), "cost": cost}


def _again(kept: Path) -> Json:
    size, cost, played = pickle.loads(kept.read_bytes())
    return {**account(size, played), "cost": cost}


def _cpu(whose: int) -> float:
    used = getrusage(whose)
    return used.ru_utime + used.ru_stime


def _mb(whose: int) -> float:
    return round(getrusage(whose).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    main()
