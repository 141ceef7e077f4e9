"""The main story: an illegal edit is put back and completed in its card; the month ends in reports."""

import re
from collections.abc import Callable, Iterator

import pytest

from feishu_plugin.demo.stage import Stage
from tests.browser.conftest import Seen
from tests.browser.looking import edit, grid_cell
from tests.e2e.conftest import provisioned

ZHAO, ZHOU = "赵启明", "周子墨"
ROW = {
    "需求标题": "导出一万行报表要等十分钟", "需求描述": "点导出后页面一直转圈，等十分钟才有结果",
    "需求类型": "问题反馈", "需求来源": "电话", "紧急程度": "高", "影响范围": "多客户",
    "客户名称": "海川物流集团",
}  # fmt: skip


@pytest.fixture(scope="module")
def stage(chromium: object) -> Iterator[Stage]:
    """A watched base with one requirement of 赵启明; only where there is a browser to look with."""
    found = provisioned()
    try:
        found.serve()
        owner = {"负责人": [{"id": found.people[ZHAO]["open_id"]}], "责任部门": "研发"}
        found.create(ZHOU, "requirement", [{**ROW, **owner}])
        found.until_quiet()
        yield found
    finally:
        found.close()


def test_an_edit_is_put_back_completed_in_its_card_and_counted_at_month_end(
    page_at: Callable[..., Seen], stage: Stage
) -> None:
    zhao = stage.people[ZHAO]["open_id"]
    seen = page_at(stage, f"#who={zhao}&table={stage.base['tables']['requirement']}")
    status = grid_cell(seen, 0, "当前状态")
    status.get_by_text("待处理").wait_for()

    edit(seen, 0, "当前状态", "处理中", "<Enter>")
    seen.page.get_by_text("「当前状态」已退回原值").wait_for()
    status.get_by_text("待处理").wait_for()
    seen.page.get_by_role("button", name="打开第几行 1").click()
    record = seen.page.get_by_role("dialog")
    record.get_by_text("请先填写：计划完成时间").first.wait_for()
    seen.page.keyboard.press("Escape")

    seen.page.get_by_role("button", name=re.compile(r"消息: \d 条未读")).click()
    card = seen.page.get_by_role("log").locator("article, .card").filter(has_text="补全后重试").last
    card.get_by_role("textbox", name=re.compile("计划完成时间")).fill("2026-08-28")
    seen.page.keyboard.press("Enter")
    card.get_by_role("button", name="补全后重试").click()
    status.get_by_text("处理中").wait_for()
    seen.page.get_by_role("dialog").get_by_role("button", name="关闭").click()

    seen.page.get_by_role("button", name="沙盒时间").click()
    seen.page.get_by_role("button", name="下月 1 日 09:00").click()
    seen.page.get_by_role("menuitem", name="月度需求趋势").click()
    grid_cell(seen, 0, "月份").get_by_text("2026-08").wait_for()
    grid_cell(seen, 0, "新增").get_by_text("1").wait_for()
    seen.page.get_by_role("menuitem", name="仪表盘").click()
    seen.page.get_by_role("region", name="每月新增与解决").locator("canvas").first.wait_for()
    assert seen.errors == []
