"""What can differ between the wanted base and the live one, as values that print themselves.

A change names things by stable key and by the label people read. It must hold no Feishu id
that could be stale and no code that performs it.
"""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar
from unicodedata import east_asian_width

_COLUMN = 17


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. ``kind`` is its name in JSON, ``sign`` and ``label`` begin its line."""

    kind: ClassVar[str]
    sign: ClassVar[str]
    label: ClassVar[str]

    table: str
    """Stable key of the table; empty for a table that is not ours."""
    key: str
    """Stable key within the table; of a table its own key."""
    name: str
    """Chinese label, for parts of a table ``table.part``."""

    @property
    def data(self) -> dict[str, Any]:
        """The change for machines: ``kind``, ``table``, ``key``, ``name`` and its details."""
        return {"kind": self.kind, **asdict(self)}

    @property
    def path(self) -> str:
        """The stable key path: ``table`` or ``table.key``."""
        return self.table if self.table == self.key else f"{self.table}.{self.key}"

    @property
    def detail(self) -> str:
        """What follows the name in the printed line."""
        return ""

    def __str__(self) -> str:
        line = f"{self.sign} {padded(self.label, _COLUMN)} {self.name} ({self.path})"
        return f"{line}: {self.detail}" if self.detail else line


@dataclass(frozen=True, slots=True, kw_only=True)
class AddTable(Change):
    """The base lacks a table."""

    kind, sign, label = "add_table", "+", "数据表 table"
    fields: tuple[str, ...]
    """Keys of all its fields, in order; the views follow as changes of their own."""

    @property
    def detail(self) -> str:
        """How many columns."""
        return f"{len(self.fields)} 个字段 fields"


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameTable(Change):
    """Our table has another name than wanted."""

    kind, sign, label = "rename_table", "~", "表名 table name"
    found: str

    @property
    def detail(self) -> str:
        """The name it has now."""
        return f"现为 now “{self.found}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddField(Change):
    """A table lacks a field."""

    kind, sign, label = "add_field", "+", "字段 field"
    type: str

    @property
    def detail(self) -> str:
        """Its type."""
        return self.type


@dataclass(frozen=True, slots=True, kw_only=True)
class RenameField(Change):
    """Our field has another name than wanted."""

    kind, sign, label = "rename_field", "~", "字段名 field name"
    found: str

    @property
    def detail(self) -> str:
        """The name it has now."""
        return f"现为 now “{self.found}”"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeField(Change):
    """A field's description or one of its settings differs."""

    kind, sign, label = "change_field", "~", "字段 field"
    aspects: tuple[str, ...]

    @property
    def detail(self) -> str:
        """Which settings."""
        return "、".join(self.aspects)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeOptions(Change):
    """A select field lacks options; the ones it has stay."""

    kind, sign, label = "merge_options", "+", "选项 options"
    options: tuple[str, ...]

    @property
    def detail(self) -> str:
        """The names that are added."""
        return "、".join(self.options)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddView(Change):
    """A table lacks a view."""

    kind, sign, label = "add_view", "+", "视图 view"
    type: str

    @property
    def detail(self) -> str:
        """Its type."""
        return self.type


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView(Change):
    """A view lacks wanted conditions or shows columns that are to be hidden."""

    kind, sign, label = "change_view", "~", "视图 view"
    aspects: tuple[str, ...]

    @property
    def detail(self) -> str:
        """``filter``, ``hidden``."""
        return "、".join(self.aspects)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeForm(Change):
    """A form's texts, questions or their order differ."""

    kind, sign, label = "change_form", "~", "表单 form"
    aspects: tuple[str, ...]

    @property
    def detail(self) -> str:
        """``name``, ``description``, ``order`` and keys of fields whose question differs."""
        return "、".join(self.aspects)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Change):
    """A difference that only a person may remove, because removing it could destroy data."""

    kind, sign, label = "refused", "!", "不能改 refused"
    reason: str

    @property
    def detail(self) -> str:
        """Why, and what a person can do."""
        return self.reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraTable(Change):
    """A table that people made; it is left alone."""

    kind, sign, label = "extra_table", "·", "保留表 kept"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraField(Change):
    """A field that people added to one of our tables; it is left alone."""

    kind, sign, label = "extra_field", "·", "保留字段 kept"


def padded(text: str, columns: int) -> str:
    """The text filled up with blanks on a terminal where a Chinese character takes two columns."""
    width = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * (columns - width)
