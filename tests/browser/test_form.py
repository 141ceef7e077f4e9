"""A form insists on what is required, and adds a record as the person who sends it."""

from collections.abc import Callable

from tests.browser.conftest import TELEPHONE, Seen
from tests.browser.looking import until
from tests.sandbox.bitable import Shop
from tests.sandbox.conftest import Sandbox


def test_a_form_is_filled_in_and_sent(page_at: Callable[..., Seen], sandbox: Sandbox) -> None:
    shop = Shop(sandbox)
    view = shop.ask("POST", "views", json={"view_name": "Order", "view_type": "form"}).data["view"]["view_id"]
    fields = shop.fields()
    asked = {
        "Title": {"title": "What do you want?", "required": True, "description": "in one line"},
        "Tags": {"visible": False},
    }
    for name, question in asked.items():
        assert shop.ask("PATCH", f"forms/{view}/fields/{fields[name]['field_id']}", json=question).code == 0
    zhao = sandbox.user("赵启明")["open_id"]
    seen = page_at(sandbox, f"#who={zhao}&table={shop.orders}&view={view}", size=TELEPHONE)
    seen.page.get_by_text("in one line").wait_for()
    assert seen.page.get_by_text("Tags").count() == 0
    seen.page.get_by_role("button", name="提交").click()
    seen.page.get_by_text("请填写：What do you want?").wait_for()
    assert shop.search()["total"] == 0
    seen.page.get_by_label("What do you want?").fill("A chair")
    seen.page.get_by_label("Amount").fill("3")
    seen.page.get_by_role("button", name="提交").click()
    seen.page.get_by_text("已提交").wait_for()
    until(seen, lambda: shop.search()["total"] == 1, "no record was added")
    added = shop.search()["items"][0]["fields"]
    assert (added["Title"][0]["text"], added["Amount"]) == ("A chair", 3)
    assert added["Creator"][0]["id"] == zhao
    assert seen.overflow() == 0
