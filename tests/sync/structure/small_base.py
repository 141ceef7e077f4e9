"""A base of two tables for tests of plan and apply, in memory."""

from dataclasses import replace
from pathlib import Path

from feishu_plugin.binding import LiveField
from feishu_plugin.schema import Schema, load
from feishu_plugin.sync.structure.apply import Applied, apply
from feishu_plugin.sync.structure.live import look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.fake_structure import FakeStructure

SMALL = load(Path(__file__).with_name("small_schema.json"))


def differences(schema: Schema, structure: FakeStructure) -> str:
    """The differences in words, without what is told but is none."""
    plan = Plan.of(schema, look(structure.base, schema))
    return "\n".join(map(str, (*plan.changes, *plan.forbidden, *plan.refused)))


def applied(schema: Schema = SMALL, **faults: object) -> tuple[FakeStructure, Applied]:
    structure = FakeStructure(**faults)  # type: ignore[arg-type]
    return structure, apply(structure.base, schema)


def put(structure: FakeStructure, table_id: str, changed: LiveField) -> None:
    table = structure.tables[table_id]
    fields = [changed if field.field_id == changed.field_id else field for field in table.fields]
    structure.tables[table_id] = replace(table, fields=tuple(fields))
