"""The page in a real browser: Chromium without a window, in front of a sandbox that runs as a process."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.gallery import ADDRESS, built, serving
from tests.sandbox.conftest import Sandbox, sandbox, sandbox_process, sandbox_session

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["sandbox", "sandbox_process", "sandbox_session"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BUILT = Path(__file__).parents[2] / "feishu_plugin" / "sandbox" / "built" / "index.html"
TELEPHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
PATIENCE_MS = 20_000


class Seen:
    """One tab and whatever its console complained of."""

    def __init__(self, page: "Page") -> None:
        self.page = page
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def overflow(self) -> int:
        """By how many pixels the content is wider than the window; 0 when nobody must scroll sideways."""
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(wider))


@pytest.fixture(scope="module")
def chromium() -> Iterator["Browser"]:
    """One browser for the tests of a file.

    Not for the whole session: Playwright keeps an event loop running in this thread, and other tests
    of the same worker start their own.
    """
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no Chromium is installed, so nothing can show the page")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def tab(chromium: "Browser") -> Iterator[Callable[[dict[str, int], str], "Page"]]:
    """``tab(size, language)`` is a new tab; the one before is closed, or it would go on reading.

    All share one profile, so that the page's files are fetched and compiled once for a file of tests.
    """
    profile = chromium.new_context()

    def opened(size: dict[str, int], language: str) -> "Page":
        for before in profile.pages:
            before.close()
        page = profile.new_page()
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        page.add_init_script(f"localStorage.setItem('language', {language!r})")
        return page

    yield opened
    profile.close()


@pytest.fixture
def page_at(tab: Callable[[dict[str, int], str], "Page"]) -> Callable[..., Seen]:
    """``page_at(sandbox, "?query", size=TELEPHONE, language="en")`` opens the built page in a new tab."""
    if not BUILT.is_file():
        pytest.skip("the page is not built: `make page` needs Node 20 or newer")

    def opened(
        sandbox: Sandbox, where: str = "", *, size: dict[str, int] = DESK, language: str = "zh"
    ) -> Seen:
        seen = Seen(tab(size, language))
        seen.page.goto(f"{sandbox.url}{ADDRESS}{where}")
        return seen

    return opened


@pytest.fixture(scope="module")
def gallery_at(tab: Callable[[dict[str, int], str], "Page"]) -> Callable[..., Seen]:
    """``gallery_at(sandbox, "?cards", cards={name: card})`` opens parts of the page alone."""
    folder = built()

    def opened(
        sandbox: Sandbox,
        where: str,
        *,
        cards: Mapping[str, Any] | None = None,
        size: dict[str, int] = DESK,
        language: str = "zh",
    ) -> Seen:
        seen = Seen(tab(size, language))
        seen.page.route(f"{sandbox.url}{ADDRESS}**", serving(folder, cards or {}))
        seen.page.goto(f"{sandbox.url}{ADDRESS}gallery.html{where}")
        return seen

    return opened
