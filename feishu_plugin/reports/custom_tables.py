"""What the table and the chart of a custom report look like, in the words of the schema; pure."""

from collections.abc import Mapping, Sequence
from typing import cast

from feishu_plugin.binding import LiveTable, path_of
from feishu_plugin.policy import ChartKind, Definition
from feishu_plugin.reports.custom import NUMBERS, key_of, measure_of
from feishu_plugin.reports.figures import Unit
from feishu_plugin.schema import Chart, Condition, Field, Label, Schema, Table
from feishu_plugin.schema_parts import ChartType, GroupKey, Series

BOARD = "manager"
"""The dashboard that the charts of custom reports go to."""
_LIKE = "channel"
"""A standing report table: its columns about the period are the same."""
_FORMATS: Mapping[Unit, str] = {
    "share": "0.00%",
    "count": "0",
    "workdays": "0.00",
    "hours": "0.00",
    "points": "0.00",
}
_GROUPS: Mapping[ChartKind, tuple[GroupKey, ...]] = {
    "column": (GroupKey(field="value"),),
    "pie": (GroupKey(field="value", by="value", order="desc"),),
    "line": (GroupKey(field="month"), GroupKey(field="value")),
}
_KEY = Label(zh="例如 2026-09 李雷", en="For example 2026-09 李雷")
_VALUE = Label(zh="维度的取值；没有填写的归入“未填”", en="Value of the dimension; 未填 when empty")
_NUMERATOR = Label(zh="被除的数；数量就是它本身", en="What is divided; of a count the count")
_DENOMINATOR = Label(zh="除以的数；数量没有", en="By what it is divided; a count has none")
_RECORDS = Label(zh="数值背后的需求，最多 500 条", en="The requirements behind the figure, 500 at most")


def table_of(definition: Definition, schema: Schema) -> Table:
    """The table of a sound definition; its columns are those of ``custom.COLUMNS``, the link last."""
    like, key = schema.table(_LIKE), key_of(definition)
    fields = (
        Field(key="key", zh="月份取值", en="Month and value", type="text", filled_by="rule", note=_KEY),
        like.field("month"),
        like.field("span"),
        Field(key="value", zh="取值", en="Value", type="text", filled_by="rule", note=_VALUE),
        *_numbers(definition),
        like.field("records").model_copy(update={"note": _RECORDS}),
    )
    return Table(key=key, zh=definition.name, en=definition.name, fields=fields)


def widened(schema: Schema, definitions: Sequence[Definition]) -> Schema:
    """The tables of the schema and those of sound definitions; of the dashboard only their charts."""
    tables = tuple(table_of(one, schema) for one in definitions)
    charts = tuple(_chart(one) for one in definitions if one.chart != "none")
    boards = (board for board in schema.dashboards if charts and board.key == BOARD)
    wanted = tuple(board.model_copy(update={"charts": charts}) for board in boards)
    return Schema(base=schema.base, tables=(*schema.tables, *tables), dashboards=wanted)


def taken(definitions: Sequence[Definition], live: Sequence[LiveTable]) -> tuple[Definition, ...]:
    """Those whose name a table has that people made: it must not be written to."""
    return tuple(
        one
        for one in definitions
        if one.name in {table.name for table in live}
        and not any(_is_of(table, key_of(one)) for table in live)
    )


def _is_of(table: LiveTable, key: str) -> bool:
    marks = (path_of(column) for column in table.fields)
    return key in (table.key, *(path[0] for path in marks if path))


def _numbers(definition: Definition) -> tuple[Field, ...]:
    measure = measure_of(definition)
    about = Label(zh=measure.zh, en=measure.en) if measure else None
    unit: Unit = measure.unit if measure else "count"
    return (
        _number("amount", "Amount", _FORMATS[unit], about),
        _number("numerator", "Numerator", _FORMATS["count" if unit == "share" else unit], _NUMERATOR),
        _number("denominator", "Denominator", _FORMATS["count"], _DENOMINATOR),
    )


def _number(key: str, en: str, shown: str, note: Label | None) -> Field:
    formatter = {"formatter": shown}
    return Field(
        key=key, zh=NUMBERS[key], en=en, type="number", filled_by="rule", note=note, property=formatter
    )


def _chart(definition: Definition) -> Chart:
    measure = measure_of(definition)
    counts = measure is not None and measure.unit == "count"
    return Chart(
        key=key_of(definition),
        zh=definition.name,
        en=definition.name,
        type=cast(ChartType, definition.chart),
        table=key_of(definition),
        series=(Series(field="amount", rollup="SUM" if counts else "AVERAGE"),),
        group_by=_GROUPS[definition.chart],
        filter=(Condition(field="span", operator="is", value=("month",)),),
    )
