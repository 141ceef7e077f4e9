"""What can differ between the wanted base and the live one, as values that print themselves.

A change names things by stable key and by the label people read. It must hold no Feishu id
that could be stale and no code that performs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal
from unicodedata import east_asian_width

from feishu_plugin.identity import CHART, DASHBOARD, ROLE, VIEW
from feishu_plugin.language import Phrase, spoken

Verb = Literal["add", "rename", "change", "merge", "reorder", "drop", "retype", "refuse", "skip", "keep"]
What = Literal["table", "field", "options", "option", "view", "form", "role", "dashboard", "chart"]

DESTRUCTIVE: frozenset[Verb] = frozenset({"drop", "retype"})
"""What may cost cells: performed only when it is named, and after an export of what would be lost."""

_SIGNS: Mapping[Verb, str] = {
    "add": "+",
    "rename": "~",
    "change": "~",
    "merge": "+",
    "reorder": "~",
    "drop": "-",
    "retype": "!",
    "refuse": "!",
    "skip": "○",
    "keep": "·",
}
_VERBS: Mapping[Verb, tuple[str, str]] = {
    "add": ("", ""),
    "rename": ("名", " name"),
    "change": ("", ""),
    "merge": ("", ""),
    "reorder": ("顺序", " order"),
    "drop": ("删除", "drop "),
    "retype": ("改类型", "retype "),
    "refuse": ("不能改", "refused "),
    "skip": ("跳过", "skipped "),
    "keep": ("保留", "kept "),
}
_THINGS: Mapping[What, tuple[str, str]] = {
    "table": ("数据表", "table"),
    "field": ("字段", "field"),
    "options": ("选项", "options"),
    "option": ("选项", "option"),
    "view": ("视图", "view"),
    "form": ("表单", "form"),
    "role": ("角色", "role"),
    "dashboard": ("仪表盘", "dashboard"),
    "chart": ("图表", "chart"),
}
_PREFIXES: Mapping[What, str] = {
    "view": VIEW,
    "form": VIEW,
    "role": ROLE,
    "dashboard": DASHBOARD,
    "chart": CHART,
}
_COLUMN = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference: what is to be done (``verb``) to which thing (``what``)."""

    verb: Verb
    what: What
    table: str
    """Stable key of the table (of a chart: of its dashboard); empty for what is in no table of ours."""
    key: str
    """Stable key within the table; of a table, role or dashboard its own key."""
    name: str
    """Chinese label, for parts of a table ``table.part``."""
    found: str = ""
    """Of a rename: the name it has now."""
    details: tuple[Phrase | str, ...] = ()
    """What exactly: types, settings, options, fields."""
    reason: Phrase | str = ""
    """Why it is refused or skipped, and what a person can do."""

    @property
    def kind(self) -> str:
        """Its name in JSON, such as ``add_field``."""
        return f"{self.verb}_{self.what}"

    @property
    def path(self) -> str:
        """What names it on the command line: ``table``, ``table.key``, ``view:table.key``, ``role:key`` …"""
        own = self.key if self.table in ("", self.key) else f"{self.table}.{self.key}"
        return _PREFIXES.get(self.what, "") + own

    @property
    def is_destructive(self) -> bool:
        """True when performing it may cost cells."""
        return self.verb in DESTRUCTIVE

    @property
    def data(self) -> dict[str, Any]:
        """``kind``, ``path``, ``table``, ``key``, ``name``, ``destructive`` and what else it holds."""
        extra = {"found": self.found, "details": list(self.details), "reason": self.reason}
        return {
            "kind": self.kind,
            "path": self.path,
            "table": self.table,
            "key": self.key,
            "name": self.name,
            "destructive": self.is_destructive,
            **{key: value for key, value in extra.items() if value},
        }

    @property
    def detail(self) -> str:
        """What follows the name in the printed line."""
        now = str(Phrase(f"现为“{self.found}”", f"now “{self.found}”")) if self.found else ""
        comma, colon = ("、", "：") if spoken() == "zh" else (", ", "; ")
        return colon.join(
            part for part in (now, comma.join(map(str, self.details)), str(self.reason)) if part
        )

    def __str__(self) -> str:
        line = (
            f"{_SIGNS[self.verb]} {padded(_label(self.verb, self.what), _COLUMN)} {self.name} ({self.path})"
        )
        return f"{line}: {self.detail}" if self.detail else line


def _label(verb: Verb, what: What) -> str:
    """``字段名`` or ``field name``, ``删除视图`` or ``drop view`` …"""
    (zh, en), (thing_zh, thing_en) = _VERBS[verb], _THINGS[what]
    if en.startswith(" ") or not en:
        return str(Phrase(f"{thing_zh}{zh}", f"{thing_en}{en}"))
    return str(Phrase(f"{zh}{thing_zh}", f"{en}{thing_en}"))


def padded(text: str, columns: int) -> str:
    """The text filled up with blanks on a terminal where a Chinese character takes two columns."""
    width = sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
    return text + " " * (columns - width)
