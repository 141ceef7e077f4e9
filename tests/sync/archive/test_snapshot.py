"""What a live base looks like as a schema: keys, names as they are, and what is left out."""

from dataclasses import replace
from typing import Any

import pytest

from feishu_plugin.binding import LiveField, LiveTable, LiveView, bind
from feishu_plugin.ports import Json
from feishu_plugin.schema import Label, Schema
from feishu_plugin.schema_checks import misfits
from feishu_plugin.sync.archive.formulas import blank, bound, with_ids, with_keys
from feishu_plugin.sync.archive.known import generated
from feishu_plugin.sync.archive.snapshot import Around, Snapshot, only, snapshot_of
from feishu_plugin.sync.structure.questions import LiveForm

WANTED = Schema.model_validate(
    {
        "base": {"zh": "库", "en": "Base"},
        "tables": [
            {
                "key": "matter",
                "zh": "事项",
                "en": "Matters",
                "fields": [
                    {"key": "title", "zh": "标题", "en": "Title", "type": "text",
                     "note": {"zh": "写清楚", "en": "Be clear"}},
                    {"key": "state", "zh": "状态", "en": "State", "type": "single_select",
                     "options": [{"key": "open", "zh": "开", "en": "Open"}]},
                ],
                "views": [{"key": "all", "zh": "全部", "en": "All", "sort": [{"field": "title"}]}],
            }
        ],
        "roles": [{"key": "reader", "zh": "只读", "en": "Reader", "hidden": {"matter": ["title", "gone"]}}],
    }
)  # fmt: skip


def column(id: str, name: str, type: int = 1, **more: Any) -> LiveField:
    return LiveField(field_id=id, name=name, type=type, **more)


OPTIONS = {"options": [{"id": "optA", "name": "开", "color": 2}, {"id": "optB", "name": "人加", "color": 3}]}
TITLE = column("fldT", "题目", description="写清楚 / Be clear #matter.title", is_primary=True)
STATE = column("fldS", "状态", 3, description="#matter.state", property=OPTIONS)


def table(*fields: LiveField, **more: Any) -> LiveTable:
    return LiveTable(table_id="tblA", name="我们的事", fields=fields, **more)


def described(*tables: LiveTable, **around: Any) -> Snapshot:
    found = snapshot_of(WANTED, tables, Around(**around))
    assert misfits(found.schema.tables, found.schema.roles, found.schema.dashboards) == []
    return found


def test_ours_keep_their_keys_with_the_names_people_gave() -> None:
    found = described(table(TITLE, STATE)).schema.table("matter")

    title, state = found.fields
    assert (found.zh, title.key, title.zh, title.note) == (
        "我们的事", "title", "题目", Label(zh="写清楚", en="Be clear"),
    )  # fmt: skip
    assert [(option.key, option.zh, option.color) for option in state.options] == [
        ("open", "开", 2), ("x_b", "人加", 3),
    ]  # fmt: skip


def test_the_snapshot_finds_every_column_of_the_base_it_was_taken_of() -> None:
    copy = column("fldC", "标题 副本", description="写清楚 / Be clear #matter.title")
    live = (
        table(TITLE, STATE, copy),
        LiveTable(table_id="tblB", name="人的表", fields=(column("fldX", "甲"),)),
    )
    found = described(*live)

    binding = bind(found.schema, "base", live)

    assert binding.missing == ()
    ids = {field.field_id for one in binding.tables.values() for field in one.fields.values()}
    assert ids == {"fldT", "fldS", "fldC", "fldX"}
    copied = found.schema.table("matter").field("x_c")
    assert (copied.marked, copied.note) == (False, Label(zh="写清楚 / Be clear", en="写清楚 / Be clear"))


def test_a_copy_of_our_table_is_a_table_of_people() -> None:
    live = (table(TITLE, STATE), LiveTable(table_id="tblB", name="我们的事 副本", fields=(TITLE, STATE)))
    found = described(*live)

    binding = bind(found.schema, "base", live)

    assert {key: one.table_id for key, one in binding.tables.items()} == {"matter": "tblA", "x_b": "tblB"}
    assert binding.missing == ()
    assert [field.marked for field in found.schema.table("x_b").fields] == [False, False]


@pytest.mark.parametrize(("type", "reason"), [(19, "lookup"), (24, "stage"), (3001, "button"), (777, "777")])
def test_what_no_api_can_make_is_told(type: int, reason: str) -> None:
    found = described(table(TITLE, column("fldL", "算的", type)))

    assert [field.key for field in found.schema.table("matter").fields] == ["title"]
    assert reason in found.left_out["我们的事.算的"]


