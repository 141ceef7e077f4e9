"""A bulk mistake in the sandbox, taken back by the command while the service is watching, and without one."""

import pytest

from feishu_plugin.demo.stage import Stage, StageError

ZHOU, LIN = "周子墨", "林晓岚"
DAY = ("--between", "2026-08-24", "2026-08-24")
SHELVED = {"当前状态": "已搁置"}


def added(stage: Stage, count: int) -> list[str]:
    rows = [
        {"需求标题": f"第 {n} 条", "搁置原因": "排期已满", "后续跟进计划": "下月再议", "备注": "原来的"}
        for n in range(count)
    ]
    ids = stage.create(ZHOU, "requirement", rows)
    stage.until_quiet()
    return ids


def column(stage: Stage, ids: list[str], name: str) -> list[str]:
    rows = stage.rows("requirement")
    shown = (rows[rid][name] for rid in ids)
    return [one if isinstance(one, str) else one[0]["text"] for one in shown]


def test_shelved_by_mistake_and_taken_back(unwatched: Stage) -> None:
    stage = unwatched
    stage.serve()
    ids = added(stage, 4)
    stage.edit(ZHOU, "requirement", dict.fromkeys(ids, SHELVED))
    stage.until_quiet()
    stage.edit(LIN, "requirement", {ids[3]: {"当前状态": "待处理"}})
    stage.until_quiet()
    stage.edit(LIN, "requirement", {ids[3]: SHELVED})
    stage.until_quiet()

    preview = stage.command("undo", "--by", ZHOU, *DAY)
    before = column(stage, ids, "当前状态")
    stage.command("undo", "--by", ZHOU, *DAY, "--yes")
    stage.until_quiet()
    again = stage.command("undo", "--by", ZHOU, *DAY, "--yes")
    stage.until_quiet()

    assert {one["record_id"] for one in preview["undo"]} == set(ids[:3])
    assert [(one["record_id"], one["why"]) for one in preview["conflicts"]] == [(ids[3], "moved")]
    assert before == ["已搁置"] * 4
    assert column(stage, ids, "当前状态") == ["待处理"] * 3 + ["已搁置"]
    assert again["undo"] == []
    told = [row for row in stage.rows("transition").values() if row["依据规则"][0]["text"] == "撤销"]
    assert [(r["原状态"], r["新状态"], r["来源"], r["判定"]) for r in told] == [
        ("已搁置", "待处理", "规则", "通过")
    ] * 3


def test_a_column_is_taken_back_without_a_service(unwatched: Stage) -> None:
    stage = unwatched
    stage.command("sync")
    ids = stage.create(
        ZHOU, "requirement", [{"需求标题": "甲", "备注": "原来的"}, {"需求标题": "乙", "备注": "也是"}]
    )
    stage.command("sync")
    stage.edit(ZHOU, "requirement", {rid: {"备注": "误改"} for rid in ids})
    stage.command("sync")
    stage.edit(LIN, "requirement", {ids[1]: {"备注": "林改的"}})

    found = stage.command("undo", "--by", ZHOU, *DAY, "--field", "备注", "--yes")

    assert [one["record_id"] for one in found["undo"]] == [ids[0]]
    assert [(one["why"], one["by"]) for one in found["conflicts"]] == [
        ("edited", stage.people[LIN]["open_id"])
    ]
    assert column(stage, ids, "备注") == ["原来的", "林改的"]


def test_who_and_what_cannot_be_undone_is_said_in_one_line(unwatched: Stage) -> None:
    with pytest.raises(StageError, match=r"nobody of that name|nobody edited anything in that time"):
        unwatched.command("undo", "--by", "没有这个人", *DAY)
    with pytest.raises(StageError, match="is filled by rules"):
        unwatched.command("undo", "--by", "ou_x", *DAY, "--field", "优先级")
    with pytest.raises(StageError, match="is no column"):
        unwatched.command("undo", "--by", "ou_x", *DAY, "--field", "没有这一列")
