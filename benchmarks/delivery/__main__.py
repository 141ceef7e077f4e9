"""Deliveries by the million, and what became of every edit.

``python -m benchmarks.delivery [--deliveries N] [--seed S] [--sabotage KIND] [--json]``. 1,000,000 is
the nightly size. Sabotage breaks the product on purpose, to show that the checker finds it.
Exit code 1 when anything was lost, doubled, unexpected or wrong.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.delivery import checker
from benchmarks.delivery.sabotage import SABOTAGE
from benchmarks.delivery.world import World
from benchmarks.figures import Json, most_mb, show

_PER_LIFE = 40
"""Deliveries for each requirement that is there at the beginning: most die before and are replaced."""


def main() -> None:
    """Runs and prints."""
    chosen = _options().parse_args()
    found = run(chosen.deliveries, chosen.seed, sabotage=chosen.sabotage)
    rows = [{"what": name, "count": count} for name, count in found["classes"].items()]
    figures = [
        {name: found[name] for name in ("deliveries", "edits", "seconds", "per_s", "hours_played", "rss_mb")}
    ]
    wire = [{"what": name, "count": count} for name, count in found["wire"].items()]
    show(
        found,
        {"deliveries": wire, "edits by what became of them": rows, "the run": figures},
        as_json=chosen.json,
    )
    for line in found["faults"] if not chosen.json else ():
        print(f"FAULT {line}")
    sys.exit(1 if found["faults"] else 0)


def run(deliveries: int, seed: int, lives: int = 0, sabotage: str = "") -> Json:
    """The figures and the account of one run; ``lives`` requirements are there at the beginning."""
    with tempfile.TemporaryDirectory() as folder:
        store = SABOTAGE[sabotage](str(Path(folder) / "delivery.sqlite3"))
        world = World(store, seed, lives or max(20, deliveries // _PER_LIFE))
        began = time.perf_counter()
        try:
            world.begin()
            memory = [most_mb()]
            for quarter in (1, 2, 3, 4):
                world.play(deliveries * quarter // 4)
                memory.append(most_mb())
            world.finish()
            took = time.perf_counter() - began
            return _figures(world, account_of(world), took, memory)
        finally:
            store.close()


def account_of(world: World) -> checker.Account:
    """What the checker says."""
    account, aside = checker.Account(), world.aside()
    checker.judged(account, world.edits, world.table.ledger)
    checker.put_back(account, world.edits, world.corrections)
    checker.notices(account, world.edits, world.told())
    checker.set_aside(account, world.wire.spoilt, aside)
    checker.final(account, world.lives, world.table.rows, world.accepted())
    for identity, count in world.post.cards.items():
        if count > 1:
            account.fault("doubled", f"card {identity} was sent {count} times")
    return account


def _figures(world: World, account: checker.Account, took: float, memory: list[float]) -> Json:
    return {
        "deliveries": len(world.wire),
        "edits": len(world.edits),
        "seconds": round(took, 1),
        "per_s": round(len(world.wire) / took),
        "hours_played": round(world.hours, 1),
        "rss_mb": " → ".join(f"{one:.0f}" for one in memory),
        "wire": dict(world.wire.count),
        "recovered_by_sweeps": world.recovered,
        "calls": dict(world.table.calls),
        "classes": {**dict.fromkeys(checker.FAULTS, 0), **account.classes},
        "faults": account.told,
    }


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="deliveries by the million")
    parser.add_argument("--deliveries", type=int, default=100_000, help="default 100000")
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    parser.add_argument(
        "--sabotage", choices=sorted(SABOTAGE), default="", help="break the product on purpose"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


if __name__ == "__main__":
    main()
