"""Requirements by HTTP, whole stories: judged as those of a form, each once through a power cut."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest
import requests

from feishu_plugin.demo.stage import Stage
from tests.e2e.conftest import provisioned

_JUDGED = ("当前状态", "优先级", "优先级说明", "责任部门", "负责人", "规则提示")
BOSS, ZHOU, GAO = "沈国栋", "周子墨", "高若溪"
KEY = "an-api-key-of-the-ticket-system"
MANY = 50


@pytest.fixture
def open_stage() -> Iterator[Stage]:
    """A base with a door for a ticket system."""
    stage = provisioned()
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_INTAKE_KEYS": f"工单系统:{KEY}"}
    try:
        stage.serve()
        yield stage
    finally:
        stage.close()


def door(stage: Stage) -> str:
    assert stage.service is not None
    return str(stage.service.ready["health"]).replace("/health", "/intake/v1/requirements")


def post(stage: Stage, number: int) -> int:
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": f"T-{number}"}
    body = {
        "title": f"工单 {number} 的需求",
        "customer_name": f"客户 {number}",
        "urgency": "高",
        "type": "problem",
    }
    return requests.post(door(stage), json=body, headers=headers, timeout=60).status_code


def told(stage: Stage, number: int) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {KEY}"}
    answer: dict[str, object] = requests.get(f"{door(stage)}/T-{number}", headers=headers, timeout=60).json()
    return answer


def test_a_requirement_by_http_is_judged_as_one_of_a_form(open_stage: Stage) -> None:
    owner = {"负责人": [{"id": open_stage.people[GAO]["open_id"]}]}
    open_stage.edit(BOSS, "routing", dict.fromkeys(open_stage.rows("routing"), owner))
    open_stage.until_quiet()
    assert post(open_stage, 1) == 202
    open_stage.until_quiet()

    [row] = open_stage.rows("requirement").values()
    assert _text(row["录入渠道键"]) == "工单系统:T-1"
    standing = told(open_stage, 1)
    assert (standing["state"], standing["status"]) == ("written", {"key": "pending", "label": "待处理"})
    assert str(standing["number"]) in str(row["需求编号"])
    cards = len(open_stage.messages())
    by_hand = {"需求标题": "另一条", "客户名称": "客户 2", "紧急程度": "高", "需求类型": "问题反馈"}
    [other_id] = open_stage.create(ZHOU, "requirement", [by_hand])
    open_stage.until_quiet()
    other = open_stage.rows("requirement")[other_id]
    assert {key: other.get(key) for key in _JUDGED} == {key: row.get(key) for key in _JUDGED}
    assert 0 < cards == len(open_stage.messages()) - cards


def test_a_power_cut_loses_and_doubles_nothing(open_stage: Stage) -> None:
    codes: list[int] = []

    def bring(number: int) -> int:
        try:
            return post(open_stage, number)
        except requests.ConnectionError:
            return 0

    assert open_stage.service is not None
    with ThreadPoolExecutor(4) as pool:
        for number, code in enumerate(pool.map(bring, range(MANY))):
            codes.append(code)
            if number == MANY // 3:
                open_stage.service.kill()
    acknowledged = {number for number, code in enumerate(codes) if code == 202}
    open_stage.serve()
    again = {number: post(open_stage, number) for number in range(MANY)}
    open_stage.until_quiet()

    assert 0 < len(acknowledged) < MANY, "the cut must come in the middle"
    assert all(again[number] == 200 for number in acknowledged), "what was acknowledged is known"
    assert set(chain(codes, again.values())) <= {0, 200, 202}
    titles = Counter(_text(row["需求标题"]) for row in open_stage.rows("requirement").values())
    assert titles == Counter(f"工单 {number} 的需求" for number in range(MANY))
    assert {told(open_stage, number)["state"] for number in range(MANY)} == {"written"}


def _text(cell: object) -> str:
    return "".join(part["text"] for part in cell) if isinstance(cell, list) else str(cell)
