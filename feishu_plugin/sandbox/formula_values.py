"""What formulas count with: blank (None), bool, number, text, moment, list and rows; pure conversions.

A blank counts as 0 in arithmetic, as an empty text in texts and as false in conditions; a date
never comes out of a blank. ``FormulaFault`` is what a cell with an error holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from feishu_plugin.sandbox.computed import value_of
from feishu_plugin.sandbox.tables import Record, Table


class FormulaFault(Exception):
    """The formula has no value for this record: a wrong operand, a division by zero, a deleted column."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Records of one table: the whole table, linked ones, or what a FILTER left."""

    table: Table
    records: tuple[Record, ...]


def primary_text(table: Table, record: Record) -> str:
    """The record's title as plain text."""
    value = value_of(table.primary(), record)
    return as_text(value.get("text", "") if isinstance(value, dict) else value)


def flat(value: Any) -> list[Any]:
    """The value as a list: rows as their titles, nested lists opened, blanks left out."""
    if isinstance(value, Rows):
        return [primary_text(value.table, record) for record in value.records]
    if isinstance(value, list):
        return [item for part in value for item in flat(part)]
    return [] if value is None else [value]


def is_blank(value: Any) -> bool:
    """NULL, an empty text and an empty list are blank."""
    return value is None or value == "" or (isinstance(value, list | Rows) and not flat(value))


def single(value: Any) -> Any:
    """A list of one thing stands for the thing; a longer one is no single value."""
    if not isinstance(value, list | Rows):
        return value
    items = flat(value)
    if len(items) > 1:
        raise FormulaFault("a list stands where one value is needed")
    return items[0] if items else None


def as_number(value: Any) -> float:
    """A number; numeric text counts, a blank is 0."""
    value = single(value)
    if value is None:
        return 0.0
    if isinstance(value, bool | int | float):
        return float(value)
    try:
        return float(value.replace(",", ""))
    except (ValueError, AttributeError):
        raise FormulaFault(f"{value!r} is no number") from None


def as_moment(value: Any) -> datetime:
    """A date; nothing else is one."""
    value = single(value)
    if not isinstance(value, datetime):
        raise FormulaFault(f"{value!r} is no date")
    return value


def as_bool(value: Any) -> bool:
    """A condition; numbers other than 0 are true."""
    value = single(value)
    if value is None or value == "":
        return False
    if isinstance(value, str):
        return {"TRUE": True, "FALSE": False}.get(value.upper(), True)
    return bool(value)


def as_text(value: Any) -> str:
    """The value as ``&`` joins it: numbers without a needless ``.0``, lists with commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(round(value, 12))
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.strftime("%Y/%m/%d" if midnight else "%Y/%m/%d %H:%M")
    if isinstance(value, list | Rows):
        return ",".join(as_text(item) for item in flat(value))
    return str(value)


def numbers(values: Iterable[Any]) -> list[float]:
    """All numbers among values and lists of values; texts and dates that are none are skipped."""
    return [float(item) for item in flat(list(values)) if isinstance(item, bool | int | float)]


def compare(left: Any, right: Any) -> int:
    """-1, 0 or 1; numbers with numbers, dates with dates, anything else as text. Blank equals blank."""
    left, right = _side(left), _side(right)
    if is_blank(left) or is_blank(right):
        left, right = _beside_blank(left, right), _beside_blank(right, left)
    elif not any(isinstance(left, kind) and isinstance(right, kind) for kind in (datetime, int | float)):
        left, right = as_text(left), as_text(right)
    return int(left > right) - int(left < right)


def _side(value: Any) -> Any:
    """Lists of one are compared as the one; longer ones as text."""
    if isinstance(value, list | Rows):
        items = flat(value)
        return items[0] if len(items) == 1 else as_text(items) or None
    return value


def _beside_blank(value: Any, other: Any) -> Any:
    """A blank is 0 beside a number and before every other value."""
    if isinstance(other, bool | int | float) and not isinstance(value, str):
        return as_number(value)
    return 1 if not is_blank(value) and isinstance(value, datetime) else as_text(value)


def take(items: Sequence[Any], place: int) -> Any:
    """The item at a place counted from 1, or from the end when negative; blank outside."""
    if not place or abs(place) > len(items):
        return None
    return items[place - 1 if place > 0 else place]
