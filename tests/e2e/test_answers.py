"""A customer's answer over the wire: told, reopened, asked anew; and what nobody answers is brought up."""

from datetime import datetime, timedelta
from typing import Any

from feishu_plugin.demo.narrator import ZONE, card_texts, cell_text
from feishu_plugin.demo.stage import Stage

ZHOU, LIN = "周子墨", "林晓岚"


def finished(stage: Stage, title: str) -> tuple[str, str]:
    """A requirement that is in 已完成 on the next Monday 10:00, of two people; and its number."""
    today = stage.now().astimezone(ZONE)
    monday = today + timedelta(days=(7 - today.weekday()) % 7 or (7 if today.hour >= 10 else 0))
    stage.go_to(monday.replace(hour=10, minute=0, second=0, microsecond=0))
    people = {
        name: [{"id": stage.people[who]["open_id"]}] for name, who in (("提交人", LIN), ("负责人", ZHOU))
    }
    plan = int((stage.now() + timedelta(days=30)).timestamp() * 1000)
    row = {"需求标题": title, "需求类型": "服务咨询", "紧急程度": "低", "计划完成时间": plan, **people}
    [rid] = stage.create(LIN, "requirement", [row])
    stage.until_quiet()
    moved(stage, rid, 当前状态="处理中")
    moved(stage, rid, 当前状态="已完成", 处理结果="已导出给客户")
    return rid, cell(stage, rid, "需求编号")


def moved(stage: Stage, rid: str, **fields: Any) -> None:
    stage.edit(ZHOU, "requirement", {rid: fields})
    stage.until_quiet()


def cell(stage: Stage, rid: str, name: str) -> str:
    return cell_text(stage.rows("requirement")[rid].get(name))


def told(stage: Stage, words: str, number: str) -> list[str]:
    """open_ids of those who got a card with these words about it, in order."""
    found = ((m["to"], "\n".join(card_texts(m["content"]))) for m in stage.messages())
    return [to for to, text in found if words in text and number in text]


def test_an_answer_of_the_form_reopens_is_told_once_and_asked_for_anew(stage: Stage) -> None:
    rid, number = finished(stage, "怎样导出对账单")
    assert told(stage, "已导出给客户", number) == [stage.people[LIN]["open_id"]]

    answer = {"需求编号": number, "是否解决": "未解决", "满意度评分": 1, "意见": "数字对不上"}
    stage.create(LIN, "survey", [answer])
    stage.until_quiet()

    assert (cell(stage, rid, "当前状态"), cell(stage, rid, "重开次数")) == ("处理中", "1")
    heard = told(stage, "弄清哪里没有解决", number)
    assert heard[0] == stage.people[ZHOU]["open_id"]
    assert len(heard) == len(set(heard)) == 2
    moves = [row for row in stage.rows("transition").values() if cell_text(row.get("需求编号")) == number]
    [reopened] = [row for row in moves if row.get("来源") == "规则"]
    assert (reopened["原状态"], reopened["新状态"], reopened["满意度评分"]) == ("已完成", "处理中", 1)
    assert cell_text(reopened["说明"]) == "「客户确认」为「未解决」"

    moved(stage, rid, 当前状态="已完成", 处理结果="已重新核对")

    assert [cell(stage, rid, name) for name in ("当前状态", "客户确认", "满意度评分")] == ["已完成", "", ""]
    assert cell(stage, rid, "客户反馈") == "数字对不上"
    assert told(stage, "弄清哪里没有解决", number) == heard


def test_what_nobody_confirms_is_asked_for_in_one_morning_card(stage: Stage) -> None:
    """Done on Monday after the morning card: two workdays are over on Wednesday after Wednesday's."""
    _, number = finished(stage, "怎样改发票抬头")

    for days in (1, 2, 3, 4, 5):
        stage.go_to(_morning(stage.now() + timedelta(days=1)))

        assert len(told(stage, "待确认", number)) == (days >= 3), days
    assert told(stage, "待确认", number) == [stage.people[LIN]["open_id"]]


def _morning(at: datetime) -> datetime:
    return at.astimezone(ZONE).replace(hour=9, minute=20, second=0, microsecond=0)
