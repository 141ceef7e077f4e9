"""Performs one change against a base as it was read: the only place that writes structure.

It must never write less than the live thing holds (an update of a column, view or role is
built from what is there), and never a change that the schema does not ask for.
"""

from collections.abc import Callable, Mapping

from feishu_plugin.binding import LiveTable, find_table, find_view
from feishu_plugin.identity import own_key, own_path
from feishu_plugin.schema import Field, Schema, Table, View
from feishu_plugin.sync.structure import bodies, view_bodies, view_settings
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.diff import default_view, table_ids
from feishu_plugin.sync.structure.diff_fields import find_column
from feishu_plugin.sync.structure.live import Base, Live
from feishu_plugin.sync.structure.perform_extras import perform_extra
from feishu_plugin.sync.structure.questions import form_body, is_unshared, question_bodies, share_body

FIELDS_AT_ONCE = 15
"""Feishu was seen to lose columns silently when a table is created with 21 or more."""


def first_fields(table: Table) -> list[Field]:
    """The leading columns a table is created with: no links, so that the order is kept."""
    link = next((i for i, field in enumerate(table.fields) if bodies.is_link(field)), len(table.fields))
    return list(table.fields[: min(link, FIELDS_AT_ONCE)])


class Hand:
    """Performs single changes against the base as it was read at the start of a round.

    Every method answers True when it did something, False when the change has to wait.
    ``pushing`` gives a thing whose name another one of ours still has a name for the time
    being: so that two can swap their names.
    """

    def __init__(self, base: Base, schema: Schema, live: Live, *, pushing: bool = False) -> None:
        self.base, self.structure = base, base.structure
        self.schema, self.live, self.pushing = schema, live, pushing
        self.ids = table_ids(schema, live)
        self.written: set[tuple[str, str]] = set()
        self.dropped: frozenset[str] = frozenset()
        """Paths of the options that may be lost: ``table.field.option``."""

    def perform(self, change: Change) -> bool:
        """Performs one change, if the base as read allows it."""
        if change.what in ("role", "dashboard", "chart"):
            return perform_extra(change, self.base.extras, self.schema, self.live, pushing=self.pushing)
        if change.kind == "drop_table":
            return self._drop_table(change.key)
        table = self.schema.table(change.table)
        if change.kind == "add_table":
            return self._add_table(table)
        here = find_table(table, self.live.tables)
        act = _ACTS.get(change.kind)
        return act(self, table, here, change) if act and here else False

    def _drop_table(self, key: str) -> bool:
        """The last table can only go after another one came; until then it gives up its name."""
        gone = [table for table in self.live.tables if own_key(table, self.live.known) == key]
        if len(self.live.tables) == 1:
            taken = gone[0].name in {table.zh for table in self.schema.tables}
            if taken:
                self.structure.rename_table(gone[0].table_id, f"{gone[0].name} {key}")
            return taken
        for table in gone:
            self.structure.delete_table(table.table_id)
        return bool(gone)

    def _add_table(self, table: Table) -> bool:
        if table.zh in self.live.names():
            return False
        fields = [bodies.new_field(table.key, field, self.ids) for field in first_fields(table)]
        self.structure.create_table(table.zh, default_view(table), fields)
        return True

    def _rename_table(self, table: Table, here: LiveTable, change: Change) -> bool:
        name = self._free(table.zh, table.key, self.live.names())
        if name:
            self.structure.rename_table(here.table_id, name)
        return bool(name)

    def _free(self, name: str, key: str, taken: set[str]) -> str:
        """The name, or one for the time being, or none as long as it may still become free."""
        if name not in taken:
            return name
        return f"{name} {key}" if self.pushing else ""

    def _add_field(self, table: Table, here: LiveTable, change: Change) -> bool:
        """A partner column comes with its owner; any other link needs its table."""
        wanted = table.field(change.key)
        taken = {column.name for column in here.fields}
        if bodies.is_partner(wanted) or (wanted.table and wanted.table not in self.ids) or wanted.zh in taken:
            return False
        self.structure.create_field(here.table_id, bodies.new_field(table.key, wanted, self.ids))
        return True

    def _write_field(self, table: Table, here: LiveTable, change: Change) -> bool:
        """One update serves all changes of a column: a second one from the same reading would undo it."""
        wanted = table.field(change.key.partition(".")[0])
        found = find_column(self.schema, table, wanted, self.live)
        if found is None:
            return False
        if (table.key, wanted.key) in self.written:
            return True
        name = self._free(wanted.zh, wanted.key, {c.name for c in here.fields if c is not found})
        if not name:
            return False
        path = f"{table.key}.{wanted.key}."
        lost = {option.removeprefix(path) for option in self.dropped if option.startswith(path)}
        body = bodies.changed_field(table.key, wanted, found, self.ids, lost)
        self.structure.update_field(here.table_id, found.field_id, {**body, "field_name": name})
        self.written.add((table.key, wanted.key))
        return True

    def _drop_field(self, table: Table, here: LiveTable, change: Change) -> bool:
        path, known = f"{table.key}.{change.key}", self.live.known
        gone = [column for column in here.fields if own_path(column, known) == path]
        for column in gone:
            self.structure.delete_field(here.table_id, column.field_id)
        return bool(gone)

    def _add_view(self, table: Table, here: LiveTable, change: Change) -> bool:
        view = _view(table, change.key)
        if view.zh in {shown.name for shown in here.views}:
            return False
        self.structure.create_view(here.table_id, view.zh, view.type)
        return True

    def _rename_view(self, table: Table, here: LiveTable, change: Change) -> bool:
        view = _view(table, change.key)
        found = find_view(view, here.views)
        name = self._free(view.zh, view.key, {shown.name for shown in here.views})
        if found is None or not name:
            return False
        self.structure.update_view(here.table_id, found.view_id, {"view_name": name})
        return True

    def _drop_view(self, table: Table, here: LiveTable, change: Change) -> bool:
        """The last view can only go after another one came; until then it gives up its name."""
        gone = [view for view in here.views if view.key == change.key]
        if len(here.views) == 1:
            taken = gone[0].name in {view.zh for view in table.views}
            body = {"view_name": f"{gone[0].name} {change.key}"}
            if taken:
                self.structure.update_view(here.table_id, gone[0].view_id, body)
            return taken
        for view in gone:
            self.structure.delete_view(here.table_id, view.view_id)
        return bool(gone)

    def _change_view(self, table: Table, here: LiveTable, change: Change) -> bool:
        view = _view(table, change.key)
        found = find_view(view, here.views)
        property = view_bodies.view_property(view, table, here, found) if found else None
        done = self._set(view, table, here, but=view_settings.ORDER)
        if found and property and not {"filter", "conjunction", "hidden"}.isdisjoint(change.details):
            self.structure.update_view(here.table_id, found.view_id, {"property": property})
            return True
        return done

    def _arrange(self, table: Table, here: LiveTable, change: Change) -> bool:
        return self._set(_view(table, change.key), table, here, only=view_settings.ORDER)

    def _set(self, view: View, table: Table, here: LiveTable, *, only: str = "", but: str = "") -> bool:
        """Sets what differs of the settings that base v3 has; those with a missing column wait."""
        found = find_view(view, here.views)
        done = False
        for name, now in self.live.settings.get(found.view_id, {}).items() if found else ():
            wanted = view_settings.wanted_setting(name, view, table, here, now)
            chosen = name == only if only else name != but
            if found and chosen and wanted and view_settings.differs(name, wanted, now, table, here):
                body = view_settings.setting_body(name, wanted)
                self.base.extras.set_view_setting(here.table_id, found.view_id, name, body)
                done = True
        return done

    def _change_form(self, table: Table, here: LiveTable, change: Change) -> bool:
        view = _view(table, change.key)
        found = find_view(view, here.views)
        form = self.live.forms.get(found.view_id) if found else None
        if found is None or form is None:
            return False
        texts = form_body(view)
        if any(form.form.get(name) != text for name, text in texts.items()):
            self.structure.update_form(here.table_id, found.view_id, texts)
        for field_id, body in question_bodies(table, view, here, form).items():
            self.structure.update_question(here.table_id, found.view_id, field_id, body)
        # Last and by itself: a tenant may forbid links for outsiders, and the form is of use without.
        if is_unshared(view, form):
            self.structure.update_form(here.table_id, found.view_id, share_body(view))
        return True


_Act = Callable[[Hand, Table, LiveTable, Change], bool]
_ACTS: Mapping[str, _Act] = {
    "rename_table": Hand._rename_table,
    "add_field": Hand._add_field,
    "rename_field": Hand._write_field,
    "change_field": Hand._write_field,
    "retype_field": Hand._write_field,
    "drop_field": Hand._drop_field,
    "merge_options": Hand._write_field,
    "reorder_options": Hand._write_field,
    "rename_option": Hand._write_field,
    "drop_option": Hand._write_field,
    "add_view": Hand._add_view,
    "rename_view": Hand._rename_view,
    "change_view": Hand._change_view,
    "reorder_view": Hand._arrange,
    "drop_view": Hand._drop_view,
    "change_form": Hand._change_form,
}
"""What performs each change of an existing table."""


def _view(table: Table, key: str) -> View:
    return next(view for view in table.views if view.key == key)
