"""How long durable storing takes: prints a table, or JSON with ``--json``.

``python -m benchmarks.store [--database URL] [--events N] [--backlog N] [--json]``. Without
a database it measures a new SQLite file in the directory for temporary files: what counts
is the disk that really holds the database. Never run it on a database in use.
"""

import argparse
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from uuid import uuid4

from rich.console import Console
from rich.table import Table

from feishu_plugin.ports import Accepted, Effect, Hint, Settlement
from feishu_plugin.records import Record
from feishu_plugin.store import Store

START = datetime(2026, 3, 2, tzinfo=UTC)
ROUND = 50
"""Hints a worker settles at once."""
PASTE = 1000
"""Rows somebody pastes at once."""
Figures = Mapping[str, float]


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description="latency of the store, in milliseconds")
    parser.add_argument("--database", help="URL of an empty database; default: a new SQLite file")
    parser.add_argument("--events", type=int, default=2000, help="how many events are put one by one")
    parser.add_argument("--backlog", type=int, default=50_000, help="how many hints wait for `pending`")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    with _store(options.database) as store:
        figures = measure(store, options.events, options.backlog)
    if options.json:
        print(json.dumps(figures, ensure_ascii=False, indent=2))
    else:
        _print_table(figures)


def measure(store: Store, events: int, backlog: int) -> Mapping[str, Figures]:
    """Every figure by its name, on a base of its own; times in milliseconds."""
    base = f"bench{uuid4().hex}"
    figures = {
        "put one event": _timed(lambda n: store.put(_hints(base, n, 1)), events),
        "settle a round of 50": _timed(lambda _: _settle_round(store, base, ROUND), events // ROUND),
        "put a paste of 1000 rows": _timed(lambda n: store.put(_hints(base, 10**7 + n, PASTE)), 10),
        "settle a paste of 1000 rows": _timed(lambda _: _settle_round(store, base, PASTE), 9),
        "put while a worker settles": _put_while_settling(store, base, events),
    }
    judged = [one for one, _ in islice(store.all_accepted(base, "requirement"), 1)]
    store.put(_hints(base, -1, backlog))
    pending = store.pending(base, ROUND)
    ids = [hint.record_id for hint in pending]
    return figures | {
        f"pending 50 of {backlog}": _timed(lambda _: store.pending(base, ROUND), 200),
        f"newer, {backlog} waiting": _timed(lambda _: store.newer(base, ids, pending[-1].row), 200),
        f"put one event, {backlog} waiting": _timed(lambda n: store.put(_hints(base, 10**8 + n, 1)), events),
        f"counts, {backlog} waiting": _timed(lambda _: store.counts(base), 20),
        "the accepted state of one": _timed(lambda _: store.accepted(base, "requirement", judged), events),
        "told one notice": _timed(lambda n: store.told(base, [f"notice{n}"]), events),
        "draw a number": _timed(lambda n: store.draw(base, "KF-20260302", f"rec{n}"), events // 4),
        "renew a lease": _timed(lambda _: store.lease(base, "bench", 60), events // 4),
    }


@contextmanager
def _store(url: str | None) -> Iterator[Store]:
    with tempfile.TemporaryDirectory() as directory:
        store = Store(url or str(Path(directory) / "bench.sqlite3"))
        try:
            yield store
        finally:
            store.close()


def _hints(base: str, event: int, number: int) -> Sequence[Hint]:
    return [
        Hint(
            app_token=base,
            table_id="tbl1",
            record_id=f"rec{event}x{place}",
            kind="edited",
            event_id=f"{event:032x}",
            received_at=START,
            operator="ou_somebody",
            fields=("status", "progress"),
        )
        for place in range(number)
    ]


def _settle_round(store: Store, base: str, size: int) -> None:
    hints = store.pending(base, size)
    values = {f"field{n}": "一段需求描述" * 5 for n in range(30)} | {"submitted_at": START}
    store.settle(
        base,
        Settlement(
            closed=[hint.row for hint in hints],
            accepted={
                ("requirement", hint.record_id): Accepted(
                    record=Record(record_id=hint.record_id, values=values), status_since=START
                )
                for hint in hints
            },
            effects=[_card(hint) for hint in hints[::5]],
        ),
    )


def _card(hint: Hint) -> Effect:
    return Effect(
        kind="card",
        identity=f"card {hint.row}",
        target="ou_somebody",
        body={"elements": [{"tag": "markdown", "content": "需求状态已退回" * 20}] * 5},
        not_before=START,
        covers=(f"notice {hint.row}",),
    )


def _put_while_settling(store: Store, base: str, events: int) -> Figures:
    over = Event()

    def work() -> None:
        while not over.is_set():
            _settle_round(store, base, PASTE)

    worker = Thread(target=work)
    worker.start()
    try:
        return _timed(lambda n: store.put(_hints(base, 10**6 + n, 1)), events)
    finally:
        over.set()
        worker.join()


def _timed(act: Callable[[int], object], times: int) -> Figures:
    took = []
    for number in range(times):
        began = perf_counter()
        act(number)
        took.append((perf_counter() - began) * 1000)
    took.sort()
    return {
        "times": times,
        "p50_ms": round(_at(took, 0.5), 3),
        "p99_ms": round(_at(took, 0.99), 3),
        "max_ms": round(took[-1], 3),
    }


def _at(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _print_table(figures: Mapping[str, Figures]) -> None:
    table = Table("what", "times", "p50 ms", "p99 ms", "max ms")
    for name, row in figures.items():
        table.add_row(name, *(f"{value:g}" for value in row.values()))
    Console().print(table)


if __name__ == "__main__":
    main()
