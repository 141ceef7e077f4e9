"""A whole base without its ids: what two bases must share to be called the same."""

from collections.abc import Mapping
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, LiveView, options_of
from feishu_plugin.schema import Schema
from feishu_plugin.sync.structure.live import Base, Live, look

_SETTLED = ("multiple", "formatter", "date_formatter", "auto_fill")


def shape(base: Base, schema: Schema) -> Mapping[str, Any]:
    """Names, order, marks, types, options, views with their settings, forms, roles and dashboards."""
    live = look(base, schema)
    names = {table.table_id: table.name for table in live.tables}
    for table in live.tables:
        names |= {column.field_id: f"{table.name}.{column.name}" for column in table.fields}
        names |= {str(o["id"]): str(o["name"]) for column in table.fields for o in options_of(column)}
    return {
        "tables": {table.name: _table(table, live, names) for table in live.tables},
        "roles": sorted((_role(role, names) for role in live.roles), key=str),
        "dashboards": sorted((_board(board) for board in live.dashboards), key=str),
    }


def _table(table: LiveTable, live: Live, names: Mapping[str, str]) -> Any:
    views = sorted((_view(view, live, names) for view in table.views), key=str)
    return [_column(column, names) for column in table.fields], views


def _column(column: LiveField, names: Mapping[str, str]) -> Any:
    options = [(option["name"], option["color"]) for option in options_of(column)]
    settled = {key: column.property[key] for key in _SETTLED if key in column.property}
    to = names.get(column.property.get("table_id", ""), "")
    return column.name, column.type, column.ui_type, column.description, options, settled, to


def _view(view: LiveView, live: Live, names: Mapping[str, str]) -> Any:
    info = view.property.get("filter_info") or {}
    lines = [
        (names[line["field_id"]], line["operator"], _told(line["value"], names))
        for line in info.get("conditions", ())
    ]
    hidden = sorted(names[id] for id in view.property.get("hidden_fields") or ())
    settings = {name: _told(value, names) for name, value in live.settings.get(view.view_id, {}).items()}
    form = live.forms.get(view.view_id)
    asked = (
        [(names[q["field_id"]], q["title"], q["required"], q["visible"]) for q in form.questions]
        if form
        else []
    )
    return view.name, view.type, info.get("conjunction"), lines, hidden, settings, asked


def _told(value: Any, names: Mapping[str, str]) -> str:
    """The value with names in the place of ids."""
    text = str(value)
    for id, name in names.items():
        text = text.replace(id, name)
    return text


def _role(role: Mapping[str, Any], names: Mapping[str, str]) -> Any:
    rights = sorted(
        (names[item["table_id"]], item["table_perm"], sorted(item.get("field_perm", {}).items()))
        for item in role["table_roles"]
    )
    return role["role_name"], rights


def _board(board: Any) -> Any:
    charts = sorted((b["name"], b["type"], str(b["data_config"])) for b in board.blocks)
    return board.name, board.theme, charts
