"""A base as a team has it after a while: our tables with rows, and what people made beside them.

Built through the API alone; the part of it that is read back for comparing knows nothing of
the code under test.
"""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.medias import BaseMedias
from feishu_plugin.gateway.structure import BaseStructure, create_base
from feishu_plugin.ports import Json
from feishu_plugin.schema import Field, FieldType, Schema, Table
from feishu_plugin.sync.structure.apply import apply
from feishu_plugin.sync.structure.live import Base
from feishu_plugin.sync.structure.remembered import Remembered
from tests.fakes import MemoryStore

BASE = "/open-apis/bitable/v1/apps/:app_token"
FOREVER_MS = 253402185600000
"""9999-12-31: what people write for "never"."""
SENT_BY_FEISHU = (1001, 1002, 1003, 1004, 1005)


@dataclass(kw_only=True)
class Team:
    """A base and the hands that fill it."""

    feishu: Feishu
    people: Sequence[str]
    app_token: str
    files: list[str] = field(default_factory=list)

    def call(self, method: str, path: str, ids: Mapping[str, str], body: Json | None = None) -> Json:
        ids = {"app_token": self.app_token, **ids}
        return self.feishu.call(method, BASE + path, ids=ids, body=body, repeatable=False)

    def tables(self) -> dict[str, str]:
        ids, query = {"app_token": self.app_token}, {"page_size": 100}
        items = self.feishu.call("GET", BASE + "/tables", ids=ids, query=query)["items"]
        return {item["name"]: item["table_id"] for item in items}

    def fields(self, table_id: str) -> list[Json]:
        path = "/tables/:table_id/fields"
        found: list[Json] = self.feishu.call(
            "GET", BASE + path, ids={"app_token": self.app_token, "table_id": table_id},
            query={"page_size": 100},
        )["items"]  # fmt: skip
        return found

    def add(self, table_id: str, rows: Sequence[Json]) -> list[str]:
        body = {"records": [{"fields": row} for row in rows]}
        made = self.call("POST", "/tables/:table_id/records/batch_create", {"table_id": table_id}, body)
        return [record["record_id"] for record in made["records"]]

    def edit(self, table_id: str, rows: Mapping[str, Json]) -> None:
        body = {"records": [{"record_id": id, "fields": row} for id, row in rows.items()]}
        self.call("POST", "/tables/:table_id/records/batch_update", {"table_id": table_id}, body)

    def rows(self, table_id: str) -> list[Json]:
        path = "/tables/:table_id/records/search"
        ids = {"app_token": self.app_token, "table_id": table_id}
        return list(
            self.feishu.call("POST", BASE + path, ids=ids, query={"page_size": 500}, body={})["items"]
        )

    def upload(self, name: str, content: bytes) -> str:
        token = BaseMedias(self.feishu, self.app_token).upload(name, len(content), io.BytesIO(content))
        self.files.append(token)
        return token


def base_at(feishu: Feishu, app_token: str) -> Base:
    """Both sides of a new base, remembered for as long as the value lives."""
    structure, extras = BaseStructure(feishu, app_token, new=True), BaseExtras(feishu, app_token)
    return Base(structure=structure, extras=extras, identities=Remembered(MemoryStore(), app_token))


def founded(feishu: Feishu, people: Sequence[str], schema: Schema) -> Team:
    """A new base of a schema, with a row or two in every table and every kind of cell."""
    app_token, _ = create_base(feishu, "客户需求", "Asia/Shanghai")
    base = base_at(feishu, app_token)
    ids = apply(base, schema, new_base=True).tables
    team = Team(feishu=feishu, people=people, app_token=app_token)
    made = {
        table.key: team.add(ids[table.key], [_row(team, table, n) for n in (1, 2)] + [{}])
        for table in schema.tables
    }
    for table in schema.tables:
        links = {
            f.zh: made[f.table][1::-1][: 1 + f.multiple] for f in table.fields if f.table and not f.back_key
        }
        owners = {f.zh: made[f.table][:1] for f in table.fields if f.table and f.back}
        if links | owners:
            team.edit(ids[table.key], {made[table.key][1]: links | owners, made[table.key][0]: owners})
    return team


def _row(team: Team, table: Table, n: int) -> Json:
    return {f.zh: _CELLS[f.type](team, f, n) for f in table.fields if f.type in _CELLS}


def _text(team: Team, field: Field, n: int) -> str:
    return f"{field.zh} {n}\n第二行 \u2028 “引号” 😀"


