"""Applies record changes of one call to a base: cells, links on both sides, numbers, times, events.

Everything was validated before; a commit cannot fail half way. One call is one revision per
table and one event per table.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.computed import number_records
from feishu_plugin.sandbox.envelope import Caller, Json
from feishu_plugin.sandbox.event_values import EventValues
from feishu_plugin.sandbox.field_types import LINKS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.tables import Cells, Record, Table
from feishu_plugin.sandbox.world import World

Place = tuple[str, str]
"""table_id and record_id."""


class Commit:
    """Collects and applies the changes of one call; ``finish`` tells the world."""

    def __init__(self, world: World, base: Base, caller: Caller) -> None:
        self._world, self._base, self._caller = world, base, caller
        self._now_ms = world.clock.now_ms()
        self._values = EventValues(world.people, world.switches)
        self._told = any(file == base.app_token for file, _ in world.delivery.export())
        """False: nobody subscribed, so no value needs to be rendered for an event."""
        self._added: dict[Place, None] = {}
        self._edited: dict[Place, Cells] = {}
        self._deleted: dict[Place, list[Json]] = {}

    def add(self, table: Table, cells: Mapping[str, Any]) -> Record:
        """Appends a record with typed cells; auto numbers and auto-filled dates are set here."""
        who = self._caller.open_id
        record = Record(
            record_id=new_id("rec"),
            cells={},
            created_ms=self._now_ms,
            created_by=who,
            modified_ms=self._now_ms,
            modified_by=who,
        )
        table.records[record.record_id] = record
        table.index.added(record.record_id)
        self._added[(table.table_id, record.record_id)] = None
        for field in table.of_types((Type.AUTO_NUMBER,)):
            number_records(self._base, table, field, (record,))
        for field in table.of_types((Type.DATE,)):
            if field.setting("auto_fill"):
                record.cells[field.field_id] = self._now_ms
        self.set(table, record, cells)
        return record

    def set(self, table: Table, record: Record, cells: Mapping[str, Any]) -> None:
        """Merges typed cells into a record; None empties a cell."""
        for field_id, value in cells.items():
            field = table.fields[field_id]
            before = record.cells.get(field_id) or []
            self._put(table, record, field_id, value)
            if field.type in LINKS:
                self._relink(table, record, field, before, value or [])

    def remove(self, table: Table, record: Record) -> None:
        """Deletes a record and takes it out of every link that points at it."""
        place = (table.table_id, record.record_id)
        self._deleted[place] = self._values.of_record(table, record) if self._told else []
        for field in table.of_types(LINKS):
            self._relink(table, record, field, record.cells.get(field.field_id) or [], [])
        for source in table.incoming.pop(record.record_id, {}):
            self._drop_link(source, record.record_id)
        del table.records[record.record_id]
        table.index.removed(record.record_id, record.cells)

    def finish(self) -> None:
        """Counts revisions and tells subscribers, the changed table of the call first."""
        changed: dict[str, list[str]] = {}
        places = (*self._deleted, *self._added, *self._edited)
        self._world.news.tell_records(self._base.app_token, places)
        for table_id, record_id in places:
            changed.setdefault(table_id, []).append(record_id)
        for table_id, record_ids in changed.items():
            table = self._base.tables[table_id]
            self._base.touch_records(table, record_ids)
            if self._told:
                self._tell(table, record_ids)

    def _tell(self, table: Table, record_ids: Iterable[str]) -> None:
        found = (self._action(table, record_id) for record_id in dict.fromkeys(record_ids))
        actions = [action for action in found if action is not None]
        if actions:
            self._world.delivery.record_changed(
                self._base.app_token, table.table_id, table.revision, self._caller, actions
            )

    def _put(self, table: Table, record: Record, field_id: str, value: Any) -> None:
        before = record.cells.get(field_id)
        if value == before and type(value) is type(before):
            return
        place = (table.table_id, record.record_id)
        if place not in self._added:
            self._edited.setdefault(place, {}).setdefault(field_id, before)
            record.modified_ms, record.modified_by = self._now_ms, self._caller.open_id
        table.index.changed(record.record_id, field_id, before, value)
        if value is None:
            record.cells.pop(field_id, None)
        else:
            record.cells[field_id] = value

    def _relink(
        self, table: Table, record: Record, field: Field, before: list[str], after: list[str]
    ) -> None:
        """Brings the other side of a link field in line with the new list of record ids."""
        target = self._base.tables.get(field.setting("table_id", ""))
        if target is None or before == after:
            return
        kept, wanted = set(after), set(before)
        for record_id in before:
            if record_id not in kept:
                self._point(target, record_id, table, record, field, on=False)
        for record_id in after:
            if record_id not in wanted:
                self._point(target, record_id, table, record, field, on=True)

    def _point(
        self, target: Table, target_id: str, table: Table, record: Record, field: Field, *, on: bool
    ) -> None:
        if field.type == Type.SINGLE_LINK:
            source = (table.table_id, field.field_id, record.record_id)
            sources = target.incoming.setdefault(target_id, {})
            if on:
                sources[source] = None
            else:
                sources.pop(source, None)
            return
        back_id, other = field.setting("back_field_id"), target.records.get(target_id)
        if back_id not in target.fields or other is None:
            return
        linked = [id for id in other.cells.get(back_id) or [] if id != record.record_id]
        self._put(target, other, back_id, [*linked, record.record_id] if on else linked or None)

    def _drop_link(self, source: tuple[str, str, str], record_id: str) -> None:
        table = self._base.tables.get(source[0])
        record = table.records.get(source[2]) if table else None
        if table is None or record is None or source[1] not in table.fields:
            return
        left = [id for id in record.cells.get(source[1]) or [] if id != record_id]
        self._put(table, record, source[1], left or None)

    def _action(self, table: Table, record_id: str) -> Json | None:
        """One action; an added record has no ``before_value``, a deleted one no ``after_value``."""
        place = (table.table_id, record_id)
        if place in self._deleted:
            gone = self._deleted[place]
            return {"record_id": record_id, "action": "record_deleted", "before_value": gone}
        record = table.records[record_id]
        if place in self._added:
            filled = self._values.of_record(table, record)
            return {"record_id": record_id, "action": "record_added", "after_value": filled}
        return self._edit_action(table, record, self._edited[place])

    def _edit_action(self, table: Table, record: Record, before: Cells) -> Json | None:
        changed = [table.fields[id] for id, old in before.items() if record.cells.get(id) != old]
        if not changed:
            return None
        return {
            "record_id": record.record_id,
            "action": "record_edited",
            "before_value": self._values.of_fields((f, before[f.field_id]) for f in changed),
            "after_value": self._values.of_fields((f, record.cells.get(f.field_id)) for f in changed),
        }


def field_actions(changes: Iterable[tuple[str, str, Json | None, Json | None]]) -> list[Json]:
    """Actions of ``bitable_field_changed`` from (action, field_id, before, after)."""
    return [
        {
            "action": action,
            "field_id": field_id,
            **({"before_value": before} if before is not None else {}),
            **({"after_value": after} if after is not None else {}),
        }
        for action, field_id, before, after in changes
    ]
