"""A white canvas with a Chinese font; Pillow is imported only here, and only when something is drawn.

The font is Noto Sans CJK SC, cut down to GB2312, Latin-1 and a few signs: see OFL.txt.
"""

from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from io import BytesIO
from math import cos, radians, sin
from typing import Any

FONT = files(__package__) / "NotoSansCJKsc-GB2312.otf"
INK, SOFT, FAINT = "#1F2329", "#646A73", "#DEE0E3"


def can_draw() -> bool:
    """False without Pillow, the extra ``pictures``."""
    return find_spec("PIL") is not None


@cache
def _font(size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(BytesIO(FONT.read_bytes()), size)


class Canvas:
    """Pixels from the top left; texts are told where they stand by Pillow's anchors."""

    def __init__(self, width: int, height: int) -> None:
        from PIL import Image, ImageDraw

        self.width, self.height = width, height
        self._image = Image.new("RGB", (width, height), "white")
        self._pen = ImageDraw.Draw(self._image)

    def text(
        self, at: tuple[float, float], words: str, size: int, *, colour: str = INK, anchor: str = "lt"
    ) -> None:
        """One line of words."""
        self._pen.text(at, words, font=_font(size), fill=colour, anchor=anchor)

    def length(self, words: str, size: int) -> float:
        """How many pixels wide these words are."""
        return float(self._pen.textlength(words, font=_font(size)))

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """A filled rectangle."""
        self._pen.rectangle((left, top, right, bottom), fill=colour)

    def lines(self, points: list[tuple[float, float]], colour: str, width: int = 2) -> None:
        """A line through all points."""
        self._pen.line(points, fill=colour, width=width, joint="curve")

    def dot(self, at: tuple[float, float], radius: float, colour: str) -> None:
        """A filled circle."""
        x, y = at
        self._pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def shape(self, points: list[tuple[float, float]], colour: str) -> None:
        """A filled polygon."""
        self._pen.polygon(points, fill=colour)

    def slice(self, at: tuple[float, float], radius: float, turns: tuple[float, float], colour: str) -> None:
        """A piece of a disc, from one part of a whole turn to another, beginning at the top."""
        x, y = at
        begin, end = (360 * turn - 90 for turn in turns)
        edge = (x - radius, y - radius, x + radius, y + radius)
        self._pen.pieslice(edge, begin, end, fill=colour)
        if turns != (0.0, 1.0):
            self.lines([at, (x + radius * cos(radians(end)), y + radius * sin(radians(end)))], "white", 3)

    def png(self) -> bytes:
        """The same picture is the same bytes."""
        out = BytesIO()
        self._image.save(out, "PNG", optimize=True)
        return out.getvalue()