def _files(team: Team, field: Field, n: int) -> list[Json]:
    names = (f"截图 {n}.png", f"记录 {n}.json")
    return [{"file_token": team.upload(name, f"内容 {name}".encode())} for name in names]


_CELLS: Mapping[FieldType, Callable[[Team, Field, int], Any]] = {
    "text": _text,
    "email": _text,
    "number": lambda team, field, n: n + 0.25,
    "rating": lambda team, field, n: n,
    "single_select": lambda team, field, n: field.options[-n].zh,
    "multi_select": lambda team, field, n: [option.zh for option in field.options[:n]],
    "datetime": lambda team, field, n: 1_790_000_000_123 if n == 1 else FOREVER_MS,
    "checkbox": lambda team, field, n: n == 1,
    "user": lambda team, field, n: [{"id": one} for one in team.people[: n if field.multiple else 1]],
    "phone": lambda team, field, n: f"+86138000{n}",
    "attachment": _files,
}


def settle_in(team: Team) -> None:
    """People rename, add columns and options, and make a table of their own with every kind of column."""
    structure = BaseStructure(team.feishu, team.app_token)
    ids = team.tables()
    ledger, customers = ids["需求台账"], ids["客户档案"]
    structure.rename_table(customers, "客户名册")
    own = structure.create_table("数据表", "表格", _own_columns())
    formula = f"bitable::$table[{own}].$field[{_id(team, own, '金额')}]*2"
    for name, type, property in (
        ("关联需求", 18, {"table_id": ledger, "multiple": True}),
        ("相关客户", 21, {"table_id": customers, "multiple": True, "back_field_name": "相关事项"}),
        ("上级", 21, {"table_id": own, "multiple": True, "back_field_name": "下级"}),
        ("双倍", 20, {"formatter": "0.0", "formula_expression": formula}),
    ):
        structure.create_field(own, {"field_name": name, "type": type, "property": property})
    _name_columns(team, structure, ledger)
    _fill_own(team, own, ledger, customers)
    _make_views(team, structure, own)


def _own_columns() -> list[Json]:
    plain = {"名称": 1, "完成": 7, "电话": 13, "链接": 15, "文件": 17, "建于": 1001, "建者": 1003}
    columns: list[Json] = [{"field_name": name, "type": type} for name, type in plain.items()]
    options = [{"name": "甲", "color": 3}, {"name": "乙 done", "color": 54}]
    columns[0]["description"] = {"disable_sync": True, "text": "people / 自己的说明"}
    return [
        *columns,
        {"field_name": "邮箱", "type": 1, "ui_type": "Email"},
        {"field_name": "金额", "type": 2, "ui_type": "Currency",
         "property": {"formatter": "0.00", "currency_code": "USD"}},
        {"field_name": "进度", "type": 2, "ui_type": "Progress",
         "property": {"formatter": "0%", "range_customize": True, "min": 0, "max": 10}},
        {"field_name": "分类", "type": 3, "property": {"options": options}},
        {"field_name": "标签", "type": 4, "property": {"options": options}},
        {"field_name": "日期", "type": 5, "property": {"date_formatter": "yyyy-MM-dd HH:mm"}},
        {"field_name": "人", "type": 11, "property": {"multiple": True}},
        {"field_name": "地点", "type": 22, "property": {"location": {"input_type": "not_limit"}}},
        {"field_name": "群", "type": 23, "property": {"multiple": True}},
        {"field_name": "编号", "type": 1005, "property": {"auto_serial": {
            "type": "custom", "options": [{"type": "fixed_text", "value": "N"},
                                          {"type": "system_number", "value": "3"}]}}},
    ]  # fmt: skip


def _id(team: Team, table_id: str, name: str) -> str:
    return next(str(f["field_id"]) for f in team.fields(table_id) if f["field_name"] == name)


def _name_columns(team: Team, structure: BaseStructure, ledger: str) -> None:
    structure.create_field(ledger, {"field_name": "我们的列", "type": 1})
    status = next(found for found in team.fields(ledger) if found["field_name"] == "当前状态")
    options = [*status["property"]["options"], {"name": "讨论中", "color": 7}]
    body = {"field_name": "进展", "type": 3, "property": {"options": options}}
    text = {"disable_sync": True, "text": status["description"]}
    structure.update_field(ledger, status["field_id"], {**body, "description": text})
    team.add(ledger, [{"需求标题": "人加的", "进展": "讨论中", "我们的列": "只有一行"}])


