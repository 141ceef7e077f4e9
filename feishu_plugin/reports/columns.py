"""The columns of the four report tables, by stable key; a test compares them with the schema."""

from collections.abc import Mapping

from feishu_plugin.reports.measures import CHANNEL_MEASURES, MEASURES, TIMELINESS_MEASURES
from feishu_plugin.reports.monthly import COMPARED, STANDING, TARGETS, TRENDS

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "kpi": (*STANDING, *(measure.key for measure in MEASURES), *TARGETS.values()),
    "trend": ("month", *TRENDS, *(f"{key}_change" for key in COMPARED)),
    "channel": ("key", "month", "channel", "share", *(measure.key for measure in CHANNEL_MEASURES)),
    "timeliness": ("key", "month", "priority", "target", *(measure.key for measure in TIMELINESS_MEASURES)),
}
PRIMARY: Mapping[str, str] = {"kpi": "month", "trend": "month", "channel": "key", "timeliness": "key"}
"""The text field that names a row."""
