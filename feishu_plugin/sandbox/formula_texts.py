"""Formula functions of texts, and TEXT, which shows numbers and dates by a format."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote

from feishu_plugin.sandbox.formula_calls import Function, plain
from feishu_plugin.sandbox.formula_values import as_number, as_text, single

DATE_PARTS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "hh": "%H",
    "HH": "%H",
    "mm": "%M",
    "ss": "%S",
    "dddd": "%A",
    "ddd": "%a",
}
DATE_PART = re.compile("YYYY|YY|MM|DD|hh|HH|mm|ss|dddd|ddd|yyyy|dd|yy")


def _left(text: Any, count: Any = 1) -> str:
    return as_text(text)[: max(0, int(as_number(count)))]


def _right(text: Any, count: Any = 1) -> str:
    size = max(0, int(as_number(count)))
    return as_text(text)[-size:] if size else ""


def _mid(text: Any, start: Any, count: Any) -> str:
    first = max(0, int(as_number(start)) - 1)
    return as_text(text)[first : first + max(0, int(as_number(count)))]


def _find(wanted: Any, text: Any, start: Any = 1) -> float:
    """The place counted from 1, or -1."""
    at = as_text(text).find(as_text(wanted), max(0, int(as_number(start)) - 1))
    return float(at + 1 if at >= 0 else -1)


def _replace(text: Any, start: Any, count: Any, new: Any) -> str:
    whole, first = as_text(text), max(0, int(as_number(start)) - 1)
    return whole[:first] + as_text(new) + whole[first + max(0, int(as_number(count))) :]


def _substitute(text: Any, old: Any, new: Any, which: Any = None) -> str:
    whole, wanted = as_text(text), as_text(old)
    if which is None or not wanted:
        return whole.replace(wanted, as_text(new)) if wanted else whole
    parts, number = whole.split(wanted), int(as_number(which))
    if not 1 <= number < len(parts):
        return whole
    return wanted.join(parts[:number]) + as_text(new) + wanted.join(parts[number:])


def _text(value: Any, pattern: Any) -> str:
    """A date by ``YYYY/MM/DD hh:mm:ss``, a number by ``0.00``, ``#,##0`` or ``0%``."""
    value, given = single(value), as_text(pattern)
    if value is None:
        return ""
    if isinstance(value, datetime):
        return DATE_PART.sub(lambda part: value.strftime(_date_part(part.group())), given)
    if isinstance(value, str):
        return value
    percent, grouped = given.endswith("%"), "," in given
    digits = len(re.sub(r"[^0#]", "", given.partition(".")[2]))
    number = as_number(value) * (100 if percent else 1)
    return f"{number:{',' if grouped else ''}.{digits}f}" + ("%" if percent else "")


def _date_part(part: str) -> str:
    known = {"yyyy": "YYYY", "yy": "YY", "dd": "DD"}.get(part, part)
    return DATE_PARTS[known]


def _format(pattern: Any, *values: Any) -> str:
    """``{1}`` is the first value."""
    texts = [as_text(value) for value in values]
    return re.sub(
        r"\{(\d{1,3})\}",
        lambda place: texts[int(place[1]) - 1] if 0 < int(place[1]) <= len(texts) else place[0],
        as_text(pattern),
    )


FUNCTIONS: dict[str, Function] = {
    "CONCATENATE": plain(lambda *parts: "".join(as_text(part) for part in parts), 1, None),
    "LEN": plain(lambda text: float(len(as_text(text))), 1),
    "LEFT": plain(_left, 1, 2),
    "RIGHT": plain(_right, 1, 2),
    "MID": plain(_mid, 3),
    "FIND": plain(_find, 2, 3),
    "REPLACE": plain(_replace, 4),
    "SUBSTITUTE": plain(_substitute, 3, 4),
    "UPPER": plain(lambda text: as_text(text).upper(), 1),
    "LOWER": plain(lambda text: as_text(text).lower(), 1),
    "TRIM": plain(lambda text: " ".join(as_text(text).split()), 1),
    "TEXT": plain(_text, 2),
    "CONTAINTEXT": plain(lambda text, wanted: as_text(wanted) in as_text(text), 2),
    "SPLIT": plain(lambda text, by: as_text(text).split(as_text(by)) if as_text(by) else [as_text(text)], 2),
    "CHAR": plain(lambda number: chr(max(1, int(as_number(number))) % 0x110000), 1),
    "FORMAT": plain(_format, 1, None),
    "HYPERLINK": plain(lambda link, text=None: as_text(link if text is None else text), 1, 2),
    "ENCODEURL": plain(lambda text: quote(as_text(text), safe=""), 1),
}
