"""What must change so that the live base becomes the wanted one: a sorted list of values.

Pure. Order: tables as in the schema, in each its own change, fields, views, forms; then what
is left alone. It never proposes to delete anything: what it cannot reach without a risk for
data becomes a ``Refused`` with the way out for a person.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from feishu_plugin.binding import LiveField, LiveTable, LiveView, find_field, find_table, marked
from feishu_plugin.ports import Json
from feishu_plugin.schema import KINDS, Field, Schema, Table, View
from feishu_plugin.sync import bodies
from feishu_plugin.sync.changes import (
    AddField,
    AddTable,
    AddView,
    Change,
    ChangeField,
    ChangeForm,
    ChangeView,
    ExtraField,
    ExtraTable,
    MergeOptions,
    Refused,
    RenameField,
    RenameTable,
)
from feishu_plugin.sync.questions import LiveForm, form_aspects

DEFAULT_VIEW = "全部"
"""Name of the first grid view of a table whose schema names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """A base as it was read: its tables, and its forms by form id (= view id)."""

    tables: Sequence[LiveTable] = ()
    forms: Mapping[str, LiveForm] = field(default_factory=dict)

    def names(self) -> set[str]:
        """The table names that are taken."""
        return {table.name for table in self.tables}


def diff(schema: Schema, live: Live) -> tuple[Change, ...]:
    """Every difference, in the order in which people read a base; empty when there is none."""
    ids = table_ids(schema, live)
    changes = [change for table in schema.tables for change in _table(schema, table, live, ids)]
    extra = (table for table in live.tables if table.table_id not in ids.values())
    kept = (ExtraTable(table="", key=t.table_id, name=t.name) for t in sorted(extra, key=lambda t: t.name))
    return (*changes, *kept)


def table_ids(schema: Schema, live: Live) -> dict[str, str]:
    """Table key to live table id, for the tables that exist."""
    found = {table.key: find_table(table, live.tables) for table in schema.tables}
    return {key: table.table_id for key, table in found.items() if table is not None}


def default_view(table: Table) -> str:
    """The name of the view that Feishu makes together with the table."""
    return next((view.zh for view in table.views if view.type == "grid"), DEFAULT_VIEW)


def find_view(view: View, live: LiveTable) -> LiveView | None:
    """The live view of a schema view: views carry no mark, so it is the one with the name."""
    return next((found for found in live.views if found.name == view.zh), None)


def find_column(schema: Schema, table: Table, wanted: Field, live: Live) -> LiveField | None:
    """The live column of a schema field; a link's partner is also known through its owner."""
    here = find_table(table, live.tables)
    if here is None:
        return None
    found = find_field(table.key, wanted, here.fields)
    if found is not None or not bodies.is_partner(wanted) or wanted.back_key is None:
        return found
    back_id = _back_field_id(schema, wanted, live)
    return next((column for column in here.fields if column.field_id == back_id), None)


def _back_field_id(schema: Schema, partner: Field, live: Live) -> str | None:
    owner = schema.table(partner.table or "")
    there = find_table(owner, live.tables)
    if there is None or partner.back_key is None:
        return None
    column = find_field(owner.key, owner.field(partner.back_key), there.fields)
    return column.property.get("back_field_id") if column else None


def _table(schema: Schema, table: Table, live: Live, ids: bodies.TableIds) -> Iterator[Change]:
    here = find_table(table, live.tables)
    if here is None:
        yield AddTable(table=table.key, key=table.key, name=table.zh, fields=tuple(table.by_key))
        for view in table.views:
            if view.zh != default_view(table):
                yield _add_view(table, view)
        return
    if here.name != table.zh:
        yield _rename_table(table, here.name, live)
    for wanted in table.fields:
        found = find_column(schema, table, wanted, live)
        yield from _field(table, wanted, found, here, ids)
    for view in table.views:
        yield from _view(table, view, here, live)
    yield from _extra_fields(schema, table, here, live)


def _rename_table(table: Table, found: str, live: Live) -> Change:
    if table.zh in live.names():
        reason = f"另一张表已叫“{table.zh}”，请先改名 another table has this name, rename it first"
        return Refused(table=table.key, key=table.key, name=table.zh, reason=reason)
    return RenameTable(table=table.key, key=table.key, name=table.zh, found=found)


