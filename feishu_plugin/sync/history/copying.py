"""Makes the copies of requirements, as they are now: what each holds, in words, in columns and whole."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from feishu_plugin.archived import Content
from feishu_plugin.records import Record, Value
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.copies import copy_of
from feishu_plugin.sync.history.own_columns import REGISTER, Whole, fitting, own_of

LinkedFrom = Mapping[str, Mapping[str, Sequence[str]]]
"""Record id to ``table.field`` to the rows that point at it."""


def copies(
    desk: Desk, base: Whole, rows: Sequence[Record], linked_from: LinkedFrom, at: datetime
) -> dict[str, dict[str, Value]]:
    """Record id to the cells of its copy."""
    words = _words(desk, base, rows)
    found = {}
    for row in rows:
        content = content_now(desk, base, row, linked_from.get(row.record_id, {}))
        cells = copy_of(base.archive, base.register, content, words, at)
        found[row.record_id] = {**fitting(desk.schema, base.archive, content.own), **cells}
    return found


def content_now(desk: Desk, base: Whole, row: Record, linked_from: Mapping[str, Sequence[str]]) -> Content:
    """All that a row of the register holds at this moment."""
    ours = desk.schema.table(REGISTER).by_key
    return Content(
        record=replace(row, values={key: value for key, value in row.values.items() if key in ours}),
        own=own_of(desk.schema, base.register, row),
        linked_from={path: tuple(sorted(ids)) for path, ids in linked_from.items()},
    )


def _words(desk: Desk, base: Whole, rows: Sequence[Record]) -> dict[str, str]:
    """What people call the rows that these rows link, for the columns that hold links as text."""
    words: dict[str, str] = {}
    for field in desk.schema.table(REGISTER).fields:
        if field.table is None or field.key not in base.register.fields:
            continue
        if linked := {one for row in rows for one in _ids(row, field.key)} - words.keys():
            primary = desk.schema.table(field.table).fields[0].key
            told = base.tables.read(field.table, sorted(linked))
            words |= {id: str(row.get(primary) or id) for id, row in told.items()}
    return words


def _ids(row: Record, key: str) -> tuple[str, ...]:
    value = row.get(key)
    return value if isinstance(value, tuple) else ()
