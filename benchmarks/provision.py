"""What provisioning costs in calls: a whole base from nothing, against the least it could take.

``python -m benchmarks.provision [--json]``. The packaged schema is applied to a new base of a
sandbox with advanced permissions on, then applied once more, then planned; counted are the
calls by endpoint. The least is what the schema itself asks for: every object that Feishu makes
or changes only one at a time, one call each, and everything read back once.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from benchmarks.figures import Json, Row, options, show
from benchmarks.stages import staged
from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.pacing import Pace
from feishu_plugin.gateway.structure import BASE, BaseStructure, create_base
from feishu_plugin.schema import Schema, Table, View, load
from feishu_plugin.store import Store
from feishu_plugin.sync.structure.apply import apply
from feishu_plugin.sync.structure.bodies import is_partner
from feishu_plugin.sync.structure.diff import default_view
from feishu_plugin.sync.structure.live import Base, look
from feishu_plugin.sync.structure.perform import first_fields
from feishu_plugin.sync.structure.plan import Plan
from feishu_plugin.sync.structure.remembered import Remembered
from feishu_plugin.sync.structure.view_settings import asked_settings


def main() -> None:
    """Measures and prints."""
    chosen = options("what provisioning costs in calls").parse_args()
    found = measure(load())
    show(found, tables(found), as_json=chosen.json)


def measure(schema: Schema) -> Json:
    """Calls by endpoint of a first run, a second one and a plan; the least, the ratio and seconds."""
    calls: Counter[str] = Counter()
    with _base(calls) as base:
        first = _counted(calls, lambda: _applied(base, schema, new=True))
        second = _counted(calls, lambda: _applied(base, schema))
        planned = _counted(calls, lambda: _planned(base, schema))
    least = {"writes": least_writes(schema), "reads": least_reads(schema)}
    total = sum(sum(kind.values()) for kind in least.values())
    made = sum(first["by_endpoint"].values())
    return {
        "first": first,
        "second": second,
        "plan": planned,
        "least": least,
        "ratio": round(made / total, 2),
    }


def least_writes(schema: Schema) -> Mapping[str, int]:
    """One call per table, later column, partner, view, patch, setting, question, role and chart."""
    views = [view for table in schema.tables for view in table.views]
    return {
        "tables (and Feishu's own one deleted)": len(schema.tables) + 1,
        "columns that the first call cannot hold": sum(map(_later_columns, schema.tables)),
        "descriptions of partner columns": sum(is_partner(f) for t in schema.tables for f in t.fields),
        "views": sum(view.zh != default_view(table) for table in schema.tables for view in table.views),
        "filters and hidden columns": sum(bool(view.filter or view.hidden) for view in views),
        "sort, group and bars": sum(len(asked_settings(view)) for view in views),
        "forms and their questions": sum(_form(t, v) for t in schema.tables for v in t.views),
        "roles": len(schema.roles),
        "dashboards, charts and their layout": sum(2 + len(board.charts) for board in schema.dashboards),
    }


def least_reads(schema: Schema) -> Mapping[str, int]:
    """Everything once: lists by page, and what Feishu tells only one at a time."""
    views = [view for table in schema.tables for view in table.views]
    forms = sum(view.type == "form" for view in views)
    without = sum(default_view(table) not in {view.zh for view in table.views} for table in schema.tables)
    return {
        "tables, columns and views in lists": 1 + 2 * len(schema.tables),
        "each view, for its filter": len(views) + without,
        "sort, group and bars": sum(len(asked_settings(view)) for view in views),
        "forms and their questions": 2 * forms,
        "roles": 2 if schema.roles else 0,
        "dashboards and their charts": 1 + sum(2 + len(board.charts) for board in schema.dashboards),
    }


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    runs = ("first", "second", "plan")
    endpoints = sorted({name for run in runs for name in found[run]["by_endpoint"]})
    calls = [{"endpoint": n, **{r: found[r]["by_endpoint"].get(n, 0) for r in runs}} for n in endpoints]
    least = [{"what": what, "calls": n} for kind in found["least"].values() for what, n in kind.items()]
    totals = [
        {"run": run, **{key: found[run][key] for key in ("writes", "reads", "seconds")}} for run in runs
    ]
    written, read = (sum(found["least"][kind].values()) for kind in ("writes", "reads"))
    totals.append({"run": "the least", "writes": written, "reads": read, "seconds": "-"})
    ratio = f"calls in all; the first run takes {found['ratio']} times the least"
    return {"by endpoint": calls, "the least": least, ratio: totals}


def _later_columns(table: Table) -> int:
    later = table.fields[len(first_fields(table)) :]
    return sum(not is_partner(field) for field in later)


def _form(table: Table, view: View) -> int:
    """Its texts, every question, and every other column that has to be hidden."""
    asked = [field for field in table.fields if field.type not in _UNASKED]
    return 1 + len(asked) if view.type == "form" else 0


_UNASKED = ("formula", "created_time", "modified_time", "created_user", "modified_user", "auto_number")


def _applied(base: Base, schema: Schema, *, new: bool = False) -> None:
    result = apply(base, schema, new_base=new)
    if result.failed:
        raise SystemExit("\n".join(map(str, result.failed)))


def _planned(base: Base, schema: Schema) -> None:
    if plan := Plan.of(schema, look(base, schema)):
        raise SystemExit(str(plan))


def _counted(calls: Counter[str], act: Callable[[], None]) -> Json:
    calls.clear()
    began = time.perf_counter()
    act()
    seconds = round(time.perf_counter() - began, 2)
    reads = sum(count for endpoint, count in calls.items() if endpoint.startswith("GET "))
    writes = sum(calls.values()) - reads
    return {"by_endpoint": dict(sorted(calls.items())), "reads": reads, "writes": writes, "seconds": seconds}


@contextmanager
def _base(calls: Counter[str]) -> Iterator[Base]:
    """A new base with advanced permissions on, and a store of its own; tokens are not counted."""
    with staged() as stage:
        ready, store = stage.sandbox.ready, Store(stage.environment["FEISHU_PLUGIN_DATABASE"])
        pace = Pace(limited=False)
        counter = _Counter(calls)
        feishu = Feishu(stage.url, ready["app_id"], ready["app_secret"], meter=counter.count, pace=pace)
        app_token, _ = create_base(feishu, "开库测量", "Asia/Shanghai")
        feishu.call("PUT", BASE, ids={"app_token": app_token}, body={"is_advanced": True})
        yield Base(
            structure=BaseStructure(feishu, app_token, new=True),
            extras=BaseExtras(feishu, app_token),
            identities=Remembered(store, app_token),
        )
        feishu.close()
        store.close()


class _Counter:
    def __init__(self, calls: Counter[str]) -> None:
        self._calls = calls

    def count(self, endpoint: str) -> None:
        """One call to a base; the path without what all have in common."""
        method, _, path = endpoint.partition(" ")
        if "/auth/" not in path:
            self._calls[f"{method} {path.rpartition(':app_token')[2] or '/'}"] += 1


if __name__ == "__main__":
    main()
