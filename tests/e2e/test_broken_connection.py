"""What happened while nobody listened is found as soon as somebody listens again, not ten minutes later."""

from datetime import timedelta

from feishu_plugin.demo.stage import Stage
from tests.looking import looks

ZHOU = "周子墨"


def order(stage: Stage, *rules: dict[str, object]) -> None:
    answer = stage.session.put(f"{stage.url}/_sandbox/faults", json=list(rules), timeout=60)
    assert answer.ok, answer.text


def test_the_edits_of_a_gap_are_judged_after_the_reconnect(stage: Stage) -> None:
    lost, other = stage.create(ZHOU, "requirement", [{"需求标题": "没人听见"}, {"需求标题": "断线的那条"}])
    stage.until_quiet()
    before = stage.now()

    order(stage, {"kind": "lose-event", "count": 1}, {"kind": "close-ws", "count": 1})
    stage.edit(ZHOU, "requirement", {lost: {"当前状态": "已完成"}})
    stage.edit(ZHOU, "requirement", {other: {"备注": "推送时断开"}})

    for _ in looks():
        if stage.rows("requirement")[lost]["当前状态"] == "待处理":
            break
    assert stage.rows("requirement")[lost]["当前状态"] == "待处理"
    assert stage.now() - before < timedelta(minutes=10), "the sweep of every ten minutes would do it, too"
    assert stage.health()["connected"]
