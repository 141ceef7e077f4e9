"""One table: fields, records, views, and the indexes that keep single-record work cheap."""

from collections.abc import Iterable
from typing import Any

from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.equality_index import EqualityIndex
from feishu_plugin.sandbox.fields import Field

Cells = dict[str, Any]
"""field_id to typed value; empty cells are absent."""


class Record:
    """One row. Cells hold typed values: ids for options, people and links, never names."""

    __slots__ = ("cells", "created_by", "created_ms", "modified_by", "modified_ms", "record_id")

    def __init__(
        self,
        *,
        record_id: str,
        cells: Cells,
        created_ms: int,
        created_by: str,
        modified_ms: int,
        modified_by: str,
    ) -> None:
        self.record_id, self.cells = record_id, cells
        self.created_ms, self.created_by = created_ms, created_by
        self.modified_ms, self.modified_by = modified_ms, modified_by

    def as_state(self) -> Json:
        """The keyword arguments of the constructor."""
        return {name: getattr(self, name) for name in self.__slots__}


class View:
    """One view; ``property`` as PATCH left it, ``config`` as base v3 did, ``form`` only for form views."""

    __slots__ = ("config", "form", "name", "owner", "property", "type", "view_id")

    def __init__(
        self,
        *,
        view_id: str,
        name: str,
        type: str,
        property: Json | None = None,
        form: Json | None = None,
        owner: str = "",
        config: Json | None = None,
    ) -> None:
        self.config: Json = config or {}
        self.view_id, self.name, self.type = view_id, name, type
        self.property: Json = property or {
            "filter_info": None,
            "hidden_fields": None,
            "hierarchy_config": None,
        }
        self.form, self.owner = form, owner

    def as_item(self) -> Json:
        """The view as lists and create show it."""
        return {
            "view_id": self.view_id,
            "view_name": self.name,
            "view_type": self.type,
            "view_public_level": "Public",
        }

    def as_state(self) -> Json:
        """The keyword arguments of the constructor."""
        return {name: getattr(self, name) for name in self.__slots__}


class Table:
    """One table of one base."""

    def __init__(self, *, table_id: str, name: str) -> None:
        self.table_id, self.name = table_id, name
        self.revision = 1
        self.fields: dict[str, Field] = {}
        self.names: dict[str, str] = {}
        self.records: dict[str, Record] = {}
        self.views: dict[str, View] = {}
        self.serials: dict[str, int] = {}
        """The last number given out by each auto number field."""
        self.incoming: dict[str, dict[tuple[str, str, str], None]] = {}
        """record_id to (table_id, field_id, record_id) of one-way links that point at it, in order."""
        self.field_groups: list[Json] = []
        """Groups of columns as POST field_groups left them."""
        self.index = EqualityIndex()
        """For equality filters; commits keep it right, other changes of cells drop it."""
        self.found: tuple[Any, list[Record]] | None = None
        """The last search and its records, so that its next pages cost nothing."""

    def add_field(self, field: Field) -> None:
        """Appends a column; the caller has checked its name."""
        self.fields[field.field_id] = field
        self.names[field.name] = field.field_id

    def remove_field(self, field: Field) -> None:
        """Removes a column and all its cells."""
        del self.fields[field.field_id], self.names[field.name]
        self.serials.pop(field.field_id, None)
        self.index.drop()
        for record in self.records.values():
            record.cells.pop(field.field_id, None)

    def field_named(self, name: str) -> Field | None:
        """The column of that exact name."""
        field_id = self.names.get(name)
        return None if field_id is None else self.fields[field_id]

    def primary(self) -> Field:
        """The primary column; every table has one."""
        return next(field for field in self.fields.values() if field.is_primary)

    def of_types(self, types: Iterable[int]) -> list[Field]:
        """The columns whose type is one of ``types``."""
        wanted = frozenset(types)
        return [field for field in self.fields.values() if field.type in wanted]
