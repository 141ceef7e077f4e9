"""The register and the archive with the columns that teams added to them; reads the live base's columns."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from feishu_plugin.archived import Own
from feishu_plugin.binding import BoundField, BoundTable
from feishu_plugin.ports import Tables
from feishu_plugin.records import Record, Value
from feishu_plugin.schema import Schema, Table
from feishu_plugin.sync.archive.rows import COMPUTED
from feishu_plugin.sync.archive.snapshot import snapshot_of
from feishu_plugin.sync.desk import Desk

REGISTER, ARCHIVE = "requirement", "archive"
GENERATED = "x_"
"""How the keys of what people made begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A base with everything that people added to it, by keys made from its ids."""

    tables: Tables
    schema: Schema

    @property
    def register(self) -> BoundTable:
        """需求台账."""
        return self.tables.binding.tables[REGISTER]

    @property
    def archive(self) -> BoundTable:
        """历史需求数据表."""
        return self.tables.binding.tables[ARCHIVE]

    def registered(self, record_ids: Sequence[str]) -> dict[str, Record]:
        """Rows of the register without a team's formulas: those may change with every look."""
        computed = {
            key
            for key, field in self.register.fields.items()
            if key.startswith(GENERATED) and field.type in COMPUTED
        }
        rows = self.tables.read(REGISTER, record_ids)
        return {id: _less(row, computed) for id, row in rows.items()}


def whole(desk: Desk) -> Whole:
    """Reads the structure anew: a column added a moment ago must not be left behind."""
    if desk.wider is None:
        return Whole(tables=desk.tables, schema=desk.schema)
    desk.tables.rebind()
    shown = snapshot_of(desk.schema, desk.tables.live).schema
    tables = tuple(_with_ours(desk.schema, table) for table in shown.tables)
    # Not checked: it describes what is there, and people may call their columns as they like.
    schema = Schema.model_construct(base=shown.base, tables=tables)
    return Whole(tables=desk.wider(schema), schema=schema)


def _with_ours(schema: Schema, shown: Table) -> Table:
    """Our columns as everybody else reads them: only there options that people added go by their names."""
    ours = schema.by_key.get(shown.key)
    if ours is None:
        return shown
    own = (field for field in shown.fields if field.key not in ours.by_key)
    return Table.model_construct(key=ours.key, zh=ours.zh, en=ours.en, fields=(*ours.fields, *own), views=())


def own_of(schema: Schema, register: BoundTable, record: Record) -> Mapping[str, Own]:
    """What a row holds in columns of the team, by their names."""
    own = own_columns(schema, register)
    return {
        field.name: Own(key=key, type=field.type, value=_named(field, record.values[key]))
        for key, field in own.items()
        if record.values.get(key) is not None
    }


def _less(row: Record, keys: Set[str]) -> Record:
    return replace(row, values={key: value for key, value in row.values.items() if key not in keys})


def own_columns(schema: Schema, table: BoundTable) -> Mapping[str, BoundField]:
    """The columns of a table that are not ours, by key."""
    ours = schema.table(table.key).by_key
    return {key: field for key, field in table.fields.items() if key not in ours}


def fitting(schema: Schema, table: BoundTable, own: Mapping[str, Own]) -> dict[str, Value]:
    """What of it a table can take: columns of the same id, else of the same name, and of the same type."""
    columns = own_columns(schema, table)
    by_name = {field.name: field for field in columns.values()}
    found: dict[str, Value] = {}
    for name, one in own.items():
        field = columns.get(one.key) or by_name.get(name)
        if field is not None and field.type == one.type and field.type not in COMPUTED:
            found[field.key] = _keyed(field, one.value)
    return found


def _named(field: BoundField, value: Value) -> Value:
    """Options by their names: keys of a team's options mean nothing in another table."""
    if field.type == "single_select" and isinstance(value, str):
        return field.option_names.get(value, value)
    if field.type == "multi_select" and isinstance(value, tuple):
        return tuple(field.option_names.get(one, one) for one in value)
    return value


def _keyed(field: BoundField, value: Value) -> Value:
    if field.type == "single_select" and isinstance(value, str):
        return field.option_key(value)
    if field.type == "multi_select" and isinstance(value, tuple):
        return tuple(field.option_key(one) for one in value)
    return value
