"""View settings that only base v3 has: sort, group (of a kanban its columns), time bar, column order.

Pure. Shapes as the official command line client sends them: sort and group are lists of
``{field, desc}``, a time bar is ``{start_time, end_time, title}``, visible_fields a list of ids.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from feishu_plugin.binding import LiveTable, find_field
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.schema import SortKey, Table, View
from feishu_plugin.sync.structure.order import arranged, columns
from feishu_plugin.sync.structure.view_bodies import hidden_ids

SORT, GROUP, BARS, ORDER = "sort", "group", "timebar", "visible_fields"


def asked_settings(view: View, *, arranged: bool = False) -> list[str]:
    """Which settings the schema speaks of; the order of columns only where it is not the table's own."""
    wanted = {SORT: view.sort, GROUP: view.group, BARS: view.bars, ORDER: arranged and view.type == "grid"}
    return [name for name, value in wanted.items() if value]


def wanted_setting(name: str, view: View, table: Table, here: LiveTable, now: Any) -> Any:
    """The value to set, by live field ids; None while a column is missing."""
    if name == SORT:
        return _keys(view.sort, table, here)
    if name == GROUP:
        return _keys(view.group, table, here)
    if name == BARS and view.bars:
        ids = _ids([view.bars.start, view.bars.end, view.bars.title], table, here)
        return dict(zip(("start_time", "end_time", "title"), ids, strict=True)) if ids else None
    return arranged(table, here, now or (), hidden_ids(view, table, here))


def setting_body(name: str, value: Any) -> Json:
    """The body of the PUT."""
    lists = {SORT: "sort_config", GROUP: "group_config", ORDER: "visible_fields"}
    body: Json = {lists[name]: value} if name in lists else value
    return body


def differs(name: str, wanted: Any, now: Any, table: Table, here: LiveTable) -> bool:
    """True when a setting has to be set; of the column order only ours among themselves count."""
    if wanted is None:
        return True
    if name == ORDER:
        ours = columns(table, here)
        return bool([id for id in now if id in ours] != [id for id in wanted if id in ours])
    if name == BARS:
        return {key: now.get(key) for key in wanted} != wanted if isinstance(now, dict) else True
    return bool([_plain(key) for key in now] != wanted)


def in_words(view: View, table: Table) -> Iterator[Phrase]:
    """What a person sets by hand where the tenant has no base v3."""
    if view.sort:
        yield Phrase(f"排序：{_named(view.sort, table)}", f"sort: {_named(view.sort, table)}")
    if view.group:
        yield Phrase(f"分组：{_named(view.group, table)}", f"group: {_named(view.group, table)}")
    if view.bars:
        bars = (view.bars.start, view.bars.end, view.bars.title)
        start, end, title = (table.field(key).zh for key in bars)
        yield Phrase(f"时间条：{start} → {end}，标题 {title}", f"bars: {start} → {end}, title {title}")


def _named(keys: Sequence[SortKey], table: Table) -> str:
    return "、".join(f"{table.field(key.field).zh}{'↓' if key.desc else '↑'}" for key in keys)


def _keys(keys: Sequence[SortKey], table: Table, here: LiveTable) -> list[Json] | None:
    ids = _ids([key.field for key in keys], table, here)
    return [{"field": id, "desc": key.desc} for id, key in zip(ids, keys, strict=True)] if ids else None


def _ids(keys: Sequence[str], table: Table, here: LiveTable) -> list[str] | None:
    """The live field ids; None when one is missing."""
    found = [find_field(table.key, table.field(key), here.fields) for key in keys]
    ids = [column.field_id for column in found if column is not None]
    return ids if len(ids) == len(keys) else None


def _plain(key: Any) -> Json:
    return {"field": key.get("field"), "desc": bool(key.get("desc"))} if isinstance(key, dict) else {}
