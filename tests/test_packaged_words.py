"""The packaged rules follow a team that calls columns and options otherwise."""

import json
from typing import Any

from feishu_plugin.packaged import in_words, packaged_rows
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.records import Values
from feishu_plugin.schema import Schema, default_path, load, parse

SCHEMA = load()


def renamed(fields: dict[str, str], options: dict[tuple[str, str], str]) -> Schema:
    """The packaged schema with other labels in 需求台账 and in option lists."""
    data: Any = json.loads(default_path().read_text(encoding="utf-8"))
    for field in data["tables"][0]["fields"]:
        field["zh"] = fields.get(field["key"], field["zh"])
    for name, found in data["option_sets"].items():
        for option in found:
            option["zh"] = options.get((name, option["key"]), option["zh"])
    return parse(data, "renamed")


TEAM = renamed(
    {"owner": "处理人", "void_reason": "取消原因", "progress": "进展、说明"},
    {
        ("status", "pending"): "未开始",
        ("type", "complaint"): "客诉",
        ("void_reason", "duplicate"): "和别的一样",
    },
)


def test_rules_name_columns_options_statuses_and_types_in_the_teams_words() -> None:
    rows = packaged_rows(TEAM)
    moves = {row["name"]: row for row in rows["workflow"]}
    parameters = {row["key"]: row.get("value") for row in rows["parameter"]}

    assert moves["待处理→处理中"]["required"] == "责任部门、处理人、优先级、计划完成时间"
    assert moves["待处理→已作废（重复）"]["condition"] == "取消原因=和别的一样"
    assert moves["待处理→已作废"]["condition"] == "取消原因≠和别的一样"
    assert parameters["initial_status"] == "未开始"
    assert parameters["service_types"] == "问题反馈、服务咨询、客诉、建议"
    assert parameters["manager_departments"] == "管理部"


def test_a_label_that_would_read_as_two_names_is_named_by_its_key() -> None:
    moves = {row["name"]: row for row in packaged_rows(TEAM)["workflow"]}

    assert moves["处理中→测试验证"]["required"] == "处理方案、progress"


def test_the_rules_mean_the_same_in_any_words() -> None:
    theirs, ours = packaged_policy(TEAM), packaged_policy(SCHEMA)

    assert (theirs.moves, theirs.limits, theirs.routes) == (ours.moves, ours.limits, ours.routes)
    assert theirs.parameters == ours.parameters
    assert theirs.label("status", "pending") == "未开始"


def test_a_team_that_calls_everything_otherwise_has_the_same_rules() -> None:
    """So a new packaged rule, in whatever form, cannot name anything that is not found."""
    fields = {field.key: f"我们的{field.zh}" for field in SCHEMA.table("requirement").fields}
    options = {(n, o.key): f"我们的{o.zh}" for n in SCHEMA.option_sets for o in SCHEMA.option_sets[n]}
    theirs, ours = packaged_policy(renamed(fields, options)), packaged_policy(SCHEMA)

    assert (theirs.moves, theirs.limits, theirs.routes) == (ours.moves, ours.limits, ours.routes)
    assert theirs.parameters == ours.parameters


def test_every_form_of_a_condition_is_said_in_the_teams_words() -> None:
    condition = "负责人不为空；需求进展为空；作废原因≠重复/无效；客户价值≥4；客户价值<=5；普通的话"
    row: Values = {"name": "x", "condition": condition}
    (found,) = in_words({"workflow": [row]}, SCHEMA, TEAM)["workflow"]

    wanted = "处理人不为空；progress为空；取消原因≠和别的一样/无效；客户价值≥4；客户价值<=5；普通的话"
    assert found["condition"] == wanted


def test_in_the_packaged_words_nothing_changes() -> None:
    assert packaged_rows(SCHEMA) == packaged_rows()


def test_a_custom_report_is_asked_for_in_the_teams_words() -> None:
    row: Values = {"name": "x", "dimension": "负责人", "measure": "按时率", "filter": "需求类型=投诉/建议"}
    (found,) = in_words({"report_definition": [row]}, SCHEMA, TEAM)["report_definition"]

    assert found == {**row, "dimension": "处理人", "filter": "需求类型=客诉/建议"}
