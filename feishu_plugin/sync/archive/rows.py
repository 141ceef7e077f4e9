"""One row as one line of JSON and back: readable values by the type of their column.

Pure. Dates are ISO in UTC, several values a list, a link ``{"text", "link"}``. What a cell
shows beyond its value (links inside a text, the address of a place) stands under ``shown``:
people can read it there, no API can write it.
"""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from feishu_plugin.foreign_json import parsed
from feishu_plugin.ports import Json
from feishu_plugin.records import Record, Url, Value, Values
from feishu_plugin.schema import Field, FieldType, Table

DATES: tuple[FieldType, ...] = ("datetime", "created_time", "modified_time")
LINKS: tuple[FieldType, ...] = ("single_link", "duplex_link")
COMPUTED: tuple[FieldType, ...] = (
    "formula",
    "created_time",
    "modified_time",
    "created_user",
    "modified_user",
    "auto_number",
)
"""Filled by Feishu: they are in the archive to be read, and cannot be written."""
_TEXTS: tuple[FieldType, ...] = ("text", "barcode")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT = 2**53


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of an archive; links hold the record ids of the archive, attachments its file tokens."""

    record_id: str
    values: Values = field(default_factory=dict)
    shown: Json = field(default_factory=dict)


def row_of(table: Table, record: Record, cells: Mapping[str, Any]) -> Row:
    """A row as it was read; ``cells`` are Feishu's own by field key."""
    values = {key: value for key, value in record.values.items() if value is not None}
    for key in values.keys() & cells.keys():
        if table.field(key).type in DATES:
            values[key] = _exact(cells[key]) or values[key]
    shown = {key: cell for key, cell in cells.items() if _shows_more(table.field(key), cell)}
    return Row(record_id=record.record_id, values=values, shown=shown)


def line(row: Row) -> bytes:
    """The row as UTF-8 JSON with a newline; half a surrogate pair stays an escape."""
    body: Json = {
        "record_id": row.record_id,
        "fields": {key: plain(value) for key, value in row.values.items()},
    }
    if row.shown:
        body["shown"] = row.shown
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def row_in(table: Table, text: bytes) -> Row:
    """The row of ``line``; ValueError for anything else."""
    body = parsed(text)
    cells, shown = (_part(body, name) for name in ("fields", "shown"))
    if not isinstance(body.get("record_id"), str):
        raise ValueError("a row without record_id")
    if unknown := cells.keys() - table.by_key.keys():
        raise ValueError(f"{table.key} has no column {', '.join(sorted(unknown))}")
    values = {key: typed(table.field(key), value) for key, value in cells.items()}
    return Row(record_id=body["record_id"], values=values, shown=shown)


def _part(body: Any, name: str) -> Json:
    found = body.get(name, {}) if isinstance(body, dict) else None
    if not isinstance(found, dict):
        raise ValueError(f"{name} of a row must be an object")
    return found


def plain(value: Value) -> Any:
    """A value as JSON; whole numbers without a needless ``.0``."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case Url(text, link):
            return {"text": text, "link": link}
        case tuple():
            return list(value)
        case float() if value.is_integer() and abs(value) < _EXACT:
            return int(value)
    return value


def typed(field: Field, value: Any) -> Value:
    """The value of ``plain`` for a column of this type; of a formula only what JSON tells.

    ValueError: the column cannot hold it, and writing it would be refused half-way.
    """
    if value is None or field.type == "formula":
        return None if isinstance(value, list | dict) else value
    found = _READ.get(field.type, _read_text)(value)
    if found is None:
        raise ValueError(f"{field.key} ({field.type}) cannot hold {str(value)[:60]!r}")
    return found


def _read_text(value: Any) -> Value:
    return value if isinstance(value, str) else None


def _read_number(value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value) if math.isfinite(value) else None
    except OverflowError:
        return None


def _read_moment(value: Any) -> Value:
    try:
        at = datetime.fromisoformat(value)
        return at.astimezone(UTC) if at.tzinfo else None
    except (TypeError, ValueError, OverflowError):
        return None


def _read_url(value: Any) -> Value:
    parts = [value.get(name) for name in ("text", "link")] if isinstance(value, dict) else [None]
    return Url(*parts) if all(isinstance(part, str) for part in parts) else None


def _read_several(value: Any) -> Value:
    several = isinstance(value, list) and all(isinstance(part, str) for part in value)
    return tuple(value) if several else None


_READ: Mapping[str, Callable[[Any], Value]] = {
    **dict.fromkeys(("number", "currency", "progress", "rating"), _read_number),
    **dict.fromkeys(DATES, _read_moment),
    **dict.fromkeys(("user", "created_user", "modified_user", "group_chat"), _read_several),
    **dict.fromkeys(("multi_select", "attachment", *LINKS), _read_several),
    "checkbox": lambda value: True if value is True else None,
    "url": _read_url,
}
"""Column type to how its values are read; all others are texts. None: it is no such value."""


def fingerprint(values: Values) -> str:
    """Equal for equal values, and short."""
    body = {key: plain(value) for key, value in values.items()}
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:32]


def writable(table: Table, values: Values) -> dict[str, Value]:
    """The values that can be written before anything else is there: no links, files or computed ones."""
    without = (*LINKS, *COMPUTED, "attachment")
    return {key: value for key, value in values.items() if table.field(key).type not in without}


def links(table: Table, values: Values) -> dict[str, tuple[str, ...]]:
    """The record ids of each link of a row."""
    return _several(table, values, LINKS)


def files(table: Table, values: Values) -> dict[str, tuple[str, ...]]:
    """The file tokens of each attachment cell of a row."""
    return _several(table, values, ("attachment",))


def _several(table: Table, values: Values, types: Sequence[FieldType]) -> dict[str, tuple[str, ...]]:
    return {
        key: value
        for key, value in values.items()
        if isinstance(value, tuple) and table.field(key).type in types
    }


def _exact(ms: Any) -> datetime | None:
    """The instant as Feishu holds it: people write 9999-12-31 for "never", and it has to come back."""
    if not isinstance(ms, int | float) or isinstance(ms, bool):
        return None
    try:
        return _EPOCH + timedelta(milliseconds=ms)
    except OverflowError:
        return None


def _shows_more(field: Field, cell: Any) -> bool:
    if field.type in _TEXTS:
        parts = cell if isinstance(cell, list) else []
        return any(isinstance(part, dict) and part.get("type", "text") != "text" for part in parts)
    if field.type == "location" and isinstance(cell, dict):
        return any(value for name, value in cell.items() if name != "location")
    return False
