"""Formulas without ids: Feishu's ``bitable::$table[tbl…].$field[fld…]`` with key paths in their place.

Pure. In an archive it reads ``bitable::$table[requirement].$field[requirement.title]``, so that
it means the same in a base where every id is another one.
"""

import re
from collections.abc import Callable, Mapping

from feishu_plugin.schema import Field, Schema, Table

EXPRESSION = "formula_expression"
_REFERENCE = re.compile(r"\$(table|field)\[([^\]]+)\]")


def with_keys(expression: str, paths: Mapping[str, str]) -> str | None:
    """The expression with key paths for ids (``paths``: id to path); None when it names an unknown id."""
    return _replaced(expression, paths)


def with_ids(expression: str, ids: Mapping[str, str]) -> str | None:
    """The expression with ids for key paths (``ids``: path to id); None when a thing is not there yet."""
    return _replaced(expression, ids)


def blank(schema: Schema) -> Schema:
    """The schema with empty formulas: a column may refer to one that is made after it."""
    return _with_expressions(schema, lambda expression: "")


def bound(schema: Schema, ids: Mapping[str, str]) -> Schema:
    """The schema with formulas by live ids; one that refers to something missing stays empty."""
    return _with_expressions(schema, lambda expression: with_ids(expression, ids) or "")


def _with_expressions(schema: Schema, change: Callable[[str], str]) -> Schema:
    """Tables are built anew: a copy would keep what the old one has cached of its fields."""
    tables = tuple(
        Table(
            key=table.key,
            zh=table.zh,
            en=table.en,
            note=table.note,
            fields=tuple(_changed(field, change) for field in table.fields),
            views=table.views,
        )
        for table in schema.tables
    )
    return Schema(base=schema.base, tables=tables, roles=schema.roles, dashboards=schema.dashboards)


def _changed(field: Field, change: Callable[[str], str]) -> Field:
    if field.type != "formula":
        return field
    property = {**field.property, EXPRESSION: change(str(field.property.get(EXPRESSION, "")))}
    return field.model_copy(update={"property": property})


def _replaced(expression: str, names: Mapping[str, str]) -> str | None:
    if any(found[2] not in names for found in _REFERENCE.finditer(expression)):
        return None
    return _REFERENCE.sub(lambda found: f"${found[1]}[{names[found[2]]}]", expression)
