"""A plan: what ``apply`` would change, as a value that prints itself and can refuse itself.

Pure. The same schema and the same base always print the same text.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any, Self

from feishu_plugin.errors import UnsafePlan
from feishu_plugin.language import Phrase, counted
from feishu_plugin.schema import Schema
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.diff import diff
from feishu_plugin.sync.structure.live import Live


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Differences by what becomes of them."""

    changes: tuple[Change, ...] = ()
    """To be performed, also the destructive ones that were allowed by name."""
    forbidden: tuple[Change, ...] = ()
    """Destructive changes nobody allowed; while there is one, nothing is performed."""
    refused: tuple[Change, ...] = ()
    """Only a person may resolve these; while there is one, nothing is performed."""
    skipped: tuple[Change, ...] = ()
    """What this tenant cannot have or no call can set; told, and no difference."""
    kept: tuple[Change, ...] = ()
    """What people made; it is left alone and is no difference."""

    @classmethod
    def of(cls, schema: Schema, live: Live, allowed: Set[str] = frozenset()) -> Self:
        """The plan that brings a live base in line; ``allowed`` names destructive changes by their path."""
        found = diff(schema, live)
        forbidden = {c for c in found if c.is_destructive and c.path not in allowed}
        told = {"refuse", "skip", "keep"}
        return cls(
            changes=tuple(c for c in found if c.verb not in told and c not in forbidden),
            forbidden=tuple(c for c in found if c in forbidden),
            refused=tuple(c for c in found if c.verb == "refuse"),
            skipped=tuple(c for c in found if c.verb == "skip"),
            kept=tuple(c for c in found if c.verb == "keep"),
        )

    def __bool__(self) -> bool:
        """True when the base differs from the schema."""
        return bool(self.changes or self.forbidden or self.refused)

    @property
    def data(self) -> dict[str, Any]:
        """``{"changes": [{"kind", "path", "destructive", …}], "refused", "skipped", "kept"}``.

        ``changes`` holds the forbidden ones too: ``"allowed"`` tells them apart.
        """
        asked = [{**change.data, "allowed": False} for change in self.forbidden]
        return {
            "changes": [{**change.data, "allowed": True} for change in self.changes] + asked,
            "refused": [change.data for change in self.refused],
            "skipped": [change.data for change in self.skipped],
            "kept": [change.data for change in self.kept],
        }

    def __str__(self) -> str:
        """Lines for people: a headline, the changes, what was refused and what is left alone."""
        rest = (*self.skipped, *self.kept)
        if not self:
            return "\n".join([str(Phrase("没有变更", "No changes")), *map(str, rest)])
        headline = str(
            Phrase(f"计划：{len(self.changes)} 处变更", f"Plan: {counted(len(self.changes), 'change')}")
        )
        if self.forbidden:
            count = len(self.forbidden)
            headline += str(Phrase(f"，{count} 处会丢数据、须点名", f", {count} destructive, to be named"))
        if self.refused:
            count = len(self.refused)
            headline += str(Phrase(f"，{count} 处需要人工处理", f", {count} need a person"))
        lines = [headline, *map(str, (*self.changes, *self.forbidden, *self.refused, *rest))]
        if self.forbidden:
            lines.append(f"  {_how(self.forbidden)}")
        return "\n".join(lines)

    def raise_if_unsafe(self) -> None:
        """Raises UnsafePlan naming every change that could destroy data, and how to allow it."""
        wrong = [f"{change.path}: {change.reason}" for change in self.refused]
        if self.forbidden:
            wrong.append(f"{'; '.join(map(str, self.forbidden))}. {_how(self.forbidden)}")
        if wrong:
            raise UnsafePlan(
                Phrase(
                    "什么也没有改，因为这些变更可能丢数据：" + "；".join(wrong),
                    "nothing was changed, because these could destroy data: " + "; ".join(wrong),
                )
            )

    def raise_if_unknown(self, allowed: Set[str]) -> None:
        """Raises UnsafePlan for a name that allows nothing: probably it is misspelt."""
        paths = {change.path for change in self.changes if change.is_destructive}
        if unknown := sorted(allowed - paths):
            raise UnsafePlan(
                Phrase(
                    f"--allow-destructive {' '.join(unknown)}：计划里没有这样的变更；"
                    "什么也没有改，运行 `feishu-plugin plan` 可看名称",
                    f"--allow-destructive {' '.join(unknown)}: the plan has no such destructive change; "
                    "nothing was changed, run `feishu-plugin plan` to see their names",
                )
            )


def _how(forbidden: tuple[Change, ...]) -> Phrase:
    named = " ".join(f"--allow-destructive {change.path}" for change in forbidden)
    return Phrase(
        f"先导出会丢失的内容，再执行：feishu-plugin apply {named}",
        f"to export what would be lost and go on: feishu-plugin apply {named}",
    )
