"""Somebody writes to the bot in Feishu and has a requirement a moment later."""

import requests

from feishu_plugin.demo.stage import Stage

ZHOU = "周子墨"


def test_a_message_becomes_a_requirement_after_its_card_is_sent(stage: Stage) -> None:
    path = f"{stage.url}/_sandbox/people/{stage.people[ZHOU]['open_id']}/say"
    text = "客户说导出一万行要等十分钟\n希望能后台导出"
    requests.post(path, json={"text": text}, timeout=60).raise_for_status()
    stage.until_quiet()
    message = stage.last_card(ZHOU, "登记需求")

    stage.press(ZHOU, message, "register", {"urgency": "high", "customer_name": "星河科技"})
    stage.until_quiet()

    [row] = stage.rows("requirement").values()
    assert row["需求标题"][0]["text"] == "客户说导出一万行要等十分钟"
    assert row["客户原话"][0]["text"] == text
    assert row["紧急程度"] == "高"
    assert row["提交人"][0]["id"] == stage.people[ZHOU]["open_id"]
    assert row["需求编号"]
    shown = next(m for m in stage.messages() if m["message_id"] == message["message_id"])
    assert "已登记" in str(shown["content"])
