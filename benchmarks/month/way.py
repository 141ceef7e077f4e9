"""What every way of measuring a month has in common: a process of its own, and what it took."""

import json
import resource
import sys
from collections.abc import Callable, Mapping

from benchmarks.figures import Json

_KIBIBYTE = 1024 if sys.platform == "darwin" else 1
"""``ru_maxrss`` counts bytes there and kibibytes elsewhere."""


def main(ways: Mapping[str, Callable[[], Json]]) -> None:
    """Goes the way named on the command line and prints what it found, and what that took, as JSON.

    ``start`` and ``cpu`` are user seconds of all threads: until everything was imported, and since.
    ``peak_mb`` is of the whole process.
    """
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    found = ways[sys.argv[1]]()
    used = resource.getrusage(resource.RUSAGE_SELF)
    took = {"start": round(start, 2), "cpu": round(used.ru_utime - start, 2)}
    took["peak_mb"] = round(used.ru_maxrss / _KIBIBYTE / 1024, 1)
    json.dump({**took, **found}, sys.stdout)
