"""Performs one change against a base as it was read: the only place that writes structure.

It must never write less than the live thing holds (an update of a column or view is built
from what is there), and never a change that the schema does not ask for.
"""

from collections.abc import Callable, Mapping

from feishu_plugin.binding import LiveTable, find_table
from feishu_plugin.ports import Structure
from feishu_plugin.schema import Field, Schema, Table, View
from feishu_plugin.sync import bodies
from feishu_plugin.sync.changes import (
    AddField,
    AddTable,
    AddView,
    Change,
    ChangeField,
    ChangeForm,
    ChangeView,
    MergeOptions,
    RenameField,
    RenameTable,
)
from feishu_plugin.sync.diff import Live, default_view, find_column, find_view, table_ids
from feishu_plugin.sync.questions import form_body, question_bodies

FIELDS_AT_ONCE = 15
"""Feishu was seen to lose columns silently when a table is created with 21 or more."""


def first_fields(table: Table) -> list[Field]:
    """The leading columns a table is created with: no links, so that the order is kept."""
    link = next((i for i, field in enumerate(table.fields) if bodies.is_link(field)), len(table.fields))
    return list(table.fields[: min(link, FIELDS_AT_ONCE)])


class Hand:
    """Performs single changes against the base as it was read at the start of a round.

    Every method answers True when it did something, False when the change has to wait.
    """

    def __init__(self, structure: Structure, schema: Schema, live: Live) -> None:
        self.structure, self.schema, self.live = structure, schema, live
        self.ids = table_ids(schema, live)
        self.written: set[tuple[str, str]] = set()

    def perform(self, change: Change) -> bool:
        """Performs one change, if the base as read allows it."""
        if isinstance(change, AddTable):
            return self._add_table(self.schema.table(change.table))
        table = self.schema.table(change.table)
        here = find_table(table, self.live.tables)
        act = _ACTS.get(type(change))
        return act(self, table, here, change.key) if act and here else False

    def _add_table(self, table: Table) -> bool:
        fields = [bodies.new_field(table.key, field, self.ids) for field in first_fields(table)]
        self.structure.create_table(table.zh, default_view(table), fields)
        return True

    def _rename_table(self, table: Table, here: LiveTable, key: str) -> bool:
        self.structure.rename_table(here.table_id, table.zh)
        return True

    def _add_field(self, table: Table, here: LiveTable, key: str) -> bool:
        """A partner column comes with its owner; any other link needs its table."""
        wanted = table.field(key)
        if bodies.is_partner(wanted) or (wanted.table and wanted.table not in self.ids):
            return False
        self.structure.create_field(here.table_id, bodies.new_field(table.key, wanted, self.ids))
        return True

    def _write_field(self, table: Table, here: LiveTable, key: str) -> bool:
        """One update serves all changes of a column: a second one from the same reading would undo it."""
        wanted = table.field(key)
        found = find_column(self.schema, table, wanted, self.live)
        if found is None:
            return False
        if (table.key, key) not in self.written:
            body = bodies.changed_field(table.key, wanted, found, self.ids)
            self.structure.update_field(here.table_id, found.field_id, body)
            self.written.add((table.key, key))
        return True

    def _add_view(self, table: Table, here: LiveTable, key: str) -> bool:
        view = _view(table, key)
        self.structure.create_view(here.table_id, view.zh, view.type)
        return True

    def _change_view(self, table: Table, here: LiveTable, key: str) -> bool:
        view = _view(table, key)
        found = find_view(view, here)
        property = bodies.view_property(view, table, here, found) if found else None
        if found is None or property is None:
            return False
        self.structure.update_view(here.table_id, found.view_id, {"property": property})
        return True

    def _change_form(self, table: Table, here: LiveTable, key: str) -> bool:
        view = _view(table, key)
        found = find_view(view, here)
        form = self.live.forms.get(found.view_id) if found else None
        if found is None or form is None:
            return False
        texts = form_body(view)
        if any(form.form.get(name) != text for name, text in texts.items()):
            self.structure.update_form(here.table_id, found.view_id, texts)
        for field_id, body in question_bodies(table, view, here, form).items():
            self.structure.update_question(here.table_id, found.view_id, field_id, body)
        return True


_Act = Callable[[Hand, Table, LiveTable, str], bool]
_ACTS: Mapping[type[Change], _Act] = {
    RenameTable: Hand._rename_table,
    AddField: Hand._add_field,
    RenameField: Hand._write_field,
    ChangeField: Hand._write_field,
    MergeOptions: Hand._write_field,
    AddView: Hand._add_view,
    ChangeView: Hand._change_view,
    ChangeForm: Hand._change_form,
}
"""What performs each change of an existing table."""


def _view(table: Table, key: str) -> View:
    return next(view for view in table.views if view.key == key)
