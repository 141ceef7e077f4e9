"""What Feishu is told to draw a chart (base v3): tables and columns by the names they have now. Pure."""

from collections.abc import Sequence
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, find_field, find_option, find_table
from feishu_plugin.ports import Json
from feishu_plugin.schema import Chart, Condition, Schema, Table


def chart_config(chart: Chart, schema: Schema, tables: Sequence[LiveTable]) -> Json | None:
    """The ``data_config``; None while its table or a column is not there yet."""
    table = schema.table(chart.table)
    here = find_table(table, tables)
    measured = [one.field for one in chart.series]
    keys = [*measured, *(one.field for one in chart.group_by), *(one.field for one in chart.filter)]
    found = {key: find_field(table.key, table.field(key), here.fields) for key in keys} if here else {}
    columns = {key: column for key, column in found.items() if column is not None}
    if here is None or len(columns) < len(found):
        return None
    config: Json = {"table_name": here.name, **_measured(chart, columns)}
    if chart.group_by:
        config["group_by"] = [
            {
                "field_name": columns[one.field].name,
                "mode": "integrated",
                "sort": {"type": one.by, "order": one.order},
            }
            for one in chart.group_by
        ]
    if chart.filter:
        told = [_condition(line, table, columns[line.field]) for line in chart.filter]
        config["filter"] = {"conjunction": chart.conjunction, "conditions": told}
    return config


def _measured(chart: Chart, columns: dict[str, LiveField]) -> Json:
    if not chart.series:
        return {"count_all": True}
    return {"series": [{"field_name": columns[one.field].name, "rollup": one.rollup} for one in chart.series]}


def _condition(line: Condition, table: Table, column: LiveField) -> Json:
    labels = {o.key: f["name"] for o in table.field(line.field).options if (f := find_option(o, column))}
    values = [labels.get(value, value) for value in line.value]
    return {"field_name": column.name, "operator": line.operator, "value": values}


def same_config(wanted: Any, now: Any) -> bool:
    """True when the live configuration holds everything that is wanted; Feishu adds defaults."""
    if isinstance(wanted, dict):
        return isinstance(now, dict) and all(
            same_config(value, now.get(key)) for key, value in wanted.items()
        )
    if isinstance(wanted, list):
        fits = isinstance(now, list) and len(now) == len(wanted)
        return fits and all(same_config(one, other) for one, other in zip(wanted, now, strict=True))
    return bool(wanted == now)
