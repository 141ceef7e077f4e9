"""A base in memory that behaves as ``structure_ports.Structure`` says and refuses what Feishu refuses.

It knows nothing of the schema. It can lose columns of wide tables silently, refuse chosen
calls and stop the program at a chosen call, as the real one was seen to do.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from feishu_plugin.binding import LiveField, LiveTable, LiveView
from feishu_plugin.errors import FeishuError, FeishuRefused
from feishu_plugin.ports import Json
from feishu_plugin.sync.structure.live import Base
from tests.sync.structure.fake_cells import FakeCells
from tests.sync.structure.fake_extras import FakeExtras, FakeIdentities
from tests.sync.structure.fake_life import Killed as Killed
from tests.sync.structure.fake_life import Life

_PROPERTY_FREE = frozenset({7, 13, 15, 17, 1003, 1004})
_NOT_ASKED = frozenset({20, 1001, 1002, 1003, 1004, 1005})
_PRIMARY = frozenset({1, 2, 5, 13, 15, 20, 22})
_LINKS = frozenset({18, 21})


class FakeStructure:
    """One base. ``calls`` lists the names of the changing calls that took effect, in order.

    ``v3`` and ``advanced``: whether the tenant has base v3 and advanced permissions.
    """

    def __init__(
        self,
        *,
        keeps: int = 300,
        dies_at: int = 0,
        before: bool = False,
        refuses: Callable[[str, Json], bool] = lambda *_: False,
        v3: bool = True,
        advanced: bool = True,
    ) -> None:
        self.tables: dict[str, LiveTable] = {}
        self.forms: dict[str, Json] = {}
        self.asked: dict[str, dict[str, Json]] = {}
        self.life = Life(dies_at, before=before)
        self._keeps, self._refuses, self._ids = keeps, refuses, count(1)
        self.cells = FakeCells(self.tables)
        self.extras = FakeExtras(self.tables, self.life, v3=v3, advanced=advanced)
        self.identities = FakeIdentities()

    @property
    def calls(self) -> list[str]:
        """The changing calls so far, those of the extras too."""
        return self.life.calls

    @property
    def base(self) -> Base:
        """What ``look`` and ``apply`` are given."""
        return Base(structure=self, extras=self.extras, identities=self.identities)

    def live(self) -> Sequence[LiveTable]:
        return tuple(self.tables.values())

    def create_table(self, name: str, default_view_name: str, fields: Sequence[Json]) -> str:
        self._check("create_table", {"name": name})
        self._free_table(name)
        self.life.begins()
        table_id = self._id("tbl")
        self.tables[table_id] = LiveTable(table_id=table_id, name=name)
        for body in fields[: self._keeps]:
            self._add(table_id, body)
        self._add_view(table_id, default_view_name, "grid")
        return self._done("create_table", table_id)

    def rename_table(self, table_id: str, name: str) -> None:
        self._check("rename_table", {"name": name})
        self._free_table(name, but=table_id)
        self.life.begins()
        self.tables[table_id] = replace(self.tables[table_id], name=name)
        self._done("rename_table")

    def delete_table(self, table_id: str) -> None:
        self._check("delete_table", {})
        if len(self.tables) == 1:
            raise _refused(1254034, "LastTableCannotBeDeleted")
        self.life.begins()
        del self.tables[table_id]
        self.cells.drop_table(table_id)
        self._unlink(table_id)
        self._done("delete_table")

    def create_field(self, table_id: str, body: Json) -> str:
        self._check("create_field", body)
        self._check_new(table_id, body)
        self.life.begins()
        return self._done("create_field", self._add(table_id, body))

    def update_field(self, table_id: str, field_id: str, body: Json) -> None:
        """Overwrites whole: the options are those of the body, matched by id."""
        self._check("update_field", body)
        old = self.field(table_id, field_id)
        new = self._made(field_id, body, old)
        if new == old:
            raise _refused(1254606, "DataNotChange")
        self._free_name(table_id, body["field_name"], but=field_id)
        _check_type(old, new)
        self.life.begins()
        self._put(table_id, new)
        self.cells.follow(table_id, old, new)
        self._done("update_field")

    def delete_field(self, table_id: str, field_id: str) -> None:
        """A duplex link goes with its partner."""
        self._check("delete_field", {})
        gone = next((f for f in self.tables[table_id].fields if f.field_id == field_id), None)
        if gone is None:
            raise _refused(1254044, "FieldIdNotFound")
        if gone.is_primary:
            raise _refused(1254046, "PrimaryFieldCannotBeDeleted")
        self.life.begins()
        self._remove(table_id, field_id)
        if gone.type == 21 and gone.property["table_id"] in self.tables:
            self._remove(gone.property["table_id"], gone.property["back_field_id"])
        self._done("delete_field")

    def create_view(self, table_id: str, name: str, view_type: str) -> str:
        self._check("create_view", {"name": name})
        if name in {view.name for view in self.tables[table_id].views}:
            raise _refused(1254020, "ViewNameDuplicated")
        self.life.begins()
        return self._done("create_view", self._add_view(table_id, name, view_type))

    def update_view(self, table_id: str, view_id: str, body: Json) -> None:
        self._check("update_view", body)
        table = self.tables[table_id]
        if body.get("view_name") in {view.name for view in table.views if view.view_id != view_id}:
            raise _refused(1254020, "ViewNameDuplicated")
        self._check_view(table, body.get("property") or {})
        self.life.begins()
        views = [_patched(view, body) if view.view_id == view_id else view for view in table.views]
        self.tables[table_id] = replace(table, views=tuple(views))
        self._done("update_view")

    def delete_view(self, table_id: str, view_id: str) -> None:
        self._check("delete_view", {})
        table = self.tables[table_id]
        if len(table.views) == 1:
            raise _refused(1254023, "LastViewCannotBeDeleted")
        self.life.begins()
        left = tuple(view for view in table.views if view.view_id != view_id)
        self.tables[table_id] = replace(table, views=left)
        self._done("delete_view")

    def form(self, table_id: str, form_id: str) -> Json:
        return dict(self.forms[form_id])

    def update_form(self, table_id: str, form_id: str, body: Json) -> None:
        self._check("update_form", body)
        self.life.begins()
        self.forms[form_id].update(body)
        self._done("update_form")

    def questions(self, table_id: str, form_id: str) -> Sequence[Json]:
        """In the form's order; columns that nobody moved follow in the table's order."""
        asked = self.asked[form_id]
        fields = {f.field_id: f for f in self.tables[table_id].fields if f.type not in _NOT_ASKED}
        order = [*(id for id in asked if id in fields), *(id for id in fields if id not in asked)]
        plain = {"description": "", "required": False, "visible": True}
        return [{"field_id": id, "title": fields[id].name, **plain, **asked.get(id, {})} for id in order]

    def update_question(self, table_id: str, form_id: str, field_id: str, body: Json) -> None:
        self._check("update_question", body)
        self.life.begins()
        rows = {q["field_id"]: q for q in self.questions(table_id, form_id)}
        rows[field_id] |= {key: value for key, value in body.items() if key != "pre_field_id"}
        order = list(rows)
        if "pre_field_id" in body:
            order.remove(field_id)
            before = body["pre_field_id"]
            order.insert(order.index(before) + 1 if before else 0, field_id)
        self.asked[form_id] = {id: rows[id] for id in order}
        self._done("update_question")

    def table(self, name: str) -> LiveTable:
        """The table of that name."""
        return next(table for table in self.tables.values() if table.name == name)

    def field(self, table_id: str, name_or_id: str) -> LiveField:
        """The column of that id or name."""
        fields = self.tables[table_id].fields
        return next(field for field in fields if name_or_id in (field.field_id, field.name))

    def _remove(self, table_id: str, field_id: str) -> None:
        table = self.tables[table_id]
        left = tuple(field for field in table.fields if field.field_id != field_id)
        views = tuple(_without(view, field_id) for view in table.views)
        self.tables[table_id] = replace(table, fields=left, views=views)
        self.cells.drop_field(table_id, field_id)

    def _unlink(self, gone: str) -> None:
        """Partners of a deleted table's duplex links go; one-way links to it are left empty."""
        for table in tuple(self.tables.values()):
            for field in table.fields:
                if field.type in _LINKS and field.property["table_id"] == gone:
                    self.cells.drop_field(table.table_id, field.field_id)
                    if field.type == 21:
                        self._remove(table.table_id, field.field_id)

    def _put(self, table_id: str, new: LiveField) -> None:
        table = self.tables[table_id]
        fields = [new if field.field_id == new.field_id else field for field in table.fields]
        self.tables[table_id] = replace(table, fields=tuple(fields))

    def _add(self, table_id: str, body: Json) -> str:
        self._free_name(table_id, body["field_name"])
        made = self._made(self._id("fld"), body, None)
        self._append(table_id, made)
        if made.type == 21:
            self._pair(table_id, made)
        return made.field_id

    def _append(self, table_id: str, field: LiveField) -> None:
        table = self.tables[table_id]
        primary = replace(field, is_primary=not table.fields)
        self.tables[table_id] = replace(table, fields=(*table.fields, primary))

    def _pair(self, table_id: str, owner: LiveField) -> None:
        target, back_name = owner.property["table_id"], owner.property["back_field_name"]
        self._free_name(target, back_name)
        back = {"table_id": table_id, "multiple": True, "back_field_id": owner.field_id}
        partner = LiveField(
            field_id=self._id("fld"), name=back_name, type=21, ui_type="DuplexLink", property=back
        )
        self._append(target, partner)
        self._put(table_id, replace(owner, property={**owner.property, "back_field_id": partner.field_id}))

    def _made(self, field_id: str, body: Json, old: LiveField | None) -> LiveField:
        if body["type"] in _PROPERTY_FREE and "property" in body:
            raise _refused(99992402, f"type {body['type']} takes no property")
        property = dict(body.get("property") or {})
        if body["type"] in (18, 21) and property["table_id"] not in self.tables:
            raise _refused(1254041, "TableIdNotFound")
        if body["type"] in (3, 4):
            property["options"] = self._options(property.get("options", []), old)
        if old and old.type == body["type"] == 21:
            property["back_field_id"] = old.property["back_field_id"]
        return LiveField(
            field_id=field_id,
            name=body["field_name"],
            type=body["type"],
            ui_type=body["ui_type"],
            description=body["description"]["text"],
            is_primary=bool(old and old.is_primary),
            property=property,
        )

    def _options(self, given: Sequence[Json], old: LiveField | None) -> list[Json]:
        known = {option["id"] for option in old.property.get("options", ())} if old else set()
        if any(option.get("id", next(iter(known), None)) not in known for option in given if "id" in option):
            raise _refused(1254082, "an option id that is not known")
        if len({option["name"] for option in given}) < len(given):
            raise _refused(1254082, "option names must differ")
        return [{"color": 0, **option, "id": option.get("id") or self._id("opt")} for option in given]

    def _add_view(self, table_id: str, name: str, view_type: str) -> str:
        view_id = self._id("vew")
        table = self.tables[table_id]
        view = LiveView(view_id=view_id, name=name, type=view_type)
        self.tables[table_id] = replace(table, views=(*table.views, view))
        if view_type == "form":
            self.forms[view_id], self.asked[view_id] = {"name": name, "description": ""}, {}
        return view_id

    def _check_new(self, table_id: str, body: Json) -> None:
        self._free_name(table_id, body["field_name"])
        if body["type"] == 21:
            back, target = body["property"]["back_field_name"], body["property"]["table_id"]
            self._free_name(target, back)
            if back == body["field_name"] and target == table_id:
                raise _refused(1254014, "FieldNameDuplicated")

    def _check_view(self, table: LiveTable, property: Json) -> None:
        named = [*(property.get("hidden_fields") or ())]
        named += [line["field_id"] for line in (property.get("filter_info") or {}).get("conditions", ())]
        primary = {field.field_id for field in table.fields if field.is_primary}
        if not set(named) <= {field.field_id for field in table.fields}:
            raise _refused(1254044, "FieldIdNotFound")
        if primary & set(property.get("hidden_fields") or ()):
            raise _refused(1254012, "the primary field cannot be hidden")

    def _free_table(self, name: str, but: str = "") -> None:
        if name in {table.name for table in self.tables.values() if table.table_id != but}:
            raise _refused(1254013, "TableNameDuplicated")

    def _free_name(self, table_id: str, name: str, but: str = "") -> None:
        if name in {field.name for field in self.tables[table_id].fields if field.field_id != but}:
            raise _refused(1254014, "FieldNameDuplicated")

    def _check(self, call: str, body: Json) -> None:
        if self._refuses(call, body):
            raise _refused(1254302, "RolePermNotAllow")

    def _done(self, call: str, answer: str = "") -> str:
        """The call took effect; the process may end before it hears of it."""
        self.life.ends(call)
        return answer

    def _id(self, prefix: str) -> str:
        return f"{prefix}{next(self._ids):04d}"


