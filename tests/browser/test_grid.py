"""The grid: every type is shown and edited, refusals take the cell back, changes of others appear."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Seen
from tests.browser.looking import TYPING_MS, edit, grid_cell, paste, until
from tests.sandbox.bitable import Shop
from tests.sandbox.conftest import Sandbox

Json = dict[str, Any]
AS_PERSON = "POST /_sandbox/as/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records"
LIN, ZHAO = "林晓岚", "赵启明"
WIDE = {"width": 3200, "height": 700}
DUE = 1_787_529_600_000  # 2026-08-24 08:00 in Shanghai


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """Orders of every type; the first row is full, the second empty."""
    shop = Shop(sandbox)
    more = (
        {"field_name": "Stars", "type": 2, "ui_type": "Rating", "property": {"min": 1, "max": 5}},
        {"field_name": "Done", "type": 2, "ui_type": "Progress", "property": {"formatter": "0%"}},
        {"field_name": "Double", "type": 20, "property": {"formula_expression": "[Amount]*2"}},
    )  # fmt: skip
    for field in more:
        assert shop.ask("POST", "fields", json=field).code == 0
    rid = shop.add({"Name": "海川物流"}, table=shop.customers)[0]
    person = {"id": sandbox.user(ZHAO)["open_id"]}
    full = {
        "Title": "First", "Amount": 12.5, "State": "Open", "Tags": ["红", "蓝"], "Due": DUE, "Paid": True,
        "Owner": [person], "Phone": "13800001111", "Site": "121.4,31.2", "Customer": [rid], "Stars": 4,
        "Web": {"link": "https://example.org", "text": "Site of it"}, "Done": 0.5,
    }  # fmt: skip
    shop.add(full, {})
    return shop


@pytest.fixture
def seen(page_at: Callable[..., Seen], sandbox: Sandbox, shop: Shop) -> Seen:
    """The orders as 林晓岚 sees them."""
    lin = sandbox.user(LIN)["open_id"]
    found = page_at(sandbox, f"#who={lin}&table={shop.orders}", size=WIDE)
    grid_cell(found, 0, "Title").get_by_text("First").wait_for()
    return found


def rows(shop: Shop) -> list[Json]:
    """The cells of every order."""
    return [item["fields"] for item in shop.search()["items"]]


def test_every_type_is_shown_as_people_know_it_and_refusals_are_told(seen: Seen) -> None:
    shown = {
        "Title": "First", "Amount": "12.50", "State": "Open", "Tags": "蓝", "Due": "2026/08/24", "Paid": "✓",
        "Owner": ZHAO, "Phone": "13800001111", "Web": "Site of it", "Site": "121.4,31.2", "No": "1",
        "Customer": "海川物流", "Done": "50%", "Double": "25",
    }  # fmt: skip
    for column, text in shown.items():
        grid_cell(seen, 0, column).get_by_text(text).first.wait_for()
    assert grid_cell(seen, 0, "Stars").locator(".ant-rate-star-full").count() == 4
    assert seen.errors == []
    grid_cell(seen, 0, "Double").dblclick()
    seen.page.get_by_text("公式由飞书计算").wait_for()
    edit(seen, 0, "Phone", "<Control+a>", "abc", "<Enter>")
    seen.page.get_by_text("1254072").first.wait_for()
    grid_cell(seen, 0, "Phone").get_by_text("13800001111").wait_for()


def test_cells_are_edited_by_keyboard(seen: Seen, shop: Shop) -> None:
    edit(seen, 1, "Title", "Second", "<Enter>")
    edit(seen, 1, "Amount", "7", "<Enter>")
    edit(seen, 1, "State", "Done", "<Enter>")
    edit(seen, 1, "Owner", LIN, "<Enter>", "<Escape>", "<Tab>")
    edit(seen, 1, "Due", "2026/08/24", "<Enter>")
    edit(seen, 1, "Phone", "10086", "<Enter>")
    until(seen, lambda: len(rows(shop)[1]) >= 12, f"not all was written: {rows(shop)[1]}")
    written = rows(shop)[1]
    assert written["Title"][0]["text"] == "Second"
    assert (written["Amount"], written["State"], written["Phone"]) == (7, "Done", "10086")
    assert written["Owner"][0]["name"] == LIN
    assert written["Due"] == DUE - 8 * 3_600_000
    grid_cell(seen, 0, "Title").click()
    seen.page.keyboard.type("Other", delay=TYPING_MS)
    seen.page.keyboard.press("Escape")
    grid_cell(seen, 0, "Title").get_by_text("First").wait_for()
    seen.page.wait_for_function("document.activeElement.getAttribute('col-id') === 'Title'")
    seen.page.keyboard.type("Other", delay=TYPING_MS)
    seen.page.keyboard.press("Enter")
    until(
        seen,
        lambda: rows(shop)[0]["Title"][0]["text"] == "Other",
        f"the title was not written: {rows(shop)[0]}",
    )


def test_a_paste_is_one_call_for_each_kind_and_changes_of_others_appear(
    seen: Seen, sandbox: Sandbox, shop: Shop
) -> None:
    grid_cell(seen, 1, "Title").click()
    paste(seen, "Two\t2\tDone\nThree\t3\tOpen\nFour\t4\tNew choice")
    grid_cell(seen, 3, "Title").get_by_text("Four").wait_for()
    pasted = [(row["Title"][0]["text"], row["Amount"], row["State"]) for row in rows(shop)[1:]]
    assert pasted == [("Two", 2, "Done"), ("Three", 3, "Open"), ("Four", 4, "New choice")]
    requests = sandbox.control("GET", "/stats")["requests"]
    assert requests[f"{AS_PERSON}/batch_update"] == {"0": 1}
    assert requests[f"{AS_PERSON}/batch_create"] == {"0": 1}
    shop.set(shop.search()["items"][0]["record_id"], {"Title": "Changed"}, who=ZHAO)
    grid_cell(seen, 0, "Title").get_by_text("Changed").wait_for()
    shop.add({"Title": "New one"}, who=ZHAO)
    grid_cell(seen, 4, "Title").get_by_text("New one").wait_for()


def test_rows_are_added_opened_and_deleted(seen: Seen, shop: Shop) -> None:
    seen.page.get_by_role("button", name="新增一行").click()
    drawer = seen.page.get_by_role("dialog")
    drawer.get_by_role("button", name="修改 Title").click()
    seen.page.keyboard.type("Third")
    drawer.get_by_role("button", name="保存").click()
    grid_cell(seen, 2, "Title").get_by_text("Third").wait_for()
    seen.page.wait_for_function("document.activeElement.ariaLabel === '修改 Title'")
    seen.page.keyboard.press("Escape")
    drawer.wait_for(state="hidden")
    seen.page.locator('.ag-row[row-index="2"] .ag-selection-checkbox input').click()
    seen.page.get_by_role("button", name="删除所选 1 行").click()
    seen.page.get_by_role("button", name="确定").click()
    until(seen, lambda: len(rows(shop)) == 2, "the row was not deleted")


def test_the_keyboard_enters_the_grid_opens_a_row_and_leaves_again(seen: Seen) -> None:
    at = "document.activeElement.closest('.ag-cell')"
    seen.page.get_by_role("button", name="新增一行").focus()
    seen.page.keyboard.press("Tab")
    seen.page.wait_for_function(f"{at}?.closest('.ag-row').getAttribute('row-index') === '0'")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("Tab")
    seen.page.wait_for_function(f"{at} === null")
    seen.page.keyboard.press("Shift+Tab")
    seen.page.wait_for_function(f"{at}?.closest('.ag-row').getAttribute('row-index') === '1'")
    seen.page.keyboard.press("Enter")
    seen.page.get_by_role("dialog").get_by_role("button", name="修改 Title").wait_for()


def test_many_rows_come_as_they_are_scrolled_to_and_a_paste_reaches_those_that_did_not_come(
    sandbox: Sandbox, page_at: Callable[..., Seen]
) -> None:
    shop = Shop(sandbox)
    for start in range(0, 3000, 500):
        shop.add(*({"Name": f"row {n}"} for n in range(start, start + 500)), table=shop.customers)
    seen = page_at(sandbox, f"#table={shop.customers}")
    seen.page.get_by_text("共 3000 行").wait_for()
    grid_cell(seen, 0, "Name").click()
    seen.page.keyboard.press("Control+End")
    seen.page.get_by_text("row 2999").wait_for()
    searches = sandbox.control("GET", "/stats")["requests"][f"{AS_PERSON}/search"]["0"]
    assert searches < 3000 / 100, "far rows were reached by reading all of them"
    seen.page.keyboard.press("Control+Home")
    grid_cell(seen, 0, "Name").click()
    paste(seen, "\n".join(f"pasted {n}" for n in range(600)))
    grid_cell(seen, 0, "Name").get_by_text("pasted 0").wait_for()

    def names() -> list[str]:
        ask = {"page_size": 500, "page_token": ""}
        pages = [shop.ask("POST", "records/search", table=shop.customers, json={}, params=ask).data]
        ask["page_token"] = pages[0]["page_token"]
        pages.append(shop.ask("POST", "records/search", table=shop.customers, json={}, params=ask).data)
        assert pages[1]["total"] == 3000
        return [item["fields"]["Name"][0]["text"] for page in pages for item in page["items"]]

    until(seen, lambda: names()[599:601] == ["pasted 599", "row 600"], "the paste did not reach its last row")
