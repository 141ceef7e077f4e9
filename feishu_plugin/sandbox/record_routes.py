"""Records: create, update and delete, singly and in batches; batch_get."""

from typing import Any

from feishu_plugin.sandbox.access import id_type_of, table_of
from feishu_plugin.sandbox.envelope import Call, Json, Route
from feishu_plugin.sandbox.idempotency import once
from feishu_plugin.sandbox.parsing import body_object, invalid
from feishu_plugin.sandbox.permissions import permission_of
from feishu_plugin.sandbox.record_writes import Writing, fields_in, records_in
from feishu_plugin.sandbox.rendering import Reader
from feishu_plugin.sandbox.world import World

RECORDS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records"
DELETE_MOST, GET_MOST = 500, 100


def create(world: World, call: Call) -> Json:
    """``{"fields"}`` -> ``record`` with the written values."""
    writing, fields = Writing(world, call), fields_in(body_object(call.body))
    return once(world, writing.base, call, lambda: {"record": writing.create([fields])[0]})


def update(world: World, call: Call) -> Json:
    """Merges ``{"fields"}`` into one record; null empties a cell."""
    writing, fields = Writing(world, call), fields_in(body_object(call.body))
    ids = [call.params["record_id"]]
    return once(world, writing.base, call, lambda: {"record": writing.update(ids, [fields])[0]})


def delete(world: World, call: Call) -> Json:
    """Deletes one record."""
    return Writing(world, call).delete([call.params["record_id"]])[0]


def batch_create(world: World, call: Call) -> Json:
    """``{"records": [{"fields"}]}``, at most ``switches.batch_limit``; all or nothing."""
    writing = Writing(world, call)
    rows = [fields_in(item) for item in records_in(call, world.switches.batch_limit)]
    return once(world, writing.base, call, lambda: {"records": writing.create(rows)})


def batch_update(world: World, call: Call) -> Json:
    """``{"records": [{"record_id", "fields"}]}``; one unknown id refuses the whole call."""
    writing = Writing(world, call)
    items = records_in(call, world.switches.batch_limit)
    rows, ids = [fields_in(item) for item in items], [item.get("record_id") for item in items]
    return once(world, writing.base, call, lambda: {"records": writing.update(ids, rows)})


def batch_delete(world: World, call: Call) -> Json:
    """``{"records": [ids]}``, at most 500."""
    return {"records": Writing(world, call).delete(records_in(call, DELETE_MOST))}


def batch_get(world: World, call: Call) -> Json:
    """Up to 100 records by id in the search shape; unknown ids are listed as absent."""
    base, table = table_of(world, call)
    body = body_object(call.body)
    ids = _record_ids(body)
    reader = Reader(world, call, base, table, id_type_of(body.get("user_id_type")))
    permission = permission_of(world, base, table, call.caller)
    fields = permission.columns(list(table.fields.values()))
    records: list[Json] = []
    seen = [id for id in ids if id in table.records and not world.lag.hides(id)]
    forbidden = [id for id in seen if not permission.sees(table.records[id])]
    for record in permission.records([table.records[id] for id in seen]):
        item: Json = {"fields": reader.fields(record, fields), "record_id": record.record_id}
        if body.get("automatic_fields"):
            item.update(reader.automatic(record))
        if body.get("with_shared_url"):
            item["shared_url"] = f"https://sandbox.feishu.cn/record/{record.record_id[3:]}"
        records.append(item)
    absent = [id for id in ids if id not in seen]
    return {"records": records, "forbidden_record_ids": forbidden, "absent_record_ids": absent}


def _record_ids(body: Json) -> list[Any]:
    ids = body.get("record_ids")
    if not isinstance(ids, list) or not ids or not all(isinstance(id, str) for id in ids):
        raise invalid("record_ids", "a list of record ids is required")
    if len(ids) > GET_MOST:
        raise invalid("record_ids", f"the max len is {GET_MOST}", len(ids))
    return ids


def _write(method: str, suffix: str, handler: Any, summary: str) -> Route:
    return Route(
        method=method,
        pattern=RECORDS + suffix,
        handler=handler,
        summary=summary,
        tier="T9",
        writes_base=True,
    )


ROUTES: tuple[Route, ...] = (
    _write("POST", "", create, "Create a record"),
    _write("PUT", "/:record_id", update, "Update a record"),
    _write("DELETE", "/:record_id", delete, "Delete a record"),
    _write("POST", "/batch_create", batch_create, "Create records"),
    _write("POST", "/batch_update", batch_update, "Update records"),
    _write("POST", "/batch_delete", batch_delete, "Delete records"),
    Route(
        method="POST",
        pattern=f"{RECORDS}/batch_get",
        handler=batch_get,
        summary="Get records by id",
        tier="T8",
        rest_style=True,
    ),
)
