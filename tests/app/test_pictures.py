"""The charts as pictures: Chinese letters are letters, and nothing is uploaded twice."""

import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from feishu_plugin.app.pictures.attach import attach_all
from feishu_plugin.errors import FeishuRefused
from feishu_plugin.records import Value
from feishu_plugin.reports.charts import Chart, charts
from feishu_plugin.reports.result import ReportResult
from tests.builders import policy
from tests.reports.pictured import busy, first_month, fullest, nothing
from tests.sync.base import Base

pytest.importorskip("PIL", reason="Pillow is not installed, so no picture can be drawn")

ROOT = Path(__file__).parents[2]
MONTH = busy().month
MADE = {
    f"{case.__name__}-{c.key}": c for case in (busy, fullest, first_month) for c in charts(case(), policy())
}


class Shelf:
    """Takes every file and remembers it; refuses from the given one on."""

    def __init__(self, refused_from: int | None = None) -> None:
        self.files: dict[str, bytes] = {}
        self._refused_from = refused_from

    def upload(self, name: str, size: int, content: BinaryIO) -> str:
        if len(self.files) == self._refused_from:
            raise FeishuRefused(code=1061004, msg="forbidden", endpoint="POST upload_all")
        data = content.read()
        assert len(data) == size
        self.files[f"file{len(self.files)}"] = data
        return f"file{len(self.files) - 1}"


def base_with(shelf: Shelf | None, *, missing: tuple[str, ...] = ()) -> Base:
    base = Base(missing=missing)
    base.desk.uploads = shelf
    base.tables.put("kpi", {"month": MONTH})
    return base


def attached(base: Base) -> list[Value]:
    return [row.get("charts") for row in base.tables.rows("kpi")]


def gb2312() -> list[str]:
    pairs = [bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    return [letter for pair in pairs if (letter := pair.decode("gb2312", errors="ignore"))]


def test_every_letter_of_gb2312_has_a_glyph_of_its_own() -> None:
    from PIL import ImageFont

    from feishu_plugin.app.pictures.canvas import FONT

    font = ImageFont.truetype(BytesIO(FONT.read_bytes()), 24)
    pictures = {letter: bytes(font.getmask(letter)) for letter in gb2312()}

    box = bytes(font.getmask("\uffff"))
    assert len(pictures) == 6763
    assert [letter for letter, picture in pictures.items() if picture == box] == []
    assert len(set(pictures.values())) > 6700


@pytest.mark.parametrize("name", MADE)
def test_a_picture_shows_every_colour_of_its_chart(name: str) -> None:
    from PIL import Image, ImageColor

    from feishu_plugin.app.pictures.drawing import WIDTH, png

    chart: Chart = MADE[name]
    values = chart.spec["data"]["values"]
    kind = chart.spec.get("seriesField") or chart.spec["categoryField"]

    picture = Image.open(BytesIO(png(chart)))

    assert (picture.format, picture.width) == ("PNG", WIDTH)
    seen = {colour for _, colour in picture.getcolors(maxcolors=100_000)}
    wanted = chart.spec["color"][: len({point[kind] for point in values})]
    assert [colour for colour in wanted if ImageColor.getrgb(colour) not in seen] == []


def test_a_period_gets_its_charts_and_an_unchanged_one_nothing_more() -> None:
    shelf = Shelf()
    base = base_with(shelf)

    assert attach_all(base.desk, [busy()]) == ""
    assert attach_all(base.desk, [busy()]) == ""

    assert attached(base) == [("file0", "file1", "file2", "file3", "file4")]
    assert len(shelf.files) == 5
    assert all(data.startswith(b"\x89PNG") for data in shelf.files.values())


def test_other_figures_bring_other_pictures() -> None:
    base = base_with(Shelf())
    attach_all(base.desk, [busy()])

    attach_all(base.desk, [replace(busy(), statuses={"done": 3})])

    assert attached(base) == [("file5", "file6", "file7", "file8", "file9")]


def test_a_row_that_was_made_anew_gets_its_pictures_again() -> None:
    base = base_with(Shelf())
    attach_all(base.desk, [busy()])
    [row] = base.tables.rows("kpi")
    base.tables.delete("kpi", row.record_id)
    base.tables.put("kpi", {"month": MONTH})

    attach_all(base.desk, [busy()])

    assert attached(base) == [("file5", "file6", "file7", "file8", "file9")]


def test_nothing_to_draw_touches_no_row() -> None:
    shelf = Shelf()
    base = base_with(shelf)

    attach_all(base.desk, [nothing()])

    assert (attached(base), shelf.files) == ([None], {})


def test_a_refusal_is_told_and_tried_again_the_next_time() -> None:
    base = base_with(Shelf(refused_from=3))

    assert "1061004" in attach_all(base.desk, [busy()])
    assert attached(base) == [None]
    base.desk.uploads = Shelf()
    assert attach_all(base.desk, [busy()]) == ""
    assert attached(base) == [("file0", "file1", "file2", "file3", "file4")]


@pytest.mark.parametrize("missing", [("kpi.charts",), ("kpi",)])
def test_a_base_without_the_column_gets_none(missing: tuple[str, ...]) -> None:
    base = Base(missing=missing)
    shelf = Shelf()
    base.desk.uploads = shelf

    assert attach_all(base.desk, [busy()]) == ""
    assert shelf.files == {}


def result_of(month: str) -> ReportResult:
    return replace(busy(), month=month)


def test_a_period_without_a_row_is_passed_over() -> None:
    shelf = Shelf()

    assert attach_all(base_with(shelf).desk, [result_of("2026-10")]) == ""
    assert shelf.files == {}


def test_without_pillow_it_is_said_and_nothing_else_happens() -> None:
    program = (
        "import sys\n"
        "sys.modules['PIL'] = None\n"
        "from feishu_plugin.app.pictures.attach import attach_all\n"
        "from tests.reports.pictured import busy\n"
        "from tests.sync.base import Base\n"
        "base = Base()\n"
        "base.desk.uploads = object()\n"
        "base.tables.put('kpi', {'month': busy().month})\n"
        "print(attach_all(base.desk, [busy()]))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert "feishu-plugin[pictures]" in done.stdout
