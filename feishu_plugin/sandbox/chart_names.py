"""Charts name tables and fields; kept are their ids, so that a chart follows whatever is renamed.

What is gone keeps the name it had when the chart was last written.
"""

from collections.abc import Mapping
from typing import Any

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Json

NAMED = ("table_name", "field_name")


def pinned(base: Base, config: Json) -> tuple[Json, dict[str, str]]:
    """A checked ``data_config`` with ids where names were, and the names that these ids have now."""
    table = base.named(str(config.get("table_name")))
    if table is None:
        return config, {}
    ids = {"table_name": {table.name: table.table_id}, "field_name": table.names}
    kept: Json = _swapped(config, ids)
    names = {table.table_id: table.name, **{field_id: name for name, field_id in table.names.items()}}
    return kept, {id: names[id] for id in _used(kept) if id in names}


def shown_block(base: Base, block: Json) -> Json:
    """The block as it is read: names in its ``data_config``, the present ones where there are some."""
    config = block["data_config"]
    table = base.tables.get(str(config.get("table_name")))
    present = {} if table is None else {id: field.name for id, field in table.fields.items()}
    tables = {} if table is None else {table.table_id: table.name}
    names = {**block.get("names", {}), **present, **tables}
    shown = {key: value for key, value in block.items() if key != "names"}
    return {**shown, "data_config": _swapped(config, dict.fromkeys(NAMED, names))}


def _swapped(value: Any, other: Mapping[str, Mapping[str, str]]) -> Any:
    """The value with every name (or id) replaced that ``other`` knows for its key."""
    if isinstance(value, list):
        return [_swapped(item, other) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: other[key].get(item, item) if key in NAMED and isinstance(item, str) else _swapped(item, other)
        for key, item in value.items()
    }


def _used(value: Any) -> list[str]:
    """Everything that stands where a name belongs."""
    if isinstance(value, list):
        return [id for item in value for id in _used(item)]
    if not isinstance(value, dict):
        return []
    here = [item for key, item in value.items() if key in NAMED and isinstance(item, str)]
    return [*here, *(id for item in value.values() for id in _used(item))]
