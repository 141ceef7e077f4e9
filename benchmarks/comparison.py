"""Two sides by side: the middle of several rounds, how far they spread, and what one is to the other."""

import statistics
from collections.abc import Mapping, Sequence

from benchmarks.figures import Json, Row

PLUGIN, PEER = "plugin", "peer"


def spread(values: Sequence[float]) -> Json:
    """``{"n", "median", "least", "most"}`` of what several rounds gave."""
    return {
        "n": len(values),
        "median": _short(statistics.median(values)),
        "least": _short(min(values)),
        "most": _short(max(values)),
    }


def ratio(larger: Sequence[float], smaller: Sequence[float]) -> Json:
    """How many times the one the other is: of the medians, and the least and the most it can be read as."""
    return {
        "median": _short(statistics.median(larger) / statistics.median(smaller)),
        "least": _short(min(larger) / max(smaller)),
        "most": _short(max(larger) / min(smaller)),
    }


def compared(rounds: Mapping[str, Sequence[Json]], names: Sequence[str], *, first: str, second: str) -> Json:
    """For each name both sides' spread, and how many times the second side the first is."""
    found: Json = {}
    for name in names:
        one, other = ([float(each[name]) for each in rounds[side]] for side in (first, second))
        found[name] = {first: spread(one), second: spread(other), "ratio": ratio(one, other)}
    return found


def comparison_rows(found: Json) -> list[Row]:
    """``compared`` as people read it: one row per name, ``middle (least – most)``."""
    return [
        {"measure": name, **{side: _told(one) for side, one in both.items()}} for name, both in found.items()
    ]


def _told(one: Json) -> str:
    return f"{one['median']:g} ({one['least']:g} – {one['most']:g})"


def _short(value: float) -> float:
    return float(f"{value:.3g}")
