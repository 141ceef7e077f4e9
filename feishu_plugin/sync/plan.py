"""A plan: what ``apply`` would change, as a value that prints itself and can refuse itself.

Pure. The same schema and the same base always print the same text.
"""

from dataclasses import dataclass
from typing import Any, Self

from feishu_plugin.errors import UnsafePlan
from feishu_plugin.schema import Schema
from feishu_plugin.sync.changes import Change, ExtraField, ExtraTable, Refused
from feishu_plugin.sync.diff import Live, diff


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Differences by what becomes of them."""

    changes: tuple[Change, ...] = ()
    """To be performed."""
    refused: tuple[Refused, ...] = ()
    """Only a person may resolve these; while there is one, nothing is performed."""
    kept: tuple[Change, ...] = ()
    """What people made; it is left alone and is no difference."""

    @classmethod
    def of(cls, schema: Schema, live: Live) -> Self:
        """The plan that brings a live base in line with the schema."""
        found = diff(schema, live)
        kept = tuple(change for change in found if isinstance(change, ExtraTable | ExtraField))
        refused = tuple(change for change in found if isinstance(change, Refused))
        changes = tuple(c for c in found if not isinstance(c, ExtraTable | ExtraField | Refused))
        return cls(changes=changes, refused=refused, kept=kept)

    def __bool__(self) -> bool:
        """True when the base differs from the schema."""
        return bool(self.changes or self.refused)

    @property
    def data(self) -> dict[str, Any]:
        """``{"changes": [{"kind", "table", "key", "name", …}], "refused": […], "kept": […]}``."""
        return {
            "changes": [change.data for change in self.changes],
            "refused": [change.data for change in self.refused],
            "kept": [change.data for change in self.kept],
        }

    def __str__(self) -> str:
        """Lines for people: a headline, the changes, what was refused and what is left alone."""
        if not self:
            return "\n".join(["没有变更 No changes", *map(str, self.kept)])
        headline = f"计划：{len(self.changes)} 处变更 Plan: {len(self.changes)} changes"
        if self.refused:
            headline += f"，{len(self.refused)} 处需要人工处理 {len(self.refused)} need a person"
        return "\n".join([headline, *map(str, (*self.changes, *self.refused, *self.kept))])

    def raise_if_unsafe(self) -> None:
        """Raises UnsafePlan naming every change that could destroy data."""
        if self.refused:
            raise UnsafePlan(
                "nothing was changed, because these could destroy data: "
                + "; ".join(f"{change.path}: {change.reason}" for change in self.refused)
            )
