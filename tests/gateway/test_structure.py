"""The structure calls against a real sandbox process."""

import pytest

from feishu_plugin.binding import bind
from feishu_plugin.errors import FeishuError, FeishuUnreachable
from feishu_plugin.gateway.structure import BaseStructure
from tests.gateway.conftest import Sandbox
from tests.gateway.samples import SCHEMA


def table_id(structure: BaseStructure, name: str = "需求") -> str:
    return next(table.table_id for table in structure.live() if table.name == name)


def test_a_made_base_binds_to_its_schema(structure: BaseStructure) -> None:
    binding = bind(SCHEMA, structure.app_token, structure.live())

    assert binding.missing == ()
    assert binding.tables["requirement"].fields["status"].option_names["done"] == "已完成"


def test_live_shows_marks_types_and_the_primary_field(structure: BaseStructure) -> None:
    customer = next(table for table in structure.live() if table.name == "客户")

    assert [(f.name, f.type, f.ui_type, f.is_primary) for f in customer.fields] == [
        ("客户名称", 1, "Text", True),
        ("邮箱", 1, "Email", False),
    ]
    assert customer.fields[0].description == "#customer.name"
    assert [view.name for view in customer.views] == ["全部"]


def test_fields_can_be_changed_and_deleted(structure: BaseStructure) -> None:
    table = table_id(structure)
    made = structure.create_field(table, {"field_name": "备注", "type": 1})
    structure.update_field(table, made, {"field_name": "说明", "type": 1})

    assert "说明" in [f.name for t in structure.live() if t.table_id == table for f in t.fields]
    structure.delete_field(table, made)
    assert "说明" not in [f.name for t in structure.live() if t.table_id == table for f in t.fields]


def test_views_keep_their_filter(structure: BaseStructure) -> None:
    table = table_id(structure)
    view = structure.create_view(table, "重点", "grid")
    field = next(f for t in structure.live() if t.table_id == table for f in t.fields if f.name == "标题")
    condition = {"field_id": field.field_id, "operator": "is", "value": '["急"]'}
    body = {
        "view_name": "重点",
        "property": {"filter_info": {"conjunction": "and", "conditions": [condition]}},
    }
    structure.update_view(table, view, body)

    shown = next(v for t in structure.live() if t.table_id == table for v in t.views if v.view_id == view)
    assert shown.property["filter_info"]["conditions"][0]["field_id"] == field.field_id
    structure.delete_view(table, view)
    assert view not in [v.view_id for t in structure.live() for v in t.views]


def test_a_form_and_its_questions_can_be_set(structure: BaseStructure) -> None:
    table = table_id(structure)
    form = structure.create_view(table, "提交", "form")
    structure.update_form(table, form, {"description": "请填写"})
    question = structure.questions(table, form)[0]
    structure.update_question(table, form, question["field_id"], {"title": "需求是什么", "required": True})

    assert structure.form(table, form)["description"] == "请填写"
    assert structure.questions(table, form)[0]["title"] == "需求是什么"


def test_tables_are_renamed_and_deleted(structure: BaseStructure) -> None:
    table = table_id(structure, "客户")
    structure.rename_table(table, "老客户")
    assert table_id(structure, "老客户") == table

    structure.delete_table(table_id(structure, "需求"))
    assert "需求" not in [t.name for t in structure.live()]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("kind", ["drop-after-commit", "drop-before-commit", "html", "status"])
def test_a_table_whose_answer_was_lost_is_made_once(
    structure: BaseStructure, sandbox: Sandbox, kind: str, count: int
) -> None:
    rule = {"kind": kind, "route": "POST */tables", "count": count}
    sandbox.control("PUT", "/faults", [rule])
    made = structure.create_table("新表", "全部", [{"field_name": "名称", "type": 1}])

    assert [t.table_id for t in structure.live() if t.name == "新表"] == [made]


def test_a_table_that_cannot_be_made_is_unreachable(structure: BaseStructure, sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/faults", [{"kind": "html", "route": "POST */tables"}])
    with pytest.raises(FeishuUnreachable):
        structure.create_table("新表", "全部", [{"field_name": "名称", "type": 1}])


def test_a_view_whose_answer_was_lost_is_made_once(structure: BaseStructure, sandbox: Sandbox) -> None:
    table = table_id(structure)
    sandbox.control("PUT", "/faults", [{"kind": "drop-after-commit", "route": "POST */views", "count": 1}])
    made = structure.create_view(table, "看板", "kanban")

    assert [v.view_id for t in structure.live() for v in t.views if v.name == "看板"] == [made]


def test_a_field_whose_answer_was_lost_is_made_once(structure: BaseStructure, sandbox: Sandbox) -> None:
    table = table_id(structure)
    sandbox.control("PUT", "/faults", [{"kind": "drop-after-commit", "route": "POST */fields", "count": 1}])
    made = structure.create_field(table, {"field_name": "备注", "type": 1})

    found = [
        f.field_id for t in structure.live() if t.table_id == table for f in t.fields if f.name == "备注"
    ]
    assert found == [made]


def test_a_refusal_is_not_looked_up(structure: BaseStructure) -> None:
    with pytest.raises(FeishuError) as refused:
        structure.create_table("需求", "全部", [{"field_name": "名称", "type": 1}])

    assert refused.value.code == 1254013
