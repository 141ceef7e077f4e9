"""What the server itself puts into cells: record times, record people, auto numbers.

Formula fields compute themselves (formulas.py). Lookup, stage and button fields cannot be made
through the API, so that their cells never hold anything.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.field_types import Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.tables import Record, Table

SERIAL_FORMATS = {
    "yyyyMMdd": "%Y%m%d",
    "yyyyMM": "%Y%m",
    "yyyy": "%Y",
    "MMdd": "%m%d",
    "MM": "%m",
    "dd": "%d",
}


def computed_value(field: Field, record: Record) -> Any:
    """The typed value of a computed field: ms, an open_id, ``{sequence, number}`` or None."""
    match field.type:
        case Type.CREATED_TIME:
            return record.created_ms
        case Type.MODIFIED_TIME:
            return record.modified_ms
        case Type.CREATED_USER:
            return record.created_by
        case Type.MODIFIED_USER:
            return record.modified_by
        case Type.AUTO_NUMBER:
            return record.cells.get(field.field_id)
        case Type.FORMULA:
            return field.formula(record) if field.formula is not None else None
    return None


def value_of(field: Field, record: Record) -> Any:
    """The typed value of any field of the record; None when empty."""
    if field.type > Type.STAGE or field.type in (Type.LOOKUP, Type.FORMULA, Type.STAGE):
        return computed_value(field, record)
    return record.cells.get(field.field_id)


def number_records(base: Base, table: Table, field: Field, records: Iterable[Record]) -> None:
    """Gives each record the next number of an auto number field."""
    zone = ZoneInfo(base.time_zone)
    for record in records:
        table.serials[field.field_id] = number = table.serials.get(field.field_id, 0) + 1
        record.cells[field.field_id] = {
            "sequence": str(number),
            "number": _serial_text(field.setting("auto_serial"), number, record.created_ms, zone),
        }


def _serial_text(serial: Json, number: int, created_ms: int, zone: ZoneInfo) -> str:
    if serial["type"] != "custom":
        return str(number)
    created = datetime.fromtimestamp(created_ms / 1000, UTC).astimezone(zone)
    return "".join(_serial_part(part, number, created) for part in serial["options"])


def _serial_part(part: Json, number: int, created: datetime) -> str:
    match part["type"]:
        case "system_number":
            return f"{number:0{int(part['value'])}d}"
        case "created_time":
            return created.strftime(SERIAL_FORMATS[part["value"]])
    return str(part["value"])
