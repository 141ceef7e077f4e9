"""A cell of a file as a value of ours, or why it is none; pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feishu_plugin.records import Value
from feishu_plugin.schema import Field
from feishu_plugin.sync.adopt.likeness import normal
from feishu_plugin.sync.intake.dates import moment, plain
from feishu_plugin.sync.intake.mapping import NUMBERS, FileColumn

LONGEST = 100_000
"""Characters of a text cell (error 1254130 beyond)."""
SEVERAL = re.compile(r"[,，、;；/|\n]+")
"""Between several names in one cell."""
_EMAIL = re.compile(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a cell."""

    value: Value = None
    left: str = ""
    """The part of it that is no value of ours; it goes to 备注."""
    why: str = ""
    """The reason, in words for people; empty when all of it was taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a cell cannot say itself."""

    zone: ZoneInfo
    people: Mapping[str, str]
    """Name or e-mail address as ``spelled`` to open_id."""


def taken(field: Field, column: FileColumn, cell: str, around: Around) -> Taken:
    """The cell as the field holds it; an empty cell is the value None."""
    text = cell.strip()
    if not text:
        return Taken()
    kind = _KINDS.get(field.type)
    if kind is not None:
        return kind(field, column, text, around)
    return _number(field, text) if field.type in NUMBERS else _text(text)


def spelled(name: str) -> str:
    """A name or an address, however it is written."""
    return plain(name).casefold()


def addresses(cell: str) -> list[str]:
    """The e-mail addresses in a cell."""
    return _EMAIL.findall(cell)


def _text(text: str) -> Taken:
    if len(text) <= LONGEST:
        return Taken(text)
    return Taken(text[:LONGEST], "", f"长于 {LONGEST:,} 字，只取前面的 longer than a cell holds: cut")


def _number(field: Field, text: str) -> Taken:
    shown = plain(text).replace(",", "")
    try:
        value = float(shown.removesuffix("%")) / (100 if shown.endswith("%") else 1)
    except ValueError:
        return Taken(None, text, "不是数字 is no number")
    if value != value or abs(value) == float("inf"):
        return Taken(None, text, "不是数字 is no number")
    if field.type == "rating" and not _is_rating(field, value):
        return Taken(None, text, "不在评分范围内 is no such rating")
    return Taken(value)


def _is_rating(field: Field, value: float) -> bool:
    least, most = float(field.property.get("min", 0)), float(field.property.get("max", 5))
    return value.is_integer() and least <= value <= most


def _date(field: Field, column: FileColumn, text: str, around: Around) -> Taken:
    found = moment(text, column.dates or "ymd", around.zone)
    return Taken(found) if found else Taken(None, text, "不是日期 is no date")


def _select(field: Field, column: FileColumn, text: str, around: Around) -> Taken:
    key = option_of(field, column, text)
    return Taken(key) if key else Taken(None, text, "没有对应的选项 is no option")


def _selects(field: Field, column: FileColumn, text: str, around: Around) -> Taken:
    found = {word: option_of(field, column, word) for word in _parts(text)}
    keys = tuple(dict.fromkeys(key for key in found.values() if key))
    left = "、".join(word for word, key in found.items() if not key)
    return Taken(keys or None, left, "没有对应的选项 is no option" if left else "")


def option_of(field: Field, column: FileColumn, word: str) -> str | None:
    """The key of the option a word stands for: as the mapping says, else by its very name."""
    if word in column.options:
        return column.options[word]
    wanted = normal(word)
    same = (o.key for o in field.options if wanted in (normal(o.zh), normal(o.en), normal(o.key)))
    return next(same, None)


def _people(field: Field, column: FileColumn, text: str, around: Around) -> Taken:
    found = {name: _person(name, around) for name in _parts(text)}
    ids = tuple(dict.fromkeys(one for one in found.values() if one))
    left = "、".join(name for name, one in found.items() if not one)
    if not field.multiple and len(ids) > 1:
        return Taken(ids[:1], text, f"{field.zh}只能有一人 takes one person")
    return Taken(ids or None, left, "通讯录里没有此人 is nobody we know" if left else "")


def _person(name: str, around: Around) -> str | None:
    known = around.people.get(spelled(name))
    found = (around.people.get(spelled(one)) for one in addresses(name))
    return known or next(filter(None, found), None)


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in SEVERAL.split(text) if part.strip())


_KINDS: Mapping[str, Callable[[Field, FileColumn, str, Around], Taken]] = {
    "datetime": _date,
    "single_select": _select,
    "multi_select": _selects,
    "user": _people,
}


def moment_of(column: FileColumn, cell: str, around: Around) -> datetime | None:
    """The moment in a cell of a history column; None for an empty or unreadable one."""
    return moment(cell, column.dates or "ymd", around.zone) if cell.strip() else None
