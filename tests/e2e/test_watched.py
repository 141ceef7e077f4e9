"""What monitoring sees of a real service: alive, ready, figures, and lines of facts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from feishu_plugin.demo.stage import Process, Stage
from tests.e2e.conftest import provisioned
from tests.looking import looks

ZHOU = "周子墨"


@pytest.fixture(scope="module")
def played() -> Iterator[Stage]:
    """A service with JSON logs after a creation, a refused move and a legal one."""
    stage = provisioned()
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_LOG": "json"}
    try:
        stage.serve()
        [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "秘密标题：甲公司要导出"}])
        stage.until_quiet()
        stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已完成"}})
        stage.until_quiet()
        stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已作废", "作废原因": "无效"}})
        stage.until_quiet()
        yield stage
    finally:
        stage.close()


def watching(stage: Stage) -> Process:
    assert stage.service is not None
    return stage.service


def asked(stage: Stage, page: str) -> tuple[int, str]:
    address = str(watching(stage).ready["health"]).removesuffix("/health")
    answer = stage.session.get(address + page, timeout=60)
    return answer.status_code, answer.text


def figures(stage: Stage) -> dict[tuple[str, ...], float]:
    """(name, label values by label name …) to value."""
    _, text = asked(stage, "/metrics")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def facts(stage: Stage, what: str) -> list[Mapping[str, Any]]:
    lines = watching(stage).log.read_text("utf-8").splitlines()
    return [found for line in lines if (found := json.loads(line)).get("what") == what]


def test_it_is_alive_and_ready(played: Stage) -> None:
    assert asked(played, "/healthz") == (200, '{"alive":true}')
    assert asked(played, "/readyz") == (200, '{"ready":true,"reasons":[]}')


def test_the_figures_tell_what_was_played(played: Stage) -> None:
    base = played.base["base_token"]

    found = figures(played)

    name = "feishu_plugin_"
    assert found[f"{name}events_received_total", "drive.file.bitable_record_changed_v1"] >= 3
    assert found[f"{name}verdicts_total", "put_back", "待处理→已完成"] == 1
    assert found[f"{name}verdicts_total", "pass", "待处理→已作废"] == 1
    assert found[f"{name}event_to_settled_seconds_count",] >= 3
    search = "POST /open-apis/bitable/v1/apps/:app_token/tables/:table_id/records/batch_get"
    assert found[f"{name}feishu_calls_total", "0", search] >= 1
    assert found[f"{name}feishu_call_seconds_count", search] >= 1
    assert found[f"{name}notices_total", "card", "put_back", "sent"] == 1
    assert found[f"{name}lease_held", base] == 1
    assert found[f"{name}open_hints", base] == found[f"{name}oldest_open_hint_seconds", base] == 0
    assert found[f"{name}connected",] == found[f"{name}database_up",] == 1
    assert found[f"{name}calls_this_month",] >= 10


def test_nothing_of_a_customer_or_a_secret_is_in_the_figures_or_the_log(played: Stage) -> None:
    _, shown = asked(played, "/metrics")
    written = watching(played).log.read_text("utf-8")

    zhou, secret = played.people[ZHOU], played.environment["FEISHU_APP_SECRET"]
    for private in ("甲公司", secret, zhou["user_access_token"]):
        assert private not in shown
        assert private not in written
    assert zhou["open_id"] not in shown


def test_each_verdict_is_a_line_with_its_reason(played: Stage) -> None:
    refused, passed = facts(played, "verdict")

    assert {"at", "level", "logger", "base", "event_id", "record_id"} < refused.keys()
    assert refused["table"] == "requirement"
    assert (refused["rule"], refused["action"]) == ("待处理→已完成", "put_back")
    assert "之后只能改为" in refused["because"]
    assert refused["record_id"] == passed["record_id"]
    assert (passed["rule"], passed["action"]) == ("待处理→已作废", "pass")
    assert refused["event_id"] != passed["event_id"]


def test_each_card_and_each_write_is_a_line(played: Stage) -> None:
    [refusal] = [card for card in facts(played, "card") if card["event"] == "put_back"]

    assert (refusal["to"], refusal["outcome"]) == (played.people[ZHOU]["open_id"], "sent")
    assert "number" in facts(played, "write")[0]["fields"].split(",")


def test_a_deaf_service_is_alive_but_not_ready_and_says_why(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    stage.until_quiet()

    faults = [{"kind": "status", "route": "*ws/endpoint*"}, {"kind": "close-ws", "count": 1}]
    stage.session.put(f"{stage.url}/_sandbox/faults", json=faults, timeout=60)
    stage.create(ZHOU, "requirement", [{"需求标题": "没有人听到"}])
    for _ in looks():
        if asked(stage, "/readyz")[0] == 503:
            break

    status, said = asked(stage, "/readyz")
    assert status == 503
    assert "长连接没有接通" in json.loads(said)["reasons"][0]
    assert asked(stage, "/healthz")[0] == 200


def test_a_change_that_waits_for_a_minute_makes_it_unready_and_it_recovers(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    stage.until_quiet()
    fault = {"kind": "status", "route": "*/records/batch_get"}
    stage.session.put(f"{stage.url}/_sandbox/faults", json=[fault], timeout=60)
    stage.create(ZHOU, "requirement", [{"需求标题": "等着"}])
    for _ in looks():
        if figures(stage)["feishu_plugin_open_hints", stage.base["base_token"]]:
            break

    fresh = asked(stage, "/readyz")
    stage.session.post(f"{stage.url}/_sandbox/clock", json={"advance_s": 90}, timeout=60)
    for _ in looks():  # the service hears a moment later that its clock was moved
        old = asked(stage, "/readyz")
        if old[0] == 503:
            break
    waiting = stage.command("status")
    stage.session.put(f"{stage.url}/_sandbox/faults", json=[], timeout=60)
    for _ in looks():
        if asked(stage, "/readyz")[0] == 200:
            break

    assert fresh[0] == 200
    assert old[0] == 503
    assert "the oldest change has waited" in old[1]
    assert waiting["pending"] == 1
    assert waiting["oldest_pending_s"] >= 90
    assert asked(stage, "/readyz") == (200, '{"ready":true,"reasons":[]}')


def test_status_tells_people_who_works_and_what_the_sweep_found(played: Stage) -> None:
    played.until_quiet()
    told = played.command("status")
    process = watching(played).popen

    assert told["worked_on_by"]["process"].split(":")[1] == str(process.pid)
    assert 0 < told["worked_on_by"]["for_s"] <= 12
    assert told["last_sweep"]["read"] >= 0
    assert told["calls_forecast"] >= told["calls_this_month"] >= 10
    assert (told["troubles"], told["failures"], told["oldest_pending_s"]) == ({}, [], 0)
