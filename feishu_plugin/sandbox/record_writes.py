"""Validates the bodies of record writes and turns them into one commit; all or nothing."""

from typing import Any

from feishu_plugin.sandbox.access import field_by_name, id_type_of, record_of, table_of
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.cells import Writer
from feishu_plugin.sandbox.commits import Commit, field_actions
from feishu_plugin.sandbox.envelope import Call, Json, Refusal
from feishu_plugin.sandbox.field_types import COMPUTED, LINKS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.parsing import body_object, invalid
from feishu_plugin.sandbox.permissions import permission_of
from feishu_plugin.sandbox.tables import Cells, Record
from feishu_plugin.sandbox.world import World


class Writing:
    """One record write from body to answer."""

    def __init__(self, world: World, call: Call) -> None:
        self.world, self.call = world, call
        self.base, self.table = table_of(world, call)
        self._writer = Writer(world.people, id_type_of(call.query.get("user_id_type")))
        self._permission = permission_of(world, self.base, self.table, call.caller)

    def create(self, rows: list[Json]) -> list[Json]:
        """New records in order; the echo of each."""
        self._permission.check_add()
        typed = [self._read(row, adding=True) for row in rows]
        commit = Commit(self.world, self.base, self.call.caller)
        records = [commit.add(self.table, cells) for cells in typed]
        self._finish(commit)
        return [echo(record, row) for record, row in zip(records, rows, strict=True)]

    def update(self, ids: list[Any], rows: list[Json]) -> list[Json]:
        """Merges each row into its record; the echo of each."""
        records = [record_of(self.table, id) for id in ids]
        for record in records:
            self._permission.check_edit(record)
        typed = [self._read(row, adding=False) for row in rows]
        commit = Commit(self.world, self.base, self.call.caller)
        for record, cells in zip(records, typed, strict=True):
            commit.set(self.table, record, cells)
        self._finish(commit)
        return [echo(record, row) for record, row in zip(records, rows, strict=True)]

    def delete(self, ids: list[Any]) -> list[Json]:
        """Deletes the records; ``{deleted, record_id}`` of each."""
        records = {record.record_id: record for record in (record_of(self.table, id) for id in ids)}
        for record in records.values():
            self._permission.check_delete(record)
        commit = Commit(self.world, self.base, self.call.caller)
        for record in records.values():
            commit.remove(self.table, record)
        commit.finish()
        return [{"deleted": True, "record_id": id} for id in records]

    def _finish(self, commit: Commit) -> None:
        extended = self._writer.extended
        if extended:
            self.base.touch()
            changes = [("field_edited", id, was, f.as_event_value()) for id, (f, was) in extended.items()]
            self.world.delivery.field_changed(
                self.base.app_token,
                self.table.table_id,
                self.table.revision,
                self.call.caller,
                field_actions(changes),
            )
        commit.finish()

    def _read(self, row: Json, *, adding: bool) -> Cells:
        """Typed cells by field id; a refusal takes back every option the call had added."""
        try:
            return self._typed(row, adding)
        except Refusal:
            self._writer.undo()
            raise

    def _typed(self, row: Json, adding: bool) -> Cells:
        cells: Cells = {}
        for name, value in row.items():
            field = field_by_name(self.table, name)
            self._permission.check_write(field, adding=adding)
            if field.type in COMPUTED and self.world.switches.read_only_write == "ignore":
                continue
            typed = self._writer.read(field, value)
            if field.type in LINKS and typed:
                check_targets(self.base, field, typed)
            if field.type == Type.ATTACHMENT and typed and self.world.switches.check_attachments:
                check_files(self.world, self.base, field, typed)
            cells[field.field_id] = typed
        return cells


def check_targets(base: Base, field: Field, record_ids: list[str]) -> None:
    """Every id must be a record of the linked table, otherwise 1254067."""
    target = base.tables.get(field.setting("table_id", ""))
    missing = [id for id in record_ids if target is None or id not in target.records]
    if missing:
        detail = f"'{field.name}': record {missing[0]} is not in the linked table"
        raise Refusal(1254067, "LinkFieldConvFail", detail=detail)


def check_files(world: World, base: Base, field: Field, tokens: list[str]) -> None:
    """Every token must be a file uploaded for this base: 1254303 of another or none, 1254027 unfit."""
    for token in tokens:
        media = world.medias.get(token)
        if media is not None and not media.purpose.parent_type.startswith("bitable_"):
            raise Refusal(1254027, "UploadAttachNotAllowed", detail=f"'{field.name}': {token} is not mounted")
        if media is None or media.purpose.parent_node != base.app_token:
            detail = f"'{field.name}': {token} does not belong to this base"
            raise Refusal(1254303, "The attachment does not belong to this bitable.", detail=detail)


def echo(record: Record, row: Json) -> Json:
    """The answer to a write: what was sent, with the record's two ids."""
    return {"fields": row, "id": record.record_id, "record_id": record.record_id}


def fields_in(item: Any) -> Json:
    """``fields`` of one record body; absent or of another type is 99992402."""
    fields = item.get("fields") if isinstance(item, dict) else None
    if not isinstance(fields, dict):
        raise invalid("fields", "fields is required")
    return fields


def records_in(call: Call, most: int) -> list[Any]:
    """``records`` of a batch body: 1 to ``most`` items, more is 1254104."""
    records = body_object(call.body).get("records")
    if not isinstance(records, list):
        raise invalid("records", "records is required")
    if not records:
        raise invalid("records", "the min len is 1")
    if len(records) > most:
        raise Refusal(
            1254104, "RecordAddOnceExceedLimit", detail=f"at most {most} records per call, got {len(records)}"
        )
    return records
