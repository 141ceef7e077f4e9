"""What the store remembers of live ids, so that a rename by people stays a rename; pure.

Columns carry a mark in their description; tables, options, views, roles and charts can carry
none. ``Known`` maps the id of any of them to a key path: ``table``, ``table.field``,
``table.field.option``, ``view:table.view``, ``role:key``, ``dashboard:key``,
``chart:dashboard.chart``. Ids of a base are unique and never used again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from feishu_plugin.binding import (
    LiveField,
    LiveTable,
    LiveView,
    find_field,
    find_option,
    find_table,
    find_view,
    is_custom,
    marked,
    options_of,
    path_of,
)
from feishu_plugin.schema import Field, Schema, Table

Known = Mapping[str, str]

VIEW, ROLE, DASHBOARD, CHART = "view:", "role:", "dashboard:", "chart:"


def recognise(tables: Iterable[LiveTable], known: Known) -> tuple[LiveTable, ...]:
    """The tables with the keys that are remembered of their ids."""
    return tuple(_table(table, known) for table in tables)


def own_path(column: LiveField, known: Known) -> str:
    """The key path ``table.field`` a column stands for; empty for what people made.

    People copy columns and tables, and a copy takes the mark along: it stands for nothing when
    its mark is remembered of another id.
    """
    mark = ".".join(path_of(column) or ())
    return "" if not column.key and mark in known.values() else mark


def own_key(table: LiveTable, known: Known) -> str:
    """The key of the table of ours that a live table is or was; empty for one that people made or copied."""
    marks = (path_of(column) for column in table.fields)
    mark = next((path[0] for path in marks if path), "")
    key = table.key or ("" if mark in known.values() else mark)
    return "" if is_custom(key) else key


def with_marks(known: Known, tables: Iterable[LiveTable]) -> Known:
    """What is remembered, and the first table and column of every mark that nobody remembers."""
    found, paths = dict(known), set(known.values())
    for table in tables:
        key = known.get(table.table_id) or own_key(table, found)
        marks = ((column.field_id, marked(column.description)) for column in table.fields)
        ours = {id: ".".join(mark) for id, mark in marks if key and mark and mark[0] == key}
        for id, path in {**({table.table_id: key} if key else {}), **ours}.items():
            if id not in found and path not in paths:
                found[id] = path
                paths.add(path)
    return found


def seen(schema: Schema, tables: tuple[LiveTable, ...]) -> dict[str, str]:
    """Id to key path of everything of the schema that these tables show."""
    found: dict[str, str] = {}
    for wanted in schema.tables:
        live = find_table(wanted, tables)
        if live is not None:
            found[live.table_id] = wanted.key
            found.update(_parts(wanted, live))
    return found


def _parts(table: Table, live: LiveTable) -> Iterator[tuple[str, str]]:
    for wanted in table.fields:
        column = find_field(table.key, wanted, live.fields)
        if column is not None:
            yield column.field_id, f"{table.key}.{wanted.key}"
            yield from _options(f"{table.key}.{wanted.key}", wanted, column)
    for view in table.views:
        shown = find_view(view, live.views)
        if shown is not None:
            yield shown.view_id, f"{VIEW}{table.key}.{view.key}"


def _options(path: str, wanted: Field, column: LiveField) -> Iterator[tuple[str, str]]:
    for option in wanted.options:
        found = find_option(option, column)
        if found is not None:
            yield str(found["id"]), f"{path}.{option.key}"


def _table(live: LiveTable, known: Known) -> LiveTable:
    return replace(
        live,
        key=known.get(live.table_id, ""),
        fields=tuple(_field(field, known) for field in live.fields),
        views=tuple(_view(view, known) for view in live.views),
    )


def _field(live: LiveField, known: Known) -> LiveField:
    ids = (str(option["id"]) for option in options_of(live))
    keys = {id: known[id].rpartition(".")[2] for id in ids if id in known}
    return replace(live, key=known.get(live.field_id, ""), option_keys=keys)


def _view(live: LiveView, known: Known) -> LiveView:
    return replace(live, key=known.get(live.view_id, "").rpartition(".")[2])
