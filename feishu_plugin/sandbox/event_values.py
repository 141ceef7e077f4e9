"""Cells as events show them: JSON text in Feishu's internal dialect, not the API's shapes.

Seen live: text as segments, options as bare ids, people with an internal number and a
``field_identity_value``. Unseen types follow the closest seen one.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from feishu_plugin.sandbox.computed import value_of
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.field_types import Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.people import People
from feishu_plugin.sandbox.switches import Switches
from feishu_plugin.sandbox.tables import Record, Table

UNTOLD = frozenset(
    {Type.FORMULA, Type.LOOKUP, Type.CREATED_TIME, Type.MODIFIED_TIME, Type.MODIFIED_USER, Type.BUTTON}
)
"""Computed columns whose values events leave out."""


class EventValues:
    """Renders values of one event."""

    def __init__(self, people: People, switches: Switches) -> None:
        self._people, self._quoted = people, switches.event_select_quoted

    def of_record(self, table: Table, record: Record) -> list[Json]:
        """All filled fields of a record, for added and deleted ones."""
        told = (field for field in table.fields.values() if field.type not in UNTOLD)
        pairs = ((field, value_of(field, record)) for field in told)
        return [self.of(field, value) for field, value in pairs if value is not None]

    def of_fields(self, changes: Iterable[tuple[Field, Any]]) -> list[Json]:
        """The given fields with the given typed values, empty ones too."""
        return [self.of(field, value) for field, value in changes]

    def of(self, field: Field, value: Any) -> Json:
        """``{field_id, field_value, field_identity_value?}``; an empty cell is ``""``."""
        if value is None:
            return {"field_id": field.field_id, "field_value": ""}
        item: Json = {"field_id": field.field_id, "field_value": self._text(field, value)}
        if field.type in (Type.USER, Type.CREATED_USER):
            open_ids = value if isinstance(value, list) else [value]
            item["field_identity_value"] = {"users": [self._identity(open_id) for open_id in open_ids]}
        return item

    def _text(self, field: Field, value: Any) -> str:
        if field.type == Type.SINGLE_SELECT and not self._quoted:
            return str(value)
        shape = SHAPES.get(Type(field.type))
        shown = shape(self._people, value) if shape else value
        return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))

    def _identity(self, open_id: str) -> Json:
        person = self._people.get(open_id)
        if person is None:
            return {
                "user_id": {"open_id": open_id, "union_id": "", "user_id": ""},
                "name": "",
                "en_name": "",
                "avatar_url": "",
            }
        return {
            "user_id": person.ids(),
            "name": person.name,
            "en_name": person.en_name,
            "avatar_url": person.avatar,
        }


def _segments(_: People, value: str) -> list[Json]:
    return [{"type": "text", "text": value}]


def _users(people: People, value: Any) -> Json:
    found = (people.get(open_id) for open_id in (value if isinstance(value, list) else [value]))
    return {
        "users": [
            {"userId": person.internal_id, "name": person.name, "enName": person.en_name}
            for person in found
            if person is not None
        ]
    }


def _url(_: People, value: Json) -> list[Json]:
    return [{"type": "url", "text": value["text"], "link": value["link"], "csvText": value["link"]}]


def _files(_: People, value: list[str]) -> list[Json]:
    return [{"attachmentToken": token, "id": token} for token in value]


def _links(_: People, value: list[str]) -> Json:
    return {"recordIds": list(value)}


def _serial(_: People, value: Json) -> list[Json]:
    return [dict(value)]


SHAPES: dict[Type, Callable[[People, Any], Any]] = {
    Type.TEXT: _segments,
    Type.USER: _users,
    Type.CREATED_USER: _users,
    Type.URL: _url,
    Type.ATTACHMENT: _files,
    Type.SINGLE_LINK: _links,
    Type.DUPLEX_LINK: _links,
    Type.AUTO_NUMBER: _serial,
}
"""Types that are not shown as their typed value."""
