"""``field_schema.json`` as values: the tables we want, by stable key; never reads a base."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic import Field as Attribute

from feishu_plugin.errors import SchemaError

FieldType = Literal[
    "text", "email", "barcode", "number", "currency", "progress", "rating",
    "single_select", "multi_select", "datetime", "checkbox", "user", "phone", "url",
    "attachment", "single_link", "duplex_link", "location", "group_chat", "formula",
    "created_time", "modified_time", "created_user", "modified_user", "auto_number",
]  # fmt: skip
KINDS: Mapping[FieldType, tuple[int, str]] = {
    "text": (1, "Text"),
    "email": (1, "Email"),
    "barcode": (1, "Barcode"),
    "number": (2, "Number"),
    "currency": (2, "Currency"),
    "progress": (2, "Progress"),
    "rating": (2, "Rating"),
    "single_select": (3, "SingleSelect"),
    "multi_select": (4, "MultiSelect"),
    "datetime": (5, "DateTime"),
    "checkbox": (7, "Checkbox"),
    "user": (11, "User"),
    "phone": (13, "Phone"),
    "url": (15, "Url"),
    "attachment": (17, "Attachment"),
    "single_link": (18, "SingleLink"),
    "formula": (20, "Formula"),
    "duplex_link": (21, "DuplexLink"),
    "location": (22, "Location"),
    "group_chat": (23, "GroupChat"),
    "created_time": (1001, "CreatedTime"),
    "modified_time": (1002, "ModifiedTime"),
    "created_user": (1003, "CreatedUser"),
    "modified_user": (1004, "ModifiedUser"),
    "auto_number": (1005, "AutoNumber"),
}
"""Feishu's ``type`` and ``ui_type`` of each of our types."""

ViewType = Literal["grid", "kanban", "gallery", "gantt", "form"]
Filler = Literal["person", "rule", "override", "feishu"]
"""Who fills a field: people; the plugin; the plugin unless a person overrides; Feishu itself."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(_Strict):
    """What people read, in both languages."""

    zh: str = Attribute(min_length=1)
    en: str = Attribute(min_length=1)


class Option(_Strict):
    """One choice of a select field."""

    key: str = Attribute(pattern=r"^[a-z][a-z0-9_]*$")
    zh: str
    en: str
    color: int = Attribute(default=0, ge=0, le=54)


class Field(_Strict):
    """One column. ``property`` is Feishu's own for what has no attribute here (formatter …)."""

    key: str = Attribute(pattern=r"^[a-z][a-z0-9_]*$")
    zh: str = Attribute(min_length=1, max_length=100)
    en: str = Attribute(min_length=1)
    type: FieldType
    filled_by: Filler = "person"
    note: Label | None = None
    """Help text for people; becomes part of the field's description."""
    options: tuple[Option, ...] = ()
    option_set: str | None = None
    """Name of a list in ``option_sets``; resolved into ``options`` when loaded."""
    table: str | None = None
    """Key of the linked table."""
    back: Label | None = None
    back_key: str | None = None
    """Key and label of the partner column of a duplex link in the linked table."""
    multiple: bool = True
    property: Mapping[str, Any] = Attribute(default_factory=dict)

    @model_validator(mode="after")
    def _option_set_is_known(self) -> "Field":
        if self.option_set and not self.options:
            raise ValueError(f"option_sets has no options named {self.option_set}")
        return self


class Condition(_Strict):
    """One line of a view's filter, by field key and option keys."""

    field: str
    operator: str
    value: tuple[str, ...] = ()


class View(_Strict):
    """One view; what bitable v1 cannot set (sort, group, bars) is kept as ``by_hand`` advice."""

    key: str
    zh: str = Attribute(max_length=100)
    en: str
    type: ViewType = "grid"
    conjunction: Literal["and", "or"] = "and"
    filter: tuple[Condition, ...] = ()
    hidden: tuple[str, ...] = ()
    by_hand: Label | None = None
    questions: tuple["Question", ...] = ()
    """For a form view: the questions shown, in order; all other fields are hidden."""
    intro: Label | None = None


class Question(_Strict):
    """One question of a form."""

    field: str
    title: Label
    required: bool = False


class Table(_Strict):
    """One table; its first field is the primary one."""

    key: str = Attribute(pattern=r"^[a-z][a-z0-9_]*$")
    zh: str = Attribute(min_length=1, max_length=100)
    en: str
    note: Label | None = None
    fields: tuple[Field, ...] = Attribute(min_length=1)
    views: tuple[View, ...] = ()

    @model_validator(mode="after")
    def _keys_are_unique(self) -> "Table":
        _refuse_twice("field", (field.key for field in self.fields))
        return self

    @cached_property
    def by_key(self) -> Mapping[str, Field]:
        """The fields by their stable key."""
        return {field.key: field for field in self.fields}

    def field(self, key: str) -> Field:
        """One field; a KeyError names the table."""
        try:
            return self.by_key[key]
        except KeyError:
            raise KeyError(f"{self.key}.{key} is not in field_schema.json") from None


class Schema(_Strict):
    """The whole wanted base."""

    base: Label
    option_sets: Mapping[str, tuple[Option, ...]] = Attribute(default_factory=dict)
    tables: tuple[Table, ...]

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

    @model_validator(mode="after")
    def _tables_fit_together(self) -> "Schema":
        _refuse_twice("table", (table.key for table in self.tables))
        for table in self.tables:
            lost = [field.key for field in table.fields if field.table and field.table not in self.by_key]
            if lost:
                raise ValueError(f"table {table.key}: {', '.join(lost)} link to a table that is not here")
        return self

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
        return Schema.model_validate(json.loads(source.read_text(encoding="utf-8")))
    except OSError as error:
        raise SchemaError(f"{source}: cannot be read ({error.strerror}); pass an existing file") from error
    except json.JSONDecodeError as error:
        raise SchemaError(f"{source}:{error.lineno}: not JSON ({error.msg})") from error
    except UnicodeDecodeError as error:
        raise SchemaError(f"{source}: not UTF-8 text; save it as UTF-8") from error
    except ValidationError as error:
        raise SchemaError(f"{source}: " + _problems(error)) from error


def _problems(error: ValidationError) -> str:
    found = (f"${''.join(f'.{part}' for part in e['loc'])}: {e['msg']}" for e in error.errors())
    return "; ".join(found)


def _fields_of(data: Any) -> list[dict[str, Any]]:
    return [field for table in _objects(data, "tables") for field in _objects(table, "fields")]


def _objects(data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = data.get(key)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _refuse_twice(what: str, keys: Iterable[str]) -> None:
    twice = sorted(key for key, count in Counter(keys).items() if count > 1)
    if twice:
        raise ValueError(f"{what} {', '.join(twice)} is there twice")
