"""The month as the plugin reports it: read once, everything computed, every row written."""

import sys
from collections.abc import Mapping, Sequence
from functools import cache, partial

from benchmarks.figures import Json
from benchmarks.month.base import MadeUpTables
from benchmarks.month.lives import MONTH, NOW
from benchmarks.month.way import main
from feishu_plugin import schema
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.reports import periods, publish
from feishu_plugin.reports.breakdown import channel_rows, dimension_rows, timeliness_rows
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.result import Row

_NAMED = {"channel": ("source", "channel"), "timeliness": ("priority", "priority")}


def measuring(count: int, seed: int) -> Json:
    """Reads, and finds the figures that the other ways find, nothing else."""
    tables, policy = MadeUpTables(count, seed), packaged_policy(schema.load())
    facts, _ = gather(tables, policy, periods.period(MONTH, policy.worktime), NOW)
    figures = tuple(measure.figure(facts) for measure in MEASURES)
    rows = {"channel": channel_rows(facts), "timeliness": timeliness_rows(facts)}
    return _found(tables, figures, {**rows, "breakdown": dimension_rows(facts)})


def reporting(count: int, seed: int, *, write: bool) -> Json:
    """The whole report of one month, into empty report tables."""
    tables = MadeUpTables(count, seed)
    result = publish.run(tables, packaged_policy(schema.load()), MONTH, NOW, write=write)
    written = len(result.changed_rows)
    return _found(tables, result.figures, result.rows) | {"written": written if write else 0}


def _found(tables: MadeUpTables, whole: tuple[Figure, ...], rows: Mapping[str, Sequence[Row]]) -> Json:
    took = {"making": round(tables.making, 2), "rows": dict(tables.made), "calls": dict(tables.calls)}
    return {**took, "figures": _figures(whole, rows)}


def _figures(whole: tuple[Figure, ...], rows: Mapping[str, Sequence[Row]]) -> dict[str, float]:
    """``dimension/part/measure`` to the value, as the others name them."""
    found = _values("all/all", whole)
    for table in ("channel", "timeliness", "breakdown"):
        for row in rows[table]:
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
            "measuring": partial(measuring, *size),
            "computing": partial(reporting, *size, write=False),
            "reporting": partial(reporting, *size, write=True),
        }
    )
