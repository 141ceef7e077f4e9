"""``field_schema.json`` as one value: the base we want, by stable key; never reads a base."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field as Attribute
from pydantic import ValidationError, model_validator

from feishu_plugin.errors import SchemaError
from feishu_plugin.foreign_json import NotJson, parsed
from feishu_plugin.language import Phrase
from feishu_plugin.schema_checks import misfits
from feishu_plugin.schema_parts import KINDS as KINDS
from feishu_plugin.schema_parts import Chart as Chart
from feishu_plugin.schema_parts import Condition as Condition
from feishu_plugin.schema_parts import Dashboard as Dashboard
from feishu_plugin.schema_parts import Field as Field
from feishu_plugin.schema_parts import FieldType as FieldType
from feishu_plugin.schema_parts import Label as Label
from feishu_plugin.schema_parts import Option as Option
from feishu_plugin.schema_parts import Question as Question
from feishu_plugin.schema_parts import Right as Right
from feishu_plugin.schema_parts import Role as Role
from feishu_plugin.schema_parts import SortKey as SortKey
from feishu_plugin.schema_parts import Strict
from feishu_plugin.schema_parts import Table as Table
from feishu_plugin.schema_parts import View as View


class Schema(Strict):
    """The whole wanted base."""

    base: Label
    option_sets: Mapping[str, tuple[Option, ...]] = Attribute(default_factory=dict)
    tables: tuple[Table, ...] = Attribute(min_length=1)
    roles: tuple[Role, ...] = Attribute(default=(), max_length=30)
    dashboards: tuple[Dashboard, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _resolve_option_sets(cls, data: Any) -> Any:
        # The shape is not checked yet: what is no object is left for the types to name.
        sets = data.get("option_sets") if isinstance(data, dict) else None
        for field in _fields_of(data) if isinstance(sets, dict) else ():
            name = field.get("option_set")
            if isinstance(name, str) and isinstance(sets, dict) and name in sets:
                field["options"] = sets[name]
        return data

    @cached_property
    def by_key(self) -> Mapping[str, Table]:
        """The tables by their stable key."""
        return {table.key: table for table in self.tables}

    def table(self, key: str) -> Table:
        """One table; a KeyError names it."""
        return self.by_key[key]

    def label(self, table: str, field: str, option: str | None = None) -> str:
        """The Chinese label of a field or of one of its options; the key itself when unknown."""
        known = self.table(table).field(field)
        if option is None:
            return known.zh
        return next((o.zh for o in known.options if o.key == option), option)


def default_path() -> Path:
    """The packaged schema: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).with_name("field_schema.json")
    return inside if inside.exists() else Path(__file__).parents[1] / "field_schema.json"


def load(path: Path | None = None) -> Schema:
    """Reads and checks a schema file; raises SchemaError naming every wrong JSON path."""
    source = path or default_path()
    try:
        return parse(parsed(source.read_text(encoding="utf-8")), str(source))
    except OSError as error:
        raise SchemaError(
            Phrase(
                f"{source}：读不了（{error.strerror}）；请给出存在的文件",
                f"{source}: cannot be read ({error.strerror}); pass an existing file",
            )
        ) from error
    except NotJson as error:
        raise SchemaError(
            Phrase(
                f"{source}:{error.line}：不是 JSON（{error}）", f"{source}:{error.line}: not JSON ({error})"
            )
        ) from error
    except UnicodeDecodeError as error:
        raise SchemaError(
            Phrase(f"{source}：不是 UTF-8 文本；请存成 UTF-8", f"{source}: not UTF-8 text; save it as UTF-8")
        ) from error


def parse(data: Any, source: str) -> Schema:
    """Checks a schema that was read; the parts first, then what they say of each other."""
    try:
        schema = Schema.model_validate(data)
    except ValidationError as error:
        raise SchemaError(f"{source}: " + _problems(error)) from error
    if wrong := misfits(schema.tables, schema.roles, schema.dashboards):
        raise SchemaError(f"{source}: " + "; ".join(f"{path}: {text}" for path, text in wrong))
    return schema


def _problems(error: ValidationError) -> str:
    found = (f"${''.join(f'.{part}' for part in e['loc'])}: {e['msg']}" for e in error.errors())
    return "; ".join(found)


def _fields_of(data: Any) -> list[dict[str, Any]]:
    return [field for table in _objects(data, "tables") for field in _objects(table, "fields")]


def _objects(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = data.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
