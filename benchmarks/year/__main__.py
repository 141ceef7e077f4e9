"""Reminders over a simulated year: what is owed is told once, and nothing at night.

``python -m benchmarks.year [--requirements N] [--people N] [--days N] [--seed N] [--json]``.
People work on a register by the official API and seeded dice, also at night and at weekends;
they are on leave and resign. The service is started anew every simulated hour, is killed in the
middle of its work, and every hundredth call fails. What everybody then found in their chat is
held against what the table gave reason to tell. Progress goes to stderr; a fault gives exit code 1.
"""

import sys
import time
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from benchmarks.figures import options, show
from benchmarks.year.account import account, tables
from benchmarks.year.play import Size, play


def main() -> None:
    """Plays, compares and prints."""
    numbers = {"requirements": 5000, "people": 60, "days": 365, "seed": 1, "tick_minutes": 10}
    chosen = options("a simulated year of reminders", **numbers).parse_args()
    size = Size(**{name: getattr(chosen, name) for name in numbers})
    began = time.perf_counter()

    def say(line: str) -> None:
        print(f"{time.perf_counter() - began:6.0f} s  {line}", file=sys.stderr, flush=True)

    found = account(size, play(size, say))
    found["seconds"] = round(time.perf_counter() - began)
    found["memory_mb"] = {
        "service, people and oracle": _mb(RUSAGE_SELF),
        "sandbox": _mb(RUSAGE_CHILDREN),
    }
    show(found, tables(found), as_json=chosen.json)
    if any(found["wrong"].values()):
        raise SystemExit(1)


def _mb(whose: int) -> float:
    return round(getrusage(whose).ru_maxrss / 1024, 1)


if __name__ == "__main__":
    main()
