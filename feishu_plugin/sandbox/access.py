"""Finds what a call is about (base, table, field, view, record) or refuses with the right code."""

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Refusal
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.parsing import invalid
from feishu_plugin.sandbox.tables import Record, Table, View
from feishu_plugin.sandbox.world import World

ID_TYPES = ("open_id", "union_id", "user_id")


def base_of(world: World, call: Call, *, manage: bool = False) -> Base:
    """The base of the path; 91402 when there is none, 1254302 when the caller may not manage it."""
    app_token = call.params["app_token"]
    base = world.bases.all.get(app_token)
    if base is None:
        raise Refusal(91402, "NOTEXIST", detail="the base does not exist or was deleted")
    right = world.bases.owner_right(app_token, call.caller)
    if right == "none":
        raise Refusal(91403, "Forbidden")
    if manage and right != "manage":
        raise Refusal(
            1254302, "Permission denied.", detail="only someone who manages the base may change its structure"
        )
    return base


def table_of(world: World, call: Call, *, manage: bool = False) -> tuple[Base, Table]:
    """The base and the table of the path; 1254004 malformed, 1254041 not in this base."""
    base = base_of(world, call, manage=manage)
    return base, table_in(base, call.params["table_id"])


def table_in(base: Base, table_id: str) -> Table:
    """A table of the base by id."""
    if not table_id.startswith("tbl"):
        raise Refusal(1254004, "WrongTableId")
    table = base.tables.get(table_id)
    if table is None:
        raise Refusal(1254041, "TableIdNotFound")
    return table


def field_of(table: Table, field_id: str) -> Field:
    """A field by id; 1254009 malformed, 1254044 not in this table."""
    if not field_id.startswith("fld"):
        raise Refusal(1254009, "WrongFieldId")
    field = table.fields.get(field_id)
    if field is None:
        raise Refusal(1254044, "FieldIdNotFound")
    return field


def field_by_name(table: Table, name: object) -> Field:
    """A field by its exact name; 1254045 when the table has none."""
    field = table.field_named(name) if isinstance(name, str) else None
    if field is None:
        raise Refusal(
            1254045,
            "FieldNameNotFound",
            detail=f"Invalid request parameter: 'fields.{name}'. Correct format : field_name not found. "
            "Please check and modify accordingly.",
        )
    return field


def view_of(table: Table, view_id: str) -> View:
    """A view by id; 1254005 malformed, 1254042 not in this table."""
    if not view_id.startswith("vew"):
        raise Refusal(1254005, "WrongViewId")
    view = table.views.get(view_id)
    if view is None:
        raise Refusal(1254042, "ViewIdNotFound")
    return view


def record_of(table: Table, record_id: object) -> Record:
    """A record by id; 1254006 malformed, 1254043 not in this table."""
    if not isinstance(record_id, str) or not record_id.startswith("rec"):
        raise Refusal(1254006, "WrongRecordId")
    record = table.records.get(record_id)
    if record is None:
        raise Refusal(1254043, "RecordIdNotFound")
    return record


def id_type_of(text: str | None) -> str:
    """``user_id_type`` with its default; an unknown kind is 99992402."""
    if not text:
        return "open_id"
    if text not in ID_TYPES:
        raise invalid("user_id_type", f"must be one of {'|'.join(ID_TYPES)}", text)
    return text
