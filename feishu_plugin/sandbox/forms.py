"""Forms: what a form view asks. Questions follow the fields; only what was changed is stored."""

from feishu_plugin.sandbox.envelope import Json
from feishu_plugin.sandbox.field_types import COMPUTED
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.tables import Table


def new_form(name: str) -> Json:
    """A form that is not shared; ``questions`` holds changes by field_id, ``order`` moved field ids."""
    return {
        "name": name,
        "description": "",
        "shared": False,
        "shared_url": f"https://sandbox.feishu.cn/share/base/form/{new_id('shr')}",
        "shared_limit": "off",
        "submit_limit_once": False,
        "questions": {},
        "order": [],
    }


def askable(table: Table, form: Json) -> list[Field]:
    """The fields a form can ask, in the form's order."""
    fields = {field.field_id: field for field in table.fields.values() if field.type not in COMPUTED}
    moved = [fields[id] for id in form["order"] if id in fields]
    return [*moved, *(field for field in fields.values() if field.field_id not in form["order"])]


def question(form: Json, field: Field) -> Json:
    """``{title, description, required, visible}``; the title is the field's name until changed."""
    asked = {"title": field.name, "description": "", "required": False, "visible": True}
    return {**asked, **form["questions"].get(field.field_id, {})}


def move_after(table: Table, form: Json, field: Field, before_id: str) -> None:
    """Puts a question right after another one, or first for ``""``."""
    order = [other.field_id for other in askable(table, form) if other is not field]
    order.insert(order.index(before_id) + 1 if before_id else 0, field.field_id)
    form["order"] = order
