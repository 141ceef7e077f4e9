"""Several services on one PostgreSQL: one writes at a time, another takes over when it dies."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.replicas import under_kills
from feishu_plugin.demo.stage import Process, Stage
from feishu_plugin.store import Store
from tests.e2e.conftest import provisioned
from tests.e2e.test_stop_and_go import slowly
from tests.looking import looks
from tests.postgres import account, find_programs, running_server

ZHOU = "周子墨"


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[tuple[Stage, Stage]]:
    """A base that two services watch."""
    programs, user = find_programs(), account()
    if programs is None or user is None:
        pytest.skip("PostgreSQL's initdb and postgres, and a user to run them, are not here")
    with running_server(programs, user) as server:
        first = provisioned()
        first.environment = {**first.environment, "FEISHU_PLUGIN_DATABASE": server.fresh()}
        second = replace(first, folder=tmp_path, service=None)
        try:
            first.serve()
            second.serve()
            yield first, second
        finally:
            for stage in (second, first):
                if stage.service:
                    stage.service.stop()
            first.close()


def put_back(stage: Stage, ids: list[str]) -> bool:
    rows = stage.rows("requirement")
    return {rows[rid]["当前状态"] for rid in ids} == {"待处理"}


def test_the_other_takes_over_and_nothing_is_lost_or_doubled(replicas: tuple[Stage, Stage]) -> None:
    first, second = replicas
    ids = first.create(ZHOU, "requirement", [{"需求标题": f"第 {n} 条"} for n in range(30)])
    first.until_quiet()
    second.edit(ZHOU, "requirement", {rid: {"当前状态": "已完成"} for rid in ids})
    second.until_quiet()
    with_both = put_back(second, ids)

    assert first.service is not None
    first.service.kill()
    second.edit(ZHOU, "requirement", {rid: {"当前状态": "已关闭"} for rid in ids})
    second.until_quiet()

    ledger = [row["需求"]["link_record_ids"][0] for row in second.rows("transition").values()]
    assert with_both
    assert put_back(second, ids)
    assert sorted(ledger) == sorted([*ids, *ids])


def test_of_four_one_writes_at_a_time_while_writers_are_killed() -> None:
    programs, user = find_programs(), account()
    if programs is None or user is None:
        pytest.skip("PostgreSQL's initdb and postgres, and a user to run them, are not here")
    with running_server(programs, user) as server:
        found = under_kills(server, replicas=4, edits=40, kills=2)

    assert found["kills"] == 2
    assert (found["lost"], found["doubled"], found["overlapping_writes"]) == (0, 0, 0)


def watching(stage: Stage) -> Process:
    assert stage.service is not None
    return stage.service


def holder(stage: Stage) -> str:
    """The process that works on the base; empty when none does."""
    store = Store(stage.environment["FEISHU_PLUGIN_DATABASE"])
    try:
        return (store.lease_of(stage.base["base_token"]) or ("", 0.0))[0]
    finally:
        store.close()


def is_of(process: Process, holder: str) -> bool:
    """Holders are named host:process:tail."""
    return holder.split(":")[1:2] == [str(process.popen.pid)]


def ready(stage: Stage) -> int:
    address = str(watching(stage).ready["health"]).replace("/health", "/readyz")
    return stage.session.get(address, timeout=60).status_code


def until_work_is_open(stage: Stage) -> None:
    store = Store(stage.environment["FEISHU_PLUGIN_DATABASE"])
    for _ in looks():
        if store.oldest_open(stage.base["base_token"]):
            break
    store.close()


def test_who_is_stopped_under_load_finishes_and_hands_over_before_it_is_gone(
    replicas: tuple[Stage, Stage],
) -> None:
    first, second = replicas
    ids = first.create(ZHOU, "requirement", [{"需求标题": f"第 {n} 条"} for n in range(200)])
    first.until_quiet()
    assert is_of(watching(first), holder(first))
    assert [ready(stage) for stage in replicas] == [200, 200], "who waits for its turn is ready"

    slowly(first, 500)
    first.edit(ZHOU, "requirement", {rid: {"当前状态": "已完成"} for rid in ids})
    until_work_is_open(first)
    watching(first).popen.terminate()
    code = watching(first).popen.wait(timeout=60)
    left = holder(first)
    slowly(first, 0)

    # A lease that is not given back is good for seconds after its process: here it ended before.
    assert code == 0
    assert not is_of(watching(first), left)
    assert "Traceback" not in log_of(first)
    second.until_quiet()
    assert is_of(watching(second), holder(second))
    ledger = [row["需求"]["link_record_ids"][0] for row in second.rows("transition").values()]
    assert put_back(second, ids)
    assert sorted(ledger) == sorted(ids)


def log_of(stage: Stage) -> str:
    return watching(stage).log.read_text("utf-8")
