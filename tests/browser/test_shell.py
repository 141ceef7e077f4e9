"""The frame: who, base, table, view and language are chosen and kept in the address; it fits a telephone."""

from collections.abc import Callable

import pytest
import requests

from tests.browser.conftest import TELEPHONE, Seen
from tests.browser.looking import grid_cell
from tests.sandbox.bitable import Shop
from tests.sandbox.conftest import Sandbox, running


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """A shop with one order."""
    found = Shop(sandbox)
    found.add({"Title": "First"})
    return found


def test_the_address_keeps_every_choice(page_at: Callable[..., Seen], sandbox: Sandbox, shop: Shop) -> None:
    seen = page_at(sandbox)
    seen.page.get_by_role("menuitem", name="Orders").click()
    grid_cell(seen, 0, "Title").get_by_text("First").wait_for()
    seen.page.get_by_role("combobox", name="以谁的身份").click()
    seen.page.get_by_text("研发 · ").first.wait_for()
    seen.page.keyboard.type("赵启明")
    seen.page.keyboard.press("Enter")
    seen.page.get_by_role("button", name="Switch to English").click()
    seen.page.get_by_text("Add a row").wait_for()
    assert seen.page.evaluate("document.documentElement.lang") == "en"
    link = seen.page.url
    assert sandbox.user("赵启明")["open_id"] in link
    again = page_at(sandbox, "#" + link.partition("#")[2])
    again.page.get_by_text("Add a row").wait_for()
    again.page.get_by_title("Zhao Qiming").wait_for()
    grid_cell(again, 0, "Title").get_by_text("First").wait_for()
    rid = shop.search()["items"][0]["record_id"]
    again.page.goto(f"{sandbox.url}/base/{shop.app_token}?table={shop.orders}&record={rid}")
    again.page.get_by_role("dialog").get_by_role("button", name="修改 Title").wait_for()


def test_unread_messages_are_counted_until_they_were_looked_at(
    page_at: Callable[..., Seen], sandbox: Sandbox, shop: Shop
) -> None:
    lin = sandbox.user("林晓岚")["open_id"]
    seen = page_at(sandbox, f"#who={lin}")
    seen.page.get_by_role("menuitem", name="Orders").wait_for()
    body = {"receive_id": lin, "msg_type": "text", "content": '{"text": "hello"}'}
    sandbox.app("POST", "/open-apis/im/v1/messages?receive_id_type=open_id", json=body)
    seen.page.get_by_role("button", name="消息: 1 条未读").click()
    seen.page.get_by_role("dialog").wait_for()
    seen.page.keyboard.press("Escape")
    seen.page.get_by_role("button", name="消息", exact=True).wait_for()


def test_a_telephone_shows_everything_without_scrolling_sideways(
    page_at: Callable[..., Seen], sandbox: Sandbox, shop: Shop
) -> None:
    seen = page_at(sandbox, size=TELEPHONE, language="en")
    seen.page.get_by_role("button", name="Open navigation").click()
    seen.page.get_by_role("menuitem", name="Orders").click()
    grid_cell(seen, 0, "Title").get_by_text("First").wait_for()
    assert seen.overflow() == 0
    seen.page.get_by_role("button", name="Messages").click()
    seen.page.wait_for_function(
        "document.querySelector('.inbox-drawer .ant-drawer-content-wrapper')?.offsetWidth === 390"
    )
    assert seen.errors == []


def test_a_sandbox_that_starts_again_is_found_again(page_at: Callable[..., Seen]) -> None:
    with running() as ready, requests.Session() as session:
        session.trust_env = False
        first = Sandbox(ready, session)
        Shop(first)
        seen = page_at(first)
        seen.page.get_by_role("menuitem", name="Orders").click()
        seen.page.get_by_text("共 0 行").wait_for()
    seen.page.get_by_text("沙盒没有回答").wait_for()
    assert seen.page.get_by_text("共 0 行").is_visible(), "what was read is still shown"
    with running(first.url.rpartition(":")[2]):
        seen.page.get_by_text("还没有多维表格").wait_for()
        assert seen.page.get_by_text("沙盒没有回答").count() == 0


def test_an_empty_sandbox_says_what_to_do(page_at: Callable[..., Seen], sandbox: Sandbox) -> None:
    seen = page_at(sandbox)
    seen.page.get_by_text("还没有多维表格").wait_for()
    Shop(sandbox)
    seen.page.get_by_role("menuitem", name="Orders").wait_for()
