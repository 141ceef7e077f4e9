"""``make pictures``: plays the demo's week with a browser beside it and keeps what the handbook shows.

The narrator is told what has just happened; at the moments named in ``MOMENTS`` the browser looks.
"""

import io
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from rich.console import Console

from feishu_plugin.demo.narrator import ZONE, Narrator
from feishu_plugin.demo.play import tell
from feishu_plugin.demo.stage import Stage, raise_curtain
from feishu_plugin.demo.week import SHEN, ZHAO, ZHOU
from tests.smtp.server import MailServer, mail_server

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
WIDTH = 1180
COLOURS = 256
MAIL = {"FEISHU_PLUGIN_SMTP_SECURITY": "none", "FEISHU_PLUGIN_MAIL_FROM": "星河客服 <service@example.com>"}
_PATIENCE_MS, _CALM_MS = 60_000, 400
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_LOOKS = 6
"""The clock in the bar ticks: two looks need not be the same."""


class Camera:
    """A browser in front of the stage, as one person after another; every tab is looked at once."""

    def __init__(self, stage: Stage, browser: Browser, post: MailServer) -> None:
        self.stage, self.post = stage, post
        self._context = browser.new_context(
            locale="zh-CN", timezone_id=ZONE.key, reduced_motion="reduce", device_scale_factor=1
        )
        self._context.add_init_script("localStorage.setItem('language', 'zh')")

    def tab(self, width: int, height: int) -> Page:
        """An empty tab."""
        page = self._context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(_PATIENCE_MS)
        return page

    def page(self, who: str, place: str = "", height: int = 560) -> Page:
        """The sandbox's page as this person; ``place`` as in its address."""
        page = self.tab(WIDTH, height)
        open_id = self.stage.people[who]["open_id"]
        page.goto(f"{self.stage.url}/_sandbox/page/#who={open_id}&{place}")
        return page

    def table(self, who: str, table: str, view: str = "全部", height: int = 560) -> Page:
        """A table of the base in one of its views."""
        page = self.page(who, f"table={self.stage.base['tables'][table]}", height)
        page.get_by_role("tab", name=view).click()
        return page

    def row(self, who: str, table: str, view: str, height: int) -> Page:
        """The first row of a view, opened."""
        page = self.table(who, table, view, height)
        page.get_by_role("button", name="打开第几行 1", exact=True).click()
        page.get_by_role("dialog").wait_for()
        return page

    def form(self, table: str, view: str) -> Locator:
        """A form alone, as long as it is."""
        return self.table(ZHOU, table, view, height=1600).locator(".form-place .ant-card")

    def chat(self, who: str, height: int) -> Page:
        """A person's chat with the bot, beside the register."""
        page = self.page(who, height=height)
        page.get_by_role("button", name=re.compile("消息")).click()
        page.get_by_role("log").locator(".card").first.wait_for()
        return page

    def card(self, who: str, holding: str) -> Locator:
        """The newest card to a person with this text, as long as it is."""
        return self.chat(who, 4000).get_by_role("log").locator(".card").filter(has_text=holding).last

    def mail(self, subject: str) -> Locator:
        """The newest mail to a customer with these words in its subject."""
        letter = [one.mail for one in self.post.taken() if subject in str(one.mail["subject"])][-1]
        body = letter.get_body(("html",))
        page = self.tab(640, 800)
        page.set_content(body.get_content() if body else "")
        return page.locator("body")

    def keep(self, name: str, seen: Page | Locator, height: int | None = None) -> None:
        """Writes the picture once nothing moves any more, at most this high, and closes the tab."""
        page = seen if isinstance(seen, Page) else seen.page
        shot, before = seen.screenshot(), b""
        for _ in range(_LOOKS):
            page.wait_for_timeout(_CALM_MS)
            shot, before = seen.screenshot(), shot
            if shot == before:
                break
        page.close()
        write(name, Image.open(io.BytesIO(shot)), height)


