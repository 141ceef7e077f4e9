"""What a cell is to a formula, and what a formula's value is to a reader (search and legacy shapes)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.computed import computed_value
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.field_types import COMPUTED, DATES, LINKS, SELECTS, USERS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.formula_values import FormulaFault, Rows, as_text, flat
from feishu_plugin.sandbox.people import People
from feishu_plugin.sandbox.tables import Record

Read = Callable[[Field, Any, Base, People], Any]


def cell_value(base: Base, people: People, field: Field, record: Record) -> Any:
    """The cell as a formula sees it: options and people by name, links as rows, dates in the base's zone."""
    if field.type == Type.FORMULA:
        return field.formula.evaluate(record) if field.formula is not None else None
    value = computed_value(field, record) if field.type in COMPUTED else record.cells.get(field.field_id)
    if field.type == Type.CHECKBOX:
        return bool(value)
    if value is None:
        return None
    read = READ.get(Type(field.type))
    return value if read is None else read(field, value, base, people)


def _number(_: Field, value: float, _base: Base, _people: People) -> float:
    return float(value)


def _moment(_: Field, value: int, base: Base, _people: People) -> datetime:
    try:
        return datetime.fromtimestamp(value / 1000, UTC).astimezone(ZoneInfo(base.time_zone))
    except (OverflowError, ValueError, OSError):
        raise FormulaFault("a date out of range") from None


def _options(field: Field, value: Any, _base: Base, _people: People) -> Any:
    if isinstance(value, str):
        return field.option_names.get(value)
    return [field.option_names[id] for id in value if id in field.option_names]


def _people(_: Field, value: Any, _base: Base, people: People) -> list[str]:
    found = (people.get(id) for id in (value if isinstance(value, list) else [value]))
    return [person.name for person in found if person is not None]


def _rows(field: Field, value: list[str], base: Base, _people: People) -> Rows:
    table = base.tables.get(field.setting("table_id", ""))
    if table is None:
        raise FormulaFault("the linked table is gone")
    records = (table.records.get(id) for id in value)
    return Rows(table=table, records=tuple(record for record in records if record is not None))


def _url(_: Field, value: Json, _base: Base, _people: People) -> str:
    return str(value["text"])


def _serial(_: Field, value: Json, _base: Base, _people: People) -> str:
    return str(value["number"])


READ: dict[Type, Read] = {
    Type.NUMBER: _number,
    **dict.fromkeys(map(Type, DATES), _moment),
    **dict.fromkeys(map(Type, SELECTS), _options),
    **dict.fromkeys(map(Type, USERS), _people),
    **dict.fromkeys(map(Type, LINKS), _rows),
    Type.URL: _url,
    Type.AUTO_NUMBER: _serial,
}
SHOWN: tuple[tuple[type, Type, str], ...] = (
    (bool, Type.CHECKBOX, "Checkbox"),
    (datetime, Type.DATE, "DateTime"),
    (float, Type.NUMBER, "Number"),
    (str, Type.TEXT, "Text"),
)
"""The result type of a value; bool before float, because a bool is a number to Python."""


def search_shape(value: Any) -> Json:
    """``{"type", "ui_type", "value": […]}``: every value in the search shape of the result type."""
    items = flat(value)
    kind, ui_type = next(((type, name) for is_a, type, name in SHOWN if isinstance(items[0], is_a)))
    return {"type": int(kind), "ui_type": ui_type, "value": [_shown(item) for item in items]}


def _shown(item: Any) -> Any:
    if isinstance(item, datetime):
        return int(item.timestamp() * 1000)
    if isinstance(item, str):
        return {"text": item, "type": "text"}
    return int(item) if isinstance(item, float) and item.is_integer() else item


def legacy_shape(value: Any) -> list[Json]:
    """Text segments; truth values in small letters, as the live service was seen to give them."""
    texts = [str(item).lower() if isinstance(item, bool) else as_text(item) for item in flat(value)]
    return [{"text": ",".join(texts), "type": "text"}]


def rank(value: Any) -> tuple[int, Any]:
    """A sort key that never compares values of two kinds."""
    item = flat(value)[0]
    if isinstance(item, datetime):
        return 1, item.timestamp()
    return (0, float(item)) if isinstance(item, bool | int | float) else (2, as_text(value))
