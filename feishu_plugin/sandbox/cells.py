"""Reads what a client writes into a cell and gives the typed value; refuses with 1254060-1254072.

Typed values: text str, number int/float, select option ids, date ms, checkbox bool, people
open_ids, groups chat ids, url ``{text, link}``, attachments tokens, links record ids, location
``"lng,lat"``. ``None`` is an empty cell. Never reads other records; links.py checks targets.
"""

import re
from collections.abc import Callable
from typing import Any

from feishu_plugin.sandbox.envelope import Json, Refusal
from feishu_plugin.sandbox.field_types import COMPUTED, TYPES, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.people import People

TEXT_MOST = 100_000
PHONE = re.compile(r"\+?\d{0,64}")
LOCATION = re.compile(r"-?\d{1,3}(\.\d+)?,-?\d{1,2}(\.\d+)?")
OPTIONS_MOST, PERSONS_MOST, FILES_MOST, LINKS_MOST, GROUPS_MOST = 1000, 1000, 100, 500, 10


class Writer:
    """Turns written values into typed ones for one call."""

    def __init__(self, people: People, id_type: str) -> None:
        self._people, self._id_type = people, id_type
        self.extended: dict[str, tuple[Field, Json]] = {}
        """Select fields that got new options, with what they looked like before."""

    def option(self, field: Field, name: str) -> str:
        """The option's id; an unknown name becomes a new option, as on the real platform."""
        if name not in field.option_ids and field.field_id not in self.extended:
            self.extended[field.field_id] = (field, field.as_event_value())
        return field.option_id(name)

    def undo(self) -> None:
        """Takes back the new options of a call that was refused later on."""
        for field, before in self.extended.values():
            field.property = before["property"]
            field.index_options()
        self.extended.clear()

    def read(self, field: Field, value: Any) -> Any:
        """The typed value; None for a cleared cell. Raises the type's conversion Refusal."""
        if field.type in COMPUTED:
            raise Refusal(1254015, "Field types do not match.", detail=f"'{field.name}' is read-only")
        if value is None:
            return None
        try:
            return READERS[Type(field.type)](self, field, value)
        except Unfit as unfit:
            raise _refusal(field, value, str(unfit)) from None

    def person(self, item: Any) -> str:
        """The open_id of ``{"id": …}`` in the call's id type."""
        text = item.get("id") if isinstance(item, dict) else None
        if not isinstance(text, str):
            raise Unfit("the value of 'User' must be a list of objects with an id")
        if text == self._people.bot_open_id:
            return text
        person = self._people.resolve(text, self._id_type)
        if person is None:
            raise Unfit(f"no user has this {self._id_type}")
        return person.open_id


class Unfit(Exception):
    """The value does not fit the type; the message says what would."""


def _refusal(field: Field, value: Any, rule: str) -> Refusal:
    kind = TYPES[field.type]
    detail = (
        f"Invalid request parameter: 'fields.{field.name}.fieldValue.{str(value)[:40]}"
        f".fieldName.{field.name}'. Correct format : {rule}. Please check and modify accordingly."
    )
    return Refusal(kind.value_code, kind.value_name, detail=detail)


def _text(_: Writer, _field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise Unfit("the value of 'Multiline' must be a string")
    if len(value) > TEXT_MOST:
        raise Refusal(1254130, "TooLargeCell", detail=f"a text cell holds at most {TEXT_MOST} characters")
    return value or None


def _number(_: Writer, _field: Field, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unfit("the value of 'Number' must be a number")
    return value


def _single_select(writer: Writer, field: Field, value: Any) -> str | None:
    if not isinstance(value, str):
        raise Unfit("the value of 'Single Option' must be a string")
    return writer.option(field, value) if value else None


def _multi_select(writer: Writer, field: Field, value: Any) -> list[str] | None:
    names = _list(value, "Multiple Options", OPTIONS_MOST)
    if not all(isinstance(name, str) and name for name in names):
        raise Unfit("the value of 'Multiple Options' must be a list of strings")
    return list(dict.fromkeys(writer.option(field, name) for name in names)) or None


def _date(_: Writer, _field: Field, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise Unfit("the value of 'Date' must be a unix timestamp")
    return int(value)


def _checkbox(_: Writer, _field: Field, value: Any) -> bool:
    if not isinstance(value, bool):
        raise Unfit("the value of 'Checkbox' must be a boolean")
    return value


def _users(writer: Writer, field: Field, value: Any) -> list[str] | None:
    people = [writer.person(item) for item in _list(value, "User", PERSONS_MOST)]
    if len(people) > 1 and not field.setting("multiple", True):
        raise Unfit("the value of 'User' must be one person")
    return list(dict.fromkeys(people)) or None


def _groups(_: Writer, _field: Field, value: Any) -> list[str] | None:
    ids = [
        item.get("id") if isinstance(item, dict) else None for item in _list(value, "GroupChat", GROUPS_MOST)
    ]
    if not all(isinstance(id, str) and id.startswith("oc_") for id in ids):
        raise Unfit("the value of 'GroupChat' must be a list of objects with a chat id")
    return [str(id) for id in ids] or None


def _phone(_: Writer, _field: Field, value: Any) -> str | None:
    if not isinstance(value, str) or not PHONE.fullmatch(value):
        raise Unfit(r"the value of 'Phone' must match (\+)?\d* with at most 64 characters")
    return value or None


def _url(_: Writer, _field: Field, value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not isinstance(value.get("link"), str):
        raise Unfit("the value of 'Link' must be an object")
    text = value.get("text")
    return {"link": value["link"], "text": text if isinstance(text, str) and text else value["link"]}


def _files(_: Writer, _field: Field, value: Any) -> list[str] | None:
    items = _list(value, "Attachment", FILES_MOST)
    tokens = [item.get("file_token") if isinstance(item, dict) else None for item in items]
    if not all(isinstance(token, str) and token for token in tokens):
        raise Unfit("the value of 'Attachment' must be a list of objects with a file_token")
    return [str(token) for token in tokens] or None


def _links(_: Writer, field: Field, value: Any) -> list[str] | None:
    ids = _list(value, "Link", LINKS_MOST)
    if not all(isinstance(id, str) and id.startswith("rec") for id in ids):
        raise Unfit("the value of 'Link' must be a list of record ids")
    if len(ids) > 1 and not field.setting("multiple", True):
        raise Unfit("the value of 'Link' must be one record")
    return list(dict.fromkeys(ids)) or None


def _location(_: Writer, _field: Field, value: Any) -> str | None:
    if value == "":
        return None
    if not isinstance(value, str) or not LOCATION.fullmatch(value):
        raise Unfit("the value of 'Location' must be a string 'longitude,latitude'")
    return value


def _list(value: Any, name: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise Unfit(f"the value of '{name}' must be a list")
    if len(value) > most:
        raise Unfit(f"the value of '{name}' must have at most {most} items")
    return value


READERS: dict[Type, Callable[[Writer, Field, Any], Any]] = {
    Type.TEXT: _text,
    Type.NUMBER: _number,
    Type.SINGLE_SELECT: _single_select,
    Type.MULTI_SELECT: _multi_select,
    Type.DATE: _date,
    Type.CHECKBOX: _checkbox,
    Type.USER: _users,
    Type.PHONE: _phone,
    Type.URL: _url,
    Type.ATTACHMENT: _files,
    Type.SINGLE_LINK: _links,
    Type.DUPLEX_LINK: _links,
    Type.LOCATION: _location,
    Type.GROUP_CHAT: _groups,
}
