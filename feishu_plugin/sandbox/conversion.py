"""What becomes of cells when a field's definition changes: removed options vanish, types convert.

Feishu publishes no conversion table; here a value survives when its plain text can be read as
the new type, and is dropped otherwise.
"""

from collections.abc import Callable
from typing import Any

from feishu_plugin.sandbox.field_types import SELECTS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.rendering import number_text
from feishu_plugin.sandbox.tables import Table


def convert_cells(table: Table, old: Field, new: Field) -> bool:
    """Brings the cells of a changed field in line with its new definition; True when any changed."""
    if old.type == new.type:
        gone = set(old.option_names) - set(new.option_names)
        return bool(gone) and _rewrite(table, new, lambda value: _without(value, gone))
    return _rewrite(table, new, lambda value: _converted(old, new, value))


def _rewrite(table: Table, field: Field, change: Callable[[Any], Any]) -> bool:
    changed = False
    table.index.drop()
    for record in table.records.values():
        before = record.cells.get(field.field_id)
        if before is None:
            continue
        after = change(before)
        changed = changed or after != before
        if after is None:
            del record.cells[field.field_id]
        else:
            record.cells[field.field_id] = after
    return changed


def _without(value: Any, gone: set[str]) -> Any:
    if isinstance(value, list):
        return [id for id in value if id not in gone] or None
    return None if value in gone else value


def _converted(old: Field, new: Field, value: Any) -> Any:
    texts = _texts(old, value)
    if new.type in (Type.TEXT, Type.PHONE):
        return ",".join(texts) or None
    if new.type == Type.SINGLE_SELECT:
        return new.option_id(texts[0]) if texts else None
    if new.type == Type.MULTI_SELECT:
        return [new.option_id(text) for text in texts] or None
    if new.type == Type.NUMBER:
        return _number(texts[0]) if texts else None
    return value if new.type == Type.DATE and isinstance(value, int) else None


def _texts(old: Field, value: Any) -> list[str]:
    """The value as plain texts; people, files and links have none."""
    if old.type in SELECTS:
        ids = value if isinstance(value, list) else [value]
        return [old.option_names[id] for id in ids if id in old.option_names]
    if old.type in (Type.TEXT, Type.NUMBER, Type.PHONE, Type.DATE, Type.LOCATION):
        return [number_text(value)]
    if old.type == Type.URL:
        return [value["text"]]
    return [value["number"]] if old.type == Type.AUTO_NUMBER else []


def _number(text: str) -> float | int | None:
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return int(number) if number.is_integer() else number
