"""The handbook's pictures: `make play` in one terminal, `make pictures` in another."""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
WIDTH, HEIGHT, COLOURS = 1000, 620, 128
READY_MS = 1500
ZONE = "Asia/Shanghai"


def keep(page: Page, name: str) -> None:
    """The window as a small PNG."""
    page.wait_for_timeout(READY_MS)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(COLOURS).save(FOLDER / f"{name}.png", optimize=True)


def put_back(page: Page) -> None:
    """Somebody tries a move that the rules do not know."""
    waiting = page.locator('.ag-row [col-id="当前状态"]').get_by_text("处理中").first
    waiting.dblclick()
    page.keyboard.type("已关闭")
    page.keyboard.press("Enter")
    page.get_by_text("已退回原值").wait_for()
    keep(page, "put-back")
    page.locator(".ant-notification-notice-close").click()
    page.get_by_role("button", name="消息").click()
    page.get_by_role("button", name="申请放行").last.scroll_into_view_if_needed()
    keep(page, "card")
    page.keyboard.press("Escape")


def main(address: str) -> None:
    """Walks through the page and takes a picture of each place."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, timezone_id=ZONE)
        page.goto(f"{address}/_sandbox/page/#lang=zh")
        put_back(page)
        for name, tab in (("board", "状态看板"), ("form", "需求提报")):
            page.get_by_role("tab", name=tab).evaluate("tab => tab.click()")
            keep(page, name)
        page.get_by_role("menuitem", name="月度需求趋势").click()
        keep(page, "report")
        page.get_by_role("menuitem", name="仪表盘").click()
        page.get_by_role("region", name="需求渠道").scroll_into_view_if_needed()
        page.get_by_role("region", name="优先级时效").first.scroll_into_view_if_needed()
        keep(page, "dashboard")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8900")
