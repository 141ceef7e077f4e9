"""The service is stopped, killed and started again: nothing is lost, nothing is doubled."""

from feishu_plugin.demo.stage import Process, Stage
from feishu_plugin.store import Store
from tests.looking import looks

ZHOU = "周子墨"


def paste(stage: Stage, rows: int = 60) -> list[str]:
    return stage.create(ZHOU, "requirement", [{"需求标题": f"第 {n} 条"} for n in range(rows)])


def watching(stage: Stage) -> Process:
    assert stage.service is not None
    return stage.service


def spoil(stage: Stage, ids: list[str]) -> None:
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已完成"} for rid in ids})


def assert_all_put_back_once(stage: Stage, ids: list[str]) -> None:
    rows, ledger = stage.rows("requirement"), stage.rows("transition")
    assert {rows[rid]["当前状态"] for rid in ids} == {"待处理"}
    told = [row["需求"]["link_record_ids"][0] for row in ledger.values()]
    assert sorted(told) == sorted(ids)


def test_edits_made_while_nobody_watched_are_judged_at_the_next_start(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    ids = paste(stage)
    stage.until_quiet()
    service = watching(stage)
    service.stop()
    assert service.popen.returncode == 0

    spoil(stage, ids)
    stage.serve()
    stage.until_quiet()

    assert_all_put_back_once(stage, ids)


def slowly(stage: Stage, delay_ms: int) -> None:
    """Every write of rows takes so much longer, so that a signal comes into the middle of one."""
    fault = {"kind": "delay", "route": "*/records/batch_update", "delay_ms": delay_ms}
    stage.session.put(f"{stage.url}/_sandbox/faults", json=[fault] if delay_ms else [], timeout=60)


def test_a_service_stopped_under_load_finishes_what_is_in_work_and_gives_the_base_back(
    unwatched: Stage,
) -> None:
    stage = unwatched
    stage.serve()
    ids = paste(stage, 300)
    stage.until_quiet()
    service = watching(stage)

    slowly(stage, 500)
    store = Store(stage.environment["FEISHU_PLUGIN_DATABASE"])
    spoil(stage, ids)
    for _ in looks():
        if store.oldest_open(stage.base["base_token"]):
            break
    service.stop()
    held = store.held_leases()
    store.close()
    slowly(stage, 0)
    log = service.log.read_text("utf-8")

    assert (service.popen.returncode, held) == (0, [])
    assert "Traceback" not in log
    assert "lease" not in log, "nothing was given up half-way"
    written = [rid for rid, row in stage.rows("requirement").items() if row["当前状态"] == "待处理"]
    assert len(written) == log.count("what=verdict"), "what was written was noted as well"
    stage.serve()
    stage.until_quiet()
    assert_all_put_back_once(stage, ids)


def test_a_killed_service_goes_on_where_it_was(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    ids = paste(stage)
    stage.until_quiet()
    for _ in range(3):
        watching(stage).kill()
        stage.serve()

    spoil(stage, ids)
    watching(stage).kill()
    stage.serve()
    stage.until_quiet()

    assert_all_put_back_once(stage, ids)


def test_a_base_that_lacks_things_is_watched_as_far_as_possible(unwatched: Stage) -> None:
    stage = unwatched
    boss = stage.people["沈国栋"]["open_id"]
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_ADMINISTRATORS": boss}
    base, tables = stage.base["base_token"], stage.base["tables"]
    token = stage.session.post(
        f"{stage.url}/open-apis/auth/v3/tenant_access_token/internal",
        json={k: stage.sandbox.ready[k] for k in ("app_id", "app_secret")},
        timeout=60,
    ).json()["tenant_access_token"]
    path = f"/open-apis/bitable/v1/apps/{base}/tables"
    stage.call("DELETE", f"{path}/{tables['notice']}", token)

    stage.serve()
    [rid] = paste(stage, 1)
    stage.until_quiet()
    spoil(stage, [rid])
    stage.session.get(f"{stage.url}/_sandbox/stats", timeout=60)

    for _ in looks():
        if stage.rows("requirement")[rid]["当前状态"] == "待处理":
            break
    assert stage.rows("requirement")[rid]["当前状态"] == "待处理"
    address = watching(stage).ready["health"].replace("/health", "/readyz")
    assert stage.session.get(address, timeout=60).status_code == 200, "what people took away is no fault"
    assert any("通知记录" in line for line in stage.health()["bases"][0]["paused"])
    [told] = [m for m in stage.messages() if m["to"] == boss]
    assert "通知记录" in str(told["content"])
