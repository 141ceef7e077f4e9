"""What Feishu is told (bitable v1 bodies) to make a wanted field, view filter or question.

Pure. A body for something that exists keeps what people added to it: options, conditions,
hidden columns. It must never contain less than the live thing already has.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, LiveView, find_field, mark
from feishu_plugin.ports import Json
from feishu_plugin.schema import KINDS, Condition, Field, Label, Table, View

TableIds = Mapping[str, str]
"""Table key to the id of the live table; tables that the base lacks are absent."""


def is_link(field: Field) -> bool:
    """True for a column that points to another table."""
    return field.table is not None


def is_partner(field: Field) -> bool:
    """True for the side of a duplex link that Feishu makes by itself."""
    return field.type == "duplex_link" and field.back is None


def both(label: Label | None) -> str:
    """The label in both languages, Chinese first."""
    return f"{label.zh} / {label.en}" if label else ""


def description(table: str, field: Field) -> str:
    """Help for people, then the mark that makes the column ours."""
    return f"{both(field.note)} {mark(table, field.key)}".lstrip()


def wanted_property(field: Field, ids: TableIds) -> Json:
    """The property of a new column; ``{}`` where Feishu accepts none."""
    if field.options:
        return {"options": [{"name": option.zh, "color": option.color} for option in field.options]}
    if field.table is not None:
        back = {"back_field_name": field.back.zh} if field.back else {}
        return {"table_id": ids[field.table], "multiple": field.multiple, **back}
    if field.type in ("user", "group_chat"):
        return {"multiple": field.multiple, **field.property}
    return dict(field.property)


def new_field(table: str, field: Field, ids: TableIds) -> Json:
    """The body that creates a column."""
    return _field_body(table, field, wanted_property(field, ids))


def changed_field(table: str, field: Field, live: LiveField, ids: TableIds) -> Json:
    """The body that overwrites a column without losing anything: an update is always whole."""
    return _field_body(table, field, _merged_property(field, live, ids))


def _field_body(table: str, field: Field, property: Json) -> Json:
    """The description is not passed on to forms (``disable_sync``): its mark is not for customers.

    An empty ``property`` is left out, because Feishu refuses ``{}`` for most types.
    """
    number, ui_type = KINDS[field.type]
    body: Json = {"field_name": field.zh, "type": number, "ui_type": ui_type}
    body["description"] = {"disable_sync": True, "text": description(table, field)}
    return {**body, "property": property} if property else body


def _merged_property(field: Field, live: LiveField, ids: TableIds) -> Json:
    wanted = wanted_property(field, ids)
    if field.options:
        kept = [{key: option[key] for key in ("id", "name", "color")} for option in options(live)]
        names = {option["name"] for option in kept}
        return {"options": kept + [option for option in wanted["options"] if option["name"] not in names]}
    if is_link(field):
        back = live.property.get("back_field_name")
        own = {"table_id": wanted["table_id"], "multiple": wanted["multiple"]}
        return {**own, "back_field_name": back} if back else own
    return {**live.property, **wanted}


def options(live: LiveField) -> Sequence[Mapping[str, Any]]:
    """The options of a live select column."""
    return live.property.get("options") or ()


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
    if not field.options:
        return value
    name = next(option.zh for option in field.options if option.key == value)
    return next((str(option["id"]) for option in options(column) if option["name"] == name), None)


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
    known = {option["id"] for option in options(column)}
    return not known or set(values) <= known


def live_conditions(live: LiveView) -> list[Json]:
    """The filter lines a view has now, ``[]`` when it has none."""
    info = live.property.get("filter_info") or {}
    return list(info.get("conditions") or ())


def comparable(condition: Json, live: LiveTable) -> tuple[str, str, tuple[str, ...]]:
    """A filter line reduced to its meaning: Feishu echoes names or ids, numbers or strings."""
    column = next((field for field in live.fields if field.field_id == condition["field_id"]), None)
    ids = {str(option["name"]): str(option["id"]) for option in options(column)} if column else {}
    values = (str(value) for value in _listed(condition.get("value")))
    return condition["field_id"], condition["operator"], tuple(ids.get(value, value) for value in values)


def _listed(value: object) -> list[object]:
    read = json.loads(value) if isinstance(value, str) and value else value
    if isinstance(read, list):
        return read
    return [] if read is None or read == "" else [read]


def hidden_ids(view: View, table: Table, live: LiveTable) -> list[str]:
    """The columns to be hidden, as far as they exist."""
    columns = (find_field(table.key, table.field(key), live.fields) for key in view.hidden)
    return [column.field_id for column in columns if column is not None]


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
