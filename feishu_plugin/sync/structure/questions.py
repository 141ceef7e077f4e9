"""The questions of a form: what differs from the wanted ones and what to tell Feishu.

Pure. Columns that people added keep the visibility people gave them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from feishu_plugin.binding import LiveTable, find_field
from feishu_plugin.binding import marked as marked_description
from feishu_plugin.ports import Json
from feishu_plugin.schema import Label, Question, Table, View
from feishu_plugin.sync.structure.bodies import both


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveForm:
    """A form as Feishu tells it; questions ``{field_id, title, description, required, visible}``."""

    form: Json
    questions: Sequence[Json] = ()


def form_body(view: View) -> Json:
    """The texts above the questions."""
    return {"name": both(Label(zh=view.zh, en=view.en)), "description": both(view.intro)}


def share_body(view: View) -> Json:
    """Who may fill the form in by its link; nothing where that is left to people."""
    return {"shared": True, "shared_limit": f"{view.share}_editable"} if view.share else {}


def form_aspects(table: Table, view: View, here: LiveTable, form: LiveForm) -> Iterator[str]:
    """``name``, ``description``, ``share``, ``order``, fields whose question differs (``key?``: none)."""
    for key, value in form_body(view).items():
        if (form.form.get(key) or "") != value:
            yield key
    if is_unshared(view, form):
        yield "share"
    changes = question_bodies(table, view, here, form)
    keys = {field_id: key for key, field_id in _columns(table, here).items()}
    yield from (keys[field_id] for field_id, body in changes.items() if set(body) - {"pre_field_id"})
    if any("pre_field_id" in body for body in changes.values()):
        yield "order"
    columns, asked = _columns(table, here), {question["field_id"] for question in form.questions}
    yield from (f"{wanted.field}?" for wanted in view.questions if columns.get(wanted.field) not in asked)


def is_unshared(view: View, form: LiveForm) -> bool:
    """True when those who should be able to fill the form in cannot."""
    return any(form.form.get(name) != value for name, value in share_body(view).items())


def question_bodies(table: Table, view: View, here: LiveTable, form: LiveForm) -> Mapping[str, Json]:
    """Field id to the changes of its question, in the order in which they are to be sent."""
    columns, live = _columns(table, here), {asked["field_id"]: asked for asked in form.questions}
    wanted = {columns[asked.field]: asked for asked in view.questions if asked.field in columns}
    wanted = {field_id: asked for field_id, asked in wanted.items() if field_id in live}
    hidden = [id for id in columns.values() if id not in wanted and live.get(id, {}).get("visible")]
    found: dict[str, Json] = {field_id: {"visible": False, "required": False} for field_id in hidden}
    moved = [field_id for field_id in live if field_id in wanted] != list(wanted)
    before = ""
    for field_id, asked in wanted.items():
        body = _question_body(table, asked, live[field_id])
        if moved:
            body["pre_field_id"] = before
        if body:
            found[field_id] = body
        before = field_id
    return found


def _question_body(table: Table, asked: Question, now: Json) -> Json:
    """What differs; a description that shows our mark is replaced, any other one is people's."""
    wanted: Json = {"title": both(asked.title), "required": asked.required, "visible": True}
    if marked_description(now.get("description") or ""):
        wanted["description"] = both(table.field(asked.field).note)
    return {key: value for key, value in wanted.items() if now.get(key) != value}


def _columns(table: Table, here: LiveTable) -> dict[str, str]:
    """Field key to the id of its live column."""
    found = {field.key: find_field(table.key, field, here.fields) for field in table.fields}
    return {key: column.field_id for key, column in found.items() if column is not None}
