"""Bad input at every door, by the thousand.

``python -m benchmarks.fuzz [--cases N] [--seed S] [--only KIND …] [--json]``. Printed are, by kind, the
cases, what became of them, the slowest one, the growth of this process, and every defect with
the number of the case that shows it (``--seed S --first NUMBER --cases 1`` runs it again).
"""

import argparse
import time
import traceback
from collections import Counter
from collections.abc import Mapping
from random import Random

from benchmarks.figures import Json, most_mb, show
from benchmarks.fuzz import cells, doors, files, rules
from benchmarks.fuzz.kinds import Case, World

KINDS: Mapping[str, World] = {
    "webhook": doors.webhook,
    "frame": doors.frame,
    "press": doors.press,
    "cell": cells.cell,
    "row": cells.row,
    "policy_row": rules.policy_row,
    "policy_file": rules.policy_file,
    "schema": files.schema_file,
    "mapping": files.mapping_file,
    "archive": files.archive,
}
_SHOWN = 20
"""Defects told in full; the rest is only counted."""


def main() -> None:
    """Runs and prints."""
    chosen = _options().parse_args()
    kinds = chosen.only or list(KINDS)
    found = {kind: run(KINDS[kind], chosen.seed, chosen.first, chosen.cases) for kind in kinds}
    table = [
        {
            "kind": kind,
            "cases": one["cases"],
            "defects": one["defects"],
            "became": ", ".join(f"{what} {count}" for what, count in one["became"].items()),
            "per s": one["per_s"],
            "slowest ms": one["slowest_ms"],
            "grew MB": one["grew_mb"],
        }
        for kind, one in found.items()
    ]
    show(found, {"bad input": table}, as_json=chosen.json)
    for kind, one in found.items():
        for line in one["told"] if not chosen.json else ():
            print(f"DEFECT {kind} {line}")
    raise SystemExit(any(one["defects"] for one in found.values()))


def run(world: World, seed: int, first: int, cases: int) -> Json:
    """The figures of one kind; a defect ends its case, not the run."""
    became: Counter[str] = Counter()
    told: dict[str, str] = {}
    defects, slowest, slowest_case = 0, 0.0, 0
    before, began = most_mb(), time.perf_counter()
    with world() as case:
        for number in range(first, first + cases):
            start = time.perf_counter()
            outcome, cause = _tried(case, Random(f"{seed}:{number}"))
            took = time.perf_counter() - start
            if took > slowest:
                slowest, slowest_case = took, number
            became[outcome] += 1
            if cause:
                defects += 1
                if len(told) < _SHOWN:
                    told.setdefault(cause, f"case {number}: {cause}")
    took = time.perf_counter() - began
    return {
        "cases": cases,
        "defects": defects,
        "became": dict(became.most_common()),
        "per_s": round(cases / took),
        "slowest_ms": round(slowest * 1000, 1),
        "slowest_case": slowest_case,
        "grew_mb": round(most_mb() - before, 1),
        "told": list(told.values()),
    }


def _tried(case: Case, dice: Random) -> tuple[str, str]:
    """(outcome, defect); the defect with the last place in the product that was in it."""
    try:
        return case(dice), ""
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        ours = [one for one in frames if "feishu_plugin" in one.filename]
        where = f"{ours[-1].filename.partition('feishu_plugin/')[2]}:{ours[-1].lineno}" if ours else "-"
        return "defect", f"{type(error).__name__} at {where}: {str(error)[:160]!r}{_because(error)}"


def _because(error: BaseException) -> str:
    return f" because {error.__context__!r}"[:160] if error.__context__ else ""


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="bad input at every door")
    parser.add_argument("--cases", type=int, default=1000, help="of each kind, default 1000")
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    parser.add_argument("--first", type=int, default=0, help="number of the first case, default 0")
    parser.add_argument("--only", nargs="+", choices=KINDS, help="default: every kind")
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    main()
