"""Fills empty policy tables from the packaged policy file, so that a new base has rules at once.

A table that holds any row is the team's: it is never touched again, whatever the file says.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.errors import PolicyError
from feishu_plugin.policy_rows import POLICY_TABLES
from feishu_plugin.ports import Tables
from feishu_plugin.records import Value, Values
from feishu_plugin.worktime import DEFAULT_ZONE

_DAY = ("calendar", "day")

Rows = Mapping[str, Sequence[Values]]


def rows(policy: Mapping[str, Any], zone: ZoneInfo = DEFAULT_ZONE) -> Rows:
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
    if (table, key) == _DAY and isinstance(value, str):
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


def missing(tables: Tables) -> tuple[str, ...]:
    """The policy tables that exist and hold no row; a row without any value is none."""
    return tuple(key for key in POLICY_TABLES if key in tables.binding.tables and _is_empty(tables, key))


def _is_empty(tables: Tables, key: str) -> bool:
    return not any(_is_filled(record.values) for page in tables.scan(key) for record in page)


def _is_filled(values: Values) -> bool:
    return any(value is not None for value in values.values())


def fill(tables: Tables, rows: Rows) -> Mapping[str, int]:
    """Adds the packaged rows to the tables that are empty; answers how many, by table.

    The identity is the base and the table, so a repeated or interrupted run adds them once.
    """
    added: dict[str, int] = {}
    for key in missing(tables):
        if wanted := rows.get(key):
            identity = f"seed:{tables.binding.app_token}:{key}"
            added[key] = len(tables.create(key, wanted, identity))
    return added
