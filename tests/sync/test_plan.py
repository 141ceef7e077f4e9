"""The plan as a value: what it says, what it leaves alone, what it refuses."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from feishu_plugin.binding import LiveTable
from feishu_plugin.errors import UnsafePlan
from feishu_plugin.schema import Schema, load
from feishu_plugin.sync.apply import apply, look
from feishu_plugin.sync.changes import (
    AddField,
    ChangeField,
    ChangeForm,
    ChangeView,
    MergeOptions,
    Refused,
    RenameField,
    RenameTable,
    padded,
)
from feishu_plugin.sync.diff import Live
from feishu_plugin.sync.plan import Plan
from tests.sync.fake_structure import FakeStructure

GOLDEN = Path(__file__).parents[1] / "golden" / "empty_base_plan.txt"
SMALL = Path(__file__).with_name("small_schema.json")


@pytest.fixture
def schema() -> Schema:
    return load(SMALL)


@pytest.fixture
def base(schema: Schema) -> FakeStructure:
    """A base that is exactly as the small schema wants it."""
    structure = FakeStructure()
    assert not apply(structure, schema).failed
    return structure


def plan_of(schema: Schema, structure: FakeStructure) -> Plan:
    return Plan.of(schema, look(structure, schema))


def edit(structure: FakeStructure, table: str, column: str, **changes: object) -> None:
    """Changes a column as a person could in Feishu."""
    table_id = structure.table(table).table_id
    found = structure.field(table_id, column)
    fields = [
        replace(field, **changes) if field is found else field  # type: ignore[arg-type]
        for field in structure.tables[table_id].fields
    ]
    structure.tables[table_id] = replace(structure.tables[table_id], fields=tuple(fields))


def test_the_plan_of_an_empty_base_reads_as_expected(update_goldens: bool) -> None:
    text = f"{Plan.of(load(), Live())}\n"
    if update_goldens:
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8"), "pytest --update-goldens writes it anew"


def test_the_same_base_gives_the_same_text_in_whatever_order_it_is_listed(
    schema: Schema, base: FakeStructure
) -> None:
    base.create_table("个人笔记", "全部", [])
    base.create_table("临时", "全部", [])
    for name in ("需求", "客户"):
        edit(base, name, "名称", name="改过的")
    there = look(base, schema)
    backwards = Live(tables=tuple(reversed(there.tables)), forms=there.forms)
    assert str(Plan.of(schema, there)) == str(Plan.of(schema, backwards))


def test_no_difference_is_said_in_one_line(schema: Schema, base: FakeStructure) -> None:
    plan = plan_of(schema, base)
    assert not plan
    assert str(plan) == "没有变更 No changes"
    assert plan.data == {"changes": [], "refused": [], "kept": []}


def test_changes_are_data_with_kind_table_and_key(schema: Schema) -> None:
    changes = Plan.of(schema, Live()).data["changes"]
    assert changes[0] == {
        "kind": "add_table",
        "table": "requirement",
        "key": "requirement",
        "name": "需求",
        "fields": ("number", "name", "customer", "status", "due", "original"),
    }
    assert all({"kind", "table", "key", "name"} <= set(change) for change in changes)


def test_a_table_renamed_by_hand_is_known_by_its_marks(schema: Schema, base: FakeStructure) -> None:
    table_id = base.table("客户").table_id
    base.tables[table_id] = replace(base.tables[table_id], name="老客户们")
    assert plan_of(schema, base).changes == (
        RenameTable(table="customer", key="customer", name="客户", found="老客户们"),
    )


def test_a_column_renamed_by_hand_is_known_by_its_mark(schema: Schema, base: FakeStructure) -> None:
    edit(base, "需求", "截止日期", name="最后期限")
    assert plan_of(schema, base).changes == (
        RenameField(table="requirement", key="due", name="需求.截止日期", found="最后期限"),
    )


def test_an_unmarked_column_of_the_right_name_and_type_is_adopted(
    schema: Schema, base: FakeStructure
) -> None:
    edit(base, "需求", "截止日期", description="我的说明")
    assert plan_of(schema, base).changes == (
        ChangeField(table="requirement", key="due", name="需求.截止日期", aspects=("description",)),
    )


def test_a_lost_option_is_named(schema: Schema, base: FakeStructure) -> None:
    table_id = base.table("需求").table_id
    options = base.field(table_id, "状态").property["options"]
    edit(base, "需求", "状态", property={"options": [o for o in options if o["name"] != "完成"]})
    assert plan_of(schema, base).changes == (
        MergeOptions(table="requirement", key="status", name="需求.状态", options=("完成",)),
        # the view's filter names the option that is gone
        ChangeView(table="requirement", key="done", name="需求.已完成", aspects=("filter",)),
    )


def test_a_changed_setting_is_named(schema: Schema, base: FakeStructure) -> None:
    edit(base, "需求", "截止日期", property={"date_formatter": "MM-dd", "auto_fill": True})
    assert plan_of(schema, base).changes == (
        ChangeField(table="requirement", key="due", name="需求.截止日期", aspects=("date_formatter",)),
    )


def test_a_deleted_column_is_added_again(schema: Schema, base: FakeStructure) -> None:
    table_id = base.table("需求").table_id
    base.delete_field(table_id, base.field(table_id, "截止日期").field_id)
    due = AddField(table="requirement", key="due", name="需求.截止日期", type="datetime")
    assert due in plan_of(schema, base).changes


def test_a_narrowed_view_is_left_as_people_made_it(schema: Schema, base: FakeStructure) -> None:
    table = base.table("需求")
    view = next(view for view in table.views if view.name == "已完成")
    mine = {"field_id": base.field(table.table_id, "名称").field_id, "operator": "isNotEmpty", "value": "[]"}
    lines = [*view.property["filter_info"]["conditions"], mine]
    hidden = [*view.property["hidden_fields"], base.field(table.table_id, "名称").field_id]
    property = {"filter_info": {"conjunction": "and", "conditions": lines}, "hidden_fields": hidden}
    base.update_view(table.table_id, view.view_id, {"property": property})
    assert not plan_of(schema, base)


def test_a_question_changed_by_hand_is_named(schema: Schema, base: FakeStructure) -> None:
    table = base.table("需求")
    form_id = next(view.view_id for view in table.views if view.type == "form")
    name_id = base.field(table.table_id, "名称").field_id
    base.update_question(table.table_id, form_id, name_id, {"required": False})
    base.update_form(table.table_id, form_id, {"description": ""})
    assert plan_of(schema, base).changes == (
        ChangeForm(table="requirement", key="intake", name="需求.提报", aspects=("description", "name")),
    )


def test_what_people_made_is_listed_and_is_no_difference(schema: Schema, base: FakeStructure) -> None:
    base.create_table("个人笔记", "全部", [])
    body = {"field_name": "我的列", "type": 1, "ui_type": "Text", "description": {"text": ""}}
    base.create_field(base.table("需求").table_id, body)
    plan = plan_of(schema, base)
    assert not plan
    assert [change.name for change in plan.kept] == ["需求.我的列", "个人笔记"]
    plan.raise_if_unsafe()


def _is_a_number(structure: FakeStructure) -> None:
    edit(structure, "需求", "截止日期", type=2, ui_type="Number")


def _is_another_kind_of_number(structure: FakeStructure) -> None:
    edit(structure, "客户", "名称", ui_type="Email")


def _links_elsewhere(structure: FakeStructure) -> None:
    edit(
        structure,
        "需求",
        "原需求",
        property={"table_id": structure.table("客户").table_id, "multiple": False},
    )


def _holds_several(structure: FakeStructure) -> None:
    edit(
        structure, "需求", "原需求", property={"table_id": structure.table("需求").table_id, "multiple": True}
    )


def _name_is_taken(structure: FakeStructure) -> None:
    edit(structure, "需求", "截止日期", name="最后期限")
    body = {"field_name": "截止日期", "type": 1, "ui_type": "Text", "description": {"text": ""}}
    structure.create_field(structure.table("需求").table_id, body)


@pytest.mark.parametrize(
    ("spoil", "path"),
    [
        (_is_a_number, "requirement.due"),
        (_is_another_kind_of_number, "customer.name"),
        (_links_elsewhere, "requirement.original"),
        (_holds_several, "requirement.original"),
        (_name_is_taken, "requirement.due"),
    ],
)
def test_a_risk_for_data_is_refused_and_named(
    schema: Schema, base: FakeStructure, spoil: Callable[[FakeStructure], None], path: str
) -> None:
    spoil(base)
    plan = plan_of(schema, base)
    assert [change.path for change in plan.refused] == [path]
    assert not any(change.path == path for change in plan.changes)
    with pytest.raises(UnsafePlan, match=path):
        plan.raise_if_unsafe()


def test_a_view_of_another_type_is_refused(schema: Schema, base: FakeStructure) -> None:
    table = base.table("需求")
    views = [replace(view, type="gallery") if view.name == "已完成" else view for view in table.views]
    base.tables[table.table_id] = replace(table, views=tuple(views))
    assert [change.path for change in plan_of(schema, base).refused] == ["requirement.done"]


def test_a_foreign_table_with_a_wanted_name_is_not_renamed_over(schema: Schema, base: FakeStructure) -> None:
    table_id = base.table("客户").table_id
    base.tables[table_id] = replace(base.tables[table_id], name="老客户们")
    base.tables["tblForeign"] = LiveTable(table_id="tblForeign", name="客户")
    (refused,) = plan_of(schema, base).refused
    assert isinstance(refused, Refused)
    assert refused.path == "customer"


def test_labels_line_up_on_a_terminal_with_wide_characters() -> None:
    assert padded("字段 field", 12) == "字段 field  "
    assert padded("abc", 5) == "abc  "
