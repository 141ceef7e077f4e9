"""The policy tables as people edit them: what compiles, and what is said to each bad row."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time

import pytest

from feishu_plugin.packaged import POLICY_TABLES, packaged_rows
from feishu_plugin.policy import Condition, Leave, Policy, version_of
from feishu_plugin.policy_rows import WRITTEN, Compiled, compile_policy, packaged_policy
from feishu_plugin.records import Record, Value, Values
from tests.builders import SCHEMA, local

GOOD: Mapping[str, Values] = {
    "workflow": {"from_status": "pending", "to_status": "in_progress"},
    "sla": {"type_class": "service", "priority": "high"},
    "routing": {"department": "support", "order": 1.0},
    "template": {"event": "assigned", "title": "{{ number }}", "body": "{{ title }}"},
    "parameter": {"key": "soon_days", "value": "1"},
    "calendar": {"day": local("2026-10-10"), "kind": "workday"},
    "report_definition": {"name": "各负责人按时率", "dimension": "负责人", "measure": "按时率"},
}


def compiled(table: str, *rows: Values, statuses: tuple[str, ...] = ()) -> Compiled:
    """The verdict on the rows of one table, all other tables empty."""
    records = [Record(record_id=f"rec{place}", values=row) for place, row in enumerate(rows, 1)]
    return compile_policy({table: records}, SCHEMA, statuses)


def policy_of(table: str, *rows: Values, statuses: tuple[str, ...] = ()) -> Policy:
    found = compiled(table, *rows, statuses=statuses)
    assert found.problems == ()
    assert found.policy is not None
    return found.policy


def said(table: str, *rows: Values) -> list[tuple[str, str]]:
    """(record_id, text) of every problem; a policy with problems is no policy."""
    found = compiled(table, *rows)
    assert (found.policy is None) == bool(found.problems)
    assert {problem.table for problem in found.problems} <= {table}
    return [(problem.record_id, problem.text) for problem in found.problems]


def good(table: str, **changes: Value) -> Values:
    return {**GOOD[table], **changes}


def parameter(key: str, value: str) -> Values:
    return {"key": key, "value": value}


def test_the_packaged_policy_compiles_with_every_row() -> None:
    packaged, rows = packaged_policy(SCHEMA), packaged_rows()

    assert len(packaged.moves) == len(rows["workflow"])
    assert len(packaged.limits) == len(rows["sla"])
    assert len(packaged.routes) == len(rows["routing"])
    assert len(packaged.templates) == len(rows["template"])
    assert set(rows) == set(POLICY_TABLES)


def test_labels_become_keys() -> None:
    parameters = packaged_policy(SCHEMA).parameters

    assert parameters.initial_status == "pending"
    assert parameters.paused_statuses == ("waiting_customer", "shelved")
    assert parameters.service_types == ("problem", "inquiry", "complaint", "suggestion")
    assert parameters.working_hours == ((time(9), time(12)), (time(13), time(18)))
    assert parameters.level_thresholds == (20.0, 40.0, 60.0, 80.0)


UNCLEAR = "".join(
    (
        "看不懂：请写成「字段=值」「字段≠值」「字段≥数」「字段≤数」",
        "「字段为空」或「字段不为空」，字段用需求台账的列名",
    )
)
BAD_ROWS = [
    ("workflow", good("workflow", from_status=None), "请填写「原状态」"),
    ("workflow", good("workflow", to_status="  "), "请填写「新状态」"),
    ("workflow", good("workflow", to_status="nowhere"), "「新状态」里的「nowhere」不是需求台账的状态"),
    ("workflow", good("workflow", mode="strict"), "「执行方式」不能是「strict」"),
    ("workflow", good("workflow", required="处理结果、心情"), "需求台账没有「心情」这一列"),
    ("workflow", good("workflow", condition="心情=好"),
     f"条件「心情=好」{UNCLEAR}"),
    ("workflow", good("workflow", condition="客户确认"),
     f"条件「客户确认」{UNCLEAR}"),
    ("workflow", good("workflow", condition="客户确认="),
     f"条件「客户确认=」{UNCLEAR}"),
    ("workflow", good("workflow", condition="满意度评分≥很高"), f"条件「满意度评分≥很高」{UNCLEAR}"),
    ("workflow", good("workflow", condition="客户确认=也许"), "「客户确认」没有选项「也许」"),
    ("workflow", good("workflow", after_days=-1.0), "「停留工作日」要在 0 到 10000 之间"),
    ("workflow", good("workflow", automatic=True), "「自动流转」需要填写「条件」或「停留工作日」"),
    ("sla", good("sla", type_class=None), "请填写「类别」"),
    ("sla", good("sla", type_class="sales"), "「类别」不能是「sales」"),
    ("sla", good("sla", priority=None), "请填写「优先级」"),
    ("sla", good("sla", response_hours=-0.5), "「首次响应（小时）」要在 0 到 10000 之间"),
    ("sla", good("sla", resolve_days=1e12), "「解决（工作日）」要在 0 到 10000 之间"),
    ("routing", good("routing", department=None), "请填写「责任部门」"),
    ("routing", good("routing", order=-3.0), "「顺序」要在 0 到 10000 之间"),
    ("template", good("template", media="fax"), "「渠道」不能是「fax」"),
    ("template", good("template", kind="never"), "「方式」不能是「never」"),
    ("template", good("template", language="fr"), "「语言」不能是「fr」"),
    ("calendar", good("calendar", day=None), "请填写「日期」"),
    ("calendar", good("calendar", kind=None), "请填写「类型」"),
    ("calendar", good("calendar", kind="half"), "「类型」不能是「half」"),
    ("calendar", good("calendar", kind="leave"), "请填写「请假人」"),
    (
        "calendar",
        good("calendar", kind="leave", people=("ou_li",), until=local("2026-10-09")),
        "「到哪天」早于「日期」",
    ),
    (
        "calendar",
        good("calendar", hours="上午"),
        "「工作时段」里的「上午」看不懂：请写成 09:00-12:00、13:00-18:00",
    ),
    ("parameter", parameter("colour", "red"), "没有名为「colour」的参数"),
    ("parameter", parameter("", "5"), "没有名为「」的参数"),
    *(("parameter", parameter(key, value), f"「{key}」的值「{value}」看不懂") for key, value in [
        ("soon_days", "很快"), ("soon_days", ""), ("soon_days", "-1"), ("soon_days", "nan"),
        ("soon_days", "inf"), ("grace_seconds", "1e300"), ("level_thresholds", "20、四十"),
        ("digest_at", "早上"), ("digest_at", "25:00"), ("digest_at", "09:00+08:00"),
        ("working_hours", ""), ("working_hours", "18:00-09:00"), ("working_hours", "09:00"),
        ("working_hours", "09:00-13:00、12:00-18:00"), ("working_hours", "13:00-18:00、09:00-12:00"),
        ("initial_status", ""), ("initial_status", "待办"), ("paused_statuses", "待客户配合、等等"),
        ("finished_statuses", ""), ("ended_statuses", "投诉"), ("mail_progress_priorities", "高、急"),
        ("priority_matrix", "高"), ("priority_matrix", "全业务线×高"), ("priority_matrix", "全业务线=5"),
        ("priority_matrix", "全业务线×高=6"), ("priority_matrix", "全业务线×高=0"),
        ("priority_matrix", "全国×高=5"), ("priority_matrix", "全业务线×很高=5"),
        ("priority_matrix", "全业务线×高=2.5"), ("priority_matrix", "全业务线×高=5、all×high=4"),
        ("type_words", "报错"), ("type_words", "报错/闪退=问题反馈"), ("type_words", "故障=报错"),
        ("type_words", "问题反馈=报错；problem=闪退"), ("urgency_words", "很急=马上"),
        ("suggest_confidence", "很高"), ("learn_rows", ""),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "text"), BAD_ROWS, ids=lambda part: str(part)[:60])
def test_a_bad_row_is_named_in_plain_words(table: str, row: Values, text: str) -> None:
    assert said(table, GOOD[table], row) == [("rec2", text)]


TWO_CONDITIONS = [("confirmation", ("solved",), False), ("void_reason", ("duplicate",), True)]


def test_a_template_that_is_being_written_stops_no_other_rule() -> None:
    """What is wrong with its words is said by the check of templates."""
    for column in ("event", "title", "body"):
        assert said("template", GOOD["template"], good("template", **{column: None})) == []


def test_a_personal_template_that_is_switched_off_switches_nothing_else_off() -> None:
    rows = [good("template", people=("ou_li",)), good("template", people=("ou_li",), disabled=True)]
    found = policy_of("template", GOOD["template"], *rows)

    assert [row.people for row in found.templates] == [(), ("ou_li",)]


def test_every_column_has_a_good_row_that_says_nothing() -> None:
    assert {table: said(table, row) for table, row in GOOD.items()} == {table: [] for table in POLICY_TABLES}


def test_all_problems_of_all_rows_are_named_at_once() -> None:
    bad = good("workflow", from_status="x", to_status=None, required="甲、乙")

    assert said("workflow", bad, GOOD["workflow"], good("workflow", mode="?")) == [
        ("rec1", "「原状态」里的「x」不是需求台账的状态"),
        ("rec1", "请填写「新状态」"),
        ("rec1", "需求台账没有「甲」这一列"),
        ("rec1", "需求台账没有「乙」这一列"),
        ("rec3", "「执行方式」不能是「?」"),
    ]


def test_problems_of_several_tables_come_together() -> None:
    rows = {
        "sla": [Record(record_id="recSla", values={"type_class": "service"})],
        "parameter": [Record(record_id="recParameter", values=parameter("soon_days", "?"))],
    }

    found = compile_policy(rows, SCHEMA)

    assert [(problem.table, problem.record_id) for problem in found.problems] == [
        ("sla", "recSla"),
        ("parameter", "recParameter"),
    ]


@pytest.mark.parametrize("table", POLICY_TABLES)
def test_rows_that_people_left_empty_are_skipped(table: str) -> None:
    old_finding = {"check_result": "请填写「原状态」"}

    assert policy_of(table, {}, GOOD[table], {"name": None}, old_finding) == policy_of(table, GOOD[table])


@pytest.mark.parametrize("table", ["routing", "template"])
def test_a_disabled_row_counts_for_nothing_even_half_written(table: str) -> None:
    half: Values = {"name": "还没写完", "disabled": True}

    found = policy_of(table, half, good(table, disabled=True), GOOD[table])

    assert (len(found.routes), len(found.templates)) == ((1, 0) if table == "routing" else (0, 1))


def test_a_deleted_parameter_falls_back_to_the_packaged_value() -> None:
    packaged = packaged_policy(SCHEMA).parameters

    assert policy_of("parameter").parameters == packaged
    changed = policy_of("parameter", parameter("soon_days", "2")).parameters
    assert changed == replace(packaged, soon_days=2.0)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("digest_at", "9:30", time(9, 30)),
        ("digest_at", "09：30", time(9, 30)),
        ("working_hours", "9:00-12:00，12:00-17:30", ((time(9), time(12)), (time(12), time(17, 30)))),
        ("level_thresholds", "10,20\n30，40", (10.0, 20.0, 30.0, 40.0)),
        ("initial_status", "处理中", "in_progress"),
        ("initial_status", "In progress", "in_progress"),
        ("paused_statuses", "", ()),
        ("paused_statuses", "shelved、待客户配合", ("shelved", "waiting_customer")),
        ("service_types", "投诉、退货", ("complaint", "退货")),
        ("mail_progress_priorities", "高、medium", ("high", "medium")),
        ("mail_progress_priorities", "", ()),
        ("manager_departments", "管理部、投诉", ("管理部", "投诉")),
        ("type_words", "", {}),
        (
            "type_words",
            "问题反馈=报错/闪退；服务咨询 = 怎么、如何\ncomplaint＝态度差，没人管;建议=",
            {
                "problem": ("报错", "闪退"),
                "inquiry": ("怎么", "如何"),
                "complaint": ("态度差", "没人管"),
                "suggestion": (),
            },
        ),
        ("urgency_words", "高=马上；low=不急", {"high": ("马上",), "low": ("不急",)}),
        ("priority_matrix", "", {}),
        (
            "priority_matrix",
            "全业务线×高=5、多客户 * 中 = 3，单客户×低=1",
            {("all", "high"): 5, ("multiple", "medium"): 3, ("single", "low"): 1},
        ),
        (
            "priority_matrix",
            "全业务线×高=高\nall×low=中、single×low=Low",
            {("all", "high"): 4, ("all", "low"): 3, ("single", "low"): 2},
        ),
    ],
)
def test_parameters_are_read_as_people_write_them(key: str, text: str, value: object) -> None:
    assert getattr(policy_of("parameter", parameter(key, text)).parameters, key) == value


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("客户确认=已解决", [("confirmation", ("solved",), False)]),
        ("客户确认 = 已解决/未回复", [("confirmation", ("solved", "no_reply"), False)]),
        ("作废原因≠重复", [("void_reason", ("duplicate",), True)]),
        ("作废原因!=重复/无效", [("void_reason", ("duplicate", "invalid"), True)]),
        ("confirmation=solved", [("confirmation", ("solved",), False)]),
        ("满意度评分=5", [("score", ("5",), False)]),
        ("所属行业=汽车", [("industry", ("汽车",), False)]),
        ("客户确认=已解决；作废原因≠重复", TWO_CONDITIONS),
        ("客户确认=已解决;作废原因≠重复", TWO_CONDITIONS),
        ("客户确认=已解决\n\n作废原因≠重复", TWO_CONDITIONS),
        ("", []),
    ],
)  # fmt: skip
def test_conditions_are_read(text: str, conditions: list[tuple[str, tuple[str, ...], bool]]) -> None:
    move = policy_of("workflow", good("workflow", condition=text)).moves[0]

    assert list(move.conditions) == [Condition(field=f, values=v, negate=n) for f, v, n in conditions]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("满意度评分≥4", Condition(field="score", values=("4",), compare="≥")),
        ("满意度评分>=4", Condition(field="score", values=("4",), compare="≥")),
        ("满意度评分<=2.5", Condition(field="score", values=("2.5",), compare="≤")),
        ("处理结果为空", Condition(field="result", compare="empty")),
        ("处理结果不为空", Condition(field="result", compare="empty", negate=True)),
    ],
)
def test_numbers_and_emptiness_are_conditions_too(text: str, condition: Condition) -> None:
    assert policy_of("workflow", good("workflow", condition=text)).moves[0].conditions == (condition,)


def test_fields_and_options_may_be_named_in_english() -> None:
    confirmation = SCHEMA.table("requirement").field("confirmation")
    solved = next(option for option in confirmation.options if option.key == "solved")
    result = SCHEMA.table("requirement").field("result")
    row = good(
        "workflow", condition=f"{confirmation.en}={solved.en}", required=f"{result.en}、progress、处理方案"
    )

    move = policy_of("workflow", row).moves[0]

    assert move.conditions == (Condition(field="confirmation", values=("solved",)),)
    assert move.required == ("result", "progress", "solution")


def test_a_status_that_people_added_in_the_base_is_accepted() -> None:
    row = good("workflow", to_status="待评审", condition="当前状态≠待评审")

    move = policy_of("workflow", row, statuses=("待评审",)).moves[0]

    assert (move.to_status, move.conditions[0].values) == ("待评审", ("待评审",))
    assert sorted(text for _, text in said("workflow", row)) == [
        "「当前状态」没有选项「待评审」",
        "「新状态」里的「待评审」不是需求台账的状态",
    ]


def test_an_added_status_may_pause_the_clocks() -> None:
    found = policy_of("parameter", parameter("paused_statuses", "待评审"), statuses=("待评审",))

    assert found.parameters.paused_statuses == ("待评审",)


def test_a_parameter_may_name_columns() -> None:
    found = policy_of("parameter", parameter("triage_fields", "需求类型、Owner"))

    assert found.parameters.triage_fields == ("type", "owner")
    assert said("parameter", parameter("triage_fields", "没有的列")) == [
        ("rec1", "「triage_fields」的值「没有的列」看不懂")
    ]


def test_routes_are_in_their_order() -> None:
    found = policy_of("routing", good("routing", order=9.0), good("routing", department="product", order=2.0))

    assert [route.department for route in found.routes] == ["product", "support"]


def test_the_days_of_the_team_stand_over_the_statutory_calendar() -> None:
    found = policy_of(
        "calendar",
        good("calendar", day=local("2026-10-01"), kind="workday"),
        good("calendar", day=local("2026-09-01"), kind="holiday"),
    )

    days = {
        day: found.worktime.is_workday(local(day).date())
        for day in ("2026-10-01", "2026-10-02", "2026-09-01")
    }
    assert days == {"2026-10-01": True, "2026-10-02": False, "2026-09-01": False}


def test_a_half_day_has_hours_and_a_name_of_its_own() -> None:
    eve = good("calendar", day=local("2026-09-30"), hours="9:00-12:00", note="国庆前半天")
    worktime = policy_of("calendar", eve).worktime

    assert worktime.add_hours(local("2026-09-30 11:00"), 2) == local("2026-10-08 10:00")
    names = [worktime.names[date(2026, *day)] for day in ((9, 30), (10, 1), (10, 10))]
    assert names == ["国庆前半天", "国庆节", "国庆节补班"]


def test_the_same_content_has_the_same_version() -> None:
    first = policy_of("sla", good("sla", response_hours=24, name="服务类·高"))
    again = policy_of("sla", {"name": "服务类·高", **good("sla", response_hours=24.0)}, {}, {"name": None})

    assert first.version == again.version != ""


def test_what_the_plugin_writes_beside_a_rule_does_not_change_the_version() -> None:
    plain = policy_of("routing", GOOD["routing"])

    assert policy_of("routing", good("routing", load="李雷 3")).version == plain.version


def test_a_leave_names_its_people_and_days_and_is_no_holiday() -> None:
    away = good("calendar", kind="leave", people=("ou_li",), until=local("2026-10-12"))

    found = policy_of(
        "calendar", away, good("calendar", day=local("2026-10-20"), kind="leave", people=("ou_han",))
    )

    assert found.leaves == (
        Leave(people=("ou_li",), first=date(2026, 10, 10), last=date(2026, 10, 12)),
        Leave(people=("ou_han",), first=date(2026, 10, 20), last=date(2026, 10, 20)),
    )
    assert found.worktime == policy_of("calendar").worktime


def test_fields_that_an_intake_requires_are_columns_of_the_register() -> None:
    found = policy_of("parameter", parameter("intake_required", "需求标题、客户"))

    assert found.parameters.intake_required == ("title", "customer")
    assert said("parameter", parameter("intake_required", "需求标题、心情")) == [
        ("rec1", "「intake_required」的值「需求标题、心情」看不懂")
    ]


def test_products_are_written_as_a_list() -> None:
    assert policy_of("routing", good("routing", products="收银台、APP，官网")).routes[0].products == (
        "收银台",
        "app",
        "官网",
    )


def test_a_finding_written_into_a_row_does_not_change_the_version() -> None:
    plain = policy_of("sla", GOOD["sla"])

    assert policy_of("sla", good("sla", check_result="「类别」不能是「x」")).version == plain.version


@pytest.mark.parametrize("table", POLICY_TABLES)
def test_any_change_of_content_changes_the_version(table: str) -> None:
    assert policy_of(table, GOOD[table]).version != policy_of(table, good(table, note="改")).version


def test_labels_and_rule_fields_come_from_the_schema() -> None:
    found = packaged_policy(SCHEMA)

    assert found.label("status") == "当前状态"
    assert found.label("status", "done") == "已完成"
    assert found.label("status", "待评审") == "待评审"
    assert {"number", "priority", "limit_state"} <= set(found.rule_fields)
    assert not {"title", "status", "owner", "manual_priority"} & set(found.rule_fields)


def test_what_the_plugin_writes_into_policy_tables_is_no_rule() -> None:
    ours = {f.key for name in POLICY_TABLES for f in SCHEMA.table(name).fields if f.filled_by == "rule"}

    assert ours == WRITTEN


def test_half_an_emoji_in_a_row_leaves_the_policy_its_version() -> None:
    whole, half = ({"workflow": [{"name": text}]} for text in ("待处理😀", "待处理\ud83d"))

    assert version_of(half) == version_of(half) != version_of(whole)
