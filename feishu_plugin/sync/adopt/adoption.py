"""What makes an adoption so: marks in descriptions, and what is to be remembered of live ids; pure.

It must never hold a body with less than the live column has: an update of a column is whole.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, marked, options_of
from feishu_plugin.schema import Schema
from feishu_plugin.sync.adopt.mapping import Adoption, Column
from feishu_plugin.sync.adopt.team_schema import own_text
from feishu_plugin.sync.structure import bodies

Json = dict[str, Any]

_LINK = ("table_id", "multiple")


def marks(mapping: Adoption, schema: Schema, here: LiveTable) -> dict[str, Json]:
    """Field id to the body that gives (or takes) its mark; ``schema`` is already in the team's words.

    A column whose description is right has none: doing it again changes nothing.
    """
    wanted = schema.table(mapping.table.to)
    keys = {column.field_id: column.to for column in mapping.columns}
    found = {}
    for column in here.fields:
        text = column.description
        if (key := keys.get(column.field_id)) is not None:
            text = bodies.description(wanted.key, wanted.field(key))
        elif column.field_id in keys and (marked(text) or ("",))[0] == wanted.key:
            text = own_text(column)
        if text != column.description:
            found[column.field_id] = marked_body(column, text)
    return found


def marked_body(column: LiveField, description: str) -> Json:
    """The whole column as it is, with another description."""
    body: Json = {"field_name": column.name, "type": column.type}
    if column.ui_type:
        body["ui_type"] = column.ui_type
    if property := _property(column):
        body["property"] = property
    # Not passed on to forms: the mark is not for customers.
    return {**body, "description": {"disable_sync": True, "text": description}}


def _property(column: LiveField) -> Json:
    if "options" in column.property:
        kept = [
            {key: option[key] for key in ("id", "name", "color")} for option in column.property["options"]
        ]
        return {**column.property, "options": kept}
    if "table_id" in column.property:
        return {key: column.property[key] for key in _LINK if key in column.property}
    return dict(column.property)


def identities(known: Mapping[str, str], mapping: Adoption, here: LiveTable) -> dict[str, str]:
    """Everything that is to be remembered of the base's ids: what was, without what this table was before."""
    live = {column.field_id: column for column in here.fields}
    named = (live[column.field_id] for column in mapping.columns if column.field_id in live)
    touched = {id for column in named for id in _ids(column)}
    kept = {id: path for id, path in known.items() if id not in touched}
    found = {here.table_id: mapping.table.to}
    for key, column in mapping.mapped().items():
        path = f"{mapping.table.to}.{key}"
        found[column.field_id] = path
        found |= {id: f"{path}.{option}" for id, option in _options(column, live[column.field_id])}
    return kept | found


def _options(column: Column, live: LiveField) -> Iterator[tuple[str, str]]:
    for option in options_of(live):
        key = column.options.get(str(option["name"]))
        if key is not None:
            yield str(option["id"]), key


def _ids(column: LiveField) -> Iterator[str]:
    yield column.field_id
    yield from (str(option["id"]) for option in options_of(column))
