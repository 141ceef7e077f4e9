"""A team's table as Feishu lists it, made up: every kind of column that adopting has to decide about."""

from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, LiveView
from feishu_plugin.schema import KINDS, FieldType, load
from feishu_plugin.sync.adopt.mapping import Adoption, Column, TableChoice

SCHEMA = load()
WANTED = SCHEMA.table("requirement")


def column(name: str, type: FieldType = "text", **property: Any) -> LiveField:
    number, ui_type = KINDS[type]
    return LiveField(field_id=f"fld_{name}", name=name, type=number, ui_type=ui_type, property=property)


def select(name: str, *options: str) -> LiveField:
    found = [{"id": f"opt_{name}_{o}", "name": o, "color": 5} for o in options]
    return column(name, "single_select", options=found)


def table(*fields: LiveField, views: tuple[str, ...] = ()) -> LiveTable:
    shown = tuple(LiveView(view_id=f"vew_{name}", name=name, type="grid") for name in views)
    return LiveTable(table_id="tbl_team", name="需求池", fields=fields, views=shown)


def mapping(*columns: Column, **choice: Any) -> Adoption:
    """A reviewed file for ``table``."""
    chosen = TableChoice(table_id="tbl_team", name="需求池", to="requirement", **choice)
    return Adoption(base="bascn", table=chosen, columns=columns)


def mapped(live: LiveField, to: str | None, **more: Any) -> Column:
    return Column(field_id=live.field_id, name=live.name, to=to, **more)
