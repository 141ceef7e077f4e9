"""Copies the tables of one base into another with new ids; people, options and files keep theirs."""

import re
from copy import deepcopy
from typing import Any

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.field_types import LINKS
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.tables import Record, Table, View

ID = re.compile(r"(?:tbl|fld)[A-Za-z0-9]+")
"""Ids inside the text of a formula."""


class Renaming(dict[str, str]):
    """Old id to new id; a strange id stays as it is."""

    def add(self, old: str) -> str:
        """A new id of the same kind."""
        self[old] = new_id(old[:3])
        return self[old]

    def of(self, value: Any) -> Any:
        """The value with every known id replaced, in lists and dicts too."""
        if isinstance(value, str):
            return self.get(value, value)
        if isinstance(value, list):
            return [self.of(item) for item in value]
        if isinstance(value, dict):
            return {key: self.of(item) for key, item in value.items()}
        return value


def copy_tables(source: Base, target: Base, *, with_records: bool) -> None:
    """Copies fields, views and, if wanted, records; links then point inside the copy."""
    ids = Renaming()
    for table in source.tables.values():
        for old in (table.table_id, *table.fields, *table.views, *(table.records if with_records else ())):
            ids.add(old)
    for table in source.tables.values():
        copied = _copy_structure(table, ids)
        target.tables[copied.table_id] = copied
        if with_records:
            _copy_records(table, copied, ids)
            target.touch_records(copied, copied.records)
    target.touch()


def _copy_structure(table: Table, ids: Renaming) -> Table:
    copied = Table(table_id=ids[table.table_id], name=table.name)
    for field in table.fields.values():
        state = field.as_state()
        state["field_id"] = ids[field.field_id]
        state["property"] = ids.of(state["property"])
        if formula := (state["property"] or {}).get("formula_expression"):
            state["property"]["formula_expression"] = ID.sub(lambda found: ids.of(found[0]), formula)
        copied.add_field(Field(**state))
    for view in table.views.values():
        state = deepcopy(view.as_state())
        state["view_id"], state["property"] = ids[view.view_id], ids.of(state["property"])
        copied.views[state["view_id"]] = View(**state)
    return copied


def _copy_records(table: Table, copied: Table, ids: Renaming) -> None:
    links = {field.field_id for field in table.of_types(LINKS)}
    for record in table.records.values():
        cells = {
            ids[id]: ids.of(value) if id in links else deepcopy(value) for id, value in record.cells.items()
        }
        state = {**record.as_state(), "record_id": ids[record.record_id], "cells": cells}
        copied.records[state["record_id"]] = Record(**state)
    copied.serials = {ids[id]: number for id, number in table.serials.items()}
    copied.incoming = {
        ids[id]: {(ids[t], ids[f], ids[r]): None for t, f, r in sources}
        for id, sources in table.incoming.items()
    }
