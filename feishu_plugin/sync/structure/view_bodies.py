"""What Feishu is told to make a view show what it should: filter and hidden columns (bitable v1).

Pure. What people added to a view (conditions, hidden columns) stays.
"""

import json
from collections.abc import Sequence

from feishu_plugin.binding import LiveField, LiveTable, LiveView, find_field, find_option, options_of
from feishu_plugin.ports import Json
from feishu_plugin.schema import Condition, Field, Table, View


def conditions(view: View, table: Table, live: LiveTable) -> list[Json] | None:
    """The wanted filter by live ids; None while a field or an option is not there yet."""
    found = [_condition(condition, table, live) for condition in view.filter]
    return None if None in found else [condition for condition in found if condition is not None]


def _condition(condition: Condition, table: Table, live: LiveTable) -> Json | None:
    field = table.field(condition.field)
    column = find_field(table.key, field, live.fields)
    if column is None:
        return None
    values: list[str | None] = [_condition_value(field, column, value) for value in condition.value]
    if None in values:
        return None
    return {
        "field_id": column.field_id,
        "operator": condition.operator,
        "value": json.dumps(values, ensure_ascii=False),
    }


def _condition_value(field: Field, column: LiveField, value: str) -> str | None:
    """Options are sent as ids, everything else as it is (``CurrentMonth``, ``true`` …)."""
    option = next((option for option in field.options if option.key == value), None)
    if option is None:
        return value
    found = find_option(option, column)
    return str(found["id"]) if found else None


def _is_peoples(condition: Json, wanted: Sequence[Json], live: LiveTable) -> bool:
    """True for a line that people added and that still means something beside the wanted ones.

    A line on a field that is wanted to equal something else would leave the view empty, and
    so would one that names a deleted option or column.
    """
    field_id, _, values = meaning = comparable(condition, live)
    column = next((field for field in live.fields if field.field_id == field_id), None)
    rivals = {line["field_id"] for line in wanted if line["operator"] == "is"}
    if column is None or field_id in rivals or meaning in {comparable(line, live) for line in wanted}:
        return False
    known = {option["id"] for option in options_of(column)}
    return not known or set(values) <= known


def live_conditions(live: LiveView) -> list[Json]:
    """The filter lines a view has now, ``[]`` when it has none."""
    info = live.property.get("filter_info") or {}
    return list(info.get("conditions") or ())


def comparable(condition: Json, live: LiveTable) -> tuple[str, str, tuple[str, ...]]:
    """A filter line reduced to its meaning: Feishu echoes names or ids, numbers or strings."""
    column = next((field for field in live.fields if field.field_id == condition["field_id"]), None)
    ids = {str(option["name"]): str(option["id"]) for option in options_of(column)} if column else {}
    values = (str(value) for value in _listed(condition.get("value")))
    return condition["field_id"], condition["operator"], tuple(ids.get(value, value) for value in values)


def _listed(value: object) -> list[object]:
    read = json.loads(value) if isinstance(value, str) and value else value
    if isinstance(read, list):
        return read
    return [] if read is None or read == "" else [read]


def hidden_ids(view: View, table: Table, live: LiveTable) -> list[str]:
    """The columns to be hidden, as far as they exist; Feishu never hides the first column of a table."""
    columns = (find_field(table.key, table.field(key), live.fields) for key in view.hidden)
    return [column.field_id for column in columns if column is not None and not column.is_primary]


def view_property(view: View, table: Table, live: LiveTable, now: LiveView) -> Json | None:
    """The whole property to set: what is wanted and what people added; None when it must wait."""
    wanted = conditions(view, table, live)
    if wanted is None:
        return None
    kept = [condition for condition in live_conditions(now) if _is_peoples(condition, wanted, live)]
    wanted += [{key: line.get(key) for key in ("field_id", "operator", "value")} for line in kept]
    columns = {column.field_id for column in live.fields}
    kept_hidden = [field_id for field_id in now.property.get("hidden_fields") or () if field_id in columns]
    hidden = dict.fromkeys([*kept_hidden, *hidden_ids(view, table, live)])
    property: Json = {"hidden_fields": list(hidden)} if hidden else {}
    if wanted:
        property["filter_info"] = {"conjunction": view.conjunction, "conditions": wanted}
    return property