def test_a_formula_of_a_formula_of_a_lookup_is_left_out_too() -> None:
    def formula(id: str, name: str, of: str) -> LiveField:
        text = f"bitable::$table[tblA].$field[{of}]"
        return column(id, name, 20, property={"formatter": "", "formula_expression": text})

    found = described(
        table(TITLE, column("fldL", "引用", 19), formula("fld2", "二", "fld1"), formula("fld1", "一", "fldL"),
              formula("fld3", "三", "fldT"))
    )  # fmt: skip

    assert set(found.left_out) == {"我们的事.引用", "我们的事.一", "我们的事.二"}
    kept = found.schema.table("matter").field("x_3").property["formula_expression"]
    assert kept == "bitable::$table[matter].$field[matter.title]"


def test_formulas_change_ids_for_keys_and_back() -> None:
    paths = {"tblA": "matter", "fldT": "matter.title"}
    text = "CONCATENATE(bitable::$table[tblA].$field[fldT],'$x')"

    kept = with_keys(text, paths)

    assert kept == "CONCATENATE(bitable::$table[matter].$field[matter.title],'$x')"
    assert with_ids(kept, {path: id for id, path in paths.items()}) == text
    assert with_ids(kept, {"matter": "tblA"}) is None


def test_formulas_are_empty_until_what_they_name_is_there() -> None:
    live = column("fldF", "算", 20, property={"formula_expression": "$field[fldT]", "formatter": "0"})
    schema = described(table(TITLE, live)).schema

    def expression(of: Schema) -> str:
        return str(of.table("matter").field("x_f").property["formula_expression"])

    assert expression(blank(schema)) == ""
    assert expression(bound(schema, {"matter.title": "fldNew"})) == "$field[fldNew]"
    assert expression(bound(schema, {})) == ""


def view(**property: Any) -> LiveView:
    return LiveView(view_id="vewA", name="全部", type="grid", property=property)


def test_a_line_of_a_filter_that_means_nothing_elsewhere_is_told() -> None:
    lines = [
        {"field_id": "fldS", "operator": "is", "value": '["optB"]'},
        {"field_id": "fldGone", "operator": "isEmpty", "value": "[]"},
    ]
    found = described(table(TITLE, STATE, views=(view(filter_info={"conditions": lines}),)))

    (line,) = found.schema.table("matter").views[0].filter
    assert (line.field, line.value) == ("state", ("x_b",))
    assert "filter" in found.left_out["我们的事.全部"]


def test_settings_are_as_base_v3_tells_them_or_as_wanted() -> None:
    live = table(TITLE, STATE, views=(view(),))
    told = {"vewA": {"sort": [{"field": "fldS", "desc": True}], "group": []}}

    (as_wanted,) = described(live).schema.table("matter").views
    (as_told,) = described(live, settings=told).schema.table("matter").views

    assert [(key.field, key.desc) for key in as_wanted.sort] == [("title", False)]
    assert [(key.field, key.desc) for key in as_told.sort] == [("state", True)]


def test_a_form_shows_the_questions_people_see() -> None:
    live = table(TITLE, STATE, views=(replace(view(), name="填", type="form"),))
    asked: list[Json] = [
        {"field_id": "fldS", "title": "怎么样？", "required": True, "visible": True},
        {"field_id": "fldT", "title": "标题", "required": False, "visible": False},
    ]
    form = LiveForm(form={"name": "填", "description": ""}, questions=asked)

    (shown,) = described(live, forms={"vewA": form}).schema.table("matter").views

    assert [(one.field, one.title.zh, one.required) for one in shown.questions] == [
        ("state", "怎么样？", True)
    ]
    assert "form" in described(live).left_out["我们的事.填"]


def test_two_way_links_name_each_other_and_one_makes_the_other() -> None:
    def link(id: str, name: str, there: str, back: str) -> LiveField:
        return column(id, name, 21, property={"table_id": there, "back_field_id": back, "multiple": True})

    one = LiveTable(table_id="tblA", name="甲", fields=(TITLE, link("fldL", "乙们", "tblB", "fldM"), STATE))
    other = LiveTable(
        table_id="tblB", name="乙", fields=(column("fldN", "名"), link("fldM", "甲们", "tblA", "fldL"))
    )

    schema = described(one, other).schema

    maker, made = schema.table("matter").field("x_l"), schema.table("x_b").field("x_m")
    assert (maker.table, maker.back_key, maker.back) == ("x_b", "x_m", Label(zh="甲们", en="甲们"))
    assert (made.table, made.back_key, made.back) == ("matter", "x_l", None)


def test_a_selection_holds_the_primary_column_and_no_view() -> None:
    live = table(TITLE, STATE, column("fldX", "甲"), views=(view(),))

    found = only(described(live), {"tblA": ["fldX", "fldUnknown"]}).schema.table("matter")

    assert ([field.key for field in found.fields], found.views) == (["title", "x_x"], ())


def test_roles_hide_only_what_is_there() -> None:
    (reader,) = described(table(TITLE)).schema.roles

    assert reader.hidden == {"matter": ("title",)}


def test_ids_that_differ_in_capitals_alone_have_different_keys() -> None:
    assert generated("fldAb", {"x_ab"}) == "x_ab_"
