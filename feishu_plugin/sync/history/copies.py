"""The row of 历史需求数据表 that a requirement becomes, and what of it differs when it is read back; pure."""

from collections.abc import Mapping
from datetime import datetime

from feishu_plugin.archived import Content, checksum
from feishu_plugin.binding import BoundTable
from feishu_plugin.records import Record, Value, Values
from feishu_plugin.sync.archive.rows import LINKS

NEEDED = ("number", "origin", "content", "checksum")
"""Columns without which nothing is archived."""
_SINCE = ("archived_at",)
"""Not compared: it is when the copy was made."""


def copy_of(
    archive: BoundTable, register: BoundTable, content: Content, words: Mapping[str, str], at: datetime
) -> dict[str, Value]:
    """The cells of the copy; ``words`` tells record ids as people call them, ``at`` when it is made."""
    values = content.record.values
    shared = archive.fields.keys() & register.fields.keys()
    found = {key: _shown(archive.fields[key].type, values.get(key), words) for key in shared}
    text = content.text
    found |= {
        "origin": content.record.record_id,
        "content": text,
        "checksum": checksum(text),
        "archived_at": at,
    }
    return {key: value for key, value in found.items() if value is not None and key in archive.fields}


def differing(archive: BoundTable, expected: Values, found: Record) -> list[str]:
    """Names of the columns that do not show what they should."""
    keys = {*expected, *found.values} - {*_SINCE}
    return [
        archive.fields[key].name
        for key in sorted(keys & archive.fields.keys())
        if _plain(archive, key, expected.get(key)) != _plain(archive, key, found.get(key))
    ]


def unchanged(content: Content, now: Record) -> bool:
    """True while the row in the register is what was copied; an edit of any column moves its time."""
    before = content.record
    return before.modified_at == now.modified_at and all(
        value == now.get(key) for key, value in before.values.items()
    )


def _shown(type: str, value: Value, words: Mapping[str, str]) -> Value:
    if type == "text" and isinstance(value, tuple):
        return "、".join(words.get(one, one) for one in value) or None
    return value


def _plain(table: BoundTable, key: str, value: Value) -> Value:
    """Feishu orders the rows of a link as it likes."""
    if isinstance(value, tuple):
        return tuple(sorted(value)) if table.fields[key].type in LINKS else value or None
    return None if value in ("", False) else value
