"""Finds things on the page as a person would: rows by what they say, cells by their column."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.browser.conftest import Seen

if TYPE_CHECKING:
    from playwright.sync_api import Locator


TYPING_MS = 20
"""Between two keys: nobody types faster, and a list must have found what was typed before Enter takes it."""


def grid_cell(seen: Seen, row: int, column: str) -> "Locator":
    """The cell of the row at this place (0 is the first)."""
    return seen.page.locator(f'.ag-row[row-index="{row}"] [col-id="{column}"]')


def edit(seen: Seen, row: int, column: str, *keys: str) -> None:
    """Opens a cell with Enter, types each text, presses each ``<Key>``."""
    grid_cell(seen, row, column).click()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function("document.activeElement.closest('.cell-editor') !== null")
    for key in keys:
        if key.startswith("<"):
            seen.page.keyboard.press(key[1:-1])
        else:
            seen.page.keyboard.type(key, delay=TYPING_MS)
        seen.page.wait_for_timeout(TYPING_MS)


def paste(seen: Seen, text: str) -> None:
    """Pastes a text where the keyboard is."""
    told = """text => {
        const data = new DataTransfer();
        data.setData('text/plain', text);
        const paste = new ClipboardEvent('paste', {clipboardData: data, bubbles: true});
        document.activeElement.dispatchEvent(paste);
    }"""
    seen.page.evaluate(told, text)


def until(seen: Seen, holds: Callable[[], bool], what: str) -> None:
    """Waits until something is so, twenty seconds at most."""
    for _ in range(400):
        if holds():
            return
        seen.page.wait_for_timeout(50)
    raise AssertionError(what)
