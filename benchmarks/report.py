"""What a month's full report over a million ledger rows takes, beside pandas and DuckDB.

``python -m benchmarks.report [--requirements N] [--seed N] [--json]``. The register and the ledger
are made while they are read, 500 rows a page, and what the making takes is left out. With pandas,
DuckDB and pyarrow installed the same figures are measured from parquet files of the same rows, and
every figure has to agree. Each way is a process of its own; its imports are not counted. "the same
measures" leaves out what the others do: 环节耗时, 超期复盘, the check that all adds up, all writing.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from time import perf_counter

from benchmarks.figures import Json, Row, options, show

NEEDED = ("pandas", "duckdb", "pyarrow")
_SAME, _WHOLE = "plugin, the same measures", "plugin, the whole report"
_OWN = {_SAME: "measuring", "plugin, nothing written": "computing", _WHOLE: "reporting"}
_OTHERS = {"pandas": "frames", "DuckDB": "duck"}


def main() -> None:
    """Measures and prints; ends with 1 when figures differ."""
    chosen = options("a month's report of a million rows", requirements=100_000, seed=7).parse_args()
    size = (str(chosen.requirements), str(chosen.seed))
    found = {name: _run("plugin", way, *size) for name, way in _OWN.items()} | _others(size)
    differing = [line for name in found for line in differences(found[_WHOLE], found[name])]
    found = {name: _without_figures(one) for name, one in found.items()}
    show({"ways": found, "differing": differing}, tables(found, differing), as_json=chosen.json)
    if differing:
        raise SystemExit(1)


def tables(found: Mapping[str, Json], differing: Sequence[str]) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    own = found[_WHOLE]
    rows = [{"way": name, **_columns(one)} for name, one in found.items()]
    ratios = [{"plugin ÷": name, **_ratios(found, found[name])} for name in found if name in _OTHERS]
    counted = [{"what": what, "calls": number} for what, number in own["calls"].items()]
    read = [{"table": name, "rows read": number} for name, number in own["rows"].items()]
    shown: dict[str, Sequence[Row]] = {"made": read, "what it takes": rows, "calls of the report": counted}
    shown |= {"ratios": ratios} if ratios else {}
    return shown | ({"figures that differ": [{"figure": line} for line in differing]} if differing else {})


def differences(own: Json, other: Json) -> list[str]:
    """The figures of the report that another way measures and gets something else for."""
    theirs = other.get("figures")
    if theirs is None:
        return []
    both = {name: (value, theirs.get(name, 0.0)) for name, value in own["figures"].items()}
    return [f"{name}: {a} and {b}" for name, (a, b) in both.items() if abs(a - b) > 1e-9]


def _columns(one: Json) -> Row:
    shown = {"seconds": one["seconds"], "start s": one["start"], "cpu s": _cpu(one)}
    return {**shown, "peak MB": one["peak_mb"], "figures": one["figures"]}


def _ratios(found: Mapping[str, Json], other: Json) -> Row:
    took = {name: round(_cpu(found[name]) / _cpu(other), 2) for name in (_SAME, _WHOLE)}
    return {**took, "peak memory": round(found[_WHOLE]["peak_mb"] / other["peak_mb"], 2)}


def _cpu(one: Json) -> float:
    """Without the making of the rows."""
    return round(float(one["cpu"]) - float(one.get("making", 0.0)), 2)


def _others(size: tuple[str, str]) -> dict[str, Json]:
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        print(f"without {', '.join(missing)}: only the plugin is measured", file=sys.stderr)
        return {}
    with tempfile.TemporaryDirectory() as folder:
        _run("files", "writing", folder, *size)
        return {name: _run(module, "measuring", folder) for name, module in _OTHERS.items()}


def _run(module: str, *words: str) -> Json:
    began = perf_counter()
    command = [sys.executable, "-m", f"benchmarks.month.{module}", *words]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return {"seconds": round(perf_counter() - began, 1), **json.loads(done.stdout)}


def _without_figures(one: Json) -> Json:
    return {**one, "figures": len(one.get("figures", ()))}


if __name__ == "__main__":
    main()
