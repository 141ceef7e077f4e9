"""The layout of ``policy.json``: typed rows to text and back; every row that does not fit is named.

One row stands on one line, so that a review shows which rule changed. Columns and options are
written by their stable keys; a file may also name an option as people read it.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from feishu_plugin.binding import Binding
from feishu_plugin.errors import PolicyError
from feishu_plugin.foreign_json import NotJson, parsed
from feishu_plugin.language import Phrase
from feishu_plugin.packaged import POLICY_TABLES, typed_rows
from feishu_plugin.policy_rows import Rows, content_of
from feishu_plugin.records import Value, Values
from feishu_plugin.schema import Field, Schema
from feishu_plugin.worktime import DEFAULT_ZONE

Raw = Mapping[str, Sequence[Mapping[str, Any]]]
"""The parsed file: table key to its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRows:
    """What a file says, as typed rows; ``problems`` name the rows that cannot be typed."""

    rows: Mapping[str, Sequence[Values]]
    problems: tuple[str, ...] = ()


def to_text(rows: Mapping[str, Sequence[Values]], schema: Schema) -> str:
    """The whole file: the tables in fixed order, a row a line; what is empty is left out."""
    tables = (_table_text(key, rows.get(key, ()), schema) for key in POLICY_TABLES)
    return "{\n" + ",\n".join(tables) + "\n}\n"


def values_of(rows: Rows) -> dict[str, list[Values]]:
    """What people wrote in these rows; blank rows are none."""
    found = {key: [content_of(record.values) for record in records] for key, records in rows.items()}
    return {key: [values for values in table if values] for key, table in found.items()}


