"""Shows typed cells in the two shapes of reading: the search shape and the legacy shape.

The third shape, the write echo, is the written value itself. Empty cells are left out, so
nothing here ever renders None.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.computed import computed_value
from feishu_plugin.sandbox.envelope import Call, Json
from feishu_plugin.sandbox.field_types import COMPUTED, LINKS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.formula_cells import legacy_shape, search_shape
from feishu_plugin.sandbox.formula_values import primary_text
from feishu_plugin.sandbox.formulas import prepare_formulas
from feishu_plugin.sandbox.tables import Record, Table
from feishu_plugin.sandbox.world import World

MEDIAS = "/open-apis/drive/v1/medias"


class Reader:
    """Renders records of one table for one call."""

    def __init__(self, world: World, call: Call, base: Base, table: Table, id_type: str) -> None:
        self._people, self._medias = world.people, world.medias
        self._base, self.table, self._id_type = base, table, id_type
        prepare_formulas(world, base)
        self._medias_url = f"http://{call.headers.get('host', '127.0.0.1')}{MEDIAS}"

    def fields(self, record: Record, wanted: Sequence[Field]) -> Json:
        """The search shape of the wanted columns, by name."""
        return self._render(record, wanted, SEARCH)

    def legacy_fields(self, record: Record, wanted: Sequence[Field], *, segments: bool) -> Json:
        """The legacy shape; ``segments`` is ``text_field_as_array``."""
        return self._render(record, wanted, {**LEGACY, Type.TEXT: _segments} if segments else LEGACY)

    def _render(self, record: Record, wanted: Sequence[Field], shapes: "Shapes") -> Json:
        shown: Json = {}
        for field in wanted:
            value = (
                computed_value(field, record) if field.type in COMPUTED else record.cells.get(field.field_id)
            )
            if value is not None:
                shown[field.name] = shapes.get(Type(field.type), _as_is)(self, field, value)
        return shown

    def automatic(self, record: Record) -> Json:
        """What ``automatic_fields=true`` adds to the record."""
        return {
            "created_by": self.person(record.created_by),
            "created_time": record.created_ms,
            "last_modified_by": self.person(record.modified_by),
            "last_modified_time": record.modified_ms,
        }

    def person(self, open_id: str) -> Json:
        """``{id, name, en_name, email, avatar_url}``; the bot has a name too."""
        person = self._people.get(open_id)
        if person is None:
            return {"id": open_id, "name": "机器人", "en_name": "Bot", "email": "", "avatar_url": ""}
        return {
            "id": person.id_as(self._id_type),
            "name": person.name,
            "en_name": person.en_name,
            "email": person.email,
            "avatar_url": person.avatar,
        }

    def file(self, token: str) -> Json:
        """One attachment; its addresses carry the table and the revision, as the real ones do."""
        extra = quote(
            json.dumps({"bitablePerm": {"tableId": self.table.table_id, "rev": self._base.revision}}), safe=""
        )
        media = self._medias.get(token)
        return {
            "file_token": token,
            "name": media.purpose.name if media else f"{token}.bin",
            "size": len(media.content) if media else 0,
            "type": media.type if media else "application/octet-stream",
            "url": f"{self._medias_url}/{token}/download?extra={extra}",
            "tmp_url": f"{self._medias_url}/batch_get_tmp_download_url?file_tokens={token}&extra={extra}",
        }

    def link_texts(self, field: Field, record_ids: list[str]) -> list[str]:
        """The primary text of each linked record."""
        target = self._base.tables.get(field.setting("table_id", ""))
        if target is None:
            return []
        linked = (target.records.get(record_id) for record_id in record_ids)
        return [primary_text(target, record) for record in linked if record is not None]


Shapes = dict[Type, Callable[[Reader, Field, Any], Any]]


def number_text(value: Any) -> str:
    """A number without a needless ``.0``; anything else as text."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _as_is(_: Reader, _field: Field, value: Any) -> Any:
    return value


def _segments(_: Reader, field: Field, value: str) -> list[Json]:
    if field.ui_type == "Email":
        return [{"link": f"mailto:{value}", "text": value, "type": "url"}]
    return [{"text": value, "type": "text"}]


def _option(_: Reader, field: Field, value: str) -> str:
    return field.option_names.get(value, "")


def _options(_: Reader, field: Field, value: list[str]) -> list[str]:
    return [field.option_names[id] for id in value if id in field.option_names]


def _people(reader: Reader, _field: Field, value: list[str]) -> list[Json]:
    return [reader.person(open_id) for open_id in value]


def _one_person(reader: Reader, _field: Field, value: str) -> Json:
    return reader.person(value)


def _one_person_listed(reader: Reader, _field: Field, value: str) -> list[Json]:
    return [reader.person(value)]


def _groups(_: Reader, _field: Field, value: list[str]) -> list[Json]:
    return [{"id": id, "name": "群组", "avatar_url": ""} for id in value]


def _files(reader: Reader, _field: Field, value: list[str]) -> list[Json]:
    return [reader.file(token) for token in value]


def _link(_: Reader, _field: Field, value: list[str]) -> Json:
    return {"link_record_ids": list(value)}


def _legacy_link(reader: Reader, field: Field, value: list[str]) -> list[Json]:
    texts = reader.link_texts(field, value)
    return [
        {
            "record_ids": list(value),
            "table_id": field.setting("table_id", ""),
            "text": ",".join(texts),
            "text_arr": texts,
            "type": "text",
        }
    ]


def _location(_: Reader, _field: Field, value: str) -> Json:
    unknown = {"pname": "", "cityname": "", "adname": "", "address": "", "name": ""}
    return {"location": value, **unknown, "full_address": ""}


def _formula(_: Reader, _field: Field, value: Any) -> Json:
    return search_shape(value)


def _legacy_formula(_: Reader, _field: Field, value: Any) -> list[Json]:
    return legacy_shape(value)


def _serial(_: Reader, _field: Field, value: Json) -> str:
    return str(value["number"])


def _number_as_text(_: Reader, _field: Field, value: float) -> str:
    return number_text(value)


SEARCH: Shapes = {
    Type.TEXT: _segments,
    Type.SINGLE_SELECT: _option,
    Type.MULTI_SELECT: _options,
    Type.USER: _people,
    Type.GROUP_CHAT: _groups,
    Type.ATTACHMENT: _files,
    **dict.fromkeys(map(Type, LINKS), _link),
    Type.LOCATION: _location,
    Type.CREATED_USER: _one_person_listed,
    Type.MODIFIED_USER: _one_person_listed,
    Type.AUTO_NUMBER: _serial,
    Type.FORMULA: _formula,
}
"""search and batch_get."""
LEGACY: Shapes = {
    **SEARCH,
    Type.TEXT: _as_is,
    Type.NUMBER: _number_as_text,
    Type.FORMULA: _legacy_formula,
    **dict.fromkeys(map(Type, LINKS), _legacy_link),
    Type.CREATED_USER: _one_person,
    Type.MODIFIED_USER: _one_person,
}
"""Legacy list and get with default flags."""
