"""A report as plain sheets for people outside Feishu: headings and cells as they read them; writes nothing.

No ids leave the base: requirements are told by 需求编号, people by name, options by label.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from feishu_plugin.records import Url, Value
from feishu_plugin.reports.columns import COLUMNS, columns_of
from feishu_plugin.reports.custom import key_of
from feishu_plugin.reports.custom_tables import table_of
from feishu_plugin.reports.result import ReportResult
from feishu_plugin.schema import Field, Schema, Table

Cell = str | float | datetime | None
"""Numbers stay numbers (a share is a fraction of 1); a moment is told by the team's clock, without a zone."""
_PLAIN = "General"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A heading, and how its numbers and moments are shown, in the words of a spreadsheet."""

    title: str
    pattern: str = _PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One report table of one period."""

    key: str
    """Of the table, for a file's name."""
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What people call what a cell only names by its id."""

    person: Callable[[str], str]
    requirements: Mapping[str, str]
    """Record id to 需求编号."""
    zone: ZoneInfo


def sheets_of(result: ReportResult, schema: Schema, names: Names) -> tuple[Sheet, ...]:
    """The report tables in the order of the base, with the columns that a report fills; custom ones last."""
    standing = [schema.table(key) for key in COLUMNS if key in result.rows]
    custom = [table_of(one, schema) for one in result.definitions if key_of(one) in result.rows]
    return tuple(_sheet(result, table, names) for table in (*standing, *custom))


def _sheet(result: ReportResult, table: Table, names: Names) -> Sheet:
    fields = [field for field in table.fields if field.key in columns_of(table.key)]
    return Sheet(
        key=table.key,
        title=table.zh,
        columns=tuple(Column(title=field.zh, pattern=_pattern(field)) for field in fields),
        rows=tuple(
            tuple(_cell(field, row.once.get(field.key, row.values.get(field.key)), names) for field in fields)
            for row in result.rows[table.key]
        ),
    )


def _pattern(field: Field) -> str:
    told = field.property.get("formatter") or field.property.get("date_formatter") or _PLAIN
    return str(told).lower() if field.type == "datetime" else str(told)


def _cell(field: Field, value: Value, names: Names) -> Cell:
    if isinstance(value, bool):
        return "是" if value else None
    if isinstance(value, datetime):
        return value.astimezone(names.zone).replace(tzinfo=None)
    if isinstance(value, Url):
        return value.link
    if value is None or isinstance(value, int | float):
        return value
    return "、".join(_words(field, (value,) if isinstance(value, str) else value, names)) or None


def _words(field: Field, parts: tuple[str, ...], names: Names) -> Iterator[str]:
    labels = {option.key: option.zh for option in field.options}
    for part in parts:
        if field.type == "user":
            yield names.person(part)
        elif field.table:
            yield names.requirements.get(part) or part
        else:
            yield labels.get(part, part)
