"""The pictures of the pages: each is there, shown somewhere, and small; ``make pictures`` takes them."""

import re
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "pictures"
TAKEN = {file.resolve() for file in FOLDER.iterdir()}
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
MOST_BYTES, MOST_WIDTH = 100_000, 1200


def shown(page: Path) -> list[tuple[str, Path]]:
    """(what it says in words, the file) of every picture of a page."""
    found = SHOWN.findall(page.read_text(encoding="utf-8"))
    return [(words, (page.parent / file).resolve()) for words, file in found]


def width(file: Path) -> int:
    with Image.open(file) as picture:
        return int(picture.width)


def test_every_picture_that_a_page_shows_exists_and_no_other() -> None:
    assert {file for page in PAGES for _, file in shown(page)} == TAKEN


def test_every_picture_is_described_for_who_cannot_see_it() -> None:
    assert [file.name for page in PAGES for words, file in shown(page) if len(words) < 8] == []


def test_no_place_waits_for_a_picture() -> None:
    assert [page.name for page in PAGES if "<!-- picture" in page.read_text(encoding="utf-8")] == []


def test_every_picture_is_small() -> None:
    assert [file.name for file in TAKEN if file.stat().st_size > MOST_BYTES] == []
    assert [file.name for file in TAKEN if width(file) > MOST_WIDTH] == []


def test_both_readmes_show_the_same() -> None:
    english, chinese = (shown(ROOT / name) for name in ("README.md", "README.zh-CN.md"))

    assert [file for _, file in english] == [file for _, file in chinese] != []