def write(name: str, picture: Image.Image, height: int | None) -> None:
    """With a palette: tables and cards have few colours, and the file is a third of the size."""
    cut = picture.convert("RGB").crop((0, 0, picture.width, min(picture.height, height or picture.height)))
    file = FOLDER / f"{name}.png"
    cut.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, optimize=True)
    print(f"{file.name}  {cut.width} × {cut.height}  {file.stat().st_size / 1000:.0f} kB", flush=True)


def put_back(camera: Camera) -> None:
    """Somebody makes a move in the page: it comes back, and a note and a card say why."""
    page = camera.table(ZHAO, "requirement")
    page.locator('.ag-row[row-index="0"] [col-id="当前状态"]').click()
    page.keyboard.press("Enter")
    page.wait_for_timeout(_CALM_MS)  # the editor opens
    page.keyboard.type("处理中")
    page.wait_for_timeout(_CALM_MS)
    page.keyboard.press("Enter")
    page.get_by_text("「当前状态」已退回原值").wait_for()
    camera.keep("put-back", page)
    camera.stage.until_quiet()
    camera.keep("card-put-back", camera.chat(ZHAO, 720))


def rule_row(camera: Camera) -> None:
    """A condition that makes no sense, with the finding in its row."""
    camera.keep("rule-row", camera.row(SHEN, "workflow", "待修正", height=640))


def work(camera: Camera) -> None:
    """The board in the middle of the week, and the forms."""
    camera.keep("kanban", camera.table(SHEN, "requirement", "状态看板", height=640))
    camera.keep("form", camera.form("requirement", "需求提报"))
    camera.keep("survey", camera.form("survey", "满意度"))


def month_end(camera: Camera) -> None:
    """What the manager sees on the first of the month, and what a customer was written."""
    camera.keep("dashboard", camera.page(SHEN, "show=dashboard", 1185))
    camera.keep("card-monthly", camera.card(SHEN, "月报"), height=1000)
    camera.keep("kpi", camera.row(SHEN, "kpi", "全部", height=820))
    camera.keep("mail-finished", camera.mail("已处理完成，请确认"))


MOMENTS: Mapping[str, Callable[[Camera], None]] = {
    "「待处理」之后只能改为": put_back,
    "该行的校验结果": rule_row,
    "二十分钟后再看": lambda camera: camera.keep("card-morning", camera.card(ZHAO, "今日提醒")),
    "暂停 ": work,
    "再算一次": month_end,
}
"""What the narrator tells, and what is worth looking at just then."""


class Told(Narrator):
    """Prints nothing; has a look when the moment has come."""

    def __init__(self, stage: Stage, camera: Camera) -> None:
        super().__init__(stage, Console(file=io.StringIO(), width=118))
        self._camera = camera
        self.left = dict(MOMENTS)

    def plugin(self, what: str) -> None:
        super().plugin(what)
        for words in [words for words in self.left if words in what]:
            self.left.pop(words)(self._camera)


def chromium() -> str:
    """Where the browser is."""
    found = [path for name in _BROWSERS if (path := shutil.which(name))]
    if not found:
        raise SystemExit("没有找到 Chromium，请先安装 · no Chromium found: install chromium first")
    return found[0]


def main() -> None:
    """Takes every picture anew, in about a minute and a half."""
    path = chromium()
    FOLDER.mkdir(exist_ok=True)
    stage = raise_curtain()
    try:
        with mail_server(stage.folder / "mail") as post, sync_playwright() as play:
            stage.environment = {**stage.environment, **MAIL, "FEISHU_PLUGIN_SMTP": post.address}
            with play.chromium.launch(executable_path=path, args=["--no-sandbox"]) as browser:
                told = Told(stage, Camera(stage, browser, post))
                tell(stage, told)
    finally:
        stage.close()
    if told.left:
        raise SystemExit(f"the story no longer says: {', '.join(told.left)}; see MOMENTS")


if __name__ == "__main__":
    main()
