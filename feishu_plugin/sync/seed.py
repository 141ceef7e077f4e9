"""Fills empty policy tables from the packaged policy file, so that a new base has rules at once.

A table that holds any row is the team's: it is never touched again, whatever the file says.
"""

from collections.abc import Mapping, Sequence

from feishu_plugin.packaged import POLICY_TABLES
from feishu_plugin.ports import Tables
from feishu_plugin.records import Values

Rows = Mapping[str, Sequence[Values]]


def missing(tables: Tables) -> tuple[str, ...]:
    """The policy tables that exist and hold no row; a row without any value is none."""
    return tuple(key for key in POLICY_TABLES if key in tables.binding.tables and _is_empty(tables, key))


def _is_empty(tables: Tables, key: str) -> bool:
    return not any(_is_filled(record.values) for page in tables.scan(key) for record in page)


def _is_filled(values: Values) -> bool:
    return any(value is not None for value in values.values())


def fill(tables: Tables, rows: Rows) -> Mapping[str, int]:
    """Adds the packaged rows to the tables that are empty; answers how many, by table.

    The identity is the base and the table, so a repeated or interrupted run adds them once.
    """
    added: dict[str, int] = {}
    for key in missing(tables):
        if wanted := rows.get(key):
            identity = f"seed:{tables.binding.app_token}:{key}"
            added[key] = len(tables.create(key, wanted, identity))
    return added
