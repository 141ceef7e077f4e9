"""Reading records: search, and the two legacy reads whose cells have other shapes."""

import json
from typing import Any
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox.access import id_type_of, record_of, table_of, view_of
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.conditions import Context, Predicate
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.legacy_filter import compile_formula
from feishu_plugin.sandbox.pages import position_of, token_at
from feishu_plugin.sandbox.parsing import body_object, flag, invalid, page_size
from feishu_plugin.sandbox.permissions import denied, permission_of
from feishu_plugin.sandbox.rendering import Reader
from feishu_plugin.sandbox.search import (
    candidates,
    compile_filter,
    find,
    sorted_records,
    view_filter,
    view_sort,
)
from feishu_plugin.sandbox.tables import Record, Table, View
from feishu_plugin.sandbox.world import World

RECORDS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/records"
PAGE_MOST, NAMES_MOST = 500, 200
FORMULA_MOST, SORT_MOST = 2000, 1000


def search(world: World, call: Call) -> Json:
    """``{view_id?, field_names?, sort?, filter?, automatic_fields?}`` -> a page of records."""
    base, table = table_of(world, call)
    body, context = body_object(call.body), _context(world, base, call)
    wanted = compile_filter(table, body.get("filter"), context)
    view = _view(table, body.get("view_id"), ignored=bool(wanted or body.get("sort")))
    reader = Reader(world, call, base, table, context.id_type)
    permission = permission_of(world, base, table, call.caller)
    fields = permission.columns(_fields(table, body.get("field_names"), view))

    def show(record: Record) -> Json:
        item: Json = {"fields": reader.fields(record, fields), "record_id": record.record_id}
        return {**item, **reader.automatic(record)} if body.get("automatic_fields") else item

    key = json.dumps(
        [body, context.id_type, context.now.astimezone(context.zone).date().isoformat()], sort_keys=True
    )
    given, sort = body.get("filter"), body.get("sort")
    records = find(table, key, lambda: _found(table, wanted, view, sort, context, given))
    return _page(call, permission.records(_visible(world, records)), show)


def list_records(world: World, call: Call) -> Json:
    """The legacy list: formula ``filter``, JSON text ``sort`` and ``field_names``, legacy cells."""
    base, table = table_of(world, call)
    query, context = call.query, _context(world, base, call)
    formula, sort = query.get("filter") or "", _legacy_sort(query.get("sort"))
    if len(formula) > FORMULA_MOST:
        raise Refusal(1254107, "FilterLengthExceedLimit")
    wanted = compile_formula(table, formula, context) if formula else None
    view = _view(table, query.get("view_id"), ignored=bool(wanted or sort))
    permission = permission_of(world, base, table, call.caller)
    names = _json_list(query, "field_names", 1254024, "InvalidFieldNames")
    fields = permission.columns(_fields(table, names, view))
    reader = Reader(world, call, base, table, context.id_type)
    records = permission.records(_found(table, wanted, view, sort, context))
    return _page(call, records, lambda record: _legacy(reader, call, record, fields))


def get_record(world: World, call: Call) -> Json:
    """One record in the legacy shape."""
    base, table = table_of(world, call)
    record = record_of(table, call.params["record_id"])
    reader = Reader(world, call, base, table, id_type_of(call.query.get("user_id_type")))
    permission = permission_of(world, base, table, call.caller)
    if not permission.sees(record):
        raise denied(f"record {record.record_id} may not be seen")
    item = _legacy(reader, call, record, permission.columns(list(table.fields.values())))
    if flag(call.query, "with_shared_url"):
        item["record_url"] = f"https://sandbox.feishu.cn/record/{record.record_id[3:]}"
    return {"record": item}


def _context(world: World, base: Base, call: Call) -> Context:
    return Context(
        people=world.people,
        id_type=id_type_of(call.query.get("user_id_type")),
        zone=ZoneInfo(base.time_zone),
        now=world.clock.now(),
    )


def _view(table: Table, view_id: str | None, *, ignored: bool) -> View | None:
    return None if not view_id or ignored else view_of(table, str(view_id))


def _fields(table: Table, names: Any, view: View | None) -> list[Field]:
    """The columns to show: the asked ones, else those the view does not hide."""
    if not names:
        hidden = (view.property["hidden_fields"] or ()) if view else ()
        return [field for field in table.fields.values() if field.field_id not in hidden]
    if not isinstance(names, list) or len(names) > NAMES_MOST:
        raise invalid("field_names", f"a list of at most {NAMES_MOST} names")
    fields = [table.field_named(str(name)) for name in names]
    if None in fields:
        unknown = names[fields.index(None)]
        raise Refusal(1254024, "InvalidFieldNames", detail=f"unknown field name: {unknown}")
    return [field for field in fields if field is not None]


def _found(
    table: Table, wanted: Predicate | None, view: View | None, sort: Any, context: Context, given: Any = None
) -> list[Record]:
    """``given`` is the filter that ``wanted`` was compiled from; an index may then spare a full look."""
    if view is not None:
        wanted = view_filter(table, view, context)
        sort = sort or view_sort(table, view)
    narrowed = candidates(table, given) if wanted is not None else None
    records = table.records.values() if narrowed is None else narrowed
    found = list(records) if wanted is None else [record for record in records if wanted(record)]
    return sorted_records(table, found, sort) if sort else found


def _visible(world: World, records: list[Record]) -> list[Record]:
    """Without what this reader's replica does not know yet."""
    return (
        [record for record in records if not world.lag.hides(record.record_id)]
        if world.lag.active
        else records
    )


def _page(call: Call, records: list[Record], show: Any) -> Json:
    size, start = page_size(call.query, most=PAGE_MOST), position_of(call.query.get("page_token"))
    end = start + size
    more = end < len(records)
    page: Json = {
        "has_more": more,
        "items": [show(record) for record in records[start:end]],
        "total": len(records),
    }
    return {**page, "page_token": token_at(end)} if more else page


def _legacy(reader: Reader, call: Call, record: Record, fields: list[Field]) -> Json:
    shown = reader.legacy_fields(record, fields, segments=flag(call.query, "text_field_as_array"))
    item: Json = {"fields": shown, "id": record.record_id, "record_id": record.record_id}
    return {**item, **reader.automatic(record)} if flag(call.query, "automatic_fields") else item


def _legacy_sort(text: str | None) -> list[Json]:
    """``["A DESC", "B ASC"]`` as sort keys."""
    if len(text or "") > SORT_MOST:
        raise Refusal(1254108, "SortLengthExceedLimit")
    entries = _json_list({"sort": text or ""}, "sort", 1254016, "InvalidSort")
    return [_sort_key(str(entry)) for entry in entries]


def _sort_key(entry: str) -> Json:
    name, _, direction = entry.rpartition(" ")
    if direction.upper() not in ("ASC", "DESC") or not name:
        return {"field_name": entry, "desc": False}
    return {"field_name": name, "desc": direction.upper() == "DESC"}


def _json_list(query: Any, key: str, code: int, msg: str) -> list[Any]:
    text = query.get(key)
    if not text:
        return []
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, list):
        raise Refusal(code, msg, detail=f"{key} must be a JSON list")
    return value


ROUTES: tuple[Route, ...] = (
    Route(method="POST", pattern=f"{RECORDS}/search", handler=search, summary="Search records", tier="T8"),
    Route(method="GET", pattern=RECORDS, handler=list_records, summary="List records (legacy)", tier="T8"),
    Route(
        method="GET",
        pattern=f"{RECORDS}/:record_id",
        handler=get_record,
        summary="Get a record (legacy)",
        tier="T8",
    ),
)
