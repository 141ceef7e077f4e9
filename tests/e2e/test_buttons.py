"""People press the buttons of cards in Feishu: answered at once, carried out once, shown on the card."""

from datetime import datetime, timedelta
from typing import Any

from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Stage
from feishu_plugin.ports import Json

DATABASES = ("sqlite", "postgresql")
BOSS, ZHOU = "沈国栋", "周子墨"
STATUS = "当前状态"
FILLED = {"shelve_reason": "排期", "follow_up": "下月再看"}


def refused(stage: Stage) -> str:
    """A requirement whose move to 已搁置 was just put back."""
    [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "导出报表很慢"}])
    stage.until_quiet()
    stage.edit(ZHOU, "requirement", {rid: {STATUS: "已搁置"}})
    stage.until_quiet()
    assert stage.rows("requirement")[rid][STATUS] == "待处理"
    return rid


def press(stage: Stage, who: str, message: Json, button: str, form: Json | None = None) -> str:
    """What is said at once; everything has come of it when this returns."""
    said = stage.press(who, message, button, form)
    stage.until_quiet()
    return said


def managed(stage: Stage) -> Stage:
    """The routing rules name the manager, and the service obeys them."""
    rows = stage.rows("routing")
    changes: dict[str, Any] = {rid: {"管理者": [{"id": stage.people[BOSS]["open_id"]}]} for rid in rows}
    stage.edit(BOSS, "routing", changes)
    stage.until_quiet()
    return stage


def test_completing_in_the_card_makes_the_move(stage: Stage) -> None:
    rid = refused(stage)
    message = stage.last_card(ZHOU, "补全后重试")

    answer = press(stage, ZHOU, message, "retry", FILLED)

    assert "已收到" in answer
    row = stage.rows("requirement")[rid]
    assert row[STATUS] == "已搁置"
    assert row["搁置原因"][0]["text"] == "排期"
    shown = next(m for m in stage.messages() if m["message_id"] == message["message_id"])
    assert "已补全并改为" in str(shown["content"])
    assert "补全后重试" not in str(shown["content"]), "nothing is left to press"


def test_a_manager_releases_from_the_card(stage: Stage) -> None:
    rid = refused(managed(stage))
    press(stage, ZHOU, stage.last_card(ZHOU, "申请放行"), "ask", {"reason": "客户很急"})
    asked = stage.last_card(BOSS, "客户很急")
    until = f"{stage.now() + timedelta(days=5):%Y-%m-%d} +0800"

    press(stage, BOSS, asked, "grant", {"reason": "老客户", "until": until})

    assert stage.rows("requirement")[rid][STATUS] == "已搁置"
    ledger = [r for r in stage.rows("transition").values() if r["需求"]["link_record_ids"] == [rid]]
    passed = [row["说明"][0]["text"] for row in ledger if row["判定"] == "通过"]
    assert passed == ["沈国栋放行：老客户"]
    assert stage.last_card(ZHOU, "放行答复")


def test_a_card_is_only_for_whom_it_was_sent_to(stage: Stage) -> None:
    rid = refused(stage)
    message = stage.last_card(ZHOU, "补全后重试")

    answer = press(stage, BOSS, message, "retry", FILLED)

    assert "不是发给您的" in answer
    assert stage.rows("requirement")[rid][STATUS] == "待处理"


def planned(stage: Stage, title: str) -> tuple[str, datetime]:
    """A requirement of ZHOU planned for the workday after next, and that day's midnight."""
    day = stage.now().astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    plan, owner = day + timedelta(days=2), [{"id": stage.people[ZHOU]["open_id"]}]
    row = {
        "需求标题": title,
        "需求类型": "新功能",
        "负责人": owner,
        "计划完成时间": int(plan.timestamp() * 1000),
    }
    [rid] = stage.create(ZHOU, "requirement", [row])
    stage.until_quiet()
    return rid, plan


def test_a_line_of_the_morning_card_is_answered_and_the_card_stays(stage: Stage) -> None:
    rid, plan = planned(stage, "门店看板")
    stage.go_to(plan - timedelta(days=1) + timedelta(hours=9, minutes=10))
    message = stage.last_card(ZHOU, "今日提醒")

    assert "选择一条需求" in press(stage, ZHOU, message, "progress", {"record": "recOther", "note": "在做"})
    answer = press(stage, ZHOU, message, "progress", {"record": rid, "note": "原型已评审"})

    assert "已收到" in answer
    said = f"{stage.now().astimezone(ZONE):%Y-%m-%d} {ZHOU}：原型已评审"
    assert stage.rows("requirement")[rid]["需求进展"][0]["text"] == said
    assert "已更新进展：原型已评审" in str(stage.last_card(ZHOU, "已处理")["content"])
    shown = next(m for m in stage.messages() if m["message_id"] == message["message_id"])
    assert "稍后提醒" in str(shown["content"]), "the other lines can still be answered"


def test_a_breach_is_postponed_from_its_card_with_a_row_in_the_ledger(stage: Stage) -> None:
    rid, plan = planned(stage, "库存导入")
    stage.go_to(plan + timedelta(hours=18, minutes=1))
    message = stage.last_card(ZHOU, "库存导入")
    assert "已超期" in str(message["content"])
    until = plan + timedelta(days=7)

    press(stage, ZHOU, message, "postpone", {"until": f"{until:%Y-%m-%d}", "note": "等供应商接口"})

    assert stage.rows("requirement")[rid]["计划完成时间"] == int(until.timestamp() * 1000)
    ledger = [r for r in stage.rows("transition").values() if r["需求"]["link_record_ids"] == [rid]]
    reasons = [row["说明"][0]["text"] for row in ledger if row.get("说明")]
    assert reasons == [f"{plan:%Y-%m-%d} → {until:%Y-%m-%d}：等供应商接口"]
    shown = next(m for m in stage.messages() if m["message_id"] == message["message_id"])
    assert "计划完成时间已改为" in str(shown["content"])
    assert "稍后提醒" not in str(shown["content"])


def test_a_duplicate_is_merged_from_the_card(stage: Stage) -> None:
    [original] = stage.create(ZHOU, "requirement", [{"需求标题": "收银台扫码支付后订单状态不更新"}])
    stage.until_quiet()
    [rid] = stage.create(ZHOU, "requirement", [{"需求标题": "收银台扫码支付后，订单状态没有更新"}])
    stage.until_quiet()
    message = stage.last_card(ZHOU, "疑似重复")

    press(stage, ZHOU, message, "merge", {"original": original})

    rows = stage.rows("requirement")
    assert (rows[rid][STATUS], rows[rid]["作废原因"]) == ("已作废", "重复")
    assert rows[rid]["重复于"]["link_record_ids"] == [original]
    assert rows[rid]["相似需求"]["link_record_ids"] == [original]
    assert rows[original]["同类反馈数"] == 1
