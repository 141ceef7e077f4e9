"""The scene of the buttons: a refused move is completed in its card, another one released by the manager."""

from datetime import datetime, timedelta
from typing import Any

from feishu_plugin.demo.narrator import ZONE, Narrator, cell_text
from feishu_plugin.demo.stage import Stage
from feishu_plugin.demo.week import SHEN, ZHAO, ZHOU


def monday_buttons(stage: Stage, narrator: Narrator, now: datetime) -> None:
    """Nobody has to find the row again: what is missing is filled in the card."""
    stage.go_to(now)
    narrator.day(now, "卡片上的按钮：补全后重试、申请放行")
    _complete(stage, narrator)
    _release(stage, narrator, now)


def _complete(stage: Stage, narrator: Narrator) -> None:
    rid = _row(stage, "导出一万行")
    stage.edit(ZHAO, "requirement", {rid: {"当前状态": "测试验证"}})
    narrator.act(ZHAO, "改成测试验证，没写处理方案和需求进展")
    stage.until_quiet()
    narrator.cards()
    form = {"solution": "导出改为后台任务，完成后通知", "progress": "已提测"}
    said = stage.press(ZHAO, stage.last_card(ZHAO, "补全后重试"), "retry", form)
    narrator.act(ZHAO, f"在卡片里填好两项，按「补全后重试」（当场提示：{said}）")
    stage.until_quiet()
    narrator.plugin(_told(stage, rid))


def _release(stage: Stage, narrator: Narrator, now: datetime) -> None:
    rid = next(r for r, row in stage.rows("requirement").items() if row["当前状态"] == "待处理")
    stage.edit(ZHOU, "requirement", {rid: {"当前状态": "待客户配合"}})
    narrator.act(ZHOU, "想直接改成待客户配合（规则不允许）")
    stage.until_quiet()
    stage.press(ZHOU, stage.last_card(ZHOU, "申请放行"), "ask", {"reason": "客户资料没给全，无法评估"})
    narrator.act(ZHOU, "按「申请放行」，写了理由")
    stage.until_quiet()
    narrator.cards()
    until = f"{now.astimezone(ZONE) + timedelta(days=4):%Y-%m-%d} +0800"
    form = {"reason": "同意，资料到齐后再评估", "until": until}
    stage.press(SHEN, stage.last_card(SHEN, "放行"), "grant", form)
    narrator.act(SHEN, "在收到的卡片里放行到周五，并写明理由")
    stage.until_quiet()
    narrator.plugin(_told(stage, rid))
    narrator.cards()


def _row(stage: Stage, title: str) -> str:
    rows = stage.rows("requirement").items()
    return next(rid for rid, row in rows if title in cell_text(row.get("需求标题")))


def _told(stage: Stage, rid: str) -> str:
    """The row as it stands now, and what the ledger says of its last move."""
    ledger: list[dict[str, Any]] = [
        row for row in stage.rows("transition").values() if row["需求"]["link_record_ids"] == [rid]
    ]
    last = ledger[-1] if ledger else {}
    row = stage.rows("requirement")[rid]
    why = f"：{cell_text(last['说明'])}" if last.get("说明") else ""
    return (
        f"{cell_text(row['需求编号'])} 当前状态：{row['当前状态']}（流转记录：{last.get('判定', '')}{why}）"
    )
