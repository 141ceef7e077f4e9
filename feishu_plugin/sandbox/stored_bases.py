"""Bases as plain values and back: structure without records; links are indexed anew from the cells."""

from collections.abc import Iterator

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.field_types import Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.tables import Table, View

KEPT = ("revision", "is_advanced", "roles", "members", "dashboards", "workflows", "node")
"""Attributes of a base that are plain values themselves."""


def base_state(base: Base) -> Json:
    """The base without its records."""
    return {
        "base": base.as_state(),
        **{name: getattr(base, name) for name in KEPT},
        "tables": [_table_state(table) for table in base.tables.values()],
    }


def _table_state(table: Table) -> Json:
    return {
        "table": {"table_id": table.table_id, "name": table.name},
        "revision": table.revision,
        "serials": table.serials,
        "field_groups": table.field_groups,
        "fields": [field.as_state() for field in table.fields.values()],
        "references": {field.field_id: field.references for field in table.of_types((Type.FORMULA,))},
        "views": [view.as_state() for view in table.views.values()],
    }


def read_base(state: Json) -> Base:
    """The base of such a value; what an older file does not tell stays as in a new base."""
    base = Base(**state["base"])
    for name in KEPT:
        setattr(base, name, state.get(name, getattr(base, name)))
    for item in state["tables"]:
        table = Table(**item["table"])
        table.revision, table.serials = item["revision"], item["serials"]
        table.field_groups = item.get("field_groups", [])
        for field in item["fields"]:
            table.add_field(Field(**field))
        for field_id, references in item.get("references", {}).items():
            table.fields[field_id].references = references
        table.views = {view["view_id"]: View(**view) for view in item["views"]}
        base.tables[table.table_id] = table
    return base


def index_links(base: Base) -> None:
    """Rebuilds the index of one-way links from the cells."""
    for source, target_id, target in _one_way_links(base):
        target.incoming.setdefault(target_id, {})[source] = None


def _one_way_links(base: Base) -> Iterator[tuple[tuple[str, str, str], str, Table]]:
    for table in base.tables.values():
        for field in table.of_types((Type.SINGLE_LINK,)):
            target = base.tables.get(field.setting("table_id", ""))
            if target is None:
                continue
            for record in table.records.values():
                for linked in record.cells.get(field.field_id) or ():
                    yield (table.table_id, field.field_id, record.record_id), linked, target