def _patched(view: LiveView, body: Json) -> LiveView:
    """Feishu echoes conditions with ids of their own and an empty value as an empty text."""
    given: dict[str, Any] = dict(body.get("property") or {})
    info = given.get("filter_info")
    if info:
        shown = [
            {**line, "condition_id": f"con{n}", "value": "" if line["value"] == "[]" else line["value"]}
            for n, line in enumerate(info["conditions"])
        ]
        given["filter_info"] = {**info, "conditions": shown, "condition_omitted": None}
    name = body.get("view_name") or view.name
    return replace(view, name=name, property={**view.property, **given})


def _without(view: LiveView, field_id: str) -> LiveView:
    """A view no longer hides or filters by a column that is gone."""
    hidden = [id for id in view.property.get("hidden_fields") or () if id != field_id]
    info = view.property.get("filter_info")
    lines = [line for line in (info or {}).get("conditions", ()) if line["field_id"] != field_id]
    changed = {
        "hidden_fields": hidden,
        "filter_info": {**info, "conditions": lines} if info and lines else None,
    }
    return replace(view, property={**view.property, **changed})


def _check_type(old: LiveField, new: LiveField) -> None:
    """What the service refuses to make of a column that is there."""
    if old.is_primary and new.type not in _PRIMARY:
        raise _refused(1254012, f"type {new.type} cannot be the primary field")
    if 21 in (old.type, new.type) and old.type != new.type:
        raise _refused(1254012, "a duplex link cannot change its type")
    if {old.type, new.type} <= _LINKS and old.property["table_id"] != new.property["table_id"]:
        raise _refused(1254089, "the linked table cannot change")


def _refused(code: int, msg: str) -> FeishuError:
    return FeishuRefused(code=code, msg=msg, endpoint="memory")
