"""Finds records: filter, one level of children, sort, view. Never renders them.

Empty cells sort last in both directions (Feishu documents no place for them).
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

from feishu_plugin.sandbox.access import field_by_name
from feishu_plugin.sandbox.computed import value_of
from feishu_plugin.sandbox.conditions import Context, Predicate, predicate
from feishu_plugin.sandbox.envelope import Json, Refusal
from feishu_plugin.sandbox.equality_index import INDEXED
from feishu_plugin.sandbox.field_types import COMPUTED, LINKS, SELECTS, USERS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.formula_cells import rank
from feishu_plugin.sandbox.parsing import invalid
from feishu_plugin.sandbox.tables import Record, Table, View

PLAIN = frozenset({Type.TEXT, Type.NUMBER, Type.DATE, Type.CHECKBOX, Type.PHONE, Type.LOCATION})
"""Types whose cells sort as they are."""
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


def candidates(table: Table, given: Any) -> list[Record] | None:
    """The records worth testing against a filter that has been compiled; None means all of them.

    Only an equality that every match must fulfil narrows the search.
    """
    if not isinstance(given, dict) or not isinstance(conditions := given.get("conditions"), list):
        return None
    if given.get("conjunction") != "and" and len(conditions) + len(given.get("children") or []) > 1:
        return None
    found = [ids for item in conditions if (ids := _equal_ids(table, item)) is not None]
    if not found:
        return None
    fewest: set[str] = min(found, key=len)
    return [table.records[id] for id in table.index.in_order(fewest)]


def _equal_ids(table: Table, item: Json) -> set[str] | None:
    field = table.field_named(str(item.get("field_name")))
    if field is None or item.get("operator") != "is" or field.type not in INDEXED:
        return None
    value: Any = item["value"][0]
    if field.type == Type.NUMBER:
        value = float(value)
    elif field.type == Type.SINGLE_SELECT:
        value = field.option_ids.get(value, value)
    return table.index.ids(table.records, field.field_id, value)


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


def view_sort(table: Table, view: View) -> list[Json]:
    """The sort keys of a view's groups and then of its own order, as base v3 sets them."""
    keys = [*view.config.get("group", ()), *view.config.get("sort", ())]
    known = [(table.fields.get(key["field"]), key["desc"]) for key in keys]
    return [{"field_name": field.name, "desc": desc} for field, desc in known if field is not None]


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
    if field.type in PLAIN:
        return _sorted_plainly(field.field_id, records, reverse=reverse)
    key = _rank(field)
    if field.type in COMPUTED:
        valued = [(value_of(field, record), record) for record in records]
    else:
        valued = [(record.cells.get(field.field_id), record) for record in records]
    filled = [(key(value), record) for value, record in valued if value is not None]
    filled.sort(key=lambda pair: pair[0], reverse=reverse)
    return [record for _, record in filled] + [record for value, record in valued if value is None]


def _sorted_plainly(field_id: str, records: list[Record], *, reverse: bool) -> list[Record]:
    """The same for cells that are their own sort key, without a pair per record (100,000 are many)."""
    filled = [record for record in records if field_id in record.cells]
    filled.sort(key=lambda record: record.cells[field_id], reverse=reverse)
    return filled + [record for record in records if field_id not in record.cells]


def _rank(field: Field) -> Callable[[Any], Any]:
    """How a typed value sorts: options by their order, serials by number, lists by their items."""
    if field.type == Type.FORMULA:
        return rank
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
