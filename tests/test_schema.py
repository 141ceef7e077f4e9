"""The packaged field_schema.json: complete, consistent, readable and what the code expects."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from feishu_plugin.errors import SchemaError
from feishu_plugin.policy import Limit, Mode, Template
from feishu_plugin.records import Record, Requirement, Transition
from feishu_plugin.rules.actions import Source, Verdict
from feishu_plugin.schema import (
    KINDS,
    Chart,
    Condition,
    Field,
    Role,
    Schema,
    Table,
    View,
    default_path,
    load,
)
from feishu_plugin.schema_format import canonical

SCHEMA = load()
TABLES = {table.key: table for table in SCHEMA.tables}
FIELDS = [(table, field) for table in SCHEMA.tables for field in table.fields]
VIEWS = [(table, view) for table in SCHEMA.tables for view in table.views]

CHARTS = [chart for board in SCHEMA.dashboards for chart in board.charts]

POLICY = ("routing", "sla", "workflow", "template", "parameter", "calendar", "report_definition")
LEDGERS = ("transition", "notice")
REPORTS = ("kpi", "trend", "channel", "timeliness", "breakdown", "stage_time", "figure", "restatement")
DOMAIN_TABLES = {
    "requirement": "需求台账",
    "customer": "客户档案",
    "transition": "状态流转记录",
    "routing": "分派规则",
    "sla": "时限规则",
    "workflow": "流转规则",
    "template": "通知模板",
    "notice": "通知记录",
    "calendar": "作息日历",
    "report_definition": "报表定义",
    "archive": "历史需求数据表",
    "survey": "满意度回访",
    "review": "超期复盘",
    "knowledge": "知识库",
    "kpi": "KPI月报",
    "trend": "月度需求趋势",
    "channel": "渠道需求分布",
    "timeliness": "优先级响应时效",
    "breakdown": "维度统计",
    "figure": "指标明细",
    "restatement": "更正记录",
    "stage_time": "环节耗时",
    "parameter": "参数设置",
}
REQUIREMENT_FIELDS = [
    *("需求编号", "需求标题", "当前状态", "提交时间", "提交人", "录入渠道键"),
    *("客户", "客户名称", "客户联系人", "联系方式", "客户等级", "客户类型", "所属行业"),
    *("客户情况", "使用产品"),
    *("需求来源", "需求描述", "客户原话", "期望效果", "发生场景", "过往处理记录", "附件"),
    *("需求类型", "影响范围", "普遍性", "可执行性", "分类来源", "置信度"),
    *("客户价值", "业务价值", "资源投入", "技术难度", "紧急程度", "紧急程度来源"),
    *("优先级", "优先级等级", "优先级得分", "四象限", "优先级说明"),
    *("人工优先级", "改写理由", "改写有效期"),
    *("责任部门", "协作部门", "负责人", "协作人"),
    *("计划开始时间", "计划完成时间", "实际开始时间", "实际完成时间"),
    *("处理方案", "交付标准", "需求进展", "最近进展时间", "风险提示", "处理结果"),
    *("搁置原因", "后续跟进计划", "作废原因"),
    *("首次响应时间", "响应时限", "启动时限", "解决时限", "时限依据", "时限状态", "暂停时长"),
    *("客户确认", "满意度评分", "客户反馈", "重开次数", "关闭时间"),
    *("重复于", "相似需求", "同类反馈数", "知识库"),
    *("最后修改人", "最后修改时间", "创建时间", "备注", "规则提示"),
]
CONTACT_KEYS = {"contact", "contact_way", "address"}
HAVE_NO_ORDER = {"attachment", "url", "location", "checkbox", "group_chat"}
CAN_BE_PRIMARY = {1, 2, 5, 13, 15, 20, 22}
CANNOT_BE_ASKED = {20, 1001, 1002, 1003, 1004, 1005}
COMPARISONS = {"isEmpty", "isNotEmpty", "is", "isNot", "contains", "doesNotContain"}
ATTRIBUTE_TYPES = {
    "_Text": {"text", "single_select", "phone", "email"},
    "_Number": {"number", "rating", "progress", "currency"},
    "_Moment": {"datetime", "created_time", "modified_time"},
    "_Ids": {"user", "single_link", "duplex_link", "multi_select"},
}


def name(case: Any) -> str:
    return case.key if isinstance(case, Table | Field | View | Role | Chart) else str(case)


def attributes() -> Iterator[tuple[str, str, str]]:
    """(table, field, kind of attribute) of everything that code reads by name."""
    for table, record in (("requirement", Requirement), ("transition", Transition)):
        assert issubclass(record, Record)
        for key, attribute in vars(record).items():
            if type(attribute).__name__ in ATTRIBUTE_TYPES:
                yield table, key, type(attribute).__name__


def test_the_file_is_laid_out_one_line_per_field() -> None:
    text = default_path().read_text(encoding="utf-8")
    assert text == canonical(json.loads(text)), "write it with feishu_plugin.schema_format.canonical"


def test_the_layout_keeps_all_content() -> None:
    odd = {
        "tables": [{"key": "a", "fields": [], "views": [{"questions": [{"x": [1, {"y": "中"}]}]}]}],
        "roles": [{"key": "r", "tables": {"a": "edit"}, "hidden": {"a": ["x"]}}, {"tables": {}}],
        "dashboards": [{"charts": [{"table": "a", "series": []}]}],
        "option_sets": {},
        "z": {},
    }
    assert json.loads(canonical(odd)) == odd
    assert '    {"key": "r", "tables": {"a": "edit"}, "hidden": {"a": ["x"]}},\n' in canonical(odd)


def test_keys_and_labels_of_tables_are_unique() -> None:
    for values in (
        [t.key for t in SCHEMA.tables],
        [t.zh for t in SCHEMA.tables],
        [t.en for t in SCHEMA.tables],
    ):
        assert not [value for value, count in Counter(values).items() if count > 1]


@pytest.mark.parametrize("table", SCHEMA.tables, ids=name)
def test_keys_and_labels_within_a_table_are_unique(table: Table) -> None:
    for parts in (table.fields, table.views):
        for values in ([p.key for p in parts], [p.zh for p in parts], [p.en for p in parts]):
            assert not [value for value, count in Counter(values).items() if count > 1]


@pytest.mark.parametrize("table", SCHEMA.tables, ids=name)
def test_a_table_starts_with_a_primary_field_and_a_grid_view_and_says_what_it_is_for(table: Table) -> None:
    assert KINDS[table.fields[0].type][0] in CAN_BE_PRIMARY
    assert table.views
    assert table.views[0].type == "grid"
    assert table.note


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=name)
def test_a_field_has_exactly_what_its_type_needs(table: Table, field: Field) -> None:
    assert bool(field.options) == (field.type in ("single_select", "multi_select"))
    assert (field.table is not None) == (field.type in ("single_link", "duplex_link"))
    assert field.table is None or field.table in TABLES
    names = [option.zh for option in field.options]
    assert len(names) == len(set(names))
    automatic = {"created_time", "modified_time", "created_user", "modified_user", "auto_number"}
    assert (field.filled_by == "feishu") == (field.type in automatic)


def test_both_sides_of_a_duplex_link_name_each_other() -> None:
    duplex = [(table, field) for table, field in FIELDS if field.type == "duplex_link"]
    assert duplex
    for table, field in duplex:
        partner = TABLES[str(field.table)].field(str(field.back_key))
        assert (partner.table, partner.back_key) == (table.key, field.key)
        assert (field.back is None) != (partner.back is None), "exactly one side makes the other"
        assert field.back is None or field.back.zh == partner.zh


def test_every_option_set_is_used() -> None:
    assert set(SCHEMA.option_sets) == {field.option_set for _, field in FIELDS if field.option_set}


@pytest.mark.parametrize(("table", "view"), VIEWS, ids=name)
def test_a_view_refers_only_to_what_exists(table: Table, view: View) -> None:
    assert set(view.hidden) <= set(table.by_key) - {table.fields[0].key}
    for condition in view.filter:
        _check_condition(table.field(condition.field), condition)
    assert bool(view.questions) == (view.type == "form")
    asked = [question.field for question in view.questions]
    assert len(asked) == len(set(asked))
    assert not [key for key in asked if KINDS[table.field(key).type][0] in CANNOT_BE_ASKED]
    assert not {"[", "]"} & set(view.zh)


def _check_condition(field: Field, condition: Condition) -> None:
    assert condition.operator in COMPARISONS
    assert bool(condition.value) == (condition.operator not in ("isEmpty", "isNotEmpty"))
    if field.options:
        assert set(condition.value) <= {option.key for option in field.options}


def test_a_form_asks_nothing_that_only_the_plugin_fills() -> None:
    for table, view in VIEWS:
        for question in view.questions:
            assert table.field(question.field).filled_by in ("person", "override")


def test_a_kanban_has_columns_and_a_gantt_has_bars() -> None:
    assert [view.key for _, view in VIEWS if view.type == "kanban" and not view.group] == []
    assert [view.key for _, view in VIEWS if view.type == "gantt" and not view.bars] == []


def test_people_set_by_hand_only_what_no_api_can() -> None:
    """A filter on the reader of the view has no form in either API."""
    by_hand = {view.key: view.by_hand for _, view in VIEWS if view.by_hand}

    assert list(by_hand) == ["mine"]
    assert "当前用户" in str(by_hand["mine"])


@pytest.mark.parametrize(("table", "view"), VIEWS, ids=name)
def test_a_view_shows_what_it_is_sorted_and_grouped_by(table: Table, view: View) -> None:
    keys = [one.field for one in (*view.sort, *view.group)]

    assert len(keys) == len(set(keys))
    assert not set(keys) & set(view.hidden)
    assert not [key for key in keys if table.field(key).type in HAVE_NO_ORDER]


@pytest.mark.parametrize("key", LEDGERS + REPORTS)
def test_what_is_written_over_time_is_shown_newest_first(key: str) -> None:
    for view in TABLES[key].views:
        first = view.sort[0]
        assert (first.field in ("at", "month"), first.desc) == (True, True), view.key


def test_every_table_of_the_domain_is_there() -> None:
    assert {table.key: table.zh for table in SCHEMA.tables} == DOMAIN_TABLES


def test_every_field_of_a_requirement_is_there() -> None:
    assert [field.zh for field in TABLES["requirement"].fields] == REQUIREMENT_FIELDS


@pytest.mark.parametrize(("table", "field"), FIELDS, ids=name)
def test_a_field_is_explained_in_both_languages(table: Table, field: Field) -> None:
    assert field.note is not None, "what should people write, or how did it come about?"
    assert field.note.zh != field.zh
    assert field.note.en != field.en


def test_an_archived_requirement_can_be_found_and_restored() -> None:
    archive = TABLES["archive"]

    assert {field.filled_by for field in archive.fields} == {"rule"}
    assert archive.field("content").type == "text"
    for key in ("number", "type", "source", "department", "owner", "priority", "status", "score"):
        live = TABLES["requirement"].field(key)
        assert (archive.field(key).type, archive.field(key).options) == (live.type, live.options)


def _contact_fields(table: Table) -> set[str]:
    """Fields by which a customer could be reached, and those that hold whole rows with them."""
    fields = {f.key for f in table.fields if f.type in ("phone", "email") or f.key in CONTACT_KEYS}
    return fields | ({"content"} if table.key == "archive" else set())


def test_contact_details_are_found_where_they_are() -> None:
    assert {table.key: sorted(found) for table in SCHEMA.tables if (found := _contact_fields(table))} == {
        "requirement": ["contact", "contact_way"],
        "customer": ["contact", "email", "phone"],
        "notice": ["address"],
        "archive": ["contact", "contact_way", "content"],
    }


@pytest.mark.parametrize("role", SCHEMA.roles, ids=name)
def test_contact_details_are_hidden_from_those_who_do_not_need_them(role: Role) -> None:
    hidden = {(table, key) for table, keys in role.hidden.items() for key in keys}
    contact = {(table.key, key) for table in SCHEMA.tables for key in _contact_fields(table)}

    assert hidden == (contact if role.key in ("engineering", "reader") else set())


def _may(right: str) -> dict[str, set[str]]:
    """Table key to the roles that have exactly this right there."""
    return {
        table.key: {role.key for role in SCHEMA.roles if role.tables.get(table.key, role.default) == right}
        for table in SCHEMA.tables
    }


def test_the_roles_of_the_base_are_those_of_the_rules_and_readers() -> None:
    assert {role.key for role in SCHEMA.roles} == _keys("role") | {"reader"}
    labels = {option.key: option.zh for option in SCHEMA.option_sets["role"]}
    assert {role.key: role.zh for role in SCHEMA.roles} == {**labels, "reader": "只读"}


def test_who_may_edit_what() -> None:
    may_edit = _may("edit")

    assert {key: may_edit[key] for key in POLICY} == {key: {"manager"} for key in POLICY}
    assert {key for key, roles in may_edit.items() if not roles} == {*LEDGERS, *REPORTS, "archive"}
    assert may_edit["requirement"] == {"support", "product", "engineering", "manager"}
    assert may_edit["customer"] == {"support", "manager"}


def test_everybody_reads_every_table_and_nobody_changes_its_structure() -> None:
    assert not any(_may("none").values())
    assert not any(_may("full").values())


def test_the_dashboard_shows_what_managers_ask_for() -> None:
    [board] = SCHEMA.dashboards

    assert {(chart.type, chart.table) for chart in board.charts} >= {
        ("column", "trend"),
        ("pie", "requirement"),
        ("funnel", "requirement"),
        ("bar", "timeliness"),
        ("line", "kpi"),
        ("statistics", "requirement"),
    }


@pytest.mark.parametrize("chart", CHARTS, ids=name)
def test_a_chart_measures_numbers_and_groups_by_what_has_few_values(chart: Chart) -> None:
    table = TABLES[chart.table]

    assert {table.field(series.field).type for series in chart.series} <= {"number"}
    assert {table.field(group.field).type for group in chart.group_by} <= {"text", "single_select"}
    assert bool(chart.group_by) == (chart.type != "statistics")
    for condition in chart.filter:
        _check_condition(table.field(condition.field), condition)


@pytest.mark.parametrize("chart", CHARTS, ids=name)
def test_only_counts_are_added_up(chart: Chart) -> None:
    """The sum of rates or of mean times means nothing."""
    for series in chart.series:
        is_count = TABLES[chart.table].field(series.field).property["formatter"] == "0"
        assert series.rollup == ("SUM" if is_count else "AVERAGE")


@pytest.mark.parametrize("chart", [chart for chart in CHARTS if chart.type == "line"], ids=name)
def test_a_line_has_its_target_beside_it_on_the_same_scale(chart: Chart) -> None:
    shown = [series.field for series in chart.series]
    measures = [key for key in shown if not key.endswith("_target")]

    assert shown == [key for measure in measures for key in (measure, f"{measure}_target")]
    assert len({TABLES[chart.table].field(key).property["formatter"] for key in shown}) == 1


@pytest.mark.parametrize(("table", "key", "kind"), list(attributes()))
def test_every_attribute_in_code_is_a_field_of_a_fitting_type(table: str, key: str, kind: str) -> None:
    assert TABLES[table].field(key).type in ATTRIBUTE_TYPES[kind]


def _keys(option_set: str) -> set[str]:
    return {option.key for option in SCHEMA.option_sets[option_set]}


@pytest.mark.parametrize(
    ("option_set", "literal"),
    [
        ("verdict", Verdict),
        ("move_source", Source),
        ("mode", Mode),
        ("type_class", Limit.__annotations__["type_class"]),
        ("notice_kind", Template.__annotations__["kind"]),
        ("language", Template.__annotations__["language"]),
        ("media", Template.__annotations__["channel"]),
    ],
)
def test_options_are_the_words_of_the_code(option_set: str, literal: Any) -> None:
    assert _keys(option_set) == set(get_args(literal))


def test_a_broken_file_names_every_wrong_place(tmp_path: Path) -> None:
    broken = tmp_path / "schema.json"
    broken.write_text('{"base": {"zh": "库"}, "tables": [{"key": "A", "zh": "表", "en": "T", "fields": []}]}')
    with pytest.raises(SchemaError) as caught:
        load(broken)
    for place in ("$.base.en", "$.tables.0.key", "$.tables.0.fields"):
        assert place in str(caught.value)


@pytest.mark.parametrize(("text", "complaint"), [("{", "not JSON"), (None, "cannot be read")])
def test_an_unreadable_file_is_named(tmp_path: Path, text: str | None, complaint: str) -> None:
    path = tmp_path / "schema.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(SchemaError, match=complaint):
        load(path)


def test_labels_are_looked_up_by_key() -> None:
    assert SCHEMA.label("requirement", "status") == "当前状态"
    assert SCHEMA.label("requirement", "status", "done") == "已完成"
    assert SCHEMA.label("requirement", "status", "unheard_of") == "unheard_of"
    with pytest.raises(KeyError, match=r"requirement\.nothing"):
        Schema.table(SCHEMA, "requirement").field("nothing")
