"""Cells as people type and read them: ``计划完成时间=2026-08-28`` is a moment, ``负责人=赵启明`` a person."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.envelope import Json

NUMBER, MULTI_SELECT, DATE, CHECKBOX, PERSON, ADDRESS = 2, 4, 5, 7, 11, 15
_MOMENTS = (DATE, 1001, 1002)
_SEPARATOR = "、"


class HandError(Exception):
    """What was typed cannot be done; the text says why and what would do."""


def typed(field: Json, text: str, people: Mapping[str, str], zone: ZoneInfo) -> Any:
    """What a person typed into a cell, as Feishu's API takes it; nothing clears the cell.

    ``field`` as the API lists it, ``people``: name to open_id.
    """
    kind = field["type"]
    if not text:
        return None
    if kind == NUMBER:
        return _number(field, text)
    if kind == DATE:
        return int(moment(text, zone).timestamp() * 1000)
    if kind == CHECKBOX:
        return text not in ("0", "否", "no")
    if kind == MULTI_SELECT:
        return text.split(_SEPARATOR)
    if kind == ADDRESS:
        return {"link": text, "text": text}
    if kind == PERSON:
        return [{"id": open_id_of(name, people)} for name in text.split(_SEPARATOR)]
    return text


def open_id_of(name: str, people: Mapping[str, str]) -> str:
    """Who is called so; HandError names everybody there is."""
    if name not in people:
        raise HandError(f"没有这个人 nobody is called {name!r}; there are {_SEPARATOR.join(people)}")
    return people[name]


def moment(text: str, zone: ZoneInfo) -> datetime:
    """``2026-08-28`` or ``2026-08-28T09:30``; without an offset in ``zone``."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise HandError(f"不是时间 no moment: {text!r}; write 2026-08-28 or 2026-08-28T09:30") from None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def read(field: Json, cell: Any, zone: ZoneInfo) -> str:
    """A cell as a person reads it; an empty one is ""."""
    if cell is None:
        return ""
    if field["type"] in _MOMENTS and isinstance(cell, int | float):
        return f"{datetime.fromtimestamp(cell / 1000, zone):%Y-%m-%d %H:%M}"
    return _plain(cell)


def _plain(cell: Any) -> str:
    if isinstance(cell, list):
        between = "" if any("type" in part for part in cell if isinstance(part, dict)) else _SEPARATOR
        return between.join(_plain(part) for part in cell)
    if isinstance(cell, dict):
        if "value" in cell:
            return _plain(cell["value"])
        return str(cell.get("text") or cell.get("name") or _SEPARATOR.join(cell.get("link_record_ids") or ()))
    if isinstance(cell, bool):
        return "✓" if cell else ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _number(field: Json, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise HandError(f"{field['field_name']}: 不是数字 no number: {text!r}") from None
