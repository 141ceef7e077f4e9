"""One column: its definition and its options; never looks at records."""

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.field_types import SELECTS
from feishu_plugin.sandbox.ids import new_id

if TYPE_CHECKING:
    from feishu_plugin.sandbox.formulas import Formula

COLORS = 55


class Field:
    """A column of one table. ``property`` is kept as Feishu shows it; options are indexed both ways."""

    __slots__ = (
        "description",
        "field_id",
        "formula",
        "is_primary",
        "name",
        "option_ids",
        "option_names",
        "property",
        "references",
        "type",
        "ui_type",
    )

    def __init__(
        self,
        *,
        field_id: str,
        name: str,
        type: int,
        ui_type: str,
        property: Json | None,
        description: Json | None = None,
        is_primary: bool = False,
    ) -> None:
        self.field_id, self.name, self.type, self.ui_type = field_id, name, type, ui_type
        self.property, self.description, self.is_primary = property, description, is_primary
        self.formula: Formula | None = None
        """What computes a formula field, once formulas.py has bound it."""
        self.references: dict[str, str] = {}
        """What the names in a formula meant when it was written: ``table_id|name`` to the id."""
        self.index_options()

    def index_options(self) -> None:
        """Rebuilds the two option indexes after ``property`` changed."""
        options = self.options()
        self.option_names: dict[str, str] = {option["id"]: option["name"] for option in options}
        self.option_ids: dict[str, str] = {option["name"]: option["id"] for option in options}

    def options(self) -> list[Json]:
        """The options of a select field, ``[]`` of any other."""
        if self.type not in SELECTS or self.property is None:
            return []
        options: list[Json] = self.property["options"]
        return options

    def option_id(self, name: str) -> str:
        """The id of the option of that name; a new name becomes a new option."""
        known = self.option_ids.get(name)
        if known is not None:
            return known
        options = self.options()
        color = (options[-1]["color"] + 1) % COLORS if options else 0
        option_id = new_id("opt")
        options.append({"id": option_id, "name": name, "color": color})
        self.option_names[option_id], self.option_ids[name] = name, option_id
        return option_id

    def setting(self, name: str, default: Any = None) -> Any:
        """One key of the property."""
        return (self.property or {}).get(name, default)

    def as_item(self) -> Json:
        """The field as create and update answer it; ``description`` is an object or absent."""
        item: Json = {
            "field_id": self.field_id,
            "field_name": self.name,
            "type": self.type,
            "ui_type": self.ui_type,
            "is_primary": self.is_primary,
            "property": deepcopy(self.property),
        }
        if self.description is not None:
            item["description"] = self.description
        return item

    def as_event_value(self) -> Json:
        """The field as ``bitable_field_changed`` shows it before and after."""
        value: Json = {"id": self.field_id, "name": self.name, "type": self.type}
        if self.description:
            value["description"] = self.description["text"]
        if self.property is not None:
            value["property"] = deepcopy(self.property)
        return value

    def as_state(self) -> Json:
        """Everything, for storage and copies; the keyword arguments of the constructor."""
        return {
            "field_id": self.field_id,
            "name": self.name,
            "type": self.type,
            "ui_type": self.ui_type,
            "property": deepcopy(self.property),
            "description": self.description,
            "is_primary": self.is_primary,
        }
