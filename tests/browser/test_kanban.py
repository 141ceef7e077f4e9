"""The board: dragging a card, by mouse or by keyboard, is an edit of the field the view groups by."""

from collections.abc import Callable

import pytest

from tests.browser.conftest import Seen
from tests.browser.looking import until
from tests.sandbox.bitable import Shop
from tests.sandbox.conftest import Sandbox


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    """Two orders of the same state and a board of states."""
    found = Shop(sandbox)
    found.add({"Title": "First", "State": "Open"}, {"Title": "Second", "State": "Open"})
    view = found.ask("POST", "views", json={"view_name": "Board", "view_type": "kanban"}).data["view"][
        "view_id"
    ]
    path = f"/open-apis/base/v3/bases/{found.app_token}/tables/{found.orders}/views/{view}/group"
    assert sandbox.app("PUT", path, json={"group_config": [{"field": "State"}]}).code == 0
    found.board = view  # type: ignore[attr-defined]
    return found


@pytest.fixture
def seen(page_at: Callable[..., Seen], sandbox: Sandbox, shop: Shop) -> Seen:
    """The board."""
    found = page_at(sandbox, f"#table={shop.orders}&view={shop.board}")  # type: ignore[attr-defined]
    found.page.get_by_role("region", name="Open (2)").wait_for()
    return found


def states(shop: Shop) -> dict[str, str]:
    """The state of each order by title."""
    return {
        item["fields"]["Title"][0]["text"]: item["fields"].get("State", "") for item in shop.search()["items"]
    }


def test_a_card_is_dragged_to_another_column(seen: Seen, shop: Shop) -> None:
    card = seen.page.get_by_role("button", name="First", exact=True)
    start, end = card.bounding_box(), seen.page.get_by_role("region", name="Done (0)").bounding_box()
    assert start is not None
    assert end is not None
    mouse = seen.page.mouse
    mouse.move(start["x"] + 20, start["y"] + 10)
    mouse.down()
    mouse.move(start["x"] + 60, start["y"] + 20, steps=4)
    mouse.move(end["x"] + 100, end["y"] + 60, steps=8)
    mouse.up()
    seen.page.get_by_role("region", name="Done (1)").get_by_text("First").wait_for()
    until(seen, lambda: states(shop) == {"First": "Done", "Second": "Open"}, "the state was not written")


def test_the_keyboard_carries_a_card_too_and_one_that_is_put_back_jumps_back(seen: Seen, shop: Shop) -> None:
    seen.page.get_by_role("button", name="Second", exact=True).focus()
    for key in ("Space", "ArrowRight", "Space"):
        seen.page.keyboard.press(key)
        seen.page.wait_for_timeout(150)
    until(seen, lambda: states(shop)["Second"] == "Done", "the state was not written")
    seen.page.get_by_role("region", name="Done (1)").get_by_text("Second").wait_for()
    rid = next(i["record_id"] for i in shop.search()["items"] if i["fields"]["Title"][0]["text"] == "Second")
    shop.set(rid, {"State": "Open"})
    seen.page.get_by_text("「State」已退回原值").wait_for()
    seen.page.get_by_role("region", name="Open (2)").wait_for()
    shop.add(*({"Title": f"More {n}", "State": "Open"} for n in range(51)))
    full = seen.page.get_by_role("region", name="Open (53)")
    full.get_by_role("button", name="还有 3 张").click()
    full.get_by_text("More 50").wait_for()
