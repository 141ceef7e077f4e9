"""Forms of form views: read and patch the form and its questions (form_id is the view's id)."""

from copy import deepcopy
from typing import Any

from feishu_plugin.sandbox.access import table_of
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.envelope import Call, Json, Refusal, Route
from feishu_plugin.sandbox.forms import askable, move_after, new_form, question
from feishu_plugin.sandbox.ids import new_id
from feishu_plugin.sandbox.pages import page_by_id
from feishu_plugin.sandbox.parsing import body_object, invalid
from feishu_plugin.sandbox.tables import Table, View
from feishu_plugin.sandbox.view_routes import free_name
from feishu_plugin.sandbox.world import World

FORMS = "/open-apis/bitable/v1/apps/:app_token/tables/:table_id/forms/:form_id"
SHOWN = ("name", "description", "shared", "shared_url", "shared_limit", "submit_limit_once")
SETTABLE: dict[str, type] = {
    "name": str,
    "description": str,
    "shared": bool,
    "shared_limit": str,
    "submit_limit_once": bool,
}
ASKED: dict[str, type] = {"title": str, "description": str, "required": bool, "visible": bool}
DISPLAY_MODES = ("traditional", "one_question_per_page")
LIMITS = ("off", "tenant_editable", "anyone_editable")


def get(world: World, call: Call) -> Json:
    """The form without its questions."""
    form = _form(world, call)[2]
    return {"form": {key: form[key] for key in SHOWN}}


def patch(world: World, call: Call) -> Json:
    """Any of name, description, shared, shared_limit, submit_limit_once."""
    base, table, form = _form(world, call, manage=True)
    changes = _checked(body_object(call.body), SETTABLE)
    if changes.get("shared_limit", "off") not in LIMITS:
        raise invalid("shared_limit", f"one of {', '.join(LIMITS)}", changes["shared_limit"])
    form.update(changes)
    base.touch(table)
    return {"form": {key: form[key] for key in SHOWN}}


def list_questions(world: World, call: Call) -> Json:
    """``items[{field_id, title, description, required, visible}]`` in the form's order."""
    _, table, form = _form(world, call)
    return page_by_id(
        call,
        askable(table, form),
        lambda field: field.field_id,
        lambda field: {"field_id": field.field_id, **question(form, field)},
    )


def patch_question(world: World, call: Call) -> Json:
    """``{pre_field_id?, title?, description?, required?, visible?}`` -> ``fields`` (one object)."""
    base, table, form = _form(world, call, manage=True)
    body, asked = body_object(call.body), {field.field_id: field for field in askable(table, form)}
    field = asked.get(call.params["field_id"])
    if field is None:
        raise Refusal(1254049, "FormFieldNotFound")
    before_id = body.get("pre_field_id")
    if before_id is not None and not isinstance(before_id, str):
        raise invalid("pre_field_id", "must be a str", before_id)
    if before_id and before_id not in asked:
        raise Refusal(1254049, "FormFieldNotFound", detail=f"pre_field_id {before_id}")
    form["questions"].setdefault(field.field_id, {}).update(_checked(body, ASKED))
    if before_id is not None:
        move_after(table, form, field, before_id)
    base.touch(table)
    order = [other.field_id for other in askable(table, form)]
    place = order.index(field.field_id)
    return {"fields": {"pre_field_id": order[place - 1] if place else "", **question(form, field)}}


def upgrade(world: World, call: Call) -> Json:
    """``{form_name, display_mode}`` -> a new form view beside the old one; 1254128 for a form that is new."""
    base, table, form = _form(world, call, manage=True)
    body = body_object(call.body)
    mode, name = body.get("display_mode"), body.get("form_name")
    if mode not in DISPLAY_MODES:
        raise Refusal(1254124, "InvalidDisplayMode", detail=f"one of {', '.join(DISPLAY_MODES)}")
    if form.get("display_mode"):
        raise Refusal(1254128, "FormAlreadyUpgraded")
    view = View(view_id=new_id("vew"), name=free_name(table, name), type="form", form=new_form(str(name)))
    view.form = {**deepcopy(form), **(view.form or {}), "questions": form["questions"], "display_mode": mode}
    table.views[view.view_id] = view
    base.touch(table)
    return {"form": {"id": view.view_id}}


def _form(world: World, call: Call, *, manage: bool = False) -> tuple[Base, Table, Json]:
    base, table = table_of(world, call, manage=manage)
    view = table.views.get(call.params["form_id"])
    if view is None or view.form is None:
        raise Refusal(1254042, "ViewIdNotFound", detail="form_id is the view_id of a form view")
    return base, table, view.form


def _checked(body: Json, kinds: dict[str, type]) -> Json:
    changes = {key: body[key] for key in kinds if body.get(key) is not None}
    for key, value in changes.items():
        if not isinstance(value, kinds[key]):
            raise invalid(key, f"must be a {kinds[key].__name__}", value)
    return changes


def _route(method: str, suffix: str, handler: Any, summary: str) -> Route:
    return Route(
        method=method,
        pattern=FORMS + suffix,
        handler=handler,
        summary=summary,
        tier="T8" if method == "GET" else "T7",
        writes_base=method != "GET",
        rest_style=True,
    )


ROUTES: tuple[Route, ...] = (
    _route("GET", "", get, "Get a form"),
    _route("PATCH", "", patch, "Patch a form"),
    _route("GET", "/fields", list_questions, "List form questions"),
    _route("POST", "/upgrade", upgrade, "Make a form of the new kind from an old one"),
    _route("PATCH", "/fields/:field_id", patch_question, "Patch a form question"),
)
