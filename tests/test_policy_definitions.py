"""Rows of 报表定义: what is understood, and that a bad one says so itself and stops nobody."""

from collections.abc import Sequence

import pytest

from feishu_plugin.policy import Condition, Definition
from feishu_plugin.policy_definitions import SPLITTABLE, TIMES
from feishu_plugin.policy_rows import compile_policy
from feishu_plugin.records import Record, Value, Values
from tests.builders import SCHEMA

GOOD: Values = {"name": "各负责人按时率", "dimension": "负责人", "measure": "按时率"}


def definitions(*rows: Values) -> Sequence[Definition]:
    records = [Record(record_id=f"rec{place}", values=row) for place, row in enumerate(rows, 1)]
    found = compile_policy({"report_definition": records}, SCHEMA)
    assert found.problems == ()
    assert found.policy is not None
    return found.policy.definitions


def only(**changes: Value) -> Definition:
    [found] = definitions({**GOOD, **changes})
    return found


def test_a_row_is_read_with_the_labels_of_the_register() -> None:
    found = only(filter="需求类型=投诉/建议；客户价值≥4；备注为空", chart="column")

    assert found == Definition(
        name="各负责人按时率",
        dimension="owner",
        measure="按时率",
        conditions=(
            Condition(field="type", values=("complaint", "suggestion")),
            Condition(field="customer_value", values=("4",), compare="≥"),
            Condition(field="remark", compare="empty"),
        ),
        chart="column",
    )
    assert found.row_id == "rec1"


@pytest.mark.parametrize(
    "name",
    [
        text
        for field in SCHEMA.table("requirement").fields
        if field.type in SPLITTABLE
        for text in (field.zh, field.en, field.key)
    ]
    + [text for pair in TIMES.items() for text in pair],
)
def test_every_select_person_and_text_column_tells_requirements_apart(name: str) -> None:
    found = only(dimension=name)

    assert (bool(found.dimension), found.problems) == (True, ())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "  "}, "请填写「报表名称」"),
        ({"name": "渠道需求分布"}, "「渠道需求分布」是系统已有的数据表，请换一个「报表名称」"),
        ({"name": "报" * 101}, "「报表名称」最多 100 个字"),
        ({"name": "按时率/月"}, "「报表名称」里不能有 /"),
        ({"dimension": None}, "请填写「维度」"),
        ({"dimension": "负责"}, "需求台账没有「负责」这一列，是不是「负责人」？"),
        ({"dimension": "月份"}, "需求台账没有「月份」这一列，是不是「提交月份」？"),
        ({"dimension": "心情"}, "需求台账没有「心情」这一列"),
        (
            {"dimension": "客户价值"},
            "「客户价值」不能作维度：请写单选、多选、人员或文本列，或者提交月份、提交星期",
        ),
        ({"measure": None}, "请填写「指标」"),
        ({"filter": "需求类型=抱怨"}, "「需求类型」没有选项「抱怨」"),
        ({"chart": "radar"}, "「图表」不能是「radar」"),
    ],
)
def test_what_is_wrong_stands_in_the_definition_alone(changes: dict[str, Value], said: str) -> None:
    assert only(**changes).problems == (said,)


def test_everything_wrong_is_said_at_once() -> None:
    [bad, good] = definitions({"filter": "？"}, GOOD)

    assert [text[:5] for text in bad.problems] == ["请填写「报", "请填写「维", "请填写「指", "条件「？」"]
    assert good.problems == ()


def test_a_disabled_row_is_none() -> None:
    assert definitions({"disabled": True}, {**GOOD, "disabled": True}, {}) == ()
