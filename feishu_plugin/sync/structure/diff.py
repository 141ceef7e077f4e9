"""What must change so that the live base becomes the wanted one: a sorted list of values.

Pure. Order: tables as in the schema, in each its own change, fields, views, forms; roles;
dashboards; then what the schema no longer has and what is left alone. What could cost data
is a change that says so (``Change.is_destructive``); what only a person can resolve is refused.
"""

from collections.abc import Iterator

from feishu_plugin.binding import LiveTable, find_table
from feishu_plugin.identity import own_key
from feishu_plugin.language import Phrase, counted
from feishu_plugin.schema import Schema, Table
from feishu_plugin.sync.structure import bodies
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.diff_extras import diff_dashboards, diff_roles
from feishu_plugin.sync.structure.diff_fields import Columns, find_column
from feishu_plugin.sync.structure.diff_views import by_hand, diff_views, new_view
from feishu_plugin.sync.structure.live import Live

DEFAULT_VIEW = "全部"
"""Name of the first grid view of a table whose schema names none."""


def diff(schema: Schema, live: Live) -> tuple[Change, ...]:
    """Every difference, in the order in which people read a base; empty when there is none."""
    ids = table_ids(schema, live)
    changes = [change for table in schema.tables for change in _table(schema, table, live, ids)]
    changes += [*diff_roles(schema, live), *diff_dashboards(schema, live)]
    extra = sorted((t for t in live.tables if t.table_id not in ids.values()), key=lambda t: t.name)
    return (*changes, *(_other_table(schema, table, live) for table in extra))


def table_ids(schema: Schema, live: Live) -> dict[str, str]:
    """Table key to live table id, for the tables that exist."""
    found = {table.key: find_table(table, live.tables) for table in schema.tables}
    return {key: table.table_id for key, table in found.items() if table is not None}


def default_view(table: Table) -> str:
    """The name of the view that Feishu makes together with the table: always a grid."""
    taken = DEFAULT_VIEW in {view.zh for view in table.views}
    spare = f"{DEFAULT_VIEW} {table.zh}" if taken else DEFAULT_VIEW
    return next((view.zh for view in table.views if view.type == "grid"), spare)


def _other_table(schema: Schema, table: LiveTable, live: Live) -> Change:
    key = own_key(table, live.known)
    if key and key not in schema.by_key:
        details = tuple(_emptied(table, live))
        return Change(verb="drop", what="table", table=key, key=key, name=table.name, details=details)
    return Change(verb="keep", what="table", table="", key=table.table_id, name=table.name)


def _emptied(gone: LiveTable, live: Live) -> Iterator[Phrase]:
    """The columns of other tables whose links go with a table."""
    for table in live.tables:
        for column in table.fields if table is not gone else ():
            if column.property.get("table_id") == gone.table_id:
                yield Phrase(f"连同 {table.name}.{column.name}", f"with {table.name}.{column.name}")


def _table(schema: Schema, table: Table, live: Live, ids: bodies.TableIds) -> Iterator[Change]:
    here = find_table(table, live.tables)
    if here is None:
        yield _new_table(table, live, ids)
        yield from (new_view(table, view) for view in table.views if view.zh != default_view(table))
    else:
        if here.name != table.zh:
            yield _rename_table(table, here.name, live, ids)
        found = {field.key: find_column(schema, table, field, live) for field in table.fields}
        yield from Columns(table=table, here=here, found=found, ids=ids, known=live.known).changes()
        yield from diff_views(table, here, live)
    yield from (change for view in table.views for change in by_hand(table, view, live))


def _new_table(table: Table, live: Live, ids: bodies.TableIds) -> Change:
    count = len(table.fields)
    details = (Phrase(f"{count} 个字段", f"{counted(count, 'field')}"),)
    add = Change(verb="add", what="table", table=table.key, key=table.key, name=table.zh, details=details)
    return _taken(table, live, ids) or add


def _rename_table(table: Table, found: str, live: Live, ids: bodies.TableIds) -> Change:
    rename = Change(verb="rename", what="table", table=table.key, key=table.key, name=table.zh, found=found)
    return _taken(table, live, ids) or rename


def _taken(table: Table, live: Live, ids: bodies.TableIds) -> Change | None:
    """A refusal when people's table has the name: one of ours will give it up by itself."""
    peoples = (t for t in live.tables if t.table_id not in ids.values() and not own_key(t, live.known))
    if table.zh not in {t.name for t in peoples}:
        return None
    reason = Phrase("另一张表已叫这个名称，请先改名", "another table has this name, rename it first")
    return Change(verb="refuse", what="table", table=table.key, key=table.key, name=table.zh, reason=reason)
