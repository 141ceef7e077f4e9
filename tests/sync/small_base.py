"""A base of two tables for tests of plan and apply, in memory."""

from dataclasses import replace
from pathlib import Path

from feishu_plugin.binding import LiveField
from feishu_plugin.schema import Schema, load
from feishu_plugin.sync.apply import Applied, apply, look
from feishu_plugin.sync.plan import Plan
from tests.sync.fake_structure import FakeStructure

SMALL = load(Path(__file__).with_name("small_schema.json"))


def differences(schema: Schema, structure: FakeStructure) -> str:
    return str(Plan.of(schema, look(structure, schema)))


def applied(schema: Schema = SMALL, **faults: object) -> tuple[FakeStructure, Applied]:
    structure = FakeStructure(**faults)  # type: ignore[arg-type]
    return structure, apply(structure, schema)


def put(structure: FakeStructure, table_id: str, changed: LiveField) -> None:
    table = structure.tables[table_id]
    fields = [changed if field.field_id == changed.field_id else field for field in table.fields]
    structure.tables[table_id] = replace(table, fields=tuple(fields))
