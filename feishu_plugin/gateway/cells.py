"""Cells as typed values and back: the only place that knows how Feishu writes a value.

Pure. Reading accepts both shapes (search and batch_get; legacy list and get) and never
raises: what it does not know is None. Writing raises for a value that does not fit, which
is our bug. Empty is always None (see ``records``). Facts: field and record guides of bitable v1.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from feishu_plugin.binding import BoundField
from feishu_plugin.records import Url, Value
from feishu_plugin.schema import FieldType

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST, LATEST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
"""People write 9999-12-31 for "never": a later instant has no local day in every zone."""

_HALF = re.compile("[\ud800-\udfff]")

Cell = Any
"""A cell as it stands in Feishu's JSON."""


def decode(field: BoundField, cell: Cell) -> Value:
    """The value of a cell that was read; None when it is empty or of a shape we do not know."""
    return _whole(_DECODERS[field.type](field, cell))


def _whole(value: Value) -> Value:
    """Half a character becomes �: JSON can spell a lone surrogate, no file, mail or database takes one."""
    if isinstance(value, str):
        return _mended(value)
    if isinstance(value, tuple):
        return tuple(map(_mended, value))
    return Url(text=_mended(value.text), link=_mended(value.link)) if isinstance(value, Url) else value


def _mended(text: str) -> str:
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def encode(field: BoundField, value: Value) -> Cell:
    """The cell to write; None clears it.

    Raises ValueError for a field that Feishu fills itself, TypeError for a value that does not fit.
    """
    if field.type not in _ENCODERS:
        raise ValueError(f"{field.key} ({field.type}) is filled by Feishu and cannot be written")
    if value is None or value is False or value == "" or value == ():
        return None
    return _ENCODERS[field.type](field, value)


def moment(ms: Cell) -> datetime | None:
    """Milliseconds since the epoch (number or digits) as an aware UTC instant."""
    number = _as_float(ms)
    if number is None:
        return None
    try:
        return min(max(EPOCH + timedelta(milliseconds=number), EARLIEST), LATEST)
    except OverflowError:
        return None


def _as_float(cell: Cell) -> float | None:
    if isinstance(cell, bool):
        return None
    try:
        number = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _texts(cell: Cell) -> Iterator[str]:
    """A string, one segment, or a list of either; mentions and links show their ``text``."""
    if isinstance(cell, str):
        yield cell
    elif isinstance(cell, Mapping):
        yield from _texts(cell.get("text"))
    elif isinstance(cell, list):
        for part in cell:
            yield from _texts(part)


def _text(field: BoundField, cell: Cell) -> Value:
    return "".join(_texts(cell)) or None


def _number(field: BoundField, cell: Cell) -> Value:
    return _as_float(cell)


def _option(field: BoundField, cell: Cell) -> Value:
    return field.option_key(cell) if isinstance(cell, str) and cell else None


def _options(field: BoundField, cell: Cell) -> Value:
    names = cell if isinstance(cell, list) else ()
    return tuple(field.option_key(name) for name in names if isinstance(name, str) and name) or None


def _moment(field: BoundField, cell: Cell) -> Value:
    return moment(cell)


def _tick(field: BoundField, cell: Cell) -> Value:
    return True if cell is True else None


def _ids_under(name: str) -> Callable[[BoundField, Cell], Value]:
    """A list of objects (or one object, as legacy reads give it) that hold an id under ``name``."""

    def decode_ids(field: BoundField, cell: Cell) -> Value:
        found = cell if isinstance(cell, list) else [cell]
        ids = (item.get(name) for item in found if isinstance(item, Mapping))
        return tuple(str(id) for id in ids if id) or None

    return decode_ids


def _links(field: BoundField, cell: Cell) -> Value:
    """Search gives ``{"link_record_ids"}``, legacy ``[{"record_ids"}]``, the write echo plain ids."""
    ids: list[str] = []
    for part in cell if isinstance(cell, list) else [cell]:
        if isinstance(part, str) and part:
            ids.append(part)
        elif isinstance(part, Mapping):
            found = part.get("link_record_ids") or part.get("record_ids")
            ids += [id for id in found if isinstance(id, str)] if isinstance(found, list) else []
    return tuple(ids) or None


