"""Writes the marks of an adoption and reads back what became of the columns; the only shell here."""

from collections.abc import Mapping

from feishu_plugin.binding import LiveField, LiveTable
from feishu_plugin.errors import MappingError
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.structure_ports import Structure
from feishu_plugin.sync.structure.apply import OnStep


def perform(
    structure: Structure, here: LiveTable, bodies: Mapping[str, Json], on_step: OnStep | None = None
) -> None:
    """Writes ``bodies`` (by field id) one by one. May be stopped at any point and repeated.

    The first is read back alone: what it would cost, it costs once. Raises MappingError
    when a column shows anything else than before but its description.
    """
    told: dict[str, Json] = {}
    for field_id, body in bodies.items():
        structure.update_field(here.table_id, field_id, body)
        told[field_id] = body
        if on_step:
            on_step(len(told), len(bodies), body["field_name"])
        if len(told) in (1, len(bodies)):
            _read_back(structure, here, told)


def _read_back(structure: Structure, here: LiveTable, told: Mapping[str, Json]) -> None:
    """Feishu is known to lose parts of what it is told without a word."""
    table = next((table for table in structure.live() if table.table_id == here.table_id), None)
    now = {field.field_id: field for field in table.fields} if table else {}
    lost = [
        field.name
        for field in here.fields
        if field.field_id in told
        and not _is_same(now.get(field.field_id), field, told[field.field_id]["description"]["text"])
    ]
    if lost:
        raise MappingError(
            Phrase(
                f"飞书保存的与要求的不一样：{', '.join(lost)}；请看看这些列，再确认一次",
                f"Feishu kept something else than it was told of {', '.join(lost)}: "
                "look at these columns, then confirm the mapping again",
            )
        )


def _is_same(now: LiveField | None, before: LiveField, description: str) -> bool:
    if now is None:
        return False
    shown = (now.name, now.type, now.description, dict(now.property))
    return shown == (before.name, before.type, description, dict(before.property))