def _fill_own(team: Team, own: str, ledger: str, customers: str) -> None:
    needs, known = ([row["record_id"] for row in team.rows(id)] for id in (ledger, customers))
    file = {"file_token": team.upload("合同.pdf", b"%PDF\x00\xff" * 1000)}
    made = team.add(
        own,
        [
            {"名称": "一", "完成": True, "电话": "+8610", "邮箱": "a@b.cn", "金额": 12.5, "进度": 7,
             "链接": {"text": "看", "link": "https://example.com"}, "分类": "乙 done",
             "标签": ["乙 done", "甲"], "日期": FOREVER_MS, "人": [{"id": team.people[0]}],
             "文件": [file, file], "地点": "1.5,2.5", "群": [{"id": "oc_a"}, {"id": "oc_b"}]},
            {"名称": "二", "关联需求": needs[:3]},
            {"名称": "三"},
        ],
    )  # fmt: skip
    team.edit(own, {made[2]: {"相关客户": known[:2]}, made[0]: {"相关客户": known[:1], "上级": [made[2]]}})
    team.edit(own, {made[1]: {"上级": [made[2], made[0]]}})
    back = next(f["field_name"] for f in team.fields(customers) if f["field_name"] == "相关事项")
    team.edit(customers, {known[0]: {back: [made[0], made[2]]}})


def _make_views(team: Team, structure: BaseStructure, own: str) -> None:
    view = structure.create_view(own, "大额", "grid")
    chosen = next(f for f in team.fields(own) if f["field_name"] == "分类")["property"]["options"][1]["id"]
    lines = [
        {"field_id": _id(team, own, "分类"), "operator": "is", "value": f'["{chosen}"]'},
        {"field_id": _id(team, own, "金额"), "operator": "isGreater", "value": '["10"]'},
    ]
    info = {"conjunction": "or", "conditions": lines}
    hidden = [_id(team, own, "电话")]
    structure.update_view(own, view, {"property": {"filter_info": info, "hidden_fields": hidden}})
    structure.create_view(own, "看板", "kanban")
    form = structure.create_view(own, "报名", "form")
    structure.update_form(own, form, {"name": "报名", "description": "请填写 / please"})
    for asked in structure.questions(own, form):
        shown = asked["title"] in ("名称", "分类")
        structure.update_question(own, form, asked["field_id"], {"visible": shown})
    structure.update_question(own, form, _id(team, own, "分类"), {"title": "选哪个？", "required": True})


def seen(team: Team) -> dict[str, Any]:
    """All that people see: columns, views and cells, with names and positions in place of ids."""
    names = team.tables()
    rows = {name: team.rows(id) for name, id in names.items()}
    places = {row["record_id"]: f"{name}#{n}" for name in rows for n, row in enumerate(rows[name])}
    return {
        name: {
            "columns": [_column(field) for field in team.fields(id)],
            "rows": [_shown(team, id, row, places) for row in rows[name]],
        }
        for name, id in names.items()
    }


def _column(field: Json) -> Json:
    property = dict(field["property"] or {})
    without = ("table_id", "back_field_id", "formula_expression", "table_name")
    kept: Json = {key: value for key, value in property.items() if key not in without}
    if "options" in kept:
        kept["options"] = [(option["name"], option["color"]) for option in kept["options"]]
    text = (field.get("description") or "").partition("#")[0].strip()
    return {"name": field["field_name"], "type": field["type"], "ui_type": field["ui_type"],
            "property": kept, "note": text}  # fmt: skip


def _shown(team: Team, table_id: str, row: Json, places: Mapping[str, str]) -> Json:
    types = {field["field_name"]: field["type"] for field in team.fields(table_id)}
    cells = ((name, cell) for name, cell in row["fields"].items() if types[name] not in SENT_BY_FEISHU)
    shown = {name: _plain(team, types[name], cell, places) for name, cell in cells}
    # A box that nobody ticked and one that was unticked look the same.
    return {name: cell for name, cell in shown.items() if cell is not False and cell != []}


def _plain(team: Team, type: int, cell: Any, places: Mapping[str, str]) -> Any:
    if type in (18, 21):
        return [places[id] for id in cell.get("link_record_ids", [])]
    if type == 17:
        return [(one["name"], one["type"], one["size"], _sum(team, one["file_token"])) for one in cell]
    return cell


def _sum(team: Team, file_token: str) -> str:
    kept = io.BytesIO()
    path = "/open-apis/drive/v1/medias/:file_token/download"
    team.feishu.call("GET", path, ids={"file_token": file_token}, sink=kept)
    return hashlib.sha256(kept.getvalue()).hexdigest()
