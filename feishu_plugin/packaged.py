"""The packaged default rules as typed rows: what a new base is filled with and lost rows fall back to.

The file names columns and options as the packaged schema does; a team that calls them
otherwise gets the same rules in its own words.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin import schema as schemas
from feishu_plugin.errors import PolicyError
from feishu_plugin.language import Phrase
from feishu_plugin.records import Value, Values
from feishu_plugin.schema import Field, Schema, Table
from feishu_plugin.worktime import DEFAULT_ZONE

POLICY_TABLES = ("workflow", "sla", "routing", "template", "parameter", "calendar", "report_definition")
_DAYS = (("calendar", "day"), ("calendar", "until"))
_CLAUSE = re.compile(r"(不为空|为空|[!<>]=|[=≠≥≤])")
_BETWEEN = re.compile(r"[、，,；;=≠≥≤/\n]|为空")
"""What stands between the names in a rule."""
_WORD_LISTS = {"type_words": "type", "urgency_words": "urgency"}
"""Parameters that list words by option, and whose options they are."""


def packaged_path() -> Path:
    """The packaged policy: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).with_name("policy.json")
    return inside if inside.exists() else Path(__file__).parents[1] / "policy.json"


def packaged_rows(schema: Schema | None = None) -> Mapping[str, Sequence[Values]]:
    """The packaged default rows by policy table, in the words of ``schema`` (else as packaged)."""
    rows = typed_rows(json.loads(packaged_path().read_text(encoding="utf-8")))
    return in_words(rows, _packaged_schema(), schema) if schema else rows


@cache
def _packaged_schema() -> Schema:
    return schemas.load()


def in_words(
    rows: Mapping[str, Sequence[Values]], old: Schema, new: Schema
) -> Mapping[str, Sequence[Values]]:
    """Rows that name columns and options with the labels of ``old``, with those of ``new``."""
    words = _Words(old.table("requirement"), new.table("requirement"))
    return {name: [words.row(name, row) for row in found] for name, found in rows.items()}


class _Words:
    """Old label to new label of the register's columns and, column by column, of their options."""

    def __init__(self, old: Table, new: Table) -> None:
        self.keys = {field.zh: field.key for field in old.fields}
        self.fields = {
            field.zh: _spelled(field.key, new.by_key[field.key].zh)
            for field in old.fields
            if field.key in new.by_key
        }
        self.options = {
            field.key: _renamed(field, new.by_key[field.key])
            for field in old.fields
            if field.key in new.by_key
        }

    def row(self, table: str, row: Values) -> Values:
        """One row of a policy table; what names nothing stays as it is."""
        if table == "workflow":
            changed = {"required": self._each("、", self.fields), "condition": self._condition}
        elif table == "parameter":
            changed = {"value": self._parameter(str(row.get("key") or ""))}
        elif table == "report_definition":
            changed = {"dimension": self._each("、", self.fields), "filter": self._condition}
        else:
            return row
        return {k: changed[k](v) if k in changed and isinstance(v, str) else v for k, v in row.items()}

    def _parameter(self, key: str) -> Callable[[str], str]:
        if key in _WORD_LISTS:
            options = self.options.get(_WORD_LISTS[key], {})
            return lambda text: "；".join(_headed(part, options) for part in text.split("；"))
        return self._each("、", self._of_parameter(key))

    def _of_parameter(self, key: str) -> Mapping[str, str]:
        if key.endswith(("_status", "_statuses")):
            return self.options.get("status", {})
        if key.endswith(("_fields", "_required")):
            return self.fields
        if key.endswith("_priorities"):
            return self.options.get("priority", {})
        return self.options.get("type", {}) if key.endswith("_types") else {}

    @staticmethod
    def _each(mark: str, words: Mapping[str, str]) -> Callable[[str], str]:
        return lambda text: mark.join(words.get(part, part) for part in text.split(mark))

    def _condition(self, text: str) -> str:
        """``字段=值/值；字段≠值；字段≥数；字段为空``."""
        return "；".join(map(self._clause, text.split("；")))

    def _clause(self, text: str) -> str:
        name, mark, values = _CLAUSE.split(text, maxsplit=1) if _CLAUSE.search(text) else (text, "", "")
        options = self.options.get(self.keys.get(name, ""), {})
        return self.fields.get(name, name) + mark + self._each("/", options)(values)


def _headed(part: str, options: Mapping[str, str]) -> str:
    """``选项=词/词`` with the option's other name; the words are people's language and stay."""
    head, sign, words = part.partition("=")
    return f"{options.get(head, head)}{sign}{words}"


def _spelled(key: str, label: str) -> str:
    """The label; the key where the label would be read as several names."""
    return key if _BETWEEN.search(label) else label


def _renamed(old: Field, new: Field) -> Mapping[str, str]:
    names = {option.key: _spelled(option.key, option.zh) for option in new.options}
    return {option.zh: names[option.key] for option in old.options if option.key in names}


def typed_rows(policy: Mapping[str, Any], zone: ZoneInfo = DEFAULT_ZONE) -> Mapping[str, Sequence[Values]]:
    """``{"workflow": [{"name": …, "types": […]}], …}`` as typed values, tables in fixed order.

    Lists become tuples, days (``2026-10-01``) the midnight of the team's zone, and whatever
    is empty (``""``, ``[]``, ``false``, ``null``) is left out. Raises PolicyError for a table
    that is not a policy table.
    """
    unknown = sorted(set(policy) - set(POLICY_TABLES))
    if unknown:
        raise PolicyError(
            Phrase(
                f"policy：{', '.join(unknown)} 不是规则表；规则表有 {', '.join(POLICY_TABLES)}",
                f"policy: {', '.join(unknown)} is no policy table; these are {', '.join(POLICY_TABLES)}",
            )
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
    raise PolicyError(
        Phrase(f"policy：{table}.{key} 不能是 {value!r}", f"policy: {table}.{key} cannot be {value!r}")
    )


def _midnight(day: str, zone: ZoneInfo) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day), time(), zone).astimezone(UTC)
    except ValueError as error:
        raise PolicyError(
            Phrase(
                f"policy：calendar.day {day!r} 不是日期，应如 2026-10-01",
                f"policy: calendar.day {day!r} is no day like 2026-10-01",
            )
        ) from error
