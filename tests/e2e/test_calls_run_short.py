"""When the calls of a month are used up, sweeps and reports wait, and people still rely on the rules."""

from datetime import timedelta

from feishu_plugin.demo.narrator import card_texts
from feishu_plugin.demo.stage import Stage

ZHOU, SHEN = "周子墨", "沈国栋"


def sweeps(stage: Stage) -> str:
    return str(stage.command("status")["last_sweep"]["at"])


def test_moves_are_judged_although_no_calls_are_left_and_the_administrator_hears_once(
    unwatched: Stage,
) -> None:
    stage = unwatched
    stage.environment = {
        **stage.environment,
        "FEISHU_PLUGIN_CALLS_PER_MONTH": "50",
        "FEISHU_PLUGIN_ADMINISTRATORS": str(stage.people[SHEN]["open_id"]),
    }
    stage.serve()
    [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "怎样导出"}])
    stage.until_quiet()
    begun = sweeps(stage)
    for _ in range(3):
        stage.go_to(stage.now() + timedelta(hours=1))

    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已关闭"}})
    stage.until_quiet()

    told = ["\n".join(card_texts(message["content"])) for message in stage.messages()]
    found = stage.command("status")
    assert stage.rows("requirement")[rid]["当前状态"] == "待处理"
    assert sum("本月 50 次飞书接口调用已用完" in text for text in told) == 1
    assert found["calls_this_month"] > found["calls_allowed"] == 50
    assert sweeps(stage) == begun, "six hours between two sweeps"
