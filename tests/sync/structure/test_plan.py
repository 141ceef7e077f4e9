"""The plan as a value: what it says, what it leaves alone, what it refuses."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from feishu_plugin.binding import LiveTable
from feishu_plugin.errors import UnsafePlan
from feishu_plugin.language import Phrase
from feishu_plugin.schema import Schema, load
from feishu_plugin.sync.structure.apply import apply
from feishu_plugin.sync.structure.changes import Change, padded
from feishu_plugin.sync.structure.live import Live, look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.fake_structure import FakeStructure

GOLDEN = Path(__file__).parents[2] / "golden" / "empty_base_plan.txt"
SMALL = Path(__file__).with_name("small_schema.json")


@pytest.fixture
def schema() -> Schema:
    return load(SMALL)


@pytest.fixture
def base(schema: Schema) -> FakeStructure:
    """A base that is exactly as the small schema wants it."""
    structure = FakeStructure()
    assert not apply(structure.base, schema).failed
    return structure


def plan_of(schema: Schema, structure: FakeStructure) -> Plan:
    return Plan.of(schema, look(structure.base, schema))


def edit(structure: FakeStructure, table: str, column: str, **changes: object) -> None:
    """Changes a column as a person could in Feishu."""
    table_id = structure.table(table).table_id
    found = structure.field(table_id, column)
    fields = [
        replace(field, **changes) if field is found else field  # type: ignore[arg-type]
        for field in structure.tables[table_id].fields
    ]
    structure.tables[table_id] = replace(structure.tables[table_id], fields=tuple(fields))


def said(changes: Iterable[Change]) -> list[tuple[str, str, str]]:
    """Kind, path and detail of each change."""
    return [(change.kind, change.path, change.detail) for change in changes]


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
    there = look(base.base, schema)
    backwards = replace(there, tables=tuple(reversed(there.tables)))
    assert str(Plan.of(schema, there)) == str(Plan.of(schema, backwards))


def test_no_difference_is_said_in_one_line(schema: Schema, base: FakeStructure) -> None:
    plan = plan_of(schema, base)
    assert not plan
    assert str(plan) == "No changes"
    assert plan.data == {"changes": [], "refused": [], "skipped": [], "kept": []}


def test_changes_are_data_with_kind_table_and_key(schema: Schema) -> None:
    changes = Plan.of(schema, Live()).data["changes"]
    assert changes[0] == {
        "kind": "add_table",
        "path": "requirement",
        "table": "requirement",
        "key": "requirement",
        "name": "需求",
        "details": [Phrase("6 个字段", "6 fields")],
        "destructive": False,
        "allowed": True,
    }
    assert all({"kind", "table", "key", "name"} <= set(change) for change in changes)


def test_a_table_renamed_by_hand_is_known_by_its_marks(schema: Schema, base: FakeStructure) -> None:
    table_id = base.table("客户").table_id
    base.tables[table_id] = replace(base.tables[table_id], name="老客户们")
    assert said(plan_of(schema, base).changes) == [("rename_table", "customer", "now “老客户们”")]


def test_a_column_renamed_by_hand_is_known_by_its_mark(schema: Schema, base: FakeStructure) -> None:
    edit(base, "需求", "截止日期", name="最后期限")
    assert said(plan_of(schema, base).changes) == [("rename_field", "requirement.due", "now “最后期限”")]


def test_an_unmarked_column_of_the_right_name_and_type_is_adopted(
    schema: Schema, base: FakeStructure
) -> None:
    edit(base, "需求", "截止日期", description="我的说明")
    assert said(plan_of(schema, base).changes) == [("change_field", "requirement.due", "description")]


def test_a_lost_option_is_named(schema: Schema, base: FakeStructure) -> None:
    table_id = base.table("需求").table_id
    options = base.field(table_id, "状态").property["options"]
    edit(base, "需求", "状态", property={"options": [o for o in options if o["name"] != "完成"]})
    assert said(plan_of(schema, base).changes) == [
        ("merge_options", "requirement.status", "完成"),
        # the view's filter names the option that is gone
        ("change_view", "view:requirement.done", "filter"),
    ]


def test_a_changed_setting_is_named(schema: Schema, base: FakeStructure) -> None:
    edit(base, "需求", "截止日期", property={"date_formatter": "MM-dd", "auto_fill": True})
    assert said(plan_of(schema, base).changes) == [("change_field", "requirement.due", "date_formatter")]


def test_a_deleted_column_is_added_again(schema: Schema, base: FakeStructure) -> None:
    table_id = base.table("需求").table_id
    base.delete_field(table_id, base.field(table_id, "截止日期").field_id)
    assert ("add_field", "requirement.due", "datetime") in said(plan_of(schema, base).changes)


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
    assert said(plan_of(schema, base).changes) == [
        ("change_form", "view:requirement.intake", "description, name")
    ]


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


def _peoples_number_has_the_name(structure: FakeStructure) -> None:
    edit(structure, "需求", "截止日期", type=2, ui_type="Number", description="")


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
        (_links_elsewhere, "requirement.original"),
        (_name_is_taken, "requirement.due"),
    ],
)
def test_what_only_a_person_can_mend_is_refused_and_named(
    schema: Schema, base: FakeStructure, spoil: Callable[[FakeStructure], None], path: str
) -> None:
    spoil(base)
    plan = plan_of(schema, base)
    assert [change.path for change in plan.refused] == [path]
    assert not any(change.path == path for change in plan.changes)
    with pytest.raises(UnsafePlan, match=path):
        plan.raise_if_unsafe()


def test_a_column_of_people_with_a_wanted_name_but_another_type_is_left_to_them(
    schema: Schema, base: FakeStructure
) -> None:
    _peoples_number_has_the_name(base)
    base.identities.fact.clear()
    assert [change.path for change in plan_of(schema, base).refused] == ["requirement.due"]


@pytest.mark.parametrize(
    ("spoil", "path"), [(_is_a_number, "requirement.due"), (_holds_several, "requirement.original")]
)
def test_a_risk_for_data_is_forbidden_until_it_is_named(
    schema: Schema, base: FakeStructure, spoil: Callable[[FakeStructure], None], path: str
) -> None:
    spoil(base)
    plan = plan_of(schema, base)
    assert [(change.kind, change.path) for change in plan.forbidden] == [("retype_field", path)]
    with pytest.raises(UnsafePlan, match=f"--allow-destructive {path}"):
        plan.raise_if_unsafe()
    allowed = Plan.of(schema, look(base.base, schema), frozenset({path}))
    assert path in [change.path for change in allowed.changes]
    allowed.raise_if_unsafe()


def test_a_view_of_another_type_is_refused(schema: Schema, base: FakeStructure) -> None:
    table = base.table("需求")
    views = [replace(view, type="gallery") if view.name == "已完成" else view for view in table.views]
    base.tables[table.table_id] = replace(table, views=tuple(views))
    assert [change.path for change in plan_of(schema, base).refused] == ["view:requirement.done"]


def test_a_foreign_table_with_a_wanted_name_is_not_renamed_over(schema: Schema, base: FakeStructure) -> None:
    table_id = base.table("客户").table_id
    base.tables[table_id] = replace(base.tables[table_id], name="老客户们")
    base.tables["tblForeign"] = LiveTable(table_id="tblForeign", name="客户")
    (refused,) = plan_of(schema, base).refused
    assert refused.path == "customer"


def test_labels_line_up_on_a_terminal_with_wide_characters() -> None:
    assert padded("字段 field", 12) == "字段 field  "
    assert padded("abc", 5) == "abc  "
