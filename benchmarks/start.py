"""How soon the command line answers and how much memory the service keeps.

``python -m benchmarks.start [--runs N] [--json]``. Times are of whole processes, from start to
end; memory is the resident set of ``serve`` and of its child with Feishu's SDK, at rest after
its first sweep, and the part of it that no other process shares (Linux only); beside it the
same of a plain service on lark-oapi.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.comparison import PEER
from benchmarks.figures import Json, Row, distribution, options, show
from benchmarks.peer.contest import contestant
from benchmarks.stages import sdk_child, staged

COMMANDS = (("--help",), ("plan", "--offline"))


def main() -> None:
    """Measures and prints."""
    chosen = options("start-up time and memory", runs=10).parse_args()
    found = {"start_ms": _starts(chosen.runs), "memory_mb": _memory()}
    show(found, tables(found), as_json=chosen.json)


def tables(found: Json) -> dict[str, Sequence[Row]]:
    """The figures as people read them."""
    starts = [{"command": name, **row} for name, row in found["start_ms"].items()]
    memory = [{"process": name, **row} for name, row in found["memory_mb"].items()]
    shown: dict[str, Sequence[Row]] = {"from start to end, ms": starts}
    return shown | ({"memory at rest, MB": memory} if memory else {})


def _starts(runs: int) -> Json:
    return {
        f"feishu-plugin {' '.join(words)}": distribution(_run(words) for _ in range(runs))
        for words in COMMANDS
    }


def _run(words: Sequence[str]) -> float:
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "feishu_plugin.cli", *words], capture_output=True, check=False
    )
    if done.returncode not in (0, 2):
        raise SystemExit(f"feishu-plugin {' '.join(words)} failed: {done.stderr.decode()}")
    return (time.perf_counter() - began) * 1000


def _memory() -> Json:
    if not Path("/proc/self/smaps_rollup").exists():
        return {}
    with staged() as stage:
        stage.provision("内存测量")
        stage.serve()
        stage.until_quiet()
        serve = stage.service.popen.pid if stage.service else 0
        names = {
            "serve": serve,
            **dict(zip(("its SDK child",), sdk_child(serve), strict=True)),
            "sandbox": stage.sandbox.popen.pid,
        }
        found = {name: _sizes(pid) for name, pid in names.items()}
    with contestant(PEER, 0) as peer:
        return {**found, "a plain service on lark-oapi": _sizes(peer.pid)}


def _sizes(pid: int) -> Json:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()[1:]
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    own = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return {"resident": round(kilobytes["Rss"] / 1024, 1), "unshared": round(own / 1024, 1)}


if __name__ == "__main__":
    main()
