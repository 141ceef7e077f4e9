"""Mending: what people changed by hand comes back in line, what they added stays."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.binding import LiveField
from feishu_plugin.sync.structure.apply import apply
from tests.sync.structure.fake_structure import FakeStructure
from tests.sync.structure.small_base import SMALL, applied, differences, put


def test_a_mark_that_reached_a_question_is_replaced_by_the_help_text() -> None:
    structure, result = applied()
    table_id = result.tables["requirement"]
    form_id = next(view.view_id for view in structure.table("需求").views if view.type == "form")
    column = structure.field(table_id, "名称")
    structure.update_question(table_id, form_id, column.field_id, {"description": column.description})
    assert apply(structure.base, SMALL).failed == ()
    asked = {question["field_id"]: question for question in structure.questions(table_id, form_id)}
    assert asked[column.field_id]["description"] == "说清要什么 / Say what is wanted"


def _spoilt(field: LiveField) -> LiveField:
    return replace(field, name="阶段", description=f"旧 {field.description}", property={"options": []})


def test_several_changes_of_a_column_are_one_update() -> None:
    structure, result = applied()
    table_id = result.tables["requirement"]
    status = structure.field(table_id, "状态")
    put(structure, table_id, _spoilt(status))
    structure.calls.clear()
    result = apply(structure.base, SMALL)
    assert {change.kind for change in result.done} >= {"rename_field", "change_field", "merge_options"}
    assert structure.calls.count("update_field") == 1


def test_a_partner_that_feishu_named_otherwise_is_found_through_its_owner() -> None:
    structure, _ = applied()
    table = structure.table("客户")
    other = [replace(f, name="需求-客户", description="") if f.type == 21 else f for f in table.fields]
    structure.tables[table.table_id] = replace(table, fields=tuple(other))
    assert apply(structure.base, SMALL).failed == ()
    assert [field.name for field in structure.table("客户").fields] == ["名称", "需求"]


def test_a_deleted_option_comes_back_and_added_ones_stay_with_their_ids() -> None:
    structure, result = applied()
    table_id = result.tables["requirement"]
    status = structure.field(table_id, "状态")
    mine = {"id": "optMine", "name": "讨论中", "color": 7}
    kept = [option for option in status.property["options"] if option["name"] != "完成"]
    put(structure, table_id, replace(status, property={"options": [*kept, mine]}))
    assert apply(structure.base, SMALL).failed == ()
    options = structure.field(table_id, "状态").property["options"]
    assert [option for option in options if option["name"] != "完成"] == [*kept, mine]
    assert [option["name"] for option in options] == ["开始", "完成", "讨论中"]


def test_a_view_names_the_new_id_of_an_option_that_came_back() -> None:
    structure, result = applied()
    table_id = result.tables["requirement"]
    status = structure.field(table_id, "状态")
    open_only = [option for option in status.property["options"] if option["name"] != "完成"]
    put(structure, table_id, replace(status, property={"options": open_only}))
    assert apply(structure.base, SMALL).failed == ()
    view = next(view for view in structure.table("需求").views if view.name == "已完成")
    done = next(o for o in structure.field(table_id, "状态").property["options"] if o["name"] == "完成")
    values = [line["value"] for line in view.property["filter_info"]["conditions"]]
    assert values == [f'["{done["id"]}"]', ""]


def _filter(structure: FakeStructure, name: str) -> tuple[str, list[tuple[str, str]]]:
    """The conjunction and the (column name, operator) pairs of a view of 需求."""
    table = structure.table("需求")
    info = next(view for view in table.views if view.name == name).property["filter_info"]
    lines = [(structure.field(table.table_id, c["field_id"]).name, c["operator"]) for c in info["conditions"]]
    return info["conjunction"], lines


def _set_filter(
    structure: FakeStructure, conjunction: str, *lines: tuple[str, str, str], name: str = "已完成"
) -> None:
    """Gives a view of 需求 another filter, as a person could."""
    table = structure.table("需求")
    view = next(view for view in table.views if view.name == name)
    conditions = [
        {"field_id": structure.field(table.table_id, column).field_id, "operator": operator, "value": value}
        for column, operator, value in lines
    ]
    info = {"conjunction": conjunction, "conditions": conditions}
    structure.update_view(table.table_id, view.view_id, {"property": {"filter_info": info}})


def test_a_repaired_filter_keeps_what_people_added() -> None:
    structure, _ = applied()
    _set_filter(structure, "and", ("名称", "contains", '["急"]'))
    assert apply(structure.base, SMALL).failed == ()
    wanted = [("状态", "is"), ("截止日期", "isNotEmpty"), ("名称", "contains")]
    assert _filter(structure, "已完成") == ("and", wanted)


def test_a_repaired_filter_drops_what_would_leave_the_view_empty() -> None:
    structure, result = applied()
    options = structure.field(result.tables["requirement"], "状态").property["options"]
    other = next(option["id"] for option in options if option["name"] == "开始")
    _set_filter(structure, "and", ("状态", "is", f'["{other}"]'))
    assert apply(structure.base, SMALL).failed == ()
    assert _filter(structure, "已完成") == ("and", [("状态", "is"), ("截止日期", "isNotEmpty")])


def test_a_repaired_filter_drops_what_names_a_deleted_option() -> None:
    structure, _ = applied()
    lines = [("状态", "isNot", '["optGone"]'), ("名称", "isNotEmpty", "[]")]
    _set_filter(structure, "and", *lines, name="有期限")
    assert apply(structure.base, SMALL).failed == ()
    assert _filter(structure, "有期限") == ("and", [("截止日期", "isNotEmpty"), ("名称", "isNotEmpty")])


def test_a_filter_that_became_an_alternative_is_put_back() -> None:
    structure, result = applied()
    options = structure.field(result.tables["requirement"], "状态").property["options"]
    done = next(option["id"] for option in options if option["name"] == "完成")
    _set_filter(structure, "or", ("状态", "is", f'["{done}"]'), ("截止日期", "isNotEmpty", ""))
    assert "conjunction" in differences(SMALL, structure)
    assert apply(structure.base, SMALL).failed == ()
    assert _filter(structure, "已完成") == ("and", [("状态", "is"), ("截止日期", "isNotEmpty")])


def test_a_filter_that_names_options_instead_of_ids_is_the_same_filter() -> None:
    structure, _ = applied()
    _set_filter(structure, "and", ("状态", "is", '["完成"]'), ("截止日期", "isNotEmpty", "[]"))
    assert differences(SMALL, structure) == ""


def test_renamed_tables_and_columns_get_their_names_back_and_keep_their_ids() -> None:
    structure, result = applied()
    table_id = result.tables["requirement"]
    due = structure.field(table_id, "截止日期")
    put(structure, table_id, replace(due, name="最后期限"))
    structure.tables[table_id] = replace(structure.tables[table_id], name="我们的需求")
    assert apply(structure.base, SMALL).tables == result.tables
    assert structure.table("需求").table_id == table_id
    assert structure.field(table_id, "截止日期").field_id == due.field_id


def test_settings_that_people_made_survive_a_change() -> None:
    structure, result = applied()
    table_id = result.tables["requirement"]
    due = structure.field(table_id, "截止日期")
    put(structure, table_id, replace(due, property={"date_formatter": "MM-dd", "auto_fill": True}))
    apply(structure.base, SMALL)
    property = structure.field(table_id, "截止日期").property
    assert property == {"date_formatter": "yyyy/MM/dd", "auto_fill": True}


DAMAGES: Mapping[str, Callable[[LiveField], LiveField]] = {
    "renamed": lambda field: replace(field, name=f"旧{field.name}"),
    "unmarked": lambda field: replace(field, description=""),
    "unset": lambda field: replace(field, property=_unset(field)),
}


def _unset(field: LiveField) -> Mapping[str, object]:
    """Options gone, formats changed; what a link needs stays."""
    if field.type in (18, 21):
        return field.property
    return {"options": []} if field.type in (3, 4) else {}


@settings(max_examples=60, deadline=None)
@given(
    damages=st.lists(st.tuples(st.sampled_from(sorted(DAMAGES)), st.integers(0, 7)), max_size=4),
    views=st.sets(st.sampled_from(["全部", "已完成", "提报"])),
    renamed=st.booleans(),
)
def test_whatever_people_did_one_run_mends_it(
    damages: list[tuple[str, int]], views: set[str], renamed: bool
) -> None:
    structure, _ = applied()
    columns = [(table.table_id, field) for table in structure.live() for field in table.fields]
    touched = {number: damage for damage, number in damages}
    for number, damage in touched.items():
        table_id, field = columns[number]
        put(structure, table_id, DAMAGES[damage](field))
    table = structure.table("需求")
    left = tuple(view for view in table.views if view.name not in views)
    name = "改名" if renamed else table.name
    structure.tables[table.table_id] = replace(structure.tables[table.table_id], name=name, views=left)
    assert apply(structure.base, SMALL).failed == ()
    assert differences(SMALL, structure) == ""
    assert {t.table_id: [f.field_id for f in t.fields] for t in structure.live()} == _ids(columns)


def _ids(columns: list[tuple[str, LiveField]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table_id, field in columns:
        found.setdefault(table_id, []).append(field.field_id)
    return found
