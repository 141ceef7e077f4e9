"""Draws a chart of the manager's card as a PNG, for people who forward it outside Feishu."""

from collections.abc import Callable, Mapping, Sequence

from feishu_plugin.app.pictures.canvas import FAINT, INK, SOFT, Canvas
from feishu_plugin.ports import Json
from feishu_plugin.reports.charts import Chart

WIDTH = 1200
_HEIGHTS = {"1:1": 1.0, "4:3": 3 / 4}
_TITLE, _WORDS, _FIGURES = 44, 32, 28
_EDGE, _ROW = 48, 50
_DOT = 12


def png(chart: Chart) -> bytes:
    """The bytes of the picture; needs Pillow."""
    canvas = Canvas(WIDTH, round(WIDTH * _HEIGHTS[chart.aspect_ratio]))
    canvas.text((_EDGE, _EDGE), chart.spec["title"]["text"], _TITLE)
    _KINDS[chart.spec["type"]](canvas, chart.spec)
    return canvas.png()


def _bars(canvas: Canvas, spec: Json) -> None:
    group, kind = spec["xField"]
    points, length = spec["data"]["values"], spec["yField"]
    colours = _colours(spec, kind)
    bottom = _legend(canvas, colours) - _ROW
    groups = list(dict.fromkeys(point[group] for point in points))
    room = (canvas.width - 2 * _EDGE) / len(groups)
    thick = min(room * 0.8 / len(colours), 120)
    scale = (bottom - 4 * _EDGE) / (max(point[length] for point in points) or 1)
    canvas.lines([(_EDGE, bottom), (canvas.width - _EDGE, bottom)], FAINT)
    for place, name in enumerate(groups):
        middle = _EDGE + room * (place + 0.5)
        canvas.text((middle, bottom + 14), name, _FIGURES, colour=SOFT, anchor="mt")
        left = middle - thick * len(colours) / 2
        for point in (point for point in points if point[group] == name):
            begin = left + thick * list(colours).index(point[kind])
            top = bottom - point[length] * scale
            canvas.box(begin + 3, top, begin + thick - 3, bottom, colours[point[kind]])
            canvas.text((begin + thick / 2, top - 8), f"{point[length]:g}", _FIGURES, colour=INK, anchor="mb")


def _lines(canvas: Canvas, spec: Json) -> None:
    x, y, kind = spec["xField"], spec["yField"], spec["seriesField"]
    points, colours = spec["data"]["values"], _colours(spec, kind)
    bottom, top, left = _legend(canvas, colours) - _ROW, 3.5 * _EDGE, 3.0 * _EDGE
    most = max(point[y] for point in points)
    months = sorted({point[x] for point in points})
    step = (canvas.width - left - 2 * _EDGE) / max(len(months) - 1, 1)
    canvas.lines([(left, bottom), (canvas.width - _EDGE, bottom)], FAINT)
    for level in range(50, int(most) + 50, 50):
        here = bottom - (bottom - top) * level / max(most, 1)
        if here >= top - 1:
            canvas.lines([(left, here), (canvas.width - _EDGE, here)], FAINT)
            canvas.text((left - 14, here), str(level), _FIGURES, colour=SOFT, anchor="rm")
    for place, month in enumerate(months):
        canvas.text((left + step * place, bottom + 14), month, _FIGURES, colour=SOFT, anchor="mt")
    for name, colour in colours.items():
        way = [
            (left + step * months.index(point[x]), bottom - (bottom - top) * point[y] / max(most, 1))
            for point in points
            if point[kind] == name
        ]
        canvas.lines(way, colour, 5)
        for at in way:
            canvas.dot(at, _DOT * 0.8, colour)


def _pie(canvas: Canvas, spec: Json) -> None:
    kind, size = spec["categoryField"], spec["valueField"]
    points, colours = spec["data"]["values"], _colours(spec, kind)
    bottom, top = _legend(canvas, colours) - _EDGE / 2, 2.5 * _EDGE
    whole, begin = sum(point[size] for point in points), 0.0
    radius = (bottom - top) / 2
    at = (canvas.width / 2, top + radius)
    for point in points:
        end = begin + point[size] / whole
        canvas.slice(at, radius, (begin, min(end, 1.0)), colours[point[kind]])
        begin = end
    canvas.dot(at, radius * 0.5, "white")


def _funnel(canvas: Canvas, spec: Json) -> None:
    points, size, kind = spec["data"]["values"], spec["valueField"], spec["categoryField"]
    top, bottom, most = 3.0 * _EDGE, canvas.height - _EDGE, max(p[spec["valueField"]] for p in points)
    high, middle = (bottom - top) / len(points), canvas.width / 2
    widths = [(0.45 + 0.55 * point[size] / most) * (canvas.width / 2 - _EDGE) for point in points]
    for place, point in enumerate(points):
        above, below = top + high * place, top + high * (place + 1) - 6
        wide, narrow = widths[place], widths[min(place + 1, len(points) - 1)]
        edges = [(middle - wide, above), (middle + wide, above)]
        canvas.shape([*edges, (middle + narrow, below), (middle - narrow, below)], spec["color"][0])
        words = f"{point[kind]} {point[size]}"
        canvas.text((middle, (above + below) / 2), words, _WORDS, colour="white", anchor="mm")


_KINDS: Mapping[str, Callable[[Canvas, Json], None]] = {
    "bar": _bars,
    "line": _lines,
    "pie": _pie,
    "funnel": _funnel,
}


def _colours(spec: Json, kind: str) -> dict[str, str]:
    names = dict.fromkeys(point[kind] for point in spec["data"]["values"])
    return dict(zip(names, spec["color"], strict=False))


def _legend(canvas: Canvas, colours: Mapping[str, str]) -> float:
    """Names at the bottom, in as many rows as they need; returns where they begin."""
    rows = _in_rows(canvas, list(colours))
    top = canvas.height - _EDGE / 2 - _ROW * len(rows)
    for place, row in enumerate(rows):
        at = _EDGE + 0.0
        for name in row:
            middle = top + _ROW * (place + 0.5)
            canvas.dot((at + _DOT, middle), _DOT, colours[name])
            canvas.text((at + 3 * _DOT, middle), name, _FIGURES, colour=SOFT, anchor="lm")
            at += _wide(canvas, name)
    return top


def _in_rows(canvas: Canvas, names: Sequence[str]) -> list[list[str]]:
    rows: list[list[str]] = [[]]
    left = canvas.width - 2.0 * _EDGE
    for name in names:
        wide = _wide(canvas, name)
        if rows[-1] and wide > left:
            rows.append([])
            left = canvas.width - 2.0 * _EDGE
        rows[-1].append(name)
        left -= wide
    return rows


def _wide(canvas: Canvas, name: str) -> float:
    return 5 * _DOT + canvas.length(name, _FIGURES)
