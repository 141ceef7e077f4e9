"""People edit through the official API; the service as a process judges, puts back and explains."""

from typing import Any

from feishu_plugin.demo.narrator import card_texts
from feishu_plugin.demo.stage import Stage

DATABASES = ("sqlite", "postgresql")
LIN, ZHOU, SHEN = "林晓岚", "周子墨", "沈国栋"
READY = {
    "需求类型": "服务咨询", "紧急程度": "中", "客户价值": 3, "业务价值": 3, "计划完成时间": 1788100000000,
}  # fmt: skip


def added(stage: Stage, who: str = ZHOU, **fields: Any) -> str:
    [rid] = stage.create(who, "requirement", [{"需求标题": "怎样导出", **READY, **fields}])
    stage.until_quiet()
    return rid


def with_owner(stage: Stage) -> dict[str, Any]:
    return {"负责人": [{"id": stage.people[LIN]["open_id"]}], "责任部门": "客服"}


def status(stage: Stage, rid: str) -> str:
    return str(stage.rows("requirement")[rid]["当前状态"])


def cards_to(stage: Stage, who: str, since: int) -> list[str]:
    open_id = stage.people[who]["open_id"]
    found = [m for m in stage.messages()[since:] if m["to"] == open_id]
    return ["\n".join(card_texts(message["content"])) for message in found]


def ledger_of(stage: Stage, rid: str) -> list[tuple[str, str, str]]:
    rows = [r for r in stage.rows("transition").values() if rid in r["需求"]["link_record_ids"]]
    return [(r["原状态"], r["新状态"], r["判定"]) for r in sorted(rows, key=lambda r: r["时间"])]


def test_an_illegal_move_is_put_back_explained_and_written_down(stage: Stage) -> None:
    rid, seen = added(stage), len(stage.messages())

    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已关闭", "备注": "顺手写的"}})
    stage.until_quiet()

    row = stage.rows("requirement")[rid]
    [card] = cards_to(stage, ZHOU, seen)
    assert row["当前状态"] == "待处理"
    assert row["备注"][0]["text"] == "顺手写的"
    assert "处理中、已搁置、已作废" in card
    assert ledger_of(stage, rid) == [("待处理", "已关闭", "退回")]


def test_a_move_with_missing_fields_names_them(stage: Stage) -> None:
    rid = added(stage, 计划完成时间=None)
    seen = len(stage.messages())

    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "处理中"}})
    stage.until_quiet()

    [card] = cards_to(stage, ZHOU, seen)
    assert status(stage, rid) == "待处理"
    assert "负责人" in card
    assert "计划完成时间" in card


def test_two_quick_legal_moves_both_stand(stage: Stage) -> None:
    rid = added(stage, **with_owner(stage))

    stage.edit(LIN, "requirement", {rid: {"当前状态": "处理中"}})
    stage.edit(LIN, "requirement", {rid: {"当前状态": "待客户配合", "需求进展": "等客户回复"}})
    stage.until_quiet()

    assert status(stage, rid) == "待客户配合"
    assert ledger_of(stage, rid) == [("待处理", "处理中", "通过"), ("处理中", "待客户配合", "通过")]


def test_a_move_fills_its_dates(stage: Stage) -> None:
    rid = added(stage, **with_owner(stage))

    stage.edit(LIN, "requirement", {rid: {"当前状态": "处理中"}})
    stage.until_quiet()

    row = stage.rows("requirement")[rid]
    assert row["首次响应时间"] == row["实际开始时间"]


def test_a_bulk_paste_of_illegal_moves_is_one_card(stage: Stage) -> None:
    ids = stage.create(ZHOU, "requirement", [{"需求标题": f"批量 {n}", **READY} for n in range(40)])
    stage.until_quiet()
    seen, calls = len(stage.messages()), stage.health()["calls"]

    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已完成"} for rid in ids})
    stage.until_quiet()

    rows = stage.rows("requirement")
    assert {rows[rid]["当前状态"] for rid in ids} == {"待处理"}
    assert len(cards_to(stage, ZHOU, seen)) == 1
    # One read, one write, one ledger write, one card, its notice row, and the echo's read:
    # a straggling event may cost another of each.
    assert stage.health()["calls"] - calls <= 12


def test_a_policy_edit_is_obeyed_and_a_senseless_one_is_named_in_its_row(stage: Stage) -> None:
    rules = {fields["规则名称"][0]["text"]: rid for rid, fields in stage.rows("workflow").items()}
    rule = rules["待处理→已搁置"]
    stage.edit(SHEN, "workflow", {rule: {"谁可以": ["管理者"]}})
    stage.until_quiet()
    rid = added(stage, 搁置原因="排期已满", 后续跟进计划="下月再议")

    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已搁置"}})
    stage.until_quiet()
    by_member = status(stage, rid)
    stage.edit(SHEN, "workflow", {rule: {"必填字段": "没有这一列"}})
    stage.until_quiet()
    finding = stage.rows("workflow")[rule]["校验结果"][0]["text"]
    stage.edit(SHEN, "requirement", {rid: {"当前状态": "已搁置"}})
    stage.until_quiet()
    by_manager = status(stage, rid)
    stage.edit(SHEN, "workflow", {rule: {"必填字段": "搁置原因、后续跟进计划", "谁可以": None}})
    stage.until_quiet()

    assert by_member == "待处理"
    assert "没有这一列" in finding
    assert by_manager == "已搁置"
    assert "校验结果" not in stage.rows("workflow")[rule]


def test_doubled_and_reordered_events_change_nothing(stage: Stage) -> None:
    faults = [
        {"kind": "duplicate-event", "probability": 0.5, "seed": 7},
        {"kind": "reorder", "probability": 0.3, "seed": 8},
    ]
    rid = added(stage, **with_owner(stage))
    stage.session.put(f"{stage.url}/_sandbox/faults", json=faults, timeout=60)

    for _ in range(5):
        stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已关闭"}})
        stage.until_quiet()
    stage.session.put(f"{stage.url}/_sandbox/faults", json=[], timeout=60)
    stage.until_quiet()

    assert status(stage, rid) == "待处理"
    assert ledger_of(stage, rid) == [("待处理", "已关闭", "退回")] * 5


def test_a_lost_event_is_found_by_the_sync_command(stage: Stage) -> None:
    rid = added(stage)
    lose = [{"kind": "lose-event", "probability": 1.0, "seed": 1}]
    stage.session.put(f"{stage.url}/_sandbox/faults", json=lose, timeout=60)
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "已完成"}})
    stage.session.put(f"{stage.url}/_sandbox/faults", json=[], timeout=60)

    found = stage.command("sync")
    stage.until_quiet()

    assert found["recovered"] == 1
    assert status(stage, rid) == "待处理"


def test_every_requirement_has_a_number_of_its_own(stage: Stage) -> None:
    stage.create(ZHOU, "requirement", [{"需求标题": f"编号 {n}", **READY} for n in range(20)])
    stage.until_quiet()

    numbers = [row["需求编号"][0]["text"] for row in stage.rows("requirement").values()]

    assert len(numbers) == len(set(numbers))
