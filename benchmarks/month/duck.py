"""The same measures of the same rows in DuckDB: ``month.sql`` over two parquet files."""

import sys
from functools import partial
from pathlib import Path

import duckdb

from benchmarks.figures import Json
from benchmarks.month.way import main

_SQL = Path(__file__).with_name("month.sql")


def measure(folder: str) -> Json:
    """Figures by ``dimension/part/measure``; zeros are left out."""
    with duckdb.connect() as base:
        base.execute(_SQL.read_text(encoding="utf-8").replace("{folder}", folder))
        rows = base.execute("SELECT dimension || '/' || part || '/' || measure, value FROM figure").fetchall()
    return {"figures": {name: float(value) for name, value in rows if value}}


if __name__ == "__main__":
    main({"measuring": partial(measure, sys.argv[2])})
