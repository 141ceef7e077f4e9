"""What an import does with each row: compares it with the base and with what the last import wrote; pure.

What a person changed since is never written over: such cells are kept and told.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from feishu_plugin.records import Record, Value, Values
from feishu_plugin.sync.intake.rows import FileRow

Verdict = Literal["create", "same", "look", "deleted"]
Prints = Mapping[str, str]
"""Field key to a digest of what the file said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What is remembered of a row that an import brought."""

    prints: Prints
    record_id: str = ""
    """Empty from before the row is created until it is known to be."""
    history: tuple[tuple[str, str], ...] = ()
    """Status and ISO moment; for the ledger, which is written when the row is adopted."""
    place: str = ""
    """File and row, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A row that is there already, against the file."""

    values: Values
    """To be written: the file says something new, and nobody changed the cell since."""
    prints: Prints
    """To be remembered."""
    kept: tuple[str, ...] = field(default=())
    """Keys of fields that a person changed as well: they stay."""


def prints_of(values: Values) -> Prints:
    """What is remembered of these values; an empty cell needs no memory."""
    return {key: print_of(value) for key, value in values.items() if value is not None}


def print_of(value: Value) -> str:
    """The same for what a person would call the same; empty for an empty cell."""
    if value is None:
        return ""
    text = json.dumps(value, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def verdict(row: FileRow, known: str | None, last: Imported | None) -> Verdict:
    """``known``: the record with this source key; ``look``: the record has to be read to decide."""
    if known is None:
        return "deleted" if last and last.record_id else "create"
    if last is not None and last.record_id and last.prints == prints_of(row.values):
        return "same"
    return "look"


def compare(row: FileRow, here: Record, last: Imported | None) -> Change:
    """Field by field: the file's word against what stands there and what the last import wrote."""
    before = last.prints if last else {}
    values: dict[str, Value] = {}
    prints, kept = dict(before), []
    for key, value in row.values.items():
        new, old, now = print_of(value), before.get(key, ""), print_of(here.get(key))
        if new not in (now, old):
            if now != old:
                kept.append(key)
                continue
            values[key] = value
        prints[key] = new
    return Change(values=values, prints={k: p for k, p in prints.items() if p}, kept=tuple(kept))
