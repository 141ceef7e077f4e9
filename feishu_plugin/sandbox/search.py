"""Finds records: filter, one level of children, sort, view. Never renders them.

Empty cells sort last in both directions (Feishu documents no place for them).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from feishu_plugin.sandbox.access import field_by_name
from feishu_plugin.sandbox.computed import value_of
from feishu_plugin.sandbox.conditions import Context, Predicate, predicate
from feishu_plugin.sandbox.envelope import Refusal
from feishu_plugin.sandbox.field_types import COMPUTED, LINKS, SELECTS, USERS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.parsing import invalid
from feishu_plugin.sandbox.tables import Record, Table, View

CONDITIONS_MOST, VALUES_MOST, SORTS_MOST = 50, 10, 100


def compile_filter(table: Table, given: Any, context: Context, *, nested: bool = False) -> Predicate | None:
    """The predicate of a search ``filter``; None when it is empty."""
    if not given:
        return None
    if not isinstance(given, dict):
        raise Refusal(1254018, "InvalidFilter", detail="filter must be an object")
    conditions, children = given.get("conditions") or [], given.get("children") or []
    if not isinstance(conditions, list) or not isinstance(children, list):
        raise Refusal(1254018, "InvalidFilter", detail="conditions and children are lists")
    if not conditions and not children:
        return None
    if nested and children:
        raise Refusal(1254018, "InvalidFilter", detail="children have no children")
    if len(conditions) > CONDITIONS_MOST:
        raise invalid("filter.conditions", f"the max len is {CONDITIONS_MOST}", len(conditions))
    parts = [_condition(table, item, context) for item in conditions]
    for child in children:
        part = compile_filter(table, child, context, nested=True)
        parts.extend([] if part is None else [part])
    return _joined(given.get("conjunction"), parts)


def _condition(table: Table, item: Any, context: Context) -> Predicate:
    if not isinstance(item, dict):
        raise Refusal(1254018, "InvalidFilter", detail="a condition is an object")
    values = item.get("value")
    if not isinstance(values, list):
        raise invalid("filter.conditions.value", "value is required")
    if len(values) > VALUES_MOST:
        raise invalid("filter.conditions.value", f"the max len is {VALUES_MOST}", len(values))
    if not all(isinstance(value, str) for value in values):
        raise invalid("filter.conditions.value", "value must be a list of strings")
    return predicate(field_by_name(table, item.get("field_name")), str(item.get("operator")), values, context)


def view_filter(table: Table, view: View, context: Context) -> Predicate | None:
    """The predicate of a view's own filter; None when it has none."""
    info = view.property["filter_info"]
    if not info or not info["conditions"]:
        return None
    parts = [
        predicate(table.fields[item["field_id"]], item["operator"], _view_values(item["value"]), context)
        for item in info["conditions"]
        if item["field_id"] in table.fields
    ]
    return _joined(info["conjunction"], parts)


def _view_values(text: str | None) -> list[str]:
    return [str(value) for value in json.loads(text)] if text else []


def _joined(conjunction: object, parts: Sequence[Predicate]) -> Predicate:
    if conjunction not in ("and", "or"):
        raise Refusal(1254018, "InvalidFilter", detail="conjunction must be and or or")
    if len(parts) == 1:
        return parts[0]
    if conjunction == "and":
        return lambda record: all(part(record) for part in parts)
    return lambda record: any(part(record) for part in parts)


def sorted_records(table: Table, records: list[Record], keys: Any) -> list[Record]:
    """Records by ``[{field_name, desc}]``; an unknown field is 1254016."""
    if not isinstance(keys, list) or len(keys) > SORTS_MOST:
        raise Refusal(1254016, "InvalidSort", detail=f"sort is a list of at most {SORTS_MOST} keys")
    for key in reversed(keys):
        field = table.field_named(str(key.get("field_name"))) if isinstance(key, dict) else None
        if field is None:
            raise Refusal(1254016, "InvalidSort", detail=f"unknown field in {key}")
        records = _sorted_by(field, records, reverse=bool(key.get("desc")))
    return records


def _sorted_by(field: Field, records: list[Record], *, reverse: bool) -> list[Record]:
    rank = _rank(field)
    if field.type in COMPUTED:
        valued = [(value_of(field, record), record) for record in records]
    else:
        valued = [(record.cells.get(field.field_id), record) for record in records]
    filled = [(rank(value), record) for value, record in valued if value is not None]
    filled.sort(key=lambda pair: pair[0], reverse=reverse)
    return [record for _, record in filled] + [record for value, record in valued if value is None]


def _rank(field: Field) -> Callable[[Any], Any]:
    """How a typed value sorts: options by their order, serials by number, lists by their items."""
    if field.type in SELECTS:
        places = {option["id"]: place for place, option in enumerate(field.options())}
        if field.type == Type.SINGLE_SELECT:
            return lambda value: places.get(value, -1)
        return lambda value: [places.get(id, -1) for id in value]
    if field.type == Type.AUTO_NUMBER:
        return lambda value: int(value["sequence"])
    if field.type == Type.URL:
        return lambda value: value["text"]
    if field.type in LINKS | USERS | COMPUTED | {Type.GROUP_CHAT, Type.ATTACHMENT}:
        return lambda value: value if isinstance(value, list | int) else [value]
    return lambda value: value


def find(table: Table, key: Any, run: Callable[[], list[Record]]) -> list[Record]:
    """Runs a search once per revision, so that its next pages reuse the same records."""
    stamp = (table.revision, key)
    if table.found is not None and table.found[0] == stamp:
        return table.found[1]
    records = run()
    table.found = (stamp, records)
    return records
