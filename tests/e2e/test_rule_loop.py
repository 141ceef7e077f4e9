"""Another automation writes the same forbidden status again and again: the breaker opens and closes."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

from feishu_plugin.demo.stage import Stage
from tests.e2e.conftest import provisioned
from tests.e2e.test_enforce import SHEN, ZHOU, added, cards_to, ledger_of, status

TURNS, ALLOWED = 8, 5
"""How often the other writes, and how often it is put back (参数设置 breaker_corrections)."""


@pytest.fixture
def looped() -> Iterator[Stage]:
    """A watched base with an administrator, who is to hear of it."""
    found = provisioned()
    boss = str(found.people[SHEN]["open_id"])
    found.environment = {**found.environment, "FEISHU_PLUGIN_ADMINISTRATORS": boss}
    try:
        found.serve()
        yield found
    finally:
        found.close()


def in_turn(stage: Stage, rid: str) -> list[str]:
    """The other automation sees its status gone and writes it again; what stood after each time."""
    stood = []
    for _ in range(TURNS):
        if status(stage, rid) != "已关闭":
            stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已关闭"}})
            stage.until_quiet()
        stood.append(status(stage, rid))
    return stood


def verdicts(stage: Stage) -> str:
    assert stage.service is not None
    address = str(stage.service.ready["health"]).replace("/health", "/metrics")
    return stage.session.get(address, timeout=60).text


def test_a_rule_loop_ends_is_told_once_and_is_judged_again_later(looped: Stage) -> None:
    stage, rid = looped, added(looped)
    seen = len(stage.messages())

    assert in_turn(stage, rid) == ["待处理"] * ALLOWED + ["已关闭"] * (TURNS - ALLOWED)
    [told] = [card for card in cards_to(stage, SHEN, seen) if "已暂停对该记录的自动退回" in card]
    row = stage.rows("requirement")[rid]
    assert row["需求编号"][0]["text"] in told
    assert "已暂停对该记录的自动退回" in row["规则提示"][0]["text"]
    assert Counter(ledger_of(stage, rid)) == {("待处理", "已关闭", "退回"): ALLOWED + 1}
    assert 'action="left_alone"' in verdicts(stage)

    stage.go_to(stage.now() + timedelta(minutes=21))

    assert status(stage, rid) == "待处理", "the breaker has closed, and the sweep found what it left"
