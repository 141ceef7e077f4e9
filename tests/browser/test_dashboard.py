"""A base's dashboard in the browser: every kind of block drawn from live records, for whoever looks."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.conftest import DESK, TELEPHONE, Seen
from tests.sandbox.bitable import Json, Shop
from tests.sandbox.conftest import Sandbox
from tests.sandbox.test_figures import SUM, by, dashboard
from tests.sandbox.test_permissions import ZHOU, grant

SCHEMA = Path(__file__).parents[2] / "field_schema.json"
STATES: Json = {"table_name": "Orders", "count_all": True, "group_by": [by("State")]}
BOTH: Json = {
    "table_name": "Orders",
    "series": [*SUM["series"], {"field_name": "Amount", "rollup": "MAX"}],
    "group_by": [by("State")],
}
DRAWN = {
    "column": BOTH,
    "bar": BOTH,
    "line": BOTH,
    "area": BOTH,
    "combo": BOTH,
    "pie": STATES,
    "ring": STATES,
    "funnel": STATES,
    "radar": STATES,
    "scatter": STATES,
    "wordCloud": {**STATES, "group_by": [by("Title")]},
}
SETTLED = "() => !document.querySelector('.chart:not([data-drawn])')"
INK = """() => [...document.querySelectorAll('section.block:has(canvas)')].map((block) => {
  const canvas = block.querySelector('canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let inked = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 128 && data[at + 1] < 245) inked += 1;
  return [block.ariaLabel, inked > 300];
})"""

SPILT = """() => [...document.querySelectorAll('section.block canvas')]
  .some((canvas) => canvas.clientWidth > canvas.closest('section.block').clientWidth)"""
COLUMNS = """across => getComputedStyle(document.querySelector('.dashboard')).gridTemplateColumns
  .split(' ').length === across"""


@pytest.fixture
def shop(sandbox: Sandbox) -> Shop:
    shop = Shop(sandbox)
    shop.add(
        {"Title": "导出很慢", "Amount": 10, "State": "Open"},
        {"Title": "报表缺少合计", "Amount": 5, "State": "Done"},
        {"Title": "登录失败", "Amount": 2.5, "State": "Done"},
    )
    return shop


def opened(shop: Shop, gallery_at: Callable[..., Seen], *, who: str = "", **more: object) -> Seen:
    open_id = shop.sandbox.user(who or "林晓岚")["open_id"]
    seen = gallery_at(shop.sandbox, f"?dashboard={shop.app_token}&as={open_id}", **more)
    seen.page.wait_for_selector("section.block")
    seen.page.wait_for_function(SETTLED)
    return seen


def test_every_kind_of_block_is_drawn_on_a_telephone_and_on_a_desk(
    shop: Shop, gallery_at: Callable[..., Seen]
) -> None:
    number = ("statistics", {"table_name": "Orders", **SUM})
    dashboard(shop, *DRAWN.items(), number, ("text", {"text": "# Hello\n**bold**"}))

    seen = opened(shop, gallery_at, size=TELEPHONE)

    assert seen.page.locator(".block-number").inner_text() == "17.5"
    assert seen.page.locator(".block strong").inner_text() == "bold"
    assert seen.page.locator(".block-none, .ant-alert").all_inner_texts() == []
    for width, across in ((TELEPHONE["width"], 1), (DESK["width"], 12)):
        seen.page.set_viewport_size({"width": width, "height": DESK["height"]})
        seen.page.wait_for_function(COLUMNS, arg=across)
        # A cloud of words takes its time, and so does drawing anew in another room.
        seen.page.wait_for_function(f"() => ({INK})().every(([, inked]) => inked) && !({SPILT})()")
        assert set(dict(seen.page.evaluate(INK))) == set(DRAWN)
        assert (seen.overflow(), seen.errors) == (0, [])


def test_the_plugins_own_charts_are_among_them() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    made = {chart["type"] for board in schema["dashboards"] for chart in board["charts"]}

    assert made - set(DRAWN) == {"statistics"}


def test_figures_are_live_and_as_the_person_may_see_them(shop: Shop, gallery_at: Callable[..., Seen]) -> None:
    assert shop.sandbox.app("PUT", shop.base, json={"is_advanced": True}).code == 0
    done = {
        "conditions": [{"field_name": "State", "operator": "is", "value": ["Done"]}],
        "conjunction": "and",
    }
    grant(shop, ZHOU, 2, field_perm={"Amount": 0}, rec_rule={**done, "other_perm": 0})
    count = {"table_name": "Orders", "count_all": True}
    dashboard(shop, ("statistics", count), ("column", BOTH))

    page = opened(shop, gallery_at, who=ZHOU, language="en").page

    assert page.locator(".block-number").inner_text() == "2"
    assert page.get_by_text("There is no field “Amount”, or you may not see it").is_visible()
    shop.add({"Title": "d", "State": "Done"})
    page.locator(".block-number", has_text="3").wait_for()


def test_a_base_without_a_dashboard_says_so(shop: Shop, gallery_at: Callable[..., Seen]) -> None:
    open_id = shop.sandbox.user(ZHOU)["open_id"]
    page = gallery_at(shop.sandbox, f"?dashboard={shop.app_token}&as={open_id}").page

    page.get_by_text("这个多维表格没有仪表盘").wait_for()
