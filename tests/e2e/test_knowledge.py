"""A month of the same question: drafted, published, and the next one who asks is answered by it."""

from datetime import datetime, timedelta

from feishu_plugin.demo.narrator import ZONE
from feishu_plugin.demo.stage import Json, Stage

ZHOU = "周子墨"
ASKED = (
    *("怎么导出上个月的销售报表", "怎样导出上个月的销售报表", "怎么导出上个月的销售报表？"),
    *("请问怎么导出上个月的销售报表", "怎么导出上个月销售报表"),
)
ANSWER = "打开「报表 → 导出」，选择月份后点下载。"


def question(stage: Stage, title: str) -> Json:
    owner = [{"id": stage.people[ZHOU]["open_id"]}]
    return {
        "需求标题": title,
        "需求类型": "服务咨询",
        "需求来源": "电话",
        "责任部门": "客服",
        "负责人": owner,
    }


def closed(stage: Stage) -> list[str]:
    """The same question five times, answered and closed."""
    ids = stage.create(ZHOU, "requirement", [question(stage, title) for title in ASKED])
    stage.until_quiet()
    later = int((stage.now() + timedelta(days=2)).timestamp() * 1000)
    for step in (
        {"当前状态": "处理中", "计划完成时间": later},
        {"当前状态": "已完成", "处理结果": ANSWER},
        {"当前状态": "已关闭", "客户确认": "已解决", "满意度评分": 5},
    ):
        stage.edit(ZHOU, "requirement", dict.fromkeys(ids, step))
        stage.until_quiet()
    return ids


def text(cell: object) -> str:
    return "".join(part["text"] for part in cell) if isinstance(cell, list) else str(cell)


def test_what_is_asked_again_and_again_becomes_an_answer(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    sources = closed(stage)
    assert stage.rows("knowledge") == {}

    stage.go_to(datetime(2026, 9, 1, 8, 30, tzinfo=ZONE))
    stage.go_to(datetime(2026, 9, 1, 9, 30, tzinfo=ZONE))

    [(entry, draft)] = stage.rows("knowledge").items()
    assert text(draft["问题"]) in ASKED
    assert text(draft["答案"]) == ANSWER
    assert draft["提问次数"] == 5
    assert set(draft["来源需求"]["link_record_ids"]) == set(sources)
    assert [one["name"] for one in draft["维护人"]] == [ZHOU]
    assert not draft.get("已发布")
    stage.last_card(ZHOU, "知识库有 1 条常见问题草稿待发布")

    [early] = stage.create(ZHOU, "requirement", [question(stage, "怎么导出上个月的销售报表啊")])
    stage.until_quiet()
    assert not stage.rows("requirement")[early].get("知识库", {}).get("link_record_ids")

    stage.edit(ZHOU, "knowledge", {entry: {"已发布": True}})
    stage.until_quiet()
    [late] = stage.create(ZHOU, "requirement", [question(stage, "怎么导出上个月的销售报表呢")])
    stage.until_quiet()

    assert stage.rows("requirement")[late]["知识库"]["link_record_ids"] == [entry]
    told = str(stage.last_card(ZHOU, "知识库 FAQ")["content"])
    assert "怎么导出上个月的销售报表呢" in told
    assert "选择月份后点下载" in told
    figures = stage.command("report", "--month", "2026-09", "--dry-run")["figures"]
    assert figures["faq_answered"]["value"] == 1

    stage.go_to(datetime(2026, 10, 8, 9, 30, tzinfo=ZONE))

    rows = stage.rows("knowledge")
    assert rows.keys() == {entry}
    assert rows[entry]["提问次数"] == 6
    assert sum("常见问题草稿待发布" in str(message["content"]) for message in stage.messages()) == 1
