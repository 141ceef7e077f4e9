"""What people do to a base by hand, through the same API, and what they made themselves.

Every deed takes the base as it is (``Deed``: structure and two numbers that choose what and
how) and tells in ``Made`` what belongs to people and must still be there afterwards.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from feishu_plugin.binding import LiveField, LiveTable, options_of
from feishu_plugin.errors import FeishuError
from feishu_plugin.ports import Json
from feishu_plugin.structure_ports import Structure

Deed = tuple[str, int, int]
NAMES = ("春", "夏", "甲", "乙", "丙", "丁")


@dataclass(slots=True)
class Made:
    """Ids of what people made."""

    tables: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    options: set[str] = field(default_factory=set)
    views: set[str] = field(default_factory=set)


def deeds(most: int, *, least: int = 0) -> st.SearchStrategy[list[Deed]]:
    """What people do, in order."""
    one = st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 60), st.integers(0, 60))
    return st.lists(one, min_size=least, max_size=most)


def act(structure: Structure, done: Sequence[Deed]) -> Made:
    """Does it all; what Feishu refuses (a name that is taken, the last view) is left undone."""
    made = Made()
    for name, n, m in done:
        tables = sorted(structure.live(), key=lambda table: table.table_id)
        table = tables[n % len(tables)]
        try:
            DEEDS[name](structure, table, m, made)
        except FeishuError:
            continue
    return _still_there(structure, made)


def _still_there(structure: Structure, made: Made) -> Made:
    """Without what people deleted again."""
    tables = structure.live()
    columns = {column.field_id for table in tables for column in table.fields}
    options = {str(o["id"]) for table in tables for column in table.fields for o in options_of(column)}
    views = {view.view_id for table in tables for view in table.views}
    return Made(
        tables=made.tables & {table.table_id for table in tables},
        columns=made.columns & columns,
        options=made.options & options,
        views=made.views & views,
    )


def body_of(live: LiveField, **changes: Any) -> Json:
    """The column as it is, for a whole update."""
    described = {"disable_sync": True, "text": live.description}
    body: Json = {
        "field_name": live.name,
        "type": live.type,
        "ui_type": live.ui_type,
        "description": described,
    }
    return {**body, **({"property": dict(live.property)} if live.property else {}), **changes}


def _column(table: LiveTable, m: int) -> LiveField:
    return table.fields[m % len(table.fields)]


def _name(m: int) -> str:
    return NAMES[m % len(NAMES)]


def _rename_table(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    structure.rename_table(table.table_id, _name(m))


def _add_table(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    fields = [{"field_name": "文本", "type": 1, "ui_type": "Text", "description": {"text": ""}}]
    made.tables.add(structure.create_table(_name(m), "表格", fields))


def _copy_table(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    """A copy takes the descriptions of its columns along, and so our marks."""
    plain = [column for column in table.fields if column.type not in (18, 21)]
    fields = [_copy_of(column) for column in plain]
    made.tables.add(structure.create_table(f"{table.name} 副本", "表格", fields))


def _drop_table(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    structure.delete_table(table.table_id)


def _rename_column(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    column = _column(table, m)
    structure.update_field(table.table_id, column.field_id, body_of(column, field_name=_name(m)))


def _add_column(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    body = {"field_name": _name(m), "type": 1, "ui_type": "Text", "description": {"text": ""}}
    made.columns.add(structure.create_field(table.table_id, body))


def _copy_column(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    """A copy takes the description along, and so our mark."""
    column = _column(table, m)
    if column.type not in (18, 21):
        body = {**_copy_of(column), "field_name": f"{column.name} 副本"}
        made.columns.add(structure.create_field(table.table_id, body))


def _copy_of(column: LiveField) -> Json:
    options = [{"name": option["name"]} for option in options_of(column)]
    return {**body_of(column), **({"property": {"options": options}} if options else {})}


def _drop_column(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    column = _column(table, m)
    structure.delete_field(table.table_id, column.field_id)


def _erase_mark(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    column = _column(table, m)
    erased = {"disable_sync": True, "text": "自己的说明"}
    structure.update_field(table.table_id, column.field_id, body_of(column, description=erased))


def _select(table: LiveTable, m: int) -> LiveField | None:
    found = [column for column in table.fields if options_of(column)]
    return found[m % len(found)] if found else None


def _set_options(structure: Structure, table: LiveTable, column: LiveField, options: Sequence[Any]) -> None:
    body = body_of(column, property={"options": [dict(option) for option in options]})
    structure.update_field(table.table_id, column.field_id, body)


def _rename_option(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    if column := _select(table, m):
        options = [dict(option) for option in options_of(column)]
        options[m % len(options)]["name"] = _name(m)
        _set_options(structure, table, column, options)


def _add_option(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    if column := _select(table, m):
        options = [dict(option) for option in options_of(column)]
        options.insert(m % (len(options) + 1), {"name": _name(m), "color": 7})
        _set_options(structure, table, column, options)
        now = next(t for t in structure.live() if t.table_id == table.table_id)
        added = options_of(next(f for f in now.fields if f.field_id == column.field_id))
        known = {option["id"] for option in options_of(column)}
        made.options |= {str(option["id"]) for option in added if option["id"] not in known}


def _drop_option(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    if column := _select(table, m):
        options = list(options_of(column))
        del options[m % len(options)]
        _set_options(structure, table, column, options)


def _rename_view(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    view = table.views[m % len(table.views)]
    structure.update_view(table.table_id, view.view_id, {"view_name": _name(m)})


def _add_view(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    made.views.add(structure.create_view(table.table_id, _name(m), "grid"))


def _drop_view(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    view = table.views[m % len(table.views)]
    structure.delete_view(table.table_id, view.view_id)


def _refilter(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    """Another condition in place of ours, and one more column hidden."""
    view = table.views[m % len(table.views)]
    column = _column(table, m)
    if view.type == "form" or column.type == 7:
        return
    line = {"field_id": column.field_id, "operator": "isNotEmpty", "value": "[]"}
    info = {"conjunction": ("and", "or")[m % 2], "conditions": [line]}
    hidden = [one.field_id for one in table.fields[1:] if one is column]
    property = {"filter_info": info, "hidden_fields": hidden}
    structure.update_view(table.table_id, view.view_id, {"property": property})


def _reask(structure: Structure, table: LiveTable, m: int, made: Made) -> None:
    """A question hidden, or moved to the front."""
    for form in (view for view in table.views if view.type == "form"):
        asked = structure.questions(table.table_id, form.view_id)
        chosen = asked[m % len(asked)]["field_id"]
        body: Json = {"visible": False} if m % 2 else {"pre_field_id": ""}
        structure.update_question(table.table_id, form.view_id, chosen, body)


_Act = Callable[[Structure, LiveTable, int, Made], None]
DEEDS: Mapping[str, _Act] = {
    "rename table": _rename_table,
    "add table": _add_table,
    "copy table": _copy_table,
    "drop table": _drop_table,
    "rename column": _rename_column,
    "add column": _add_column,
    "copy column": _copy_column,
    "drop column": _drop_column,
    "erase mark": _erase_mark,
    "rename option": _rename_option,
    "add option": _add_option,
    "drop option": _drop_option,
    "rename view": _rename_view,
    "add view": _add_view,
    "drop view": _drop_view,
    "refilter": _refilter,
    "reask": _reask,
}
