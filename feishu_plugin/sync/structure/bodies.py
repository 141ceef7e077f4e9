"""What Feishu is told (bitable v1 bodies) to make or mend a column.

Pure. A body for a column that exists keeps what people added to it. It must never contain
less than the live column already has, but for options whose loss was allowed by name.
"""

from collections.abc import Mapping, Set
from typing import Any

from feishu_plugin.binding import LiveField, find_option, mark
from feishu_plugin.ports import Json
from feishu_plugin.schema import KINDS, Field, Label
from feishu_plugin.sync.structure.order import ordered_options

TableIds = Mapping[str, str]
"""Table key to the id of the live table; tables that the base lacks are absent."""


def is_link(field: Field) -> bool:
    """True for a column that points to another table."""
    return field.table is not None


def is_partner(field: Field) -> bool:
    """True for the side of a duplex link that Feishu makes by itself."""
    return field.type == "duplex_link" and field.back is None


def both(label: Label | None) -> str:
    """The label in both languages, Chinese first; a text of people, the same in both, once."""
    if label is None:
        return ""
    return label.zh if label.zh == label.en else f"{label.zh} / {label.en}"


def description(table: str, field: Field) -> str:
    """Help for people, then the mark that makes the column ours; people's own columns carry none."""
    if not field.marked:
        return field.note.zh if field.note else ""
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


def changed_field(
    table: str, field: Field, live: LiveField, ids: TableIds, dropped: Set[str] = frozenset()
) -> Json:
    """The body that overwrites a column: an update is always whole. ``dropped``: keys of options to lose."""
    return _field_body(table, field, _merged_property(field, live, ids, dropped))


def _field_body(table: str, field: Field, property: Json) -> Json:
    """The description is not passed on to forms (``disable_sync``): its mark is not for customers.

    An empty ``property`` is left out, because Feishu refuses ``{}`` for most types.
    """
    number, ui_type = KINDS[field.type]
    body: Json = {"field_name": field.zh, "type": number, "ui_type": ui_type}
    body["description"] = {"disable_sync": True, "text": description(table, field)}
    return {**body, "property": property} if property else body


def _merged_property(field: Field, live: LiveField, ids: TableIds, dropped: Set[str]) -> Json:
    wanted = wanted_property(field, ids)
    if field.type in ("single_select", "multi_select"):
        return {"options": _merged_options(field, live, dropped)}
    if is_link(field):
        back = live.property.get("back_field_name")
        own = {"table_id": wanted["table_id"], "multiple": wanted["multiple"]}
        return {**own, "back_field_name": back} if back else own
    same_kind = live.ui_type in ("", KINDS[field.type][1])
    return {**live.property, **wanted} if same_kind else wanted


def _merged_options(field: Field, live: LiveField, dropped: Set[str]) -> list[Json]:
    """Ours by the schema's name, people's as they are; new ones at their place among ours."""
    labels = {str(found["id"]): option.zh for option in field.options if (found := find_option(option, live))}
    result: list[Json] = [
        _kept(option, labels.get(str(option["id"])))
        for option in ordered_options(field, live)
        if live.option_keys.get(str(option["id"])) not in dropped
    ]
    for place, option in enumerate(field.options):
        if find_option(option, live) is None:
            before = {one.zh for one in field.options[:place]}
            at = max((n + 1 for n, one in enumerate(result) if one["name"] in before), default=0)
            result.insert(at, {"name": option.zh, "color": option.color})
    return result


def _kept(option: Mapping[str, Any], name: str | None) -> Json:
    return {"id": option["id"], "name": name or option["name"], "color": option["color"]}
