"""``make chaos``: disturbed plays beside the undisturbed one, as a table or as JSON; 1 when one differs."""

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks.chaos import clocks, kills, load, stores, storms
from benchmarks.chaos.trial import Reference, Trial, reference
from benchmarks.figures import Json, show

Part = Callable[[Reference, argparse.Namespace, random.Random], Iterator[Trial]]


def _kills(wanted: Reference, sizes: argparse.Namespace, dice: random.Random) -> Iterator[Trial]:
    first = kills.first_kills(wanted)
    yield from kills.killed(
        wanted, "kill -9 at the first crossing of a boundary", first, sizes.per_play, dice
    )
    others = kills.other_kills(wanted)
    some = others if sizes.kills < 0 else dice.sample(others, min(sizes.kills, len(others)))
    yield from kills.killed(wanted, "kill -9 at a later crossing of a boundary", some, sizes.per_play, dice)


def _load(wanted: Reference, sizes: argparse.Namespace, dice: random.Random) -> Iterator[Trial]:
    for number in range(sizes.loads):
        connection = ("long", "webhook")[number % 2]
        yield load.under_load(sizes.edits, sizes.load_kills, dice, connection=connection)


def _stores(wanted: Reference, sizes: argparse.Namespace, dice: random.Random) -> Iterator[Trial]:
    yield from stores.crashing_postgres(wanted)
    yield stores.locked(wanted)
    yield from stores.full_disk(wanted)


def _clocks(wanted: Reference, sizes: argparse.Namespace, dice: random.Random) -> Iterator[Trial]:
    yield from clocks.stepped(wanted)


def _storms(wanted: Reference, sizes: argparse.Namespace, dice: random.Random) -> Iterator[Trial]:
    yield from storms.stormy(wanted)
    yield storms.outage(wanted, sizes.outage)


PARTS: Mapping[str, Part] = {
    "kills": _kills,
    "load": _load,
    "stores": _stores,
    "clocks": _clocks,
    "storms": _storms,
}


def main() -> None:
    """Reads the command line."""
    sizes = _options().parse_args()
    dice = random.Random(sizes.seed)
    wanted = reference()
    trials: list[Trial] = []
    for name in sizes.parts.split(","):
        for trial in PARTS[name](wanted, sizes, dice):
            trials.append(trial)
            _tell(trial)
    rows = _summed(trials)
    show({"crossings": wanted.crossings.total(), "rows": rows}, {"Chaos": rows}, as_json=sizes.json)
    sys.exit(not all(trial.is_good for trial in trials))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    parser.add_argument("--kills", type=int, default=200, help="kills at later crossings; -1: at every one")
    parser.add_argument("--per-play", type=int, default=12, help="kills in one play")
    parser.add_argument("--loads", type=int, default=4, help="streams of edits")
    parser.add_argument("--edits", type=int, default=200, help="edits of one stream")
    parser.add_argument("--load-kills", type=int, default=6, help="kills in one stream")
    parser.add_argument("--outage", type=float, default=45, help="seconds of the long outage")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _tell(trial: Trial) -> None:
    """Long work shows how far it is; what differs is told at once."""
    sys.stderr.write(f"{trial.row}\n")
    found = trial.difference
    for kind, texts in (("lost", found.lost), ("doubled", found.doubled), ("unexpected", found.unexpected)):
        sys.stderr.writelines(f"  {kind} {text}\n" for text in texts)
    sys.stderr.flush()


def _summed(trials: list[Trial]) -> list[Json]:
    """One row for everything that was done in the same way."""
    rows: dict[str, Json] = {}
    for trial in trials:
        row = rows.setdefault(trial.what, {"what": trial.what, "plays": 0})
        row["plays"] += 1
        for name, count in trial.row.items():
            if name != "what":
                row[name] = row.get(name, 0) + count
    return list(rows.values())


if __name__ == "__main__":
    main()
