"""A row of a file as a requirement: its values, its source key, its history, and what was left over; pure.

Nothing is dropped: a word that is no option, a name nobody knows and a column that nobody
mapped stand in 备注 with their heading.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feishu_plugin.records import Value, Values
from feishu_plugin.schema import Table
from feishu_plugin.sync.intake import cells
from feishu_plugin.sync.intake.cells import Around
from feishu_plugin.sync.intake.mapping import REMARK, FileColumn, FileMapping, placed
from feishu_plugin.sync.intake.text_file import Row

LONGEST_KEY = 200
_IDENTIFYING = (
    *("number", "title", "description", "customer_words", "customer_name", "contact", "submitted_at"),
)
"""What tells one requirement from another where no column does."""
_BEGUN = {"in_progress": "started_at", "done": "finished_at", "closed": "closed_at"}
"""Status to the field that a history column fills as well when no column of its own does."""
_TITLE = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row of the file, understood."""

    number: int
    """As a spreadsheet shows it."""
    cells: tuple[str, ...]
    key: str
    """What stands in 录入渠道键."""
    values: Values
    """By field key, every mapped field; None where the file has nothing."""
    history: tuple[tuple[str, datetime], ...] = ()
    """Status and when it began, oldest first."""
    doubts: tuple[str, ...] = ()
    """What was not taken as it stands, in words."""


@dataclass(slots=True)
class _Draft:
    values: dict[str, Value] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    history: dict[str, datetime] = field(default_factory=dict)
    key: str = ""

    def leave(self, heading: str, cell: str, why: str = "") -> None:
        """Into 备注; with a reason also into the report."""
        if cell:
            self.left.append(f"{heading}：{cell}")
        if why:
            self.doubts.append(f"{heading} “{_short(cell)}” {why}".replace(" “” ", " "))


class Reader:
    """Understands the rows of one file in their order: identical rows are told apart by it."""

    def __init__(self, mapping: FileMapping, wanted: Table, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self._mapping, self._wanted = mapping, wanted
        self._columns = placed(mapping, names)
        self._seen: Counter[bytes] = Counter()
        self._mapped = mapping.mapped()

    def row(self, row: Row, around: Around) -> FileRow:
        """The row, whatever stands in it."""
        number, found = row
        draft = _Draft()
        for place, cell in enumerate(found):
            self._take(self._column(place), cell.replace("\r\n", "\n").strip(), draft, around)
        self._fill(draft)
        return FileRow(
            number=number,
            cells=found,
            key=self._key(draft, found),
            values=self._values(draft),
            history=tuple(sorted(draft.history.items(), key=lambda one: one[1])),
            doubts=tuple(draft.doubts),
        )

    def _column(self, place: int) -> FileColumn:
        return self._columns[place] if place < len(self._columns) else FileColumn(name=f"列{place + 1}")

    def _take(self, column: FileColumn, cell: str, draft: _Draft, around: Around) -> None:
        is_key = column.name == self._mapping.key and len(cell) <= LONGEST_KEY
        if column.name == self._mapping.key:
            draft.key = draft.key or cell
        if column.history is not None:
            self._take_history(column, column.history, cell, draft, around)
        if column.to is not None:
            taken = cells.taken(self._wanted.field(column.to), column, cell, around)
            draft.values[column.to] = taken.value
            draft.leave(column.name, taken.left, taken.why)
        elif column.keep and column.history is None and not is_key:
            draft.leave(column.name, cell)

    def _take_history(
        self, column: FileColumn, status: str, cell: str, draft: _Draft, around: Around
    ) -> None:
        at = cells.moment_of(column, cell, around)
        if at is not None:
            draft.history[status] = at
        elif cell and column.to is None:
            draft.leave(column.name, cell, "不是日期 is no date")

    def _fill(self, draft: _Draft) -> None:
        """What the file says in other words: a title, when work began and ended."""
        if not draft.values.get("title"):
            words = str(draft.values.get("description") or draft.values.get("customer_words") or "")
            draft.values["title"] = _short(" ".join(words.split()), _TITLE) or None
        for status, key in _BEGUN.items():
            if key not in self._mapped and any(c.history == status for c in self._columns):
                draft.values[key] = draft.history.get(status)

    def _values(self, draft: _Draft) -> Values:
        own = draft.values.get(REMARK)
        remark = "\n".join([*([own] if isinstance(own, str) else []), *draft.left])
        if len(remark) > cells.LONGEST:
            draft.doubts.append("备注太长，只取前面的 more than 备注 holds: cut")
        return {**draft.values, REMARK: remark[: cells.LONGEST] or None}

    def _key(self, draft: _Draft, found: Sequence[str]) -> str:
        source = self._mapping.source
        if draft.key:
            return f"{source}:{draft.key if len(draft.key) <= LONGEST_KEY else _digest([draft.key])}"
        told = [f"{key}={draft.values[key]}" for key in _IDENTIFYING if draft.values.get(key)]
        name = _digest(told or [cell.strip() for cell in found])
        self._seen[bytes.fromhex(name)] += 1
        again = self._seen[bytes.fromhex(name)]
        return f"{source}:#{name}" + (f"-{again}" if again > 1 else "")


def _digest(words: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
