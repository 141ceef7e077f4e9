"""What people renamed of what the plugin works with, in words: it works on, but should be known; pure."""

from collections.abc import Sequence

from feishu_plugin.binding import LiveTable
from feishu_plugin.schema import Schema
from feishu_plugin.sync.structure.diff import diff
from feishu_plugin.sync.structure.live import Live

_WHATS = frozenset({"table", "field", "option"})


def renamed(schema: Schema, tables: Sequence[LiveTable]) -> tuple[str, ...]:
    """One line for each of our tables, columns and options that has another name than in the schema.

    What is missing or of another type is told by ``pauses``; looks (views, descriptions, the
    order of columns) are no trouble and told by ``plan`` alone.
    """
    found = diff(schema, Live(tables=tables))
    return tuple(
        f"「{change.name}」现名「{change.found}」，规则照常运行；要改回请运行 feishu-plugin apply "
        f"({change.path} is called so now, rules go on; apply renames it back)"
        for change in found
        if change.verb == "rename" and change.what in _WHATS
    )
