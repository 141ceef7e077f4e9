"""The stage on which the service is measured: sandbox and ``serve`` as processes of their own."""

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks import figures
from feishu_plugin.demo.stage import Stage, StageError, raise_curtain

PERSON = "周子墨"
"""Who edits, where it does not matter who does."""
OWNER, MANAGER = "林晓岚", "沈国栋"
FORBIDDEN = {"当前状态": "已关闭"}
"""A move that nobody may make on a new requirement."""
RECORDS = "POST /open-apis/bitable/v1/apps/:app_token/tables/:table_id/records"


@contextmanager
def staged() -> Iterator[Stage]:
    """A stage whose files are gone afterwards; they stay when something went wrong."""
    stage = raise_curtain()
    try:
        yield stage
    finally:
        stage.close()
    shutil.rmtree(stage.folder)


def name_the_owner(stage: Stage) -> None:
    """Every new requirement gets an owner, as in a team at work."""
    owner = [{"id": stage.people[OWNER]["open_id"]}]
    stage.edit(MANAGER, "routing", {row: {"负责人": owner} for row in stage.rows("routing")})


def counted(stage: Stage) -> dict[str, int]:
    """Answers of the sandbox by endpoint, those of Feishu's API only."""
    requests = stage.stats()["requests"].items()
    return {route: sum(codes.values()) for route, codes in requests if "/open-apis/" in route}


def round_trip(stage: Stage, ms: int) -> None:
    """Sets the simulated round trip of every call."""
    answer = stage.session.put(f"{stage.url}/_sandbox/switches", json={"latency_ms": ms}, timeout=60)
    answer.raise_for_status()


def modified_ms(stage: Stage, ids: Sequence[str], name: str = "requirement") -> dict[str, int]:
    """When each row of a table was written last, by the sandbox's clock (the machine's, unless set)."""
    token, tables = str(stage.people[PERSON]["user_access_token"]), stage.base["tables"]
    table = f"/open-apis/bitable/v1/apps/{stage.base['base_token']}/tables/{tables[name]}"
    found: dict[str, int] = {}
    for start in range(0, len(ids), 100):
        body = {"record_ids": list(ids[start : start + 100]), "automatic_fields": True}
        answer = stage.call("POST", f"{table}/records/batch_get", token, body)
        found |= {row["record_id"]: row["last_modified_time"] for row in answer["records"]}
    return found


def must_be_back(stage: Stage, ids: Sequence[str]) -> None:
    rows = stage.rows("requirement")
    if left := [row for row in ids if rows[row]["当前状态"] != "待处理"]:
        raise StageError(f"{len(left)} of {len(ids)} forbidden moves were not put back; see {stage.folder}")


def sandbox_ms(stage: Stage) -> float:
    """Now by the sandbox's clock, in ms: it is whole seconds ahead once somebody moved it.

    The stage does, where a service took so long to start that events wait to come again.
    """
    before = time.time()
    there = stage.now().timestamp()
    after = time.time()
    return (after + round(there - (before + after) / 2)) * 1000


def until_idle(stage: Stage) -> None:
    """Waits until no event is on its way and no base of the service has anything to do."""
    calm = 0
    while calm < 3:
        busy = stage.stats()["events"]["waiting"] or not all(one["idle"] for one in stage.health()["bases"])
        calm = 0 if busy else calm + 1
        time.sleep(0.05)


def resident_mb(stage: Stage) -> float:
    """Resident memory of the service's own process."""
    assert stage.service is not None
    return round(figures.resident_mb(stage.service.popen.pid), 1)


def sdk_child(serve: int) -> list[int]:
    """The process id of the child with the SDK; multiprocessing's small resource tracker is its sister."""
    threads = Path(f"/proc/{serve}/task").iterdir()
    every = [int(child) for t in threads for child in (t / "children").read_text(encoding="ascii").split()]
    return [child for child in every if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def cpu_s(stage: Stage) -> float:
    """Of the service and its child with the SDK so far (Linux only)."""
    assert stage.service is not None
    serve = stage.service.popen.pid
    ticks = 0
    for pid in (serve, *sdk_child(serve)):
        words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(words[11]) + int(words[12])
    return ticks / os.sysconf("SC_CLK_TCK")
