"""The packaged default rules as typed rows: what a new base is filled with and lost rows fall back to."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.errors import PolicyError
from feishu_plugin.records import Value, Values
from feishu_plugin.worktime import DEFAULT_ZONE

POLICY_TABLES = ("workflow", "sla", "routing", "template", "parameter", "calendar")
_DAYS = (("calendar", "day"), ("calendar", "until"))


def packaged_path() -> Path:
    """The packaged policy: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).with_name("policy.json")
    return inside if inside.exists() else Path(__file__).parents[1] / "policy.json"


def packaged_rows(path: Path | None = None) -> Mapping[str, Sequence[Values]]:
    """The packaged default rows by policy table."""
    data = json.loads((path or packaged_path()).read_text(encoding="utf-8"))
    return typed_rows(data)


def typed_rows(policy: Mapping[str, Any], zone: ZoneInfo = DEFAULT_ZONE) -> Mapping[str, Sequence[Values]]:
    """``{"workflow": [{"name": …, "types": […]}], …}`` as typed values, tables in fixed order.

    Lists become tuples, days (``2026-10-01``) the midnight of the team's zone, and whatever
    is empty (``""``, ``[]``, ``false``, ``null``) is left out. Raises PolicyError for a table
    that is not a policy table.
    """
    unknown = sorted(set(policy) - set(POLICY_TABLES))
    if unknown:
        raise PolicyError(
            f"policy: {', '.join(unknown)} is no policy table; these are {', '.join(POLICY_TABLES)}"
        )
    return {key: [_row(key, row, zone) for row in policy[key]] for key in POLICY_TABLES if key in policy}


def _row(table: str, row: Mapping[str, Any], zone: ZoneInfo) -> Values:
    values = {key: _value(table, key, value, zone) for key, value in row.items()}
    return {key: value for key, value in values.items() if value is not None}


def _value(table: str, key: str, value: Any, zone: ZoneInfo) -> Value:
    if (table, key) in _DAYS and isinstance(value, str):
        return _midnight(value, zone)
    if isinstance(value, list | tuple):
        return tuple(str(item) for item in value) or None
    if isinstance(value, bool):
        return value or None
    if isinstance(value, int | float):
        return float(value)
    if value is None or isinstance(value, str):
        return value or None
    raise PolicyError(f"policy: {table}.{key} cannot be {value!r}")


def _midnight(day: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), zone).astimezone(UTC)
    except ValueError as error:
        raise PolicyError(f"policy: calendar.day {day!r} is no day like 2026-10-01") from error
