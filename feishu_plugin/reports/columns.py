"""The columns of the report tables, by stable key; a test compares them with the schema."""

from collections.abc import Mapping

from feishu_plugin.binding import is_custom
from feishu_plugin.reports import custom, detail
from feishu_plugin.reports.measures import (
    BREAKDOWN_MEASURES,
    CHANNEL_MEASURES,
    MEASURES,
    STAGE_MEASURES,
    TIMELINESS_MEASURES,
)
from feishu_plugin.reports.monthly import COMPARED, STANDING, TARGETS, TRENDS
from feishu_plugin.reports.review import CAUSE, ONCE, RULED

_PART = ("key", "month", "span", "records")
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kpi": (*STANDING, *(measure.key for measure in MEASURES), *TARGETS.values()),
    "figure": detail.COLUMNS,
    "trend": ("month", *TRENDS, *(f"{key}_change" for key in COMPARED), "records"),
    "channel": (*_PART, "channel", "share", *(measure.key for measure in CHANNEL_MEASURES)),
    "timeliness": (*_PART, "priority", "target", *(measure.key for measure in TIMELINESS_MEASURES)),
    "breakdown": (*_PART, "dimension", "value", *(measure.key for measure in BREAKDOWN_MEASURES)),
    "stage_time": (*_PART, "stage", "is_bottleneck", *(measure.key for measure in STAGE_MEASURES)),
    "review": (*RULED, *ONCE, CAUSE),
}
"""What the report reads or writes; people have more columns in 超期复盘."""
PRIMARY: Mapping[str, str] = {table: columns[0] for table, columns in COLUMNS.items()}
"""The text field that names a row."""


def columns_of(table: str) -> tuple[str, ...]:
    """What the report reads or writes in a table, a custom one too; the first column names a row."""
    return custom.COLUMNS if is_custom(table) else COLUMNS[table]