def _url(field: BoundField, cell: Cell) -> Value:
    if not isinstance(cell, Mapping):
        return None
    text, link = ("".join(_texts(cell.get(name))) for name in ("text", "link"))
    return Url(text=text, link=link) if text or link else None


def _location(field: BoundField, cell: Cell) -> Value:
    found = cell.get("location") if isinstance(cell, Mapping) else cell
    return found if isinstance(found, str) and found else None


def _computed(field: BoundField, cell: Cell) -> Value:
    """A formula: ``{"type": result type, "value": [...]}`` in search, segments in legacy reads."""
    if not isinstance(cell, Mapping) or "value" not in cell:
        return _text(field, cell) if not isinstance(cell, int | float) else _number(field, cell)
    value = cell["value"]
    first = value[0] if isinstance(value, list) and value else value
    by_type = _RESULTS.get(str(cell.get("type")))
    return by_type(field, first) if by_type else _text(field, value)


_DECODERS: Mapping[FieldType, Callable[[BoundField, Cell], Value]] = {
    "text": _text,
    "email": _text,
    "barcode": _text,
    "phone": _text,
    "number": _number,
    "currency": _number,
    "progress": _number,
    "rating": _number,
    "single_select": _option,
    "multi_select": _options,
    "datetime": _moment,
    "created_time": _moment,
    "modified_time": _moment,
    "checkbox": _tick,
    "user": _ids_under("id"),
    "created_user": _ids_under("id"),
    "modified_user": _ids_under("id"),
    "group_chat": _ids_under("id"),
    "attachment": _ids_under("file_token"),
    "url": _url,
    "single_link": _links,
    "duplex_link": _links,
    "location": _location,
    "formula": _computed,
    "auto_number": _text,
}

_RESULTS: Mapping[str, Callable[[BoundField, Cell], Value]] = {
    "2": _number,
    "5": _moment,
    "7": _tick,
    "1001": _moment,
    "1002": _moment,
}
"""Feishu's type number of a formula result to its decoder; all others are read as text."""


def _write_text(field: BoundField, value: Value) -> Cell:
    return _fitting(field, value, str)


def _write_number(field: BoundField, value: Value) -> Cell:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError(f"{field.key} ({field.type}) cannot hold {value!r}")
    return int(value) if value == int(value) else value


def _write_option(field: BoundField, value: Value) -> Cell:
    key: str = _fitting(field, value, str)
    return field.option_names.get(key, key)


def _write_options(field: BoundField, value: Value) -> Cell:
    keys: tuple[str, ...] = _fitting(field, value, tuple)
    return [field.option_names.get(key, key) for key in keys]


def _write_moment(field: BoundField, value: Value) -> Cell:
    at: datetime = _fitting(field, value, datetime)
    if at.tzinfo is None:
        raise TypeError(f"{field.key} needs an aware datetime, not {at!r}")
    return (at - EPOCH) // timedelta(milliseconds=1)


def _write_tick(field: BoundField, value: Value) -> Cell:
    return _fitting(field, value, bool)


def _write_objects(name: str) -> Callable[[BoundField, Value], Cell]:
    def encode_ids(field: BoundField, value: Value) -> Cell:
        ids: tuple[str, ...] = _fitting(field, value, tuple)
        return [{name: id} for id in ids]

    return encode_ids


def _write_links(field: BoundField, value: Value) -> Cell:
    return list(_fitting(field, value, tuple))


def _write_url(field: BoundField, value: Value) -> Cell:
    url: Url = _fitting(field, value, Url)
    return {"text": url.text, "link": url.link}


def _fitting(field: BoundField, value: Value, kind: type) -> Any:
    if not isinstance(value, kind):
        raise TypeError(f"{field.key} ({field.type}) cannot hold {value!r}")
    return value


_ENCODERS: Mapping[FieldType, Callable[[BoundField, Value], Cell]] = {
    "text": _write_text,
    "email": _write_text,
    "barcode": _write_text,
    "phone": _write_text,
    "location": _write_text,
    "number": _write_number,
    "currency": _write_number,
    "progress": _write_number,
    "rating": _write_number,
    "single_select": _write_option,
    "multi_select": _write_options,
    "datetime": _write_moment,
    "checkbox": _write_tick,
    "user": _write_objects("id"),
    "group_chat": _write_objects("id"),
    "attachment": _write_objects("file_token"),
    "url": _write_url,
    "single_link": _write_links,
    "duplex_link": _write_links,
}
