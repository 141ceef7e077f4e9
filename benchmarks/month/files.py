"""The rows of the made-up base as parquet files, for those that read files."""

import sys
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.figures import Json
from benchmarks.month.lives import NOW, Life, lives
from benchmarks.month.way import main
from feishu_plugin import schema
from feishu_plugin.policy_rows import packaged_policy

_TEXT, _MOMENT = pa.string(), pa.timestamp("us", tz="UTC")
_REQUIREMENT = pa.schema(
    [(key, _TEXT) for key in ("id", "status", "type", "department", "owner", "customer_level", "industry")]
    + [(key, _TEXT) for key in ("source", "priority", "customer_name", "confirmation", "void_reason")]
    + [("duplicate_of", _TEXT), ("score", pa.float64())]
    + [(key, _MOMENT) for key in ("submitted_at", "first_response_at", "started_at", "resolve_due")]
)
_LEDGER = pa.schema(
    [("id", _TEXT), ("n", pa.int32()), ("moment", _MOMENT)]
    + [(key, _TEXT) for key in ("before", "after", "verdict")]
    + [("score", pa.float64())]
)
_WORKING = pa.schema([("since", _MOMENT), ("till", _MOMENT), ("worked", pa.int64())])


def write(folder: str, count: int, seed: int) -> Json:
    """Only the columns that a measure reads; text, persons and links as plain text."""
    every = partial(lives, count, seed)
    _write(Path(folder, "requirement.parquet"), _REQUIREMENT, map(_requirement, every()))
    _write(Path(folder, "ledger.parquet"), _LEDGER, (row for life in every() for row in _moves(life)))
    _write(Path(folder, "working.parquet"), _WORKING, _working())
    return {}


def _write(path: Path, columns: pa.Schema, rows: Iterable[dict[str, Any]]) -> None:
    rows = iter(rows)
    with pq.ParquetWriter(path, columns) as file:
        while batch := list(islice(rows, 50_000)):
            file.write_table(pa.Table.from_pylist(batch, columns))


def _requirement(life: Life) -> dict[str, Any]:
    plain = {key: value[0] if isinstance(value, tuple) else value for key, value in life.values.items()}
    return {"id": life.record_id, **plain}


def _moves(life: Life) -> Iterator[dict[str, Any]]:
    for place, move in enumerate(life.moves):
        row = {
            "id": life.record_id,
            "n": place,
            "moment": move.at,
            "before": move.before,
            "after": move.after,
        }
        yield {**row, "verdict": move.verdict, "score": move.score}


def _working() -> Iterator[dict[str, Any]]:
    """The calendar is an input as well: the team's working spans, with the sum of those before."""
    worktime, day, worked = packaged_policy(schema.load()).worktime, date(2024, 1, 1), timedelta()
    while day <= NOW.date():
        for since, till in worktime.spans(worktime.midnight(day), day):
            yield {"since": since, "till": till, "worked": worked // timedelta(microseconds=1)}
            worked += till - since
        day += timedelta(days=1)


if __name__ == "__main__":
    main({"writing": partial(write, sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))})