def read_file(path: Path) -> Raw:
    """Parses a policy file; raises PolicyError when it is no JSON object of lists of rows."""
    try:
        data = parsed(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PolicyError(
            Phrase(
                f"{path}：读不了（{error.strerror}）；请给出存在的文件",
                f"{path}: cannot be read ({error.strerror}); pass an existing file",
            )
        ) from error
    except NotJson as error:
        raise PolicyError(
            Phrase(f"{path}:{error.line}：不是 JSON（{error}）", f"{path}:{error.line}: not JSON ({error})")
        ) from error
    except UnicodeDecodeError as error:
        raise PolicyError(
            Phrase(f"{path}：不是 UTF-8 文本；请存成 UTF-8", f"{path}: not UTF-8 text; save it as UTF-8")
        ) from error
    return _shaped(data, str(path))


def typed(raw: Raw, schema: Schema, binding: Binding) -> FileRows:
    """The rows with every cell checked against the columns and options of the base."""
    problems: list[str] = []
    plain: dict[str, list[dict[str, Any]]] = {}
    for table, rows in raw.items():
        columns = _columns(table, schema, binding)
        plain[table] = []
        for number, row in enumerate(rows, 1):
            cells, wrong = _cells(row, columns)
            problems += [f"{place(table, number, row)}: {text}" for text in wrong]
            plain[table].append(cells)
    return FileRows(rows=typed_rows(plain), problems=tuple(problems))


def place(table: str, number: int, row: Mapping[str, Any]) -> str:
    """Where a row stands in the file, with its name: ``workflow[3] 待处理→已作废``."""
    name = row.get("name") or row.get("key") or row.get("day") or ""
    shown = name.astimezone(DEFAULT_ZONE).date().isoformat() if isinstance(name, datetime) else str(name)
    return f"{table}[{number}] {shown}".rstrip()


def shown_cell(value: Value) -> Any:
    """A cell as the file has it: whole numbers without a point, moments as days, ids as lists."""
    if isinstance(value, datetime):
        return value.astimezone(DEFAULT_ZONE).date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return list(value) if isinstance(value, tuple) else value


def _table_text(key: str, rows: Sequence[Values], schema: Schema) -> str:
    order = {field.key: number for number, field in enumerate(schema.table(key).fields)}
    lines = [f"  {_row_text(row, order)}" for row in rows]
    return f' "{key}": [\n' + ",\n".join(lines) + "\n ]" if lines else f' "{key}": []'


def _row_text(row: Values, order: Mapping[str, int]) -> str:
    cells = {key: shown_cell(row[key]) for key in sorted(row, key=lambda key: order.get(key, len(order)))}
    return json.dumps(cells, ensure_ascii=False)


def _shaped(data: Any, source: str) -> Raw:
    if not isinstance(data, dict):
        raise PolicyError(
            Phrase(
                f"{source}：应是由规则表组成的对象：{', '.join(POLICY_TABLES)}",
                f"{source}: must be an object of policy tables: {', '.join(POLICY_TABLES)}",
            )
        )
    unknown = sorted(set(data) - set(POLICY_TABLES))
    if unknown:
        known = ", ".join(POLICY_TABLES)
        raise PolicyError(
            Phrase(
                f"{source}：{', '.join(unknown)} 不是规则表；规则表有 {known}",
                f"{source}: {', '.join(unknown)} is no policy table; these are {known}",
            )
        )
    for table, rows in data.items():
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise PolicyError(
                Phrase(
                    f'{source}：{table} 应是行的列表，如 {{"name": …}}',
                    f'{source}: {table} must be a list of rows such as {{"name": …}}',
                )
            )
    return data


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    field: Field
    options: Mapping[str, str]
    """Option key, and what people read, to the option key."""


def _columns(table: str, schema: Schema, binding: Binding) -> Mapping[str, _Column]:
    bound = binding.tables.get(table)
    found = {}
    for field in schema.table(table).fields:
        live = bound.fields.get(field.key) if bound else None
        names = {option.zh: option.key for option in field.options} | {o.key: o.key for o in field.options}
        if live:
            names |= {name: key for key, name in live.option_names.items()}
            names |= {key: key for key in live.option_ids.values()}
        if field.filled_by != "rule":
            found[field.key] = _Column(field=field, options=names)
    return found


def _cells(row: Mapping[str, Any], columns: Mapping[str, _Column]) -> tuple[dict[str, Any], list[str]]:
    cells: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in row.items():
        column = columns.get(key)
        if column is None:
            problems.append(f"没有名为「{key}」的列（可用：{'、'.join(columns)}）")
        elif value not in (None, "", []):
            cells[key] = _keyed(value, column)
            problems += _misfits(value, column)
    return cells, problems


def _keyed(value: Any, column: _Column) -> Any:
    """Options by their keys, however they were named; anything that does not fit becomes nothing."""
    if any(_misfits(value, column)):
        return None
    if column.field.type == "single_select":
        return column.options[value]
    if column.field.type == "multi_select":
        return [column.options[one] for one in value]
    return value


def _misfits(value: Any, column: _Column) -> Iterator[str]:
    """What is wrong with a cell that is not empty."""
    name, kind = column.field.zh, column.field.type
    fits, shape = _SHAPES.get(kind, _TEXT)
    if not fits(value):
        yield f"「{name}」要写成{shape}"
    elif kind == "user":
        yield from (f"「{name}」里的「{one}」不是 open_id" for one in value if not one.startswith("ou_"))
    elif kind in ("single_select", "multi_select"):
        chosen = value if isinstance(value, list) else [value]
        yield from (f"「{name}」没有选项「{one}」" for one in chosen if one not in column.options)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _is_number(value: Any) -> bool:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and -_MOST <= value <= _MOST


def _is_day(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


_MOST = 1e15
"""Beyond it a cell does not hold a whole number exactly, and far beyond it none at all."""
_TEXT = (lambda value: isinstance(value, str), "文字")
_SHAPES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "multi_select": (_is_list, '列表，例如 ["…"]'),
    "user": (_is_list, '列表，例如 ["ou_…"]'),
    "checkbox": (lambda value: isinstance(value, bool), " true 或 false"),
    "number": (_is_number, "数字，不加引号"),
    "datetime": (_is_day, " 2026-10-01 这样的日期"),
}
"""Column type to what a cell must be, and how to say so."""
