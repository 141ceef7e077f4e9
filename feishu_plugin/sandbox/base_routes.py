"""Bases: create, copy, read, rename."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from feishu_plugin.sandbox.access import base_of
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.copying import copy_tables
from feishu_plugin.sandbox.envelope import Call, Caller, Json, Refusal, Route
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.parsing import body_object, invalid
from feishu_plugin.sandbox.table_making import make_table
from feishu_plugin.sandbox.tables import Record, Table
from feishu_plugin.sandbox.world import World

APPS = "/open-apis/bitable/v1/apps"
DEFAULT_ZONE = "Asia/Shanghai"
DEFAULT_TABLE: Json = {
    "name": "数据表",
    "default_view_name": "表格",
    "fields": [
        {"field_name": "文本", "type": 1},
        {"field_name": "单选", "type": 3},
        {"field_name": "日期", "type": 5},
        {"field_name": "附件", "type": 17},
    ],
}
"""What a new base holds, as users of Chinese tenants report it, with ten empty rows."""
EMPTY_ROWS = 10
UNNAMED = "未命名多维表格"
NAME_MOST = 255
RENAME_MOST = 100


def create(world: World, call: Call) -> Json:
    """``{name?, folder_token?, time_zone?}`` -> ``app`` with its default table."""
    body = body_object(call.body)
    base = _new_base(world, call.caller, body, _name(body) or UNNAMED, NAME_MOST)
    return {"app": {**_summary(base), "default_table_id": fill(world, base, call.caller).table_id}}


def fill(world: World, base: Base, caller: Caller) -> Table:
    """Gives a new base its default table with empty rows."""
    table = make_table(world, base, DEFAULT_TABLE)
    now, who = world.clock.now_ms(), caller.open_id
    for _ in range(EMPTY_ROWS):
        record = Record(
            record_id=new_id("rec"),
            cells={},
            created_ms=now,
            created_by=who,
            modified_ms=now,
            modified_by=who,
        )
        table.records[record.record_id] = record
    base.touch_records(table, table.records)
    return table


def copy(world: World, call: Call) -> Json:
    """``{name?, folder_token?, without_content?, time_zone?}`` -> ``app``; done at once here."""
    source, body = base_of(world, call), body_object(call.body)
    wanted = {"time_zone": source.time_zone, **{k: v for k, v in body.items() if v}}
    base = _new_base(world, call.caller, wanted, _name(body) or f"{source.name} 副本", RENAME_MOST)
    copy_tables(source, base, with_records=not body.get("without_content"))
    return {"app": _summary(base)}


def get(world: World, call: Call) -> Json:
    """The base's name, revision and settings."""
    base = base_of(world, call)
    app: Json = {
        "app_token": base.app_token,
        "name": base.name,
        "revision": base.revision,
        "is_advanced": base.is_advanced,
        "time_zone": base.time_zone,
        "formula_type": 1,
        "advance_version": "v2",
    }
    return {"app": app}


def update(world: World, call: Call) -> Json:
    """``{name?, is_advanced?}``."""
    base, body = base_of(world, call, manage=True), body_object(call.body)
    name = body.get("name")
    if name is not None and (not isinstance(name, str) or len(name) > RENAME_MOST):
        raise Refusal(1254031, "InvalidAppName", detail=f"at most {RENAME_MOST} characters")
    base.name = name or base.name
    if isinstance(body.get("is_advanced"), bool):
        base.is_advanced = body["is_advanced"]
    base.touch()
    return {"app": {"app_token": base.app_token, "name": base.name, "is_advanced": base.is_advanced}}


def _new_base(world: World, owner: Caller, body: Json, name: str, name_most: int) -> Base:
    if len(name) > name_most:
        raise Refusal(1254031, "InvalidAppName", detail=f"at most {name_most} characters")
    zone = str(body.get("time_zone") or DEFAULT_ZONE)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # an overlong name fails as a file name
        raise invalid("time_zone", "must be an IANA time zone name", zone) from None
    folder = str(body.get("folder_token") or "")
    return world.bases.create(name=name, time_zone=zone, folder_token=folder, owner=owner)


def _name(body: Json) -> str:
    """``name``, or nothing; another type of value is 1254001."""
    name = body.get("name") or ""
    if not isinstance(name, str):
        raise Refusal(1254001, "WrongRequestBody", detail="name must be a string")
    return name


def _summary(base: Base) -> Json:
    return {
        "app_token": base.app_token,
        "name": base.name,
        "folder_token": base.folder_token,
        "url": f"https://sandbox.feishu.cn/base/{base.app_token}",
        "time_zone": base.time_zone,
    }


ROUTES: tuple[Route, ...] = (
    Route(method="POST", pattern=APPS, handler=create, summary="Create a base", tier="T2"),
    Route(
        method="POST",
        pattern=f"{APPS}/:app_token/copy",
        handler=copy,
        summary="Copy a base",
        tier="T2",
        rest_style=True,
    ),
    Route(method="GET", pattern=f"{APPS}/:app_token", handler=get, summary="Get a base", tier="T8"),
    Route(
        method="PUT",
        pattern=f"{APPS}/:app_token",
        handler=update,
        summary="Rename a base, set advanced permission",
        tier="T7",
        writes_base=True,
    ),
)
