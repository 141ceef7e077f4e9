"""Writes into 分派规则 how much everybody has to do; counted in the store, so reading costs no call.

Feishu is only asked when a figure changed since the last time, and written to in one call.
"""

from feishu_plugin.ports import Tables
from feishu_plugin.records import Record, Values
from feishu_plugin.rules.rotation import load_text
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.draws import loads

_TABLE = "routing"
_FACT = "loads"
"""The figures that were shown last."""


def show_loads(desk: Desk) -> int:
    """Brings 在办数 up to date; how many rows were written."""
    bound = desk.tables.binding.tables.get(_TABLE)
    if bound is None or "load" not in bound.fields:
        return 0
    counts = loads(desk)
    if desk.store.recall(desk.app_token, _FACT) == counts:
        return 0
    changes: dict[str, Values] = {}
    for row in _rows(desk.tables):
        people = dict.fromkeys(one for key in ("owners", "backup") for one in _people(row, key))
        said = load_text([(desk.people.person(one).name or one, counts.get(one, 0)) for one in people])
        if (row.get("load") or "") != said:
            changes[row.record_id] = {"load": said or None}
    if changes:
        desk.tables.update(_TABLE, changes)
    desk.store.keep(desk.app_token, _FACT, dict(counts))
    return len(changes)


def _rows(tables: Tables) -> list[Record]:
    return [row for page in tables.scan(_TABLE) for row in page]


def _people(row: Record, key: str) -> tuple[str, ...]:
    value = row.get(key)
    return value if isinstance(value, tuple) else ()
