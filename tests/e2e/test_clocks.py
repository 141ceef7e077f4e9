"""Clocks over the wire: a field put back, a company holiday that moves a limit, an override that ends."""

from datetime import datetime, timedelta
from typing import Any

from feishu_plugin.demo.narrator import ZONE, card_texts, cell_text
from feishu_plugin.demo.stage import Stage

ZHOU, SHEN = "周子墨", "沈国栋"


def added(stage: Stage, **fields: Any) -> str:
    row = {"需求标题": "退款迟迟不到", "需求类型": "投诉", "紧急程度": "中", **fields}
    [rid] = stage.create(ZHOU, "requirement", [row])
    stage.until_quiet()
    return rid


def cell(stage: Stage, rid: str, name: str) -> str:
    return cell_text(stage.rows("requirement")[rid].get(name))


def cards(stage: Stage, since: int, about: str) -> list[tuple[str, str]]:
    """(open_id, text) of the cards that say something."""
    found = [(m["to"], "\n".join(card_texts(m["content"]))) for m in stage.messages()[since:]]
    return [(to, text) for to, text in found if about in text]


def millis(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def test_a_computed_field_comes_back_and_its_editor_hears_once_why(stage: Stage) -> None:
    rid, seen = added(stage), len(stage.messages())
    computed = cell(stage, rid, "优先级")

    stage.edit(ZHOU, "requirement", {rid: {"优先级": "高", "备注": "很急"}})
    stage.until_quiet()

    assert (cell(stage, rid, "优先级"), cell(stage, rid, "备注")) == (computed, "很急")
    [(to, text)] = cards(stage, seen, "由系统按规则填写")
    assert to == stage.people[ZHOU]["open_id"]
    assert "人工优先级、改写理由、改写有效期" in text
    assert cards(stage, seen, "这一步暂时不能走") == []


def test_a_company_holiday_moves_running_limits_and_names_itself(stage: Stage) -> None:
    rid = added(stage, 负责人=[{"id": stage.people[ZHOU]["open_id"]}])
    due, tomorrow = stage.rows("requirement")[rid]["解决时限"], stage.now() + timedelta(days=1)
    seen = len(stage.messages())

    stage.create(SHEN, "calendar", [{"日期": millis(_midnight(tomorrow)), "安排": "放假", "说明": "运动会"}])
    stage.until_quiet()
    stage.go_to(stage.now() + timedelta(minutes=2))

    assert stage.rows("requirement")[rid]["解决时限"] > due
    assert f"运动会 {tomorrow.astimezone(ZONE):%m-%d}" in cell(stage, rid, "时限依据")
    stage.go_to(_midnight(stage.now() + timedelta(days=2)) + timedelta(hours=9, minutes=15))
    # Rows of the other stories on this stage have due times of their own; with them it is a line of a list.
    number = cell(stage, rid, "需求编号")
    found = [to for to, text in cards(stage, seen, number) if "解决时限" in text and "→" in text]
    assert found
    assert set(found) == {stage.people[ZHOU]["open_id"]}


def test_an_override_ends_with_its_last_day(stage: Stage) -> None:
    rid = added(stage)
    computed, today = cell(stage, rid, "优先级"), _midnight(stage.now())
    override = {"人工优先级": "高", "改写理由": "老客户", "改写有效期": millis(today)}

    stage.edit(SHEN, "requirement", {rid: override})
    stage.until_quiet()
    assert cell(stage, rid, "优先级") == "高"
    stage.go_to(today + timedelta(days=1, minutes=2))

    assert [cell(stage, rid, name) for name in override] == ["", "", ""]
    assert cell(stage, rid, "优先级") == computed
    assert f"{today:%Y-%m-%d} 到期" in cell(stage, rid, "优先级说明")


def _midnight(at: datetime) -> datetime:
    return at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
