"""The month as the plugin reports it: read once, everything computed, every row written."""

import sys
from functools import cache, partial

from benchmarks.figures import Json
from benchmarks.month.base import MadeUpTables
from benchmarks.month.lives import MONTH, NOW
from benchmarks.month.way import main
from feishu_plugin import schema
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.reports import publish
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.result import ReportResult, Row

_NAMED = {"channel": ("source", "channel"), "timeliness": ("priority", "priority")}


def reading(count: int, seed: int) -> Json:
    """Only makes and reads the rows, for which a report over Feishu waits much longer."""
    tables = MadeUpTables(count, seed)
    return {"rows": {name: sum(map(len, tables.scan(name))) for name in ("requirement", "transition")}}


def reporting(count: int, seed: int, *, write: bool) -> Json:
    """The whole report of one month, into empty report tables."""
    tables = MadeUpTables(count, seed)
    result = publish.run(tables, packaged_policy(schema.load()), MONTH, NOW, write=write)
    written = len(result.changed_rows)
    return {"calls": dict(tables.calls), "written": written if write else 0, "figures": _figures(result)}


def _figures(result: ReportResult) -> dict[str, float]:
    """``dimension/part/measure`` to the value, as the others name them."""
    found = _values("all/all", result.figures)
    for table in ("channel", "timeliness", "breakdown"):
        for row in result.rows[table]:
            found |= _values(_part(row), row.figures)
    return found


def _part(row: Row) -> str:
    dimension, column = _NAMED.get(row.table, (str(row.values.get("dimension")), "value"))
    name = str(row.values[column])
    return f"{dimension}/{_keys(dimension).get(name, name)}"


@cache
def _keys(dimension: str) -> dict[str, str]:
    known = {field.key: field for field in schema.load().table("requirement").fields}
    return {option.zh: option.key for option in known[dimension].options}


def _values(part: str, figures: tuple[Figure, ...]) -> dict[str, float]:
    return {f"{part}/{figure.key}": float(figure.value) for figure in figures if figure.value is not None}


if __name__ == "__main__":
    size = (int(sys.argv[2]), int(sys.argv[3]))
    main(
        {
            "reading": partial(reading, *size),
            "computing": partial(reporting, *size, write=False),
            "reporting": partial(reporting, *size, write=True),
        }
    )
