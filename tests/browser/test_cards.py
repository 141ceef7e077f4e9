"""Every golden card in the browser, on a telephone and on a desk: whole, quiet, and fit for its room."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import DESK, TELEPHONE, Seen
from tests.browser.pieces import PIECES
from tests.sandbox.conftest import Sandbox

GOLDEN = Path(__file__).parents[1] / "golden"
FILES = [*sorted((GOLDEN / "cards").glob("*.json")), GOLDEN / "report_card.json"]
CARDS: dict[str, Any] = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FILES}
ALL = {**CARDS, **PIECES}

WIDER = """() => [...document.querySelectorAll('[data-card]')]
  .filter((piece) => [piece, ...piece.querySelectorAll('.card, .card-body, .card-text, .card-column')]
    .some((one) => one.scrollWidth > one.clientWidth + 1))
  .map((piece) => piece.dataset.card)"""
CHARTS = "document.querySelectorAll('.chart').length"
DRAWN = "() => !document.querySelector('.chart:not([data-drawn])')"
NAMELESS = """() => [...document.querySelectorAll('button, input, a, [role=button]')]
  .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.labels?.length))
  .filter((one) => !one.closest('label') && !one.querySelector('[aria-label]'))
  .map((one) => one.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module", params=[(TELEPHONE, "en"), (DESK, "zh")], ids=["telephone", "desk"])
def sheet(request: pytest.FixtureRequest, gallery_at: Callable[..., Seen], sandbox_session: Sandbox) -> Seen:
    """All cards below one another, in one tab."""
    size, language = request.param
    seen = gallery_at(sandbox_session, "?cards", cards=ALL, size=size, language=language)
    seen.page.wait_for_selector(f"[data-card={list(ALL)[-1]}] .card")
    seen.page.wait_for_function(DRAWN)
    return seen


def test_every_card_is_shown_whole_and_fits_its_room(sheet: Seen) -> None:
    assert sheet.page.locator("[data-card] .card").count() == len(ALL)
    assert sheet.page.locator(".card-unknown").all_inner_texts() == []
    assert sheet.page.evaluate(CHARTS) == json.dumps(ALL).count('"chart_spec"')
    assert sheet.page.locator(".ant-alert").all_inner_texts() == []
    assert sheet.page.evaluate(WIDER) == []
    assert sheet.overflow() == 0


def test_whatever_can_be_used_has_a_name(sheet: Seen) -> None:
    assert sheet.page.evaluate(NAMELESS) == []


def test_the_console_stays_quiet(sheet: Seen) -> None:
    assert sheet.errors == []


def test_what_a_user_typed_never_becomes_markup(sheet: Seen) -> None:
    shown = sheet.page.locator("[data-card='progress_due.zh']").inner_text()

    assert "<at id=all></at>" in shown
    assert "20260901-研发-001" in shown


def test_no_mark_of_markdown_is_left_over(sheet: Seen) -> None:
    """Beside Chinese brackets two asterisks need a space to be taken for the end of bold letters."""
    texts = sheet.page.locator("[data-card] .card").all_inner_texts()

    assert [text for text in texts if "**" in text or "](" in text] == []


def test_the_dialect_of_feishus_markdown_is_understood(sheet: Seen) -> None:
    text = sheet.page.locator("[data-card=texts] .card-text")

    assert text.inner_text().startswith("line one\nline two red bold tag @")
    assert text.locator("span strong").inner_text() == "bold"
    assert text.locator(".card-tag").inner_text() == "tag"
    assert text.locator(".card-mention").inner_text() in ("@everyone", "@所有人")
    assert text.locator("a").get_attribute("href") == "https://example.com"
    assert text.locator("li").all_inner_texts() == ["item", "item code"]
    assert text.locator("script, b").count() == 0


def test_a_press_names_its_element_by_place(sheet: Seen) -> None:
    sheet.page.locator("[data-card=acting]").get_by_text("press me").click()
    assert sheet.page.title() == "[2,{}]"
    sheet.page.get_by_role("button", name="Old press").press("Enter")
    assert sheet.page.title() == "[0,{}]"


def test_the_card_speaks_the_readers_language(sheet: Seen, request: pytest.FixtureRequest) -> None:
    title = sheet.page.locator("[data-card=report_card] h3").inner_text()

    assert title == (
        "Requirements in 2026-09" if "telephone" in request.node.name else "需求管理月报 2026-09"
    )