def _field(
    table: Table, wanted: Field, found: LiveField | None, here: LiveTable, ids: bodies.TableIds
) -> Iterator[Change]:
    name = f"{table.zh}.{wanted.zh}"
    taken = wanted.zh in {column.name for column in here.fields if column is not found}
    if taken and (found is None or found.name != wanted.zh):
        reason = "另一列已用这个名称，请先改名 another column has this name, rename it first"
        yield Refused(table=table.key, key=wanted.key, name=name, reason=reason)
    elif found is None:
        yield AddField(table=table.key, key=wanted.key, name=name, type=wanted.type)
    elif reason := _risk(wanted, found, ids):
        yield Refused(table=table.key, key=wanted.key, name=name, reason=reason)
    else:
        yield from _field_changes(table, wanted, found, ids)


def _risk(wanted: Field, found: LiveField, ids: bodies.TableIds) -> str:
    """Why bringing the column in line could destroy cells; empty when it could not."""
    number, ui_type = KINDS[wanted.type]
    if found.type != number or found.ui_type not in ("", ui_type):
        kind = found.ui_type or str(found.type)
        return f"类型是 {kind} 而不是 {ui_type}，请给该列改名 is {kind}, not {ui_type}: rename that column"
    target = ids.get(wanted.table or "")
    if target and found.property.get("table_id") not in (None, target):
        return "关联到另一张表，请给该列改名 links to another table: rename that column"
    several = wanted.type in ("user", "group_chat", "single_link", "duplex_link") and not wanted.multiple
    if several and found.property.get("multiple", True):
        return "允许多个值而应只有一个，请在飞书中改 allows several values, not one: change it in Feishu"
    return ""


def _field_changes(table: Table, wanted: Field, found: LiveField, ids: bodies.TableIds) -> Iterator[Change]:
    name = f"{table.zh}.{wanted.zh}"
    if found.name != wanted.zh:
        yield RenameField(table=table.key, key=wanted.key, name=name, found=found.name)
    if aspects := tuple(_aspects(table, wanted, found, ids)):
        yield ChangeField(table=table.key, key=wanted.key, name=name, aspects=aspects)
    names = {option["name"] for option in bodies.options(found)}
    if lost := tuple(option.zh for option in wanted.options if option.zh not in names):
        yield MergeOptions(table=table.key, key=wanted.key, name=name, options=lost)


def _aspects(table: Table, wanted: Field, found: LiveField, ids: bodies.TableIds) -> Iterator[str]:
    """Settings that differ; ``options`` have a change of their own, links keep their table."""
    if found.description != bodies.description(table.key, wanted):
        yield "description"
    if bodies.is_link(wanted):
        property: Json = {"multiple": wanted.multiple}
    else:
        property = bodies.wanted_property(wanted, ids)
    for key, value in sorted(property.items()):
        if key != "options" and found.property.get(key) != value:
            yield key


def _view(table: Table, view: View, here: LiveTable, live: Live) -> Iterator[Change]:
    name = f"{table.zh}.{view.zh}"
    found = find_view(view, here)
    if found is None:
        yield _add_view(table, view)
    elif found.type != view.type:
        reason = f"是 {found.type} 视图，请给它改名 is a {found.type} view: rename it"
        yield Refused(table=table.key, key=view.key, name=name, reason=reason)
    else:
        if aspects := tuple(_view_aspects(table, view, here, found)):
            yield ChangeView(table=table.key, key=view.key, name=name, aspects=aspects)
        form = live.forms.get(found.view_id)
        if form and (aspects := tuple(form_aspects(table, view, here, form))):
            yield ChangeForm(table=table.key, key=view.key, name=name, aspects=aspects)


def _add_view(table: Table, view: View) -> Change:
    return AddView(table=table.key, key=view.key, name=f"{table.zh}.{view.zh}", type=view.type)


def _view_aspects(table: Table, view: View, here: LiveTable, found: LiveView) -> Iterator[str]:
    """A view may hold more conditions and hide more than wanted: people may narrow it."""
    wanted = bodies.conditions(view, table, here)
    now = {bodies.comparable(condition, here) for condition in bodies.live_conditions(found)}
    if wanted is None or not {bodies.comparable(condition, here) for condition in wanted} <= now:
        yield "filter"
    elif wanted and len(now) > 1 and found.property["filter_info"].get("conjunction") != view.conjunction:
        yield "conjunction"
    if not set(bodies.hidden_ids(view, table, here)) <= set(found.property.get("hidden_fields") or ()):
        yield "hidden"


def _extra_fields(schema: Schema, table: Table, here: LiveTable, live: Live) -> Iterator[Change]:
    ours = [find_column(schema, table, wanted, live) for wanted in table.fields]
    known = {column.field_id for column in ours if column is not None}
    for column in sorted(here.fields, key=lambda column: column.name):
        if column.field_id not in known:
            key = (marked(column.description) or ("", column.field_id))[1]
            yield ExtraField(table=table.key, key=key, name=f"{table.zh}.{column.name}")
