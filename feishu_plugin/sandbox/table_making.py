"""Makes fields and tables from request bodies: names, limits, types, links on both sides, auto numbers."""

from dataclasses import dataclass
from typing import Any

from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.computed import number_records
from feishu_plugin.sandbox.envelope import Json, Refusal
from feishu_plugin.sandbox.field_types import LINKS, NOT_CREATABLE, PRIMARY, TYPES, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.formulas import bind_formula
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.parsing import invalid
from feishu_plugin.sandbox.properties import complete
from feishu_plugin.sandbox.tables import Table, View
from feishu_plugin.sandbox.world import World

FIELDS_MOST, FORMULAS_MOST, TABLES_MOST, NAME_MOST = 300, 100, 100, 100
FORBIDDEN_IN_TABLE_NAMES = frozenset("/\\?*:[]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Fields that one request added, with the table each is in (a duplex link adds two)."""

    fields: tuple[tuple[Table, Field], ...]


def field_name(body: Json) -> str:
    """The trimmed name: 1254028 empty, 1254029 too long, 99992402 absent."""
    name = body.get("field_name")
    if not isinstance(name, str):
        raise invalid("field_name", "field_name is required")
    if not name.strip():
        raise Refusal(1254028, "EmptyFieldName")
    if len(name.strip()) > NAME_MOST:
        raise Refusal(1254029, "InvalidFieldName", detail=f"at most {NAME_MOST} characters")
    return name.strip()


def field_type(body: Json) -> tuple[int, str]:
    """``type`` and its ``ui_type``; 99992402 without a type, 1254012 for what no API can create."""
    number = body.get("type")
    if number is None:
        raise invalid("type", "type is required")
    kind = TYPES.get(number) if isinstance(number, int) else None
    if kind is None or number in NOT_CREATABLE:
        raise Refusal(1254012, "NotSupportFieldOrView", detail=f"field type {number} cannot be created")
    ui_type = body.get("ui_type") or kind.ui_types[0]
    if ui_type not in kind.ui_types:
        raise Refusal(1254015, "Field types do not match.", detail=f"type {number} has no ui_type {ui_type}")
    return int(number), str(ui_type)


def description(body: Json) -> Json | None:
    """``{"disable_sync", "text"}``; a plain string is taken as its text."""
    given = body.get("description")
    if isinstance(given, dict):
        return {"disable_sync": bool(given.get("disable_sync", True)), "text": str(given.get("text", ""))}
    return {"disable_sync": True, "text": given} if isinstance(given, str) and given else None


def new_field(body: Any, *, is_primary: bool = False) -> Field:
    """A field that is not yet in any table."""
    if not isinstance(body, dict):
        raise invalid("fields", "every field must be an object")
    name, (number, ui_type) = field_name(body), field_type(body)
    if is_primary and number not in PRIMARY:
        raise Refusal(1254012, "NotSupportFieldOrView", detail=f"type {number} cannot be the primary field")
    return Field(
        field_id=new_id("fld"),
        name=name,
        type=number,
        ui_type=ui_type,
        property=complete(number, ui_type, body.get("property"), None),
        description=description(body),
        is_primary=is_primary,
    )


def add_field(base: Base, table: Table, field: Field) -> Made:
    """Puts a new field into the table, and for a duplex link its partner into the other one."""
    if field.name in table.names:
        raise Refusal(1254014, "FieldNameDuplicated")
    _check_room(table, field)
    made = [(table, field)]
    if field.type in LINKS:
        target = link_target(base, field)
        if field.type == Type.DUPLEX_LINK:
            made.append((target, _partner(table, target, field)))
    for where, added in made:
        where.add_field(added)
    if field.type == Type.AUTO_NUMBER:
        number_records(base, table, field, table.records.values())
        base.touch_records(table, table.records)
    return Made(fields=tuple(made))


def _check_room(table: Table, field: Field) -> None:
    if len(table.fields) >= FIELDS_MOST:
        raise Refusal(1254105, "FieldExceedLimit", detail=f"at most {FIELDS_MOST} fields")
    if field.type == Type.FORMULA and len(table.of_types((Type.FORMULA,))) >= FORMULAS_MOST:
        raise Refusal(1254105, "FieldExceedLimit", detail=f"at most {FORMULAS_MOST} formula fields")


def link_target(base: Base, field: Field) -> Table:
    """The linked table, whose name is put into the property; 1254041 when it does not exist."""
    target = base.tables.get(field.setting("table_id"))
    if target is None or field.property is None:
        raise Refusal(1254041, "TableIdNotFound", detail="property.table_id is not a table of this base")
    field.property["table_name"] = target.name
    return target


def _partner(table: Table, target: Table, field: Field) -> Field:
    assert field.property is not None
    wanted = field.property.get("back_field_name") or f"{table.name}-{field.name}"
    if wanted in target.names or (target is table and wanted == field.name):
        raise Refusal(1254014, "FieldNameDuplicated", detail=f"back field name {wanted}")
    partner = Field(
        field_id=new_id("fld"),
        name=str(wanted),
        type=field.type,
        ui_type=field.ui_type,
        property={
            "back_field_id": field.field_id,
            "back_field_name": field.name,
            "multiple": True,
            "table_id": table.table_id,
            "table_name": table.name,
        },
    )
    field.property.update(back_field_id=partner.field_id, back_field_name=partner.name)
    return partner


def table_name(base: Base, name: Any) -> str:
    """A free, allowed table name: 1254013 taken, 99992402 absent, too long or with forbidden signs."""
    if not isinstance(name, str) or not name.strip():
        raise invalid("name", "name is required")
    if len(name) > NAME_MOST or FORBIDDEN_IN_TABLE_NAMES & set(name):
        raise invalid("name", "1 to 100 characters without / \\ ? * : [ ]", name)
    if base.named(name) is not None:
        raise Refusal(1254013, "TableNameDuplicated")
    return name


def make_table(world: World, base: Base, body: Json) -> Table:
    """A table from ``{name, default_view_name?, fields?}``; nothing is kept when it is refused."""
    name = table_name(base, body.get("name"))
    if len(base.tables) >= TABLES_MOST:
        raise Refusal(1254100, "TableExceedLimit", detail=f"at most {TABLES_MOST} tables")
    listed, view_name = body.get("fields"), body.get("default_view_name")
    if view_name and not listed:
        raise invalid("fields", "fields is required when default_view_name is given")
    if listed is not None and not (isinstance(listed, list) and 0 < len(listed) <= FIELDS_MOST):
        raise invalid("fields", f"1 to {FIELDS_MOST} fields")
    table = Table(table_id=new_id("tbl"), name=name)
    for field in _new_fields(base, listed or [{"field_name": "文本", "type": 1}]):
        add_field(base, table, field)
    _bind_formulas(world, base, table)
    view = View(view_id=new_id("vew"), name=str(view_name or "表格"), type="grid")
    table.views[view.view_id] = view
    base.tables[table.table_id] = table
    base.touch()
    return table


def _bind_formulas(world: World, base: Base, table: Table) -> None:
    """A refused formula takes the partners of the table's duplex links away again."""
    try:
        for field in table.of_types((Type.FORMULA,)):
            bind_formula(world, base, table, field)
    except Refusal:
        for field in table.of_types((Type.DUPLEX_LINK,)):
            target = base.tables[field.setting("table_id")]
            target.remove_field(target.fields[field.setting("back_field_id")])
        raise


def _new_fields(base: Base, listed: list[Any]) -> list[Field]:
    """The fields of a new table, checked together so that a refusal leaves no trace.

    On table create 1254012 and 1254014 come with HTTP 400, on field create with 200.
    """
    try:
        fields = [new_field(item, is_primary=place == 0) for place, item in enumerate(listed)]
        if len({field.name for field in fields}) < len(fields):
            raise Refusal(1254014, "FieldNameDuplicated")
    except Refusal as refusal:
        if refusal.code in (1254012, 1254014):
            refusal.status = 400
        raise
    for field in fields:
        if field.type in LINKS:
            link_target(base, field)
    return fields
