"""Reads what a base has besides its tables: every form, view settings, the names of dashboards.

The shell of ``snapshot``. What a tenant does not answer (base v3) is told and left out.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from feishu_plugin.binding import LiveTable, LiveView
from feishu_plugin.errors import FeishuRefused
from feishu_plugin.schema import Schema
from feishu_plugin.structure_ports import Extras, Structure
from feishu_plugin.sync.archive.snapshot import Around
from feishu_plugin.sync.structure.live import Base
from feishu_plugin.sync.structure.questions import LiveForm

_SETTINGS = {"grid": ("sort", "group"), "kanban": ("sort", "group"), "gantt": ("sort", "group", "timebar"),
             "gallery": ("sort",)}  # fmt: skip
_V3 = "排序、分组、时间条、仪表盘 sorts, groups, time bars, dashboards"


def look_around(base: Base, name: str, schema: Schema, live: Sequence[LiveTable]) -> Around:
    """Everything around the tables of a base of this name."""
    left_out: dict[str, str] = {}
    settings: dict[str, dict[str, Any]] = {}
    try:
        for table, view in _views(live):
            settings[view.view_id] = {
                setting: base.extras.view_setting(table.table_id, view.view_id, setting)
                for setting in _SETTINGS.get(view.type, ())
            }
        left_out |= _boards(base.extras, schema)
    except FeishuRefused as error:
        left_out[_V3] = str(error)
    return Around(name=name, forms=_forms(base.structure, live), settings=settings, left_out=left_out)


def _forms(structure: Structure, live: Sequence[LiveTable]) -> dict[str, LiveForm]:
    return {
        view.view_id: LiveForm(
            form=structure.form(table.table_id, view.view_id),
            questions=tuple(structure.questions(table.table_id, view.view_id)),
        )
        for table, view in _views(live)
        if view.type == "form"
    }


def _boards(extras: Extras, schema: Schema) -> dict[str, str]:
    """The dashboards that people made: their charts speak of columns in ways no schema holds."""
    ours = {board.zh for board in schema.dashboards}
    names = (str(board["name"]) for board in extras.dashboards())
    return {name: "自建的仪表盘 a dashboard that people made" for name in names if name not in ours}


def _views(live: Sequence[LiveTable]) -> Iterator[tuple[LiveTable, LiveView]]:
    return ((table, view) for table in live for view in table.views)
