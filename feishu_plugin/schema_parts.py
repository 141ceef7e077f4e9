"""What ``field_schema.json`` is made of: one strict value per kind of thing, its own rules inside.

It knows no other part of the file (``schema_checks`` compares them) and never reads a base.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Attribute

KEY = r"^[a-z][a-z0-9_]*$"

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


class Strict(BaseModel):
    """A value that accepts nothing it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Label(Strict):
    """What people read, in both languages."""

    zh: str = Attribute(min_length=1)
    en: str = Attribute(min_length=1)


class Option(Strict):
    """One choice of a select field."""

    key: str = Attribute(pattern=KEY)
    zh: str
    en: str
    color: int = Attribute(default=0, ge=0, le=54)


class Field(Strict):
    """One column. ``property`` is Feishu's own for what has no attribute here (formatter …)."""

    key: str = Attribute(pattern=KEY)
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
    marked: bool = True
    """False for a column that people made (in an exported schema): it carries no mark of ours."""
    property: Mapping[str, Any] = Attribute(default_factory=dict)

    @model_validator(mode="after")
    def _option_set_is_known(self) -> "Field":
        if self.option_set and not self.options:
            raise ValueError(f"option_sets has no options named {self.option_set}")
        return self

    @model_validator(mode="after")
    def _options_differ(self) -> "Field":
        refuse_twice("option", (option.key for option in self.options))
        refuse_twice("option name", (option.zh for option in self.options))
        return self


class Condition(Strict):
    """One line of a view's filter, by field key and option keys."""

    field: str
    operator: str
    value: tuple[str, ...] = ()


class SortKey(Strict):
    """One key of a sort or of a grouping."""

    field: str
    desc: bool = False


class Bars(Strict):
    """The bars of a gantt view: two date fields and the field that names a bar."""

    start: str
    end: str
    title: str


class View(Strict):
    """One view; what no API can set is kept as ``by_hand`` advice for people."""

    key: str = Attribute(pattern=KEY)
    zh: str = Attribute(max_length=100)
    en: str
    type: ViewType = "grid"
    conjunction: Literal["and", "or"] = "and"
    filter: tuple[Condition, ...] = ()
    hidden: tuple[str, ...] = ()
    sort: tuple[SortKey, ...] = Attribute(default=(), max_length=10)
    group: tuple[SortKey, ...] = Attribute(default=(), max_length=3)
    bars: Bars | None = None
    """Sort, group (of a kanban its columns) and bars need base v3."""
    by_hand: Label | None = None
    questions: tuple["Question", ...] = ()
    """For a form view: the questions shown, in order; all other fields are hidden."""
    intro: Label | None = None
    share: Literal["tenant", "anyone"] | None = None
    """Of a form: who may fill it in by its link; None leaves that to people."""


class Question(Strict):
    """One question of a form."""

    field: str
    title: Label
    required: bool = False


class Table(Strict):
    """One table; its first field is the primary one."""

    key: str = Attribute(pattern=KEY)
    zh: str = Attribute(min_length=1, max_length=100)
    en: str
    note: Label | None = None
    fields: tuple[Field, ...] = Attribute(min_length=1)
    views: tuple[View, ...] = ()

    @model_validator(mode="after")
    def _keys_are_unique(self) -> "Table":
        refuse_twice("field", (field.key for field in self.fields))
        refuse_twice("field name", (field.zh for field in self.fields))
        refuse_twice("view", (view.key for view in self.views))
        refuse_twice("view name", (view.zh for view in self.views))
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


Right = Literal["none", "read", "edit", "full"]


class Role(Strict):
    """A role of the base (advanced permissions): what its members may do in each table."""

    key: str = Attribute(pattern=KEY)
    zh: str = Attribute(min_length=1, max_length=100)
    en: str
    note: Label | None = None
    default: Right = "read"
    """For tables that ``tables`` does not name."""
    tables: Mapping[str, Right] = Attribute(default_factory=dict)
    hidden: Mapping[str, tuple[str, ...]] = Attribute(default_factory=dict)
    """Table key to the keys of fields its members do not see."""


class Series(Strict):
    """One measured column of a chart."""

    field: str
    rollup: Literal["SUM", "MAX", "MIN", "AVERAGE"] = "SUM"


class GroupKey(Strict):
    """What a chart is grouped by."""

    field: str
    by: Literal["group", "value", "view"] = "group"
    """Ordered by the group itself, by the value, or as in the table."""
    order: Literal["asc", "desc"] = "asc"


ChartType = Literal["column", "bar", "line", "pie", "ring", "area", "combo", "funnel", "statistics"]


class Chart(Strict):
    """One chart of a dashboard: rows of one table, counted or rolled up, by groups."""

    key: str = Attribute(pattern=KEY)
    zh: str = Attribute(min_length=1, max_length=100)
    en: str
    type: ChartType
    table: str
    series: tuple[Series, ...] = ()
    """Empty: the rows are counted."""
    group_by: tuple[GroupKey, ...] = Attribute(default=(), max_length=2)
    conjunction: Literal["and", "or"] = "and"
    filter: tuple[Condition, ...] = ()


Theme = Literal[
    "default", "SimpleBlue", "DarkGreen", "summerBreeze", "simplistic", "energetic", "deepDark", "futuristic"
]  # fmt: skip


class Dashboard(Strict):
    """A page of charts (base v3)."""

    key: str = Attribute(pattern=KEY)
    zh: str = Attribute(min_length=1, max_length=100)
    en: str
    theme: Theme = "default"
    charts: tuple[Chart, ...] = Attribute(min_length=1)

    @model_validator(mode="after")
    def _keys_are_unique(self) -> "Dashboard":
        refuse_twice("chart", (chart.key for chart in self.charts))
        refuse_twice("chart name", (chart.zh for chart in self.charts))
        return self


def refuse_twice(what: str, keys: Iterable[str]) -> None:
    """Raises ValueError naming every key that is there more than once."""
    twice = sorted(key for key, count in Counter(keys).items() if count > 1)
    if twice:
        raise ValueError(f"{what} {', '.join(twice)} is there twice")
