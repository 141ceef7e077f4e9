"""What is suggested for tables of other teams, and what is left to a person."""

from dataclasses import replace

import pytest

from feishu_plugin.binding import LiveField
from feishu_plugin.sync.adopt.mapping import Column, check
from feishu_plugin.sync.adopt.suggest import suggest, suggest_options
from tests.sync.adopt.team import SCHEMA, WANTED, column, select, table


def suggested(*fields: LiveField) -> dict[str, Column]:
    return {found.name: found for found in suggest("bascn", WANTED, table(*fields)).columns}


def keys(*fields: LiveField) -> dict[str, str | None]:
    return {name: found.to for name, found in suggested(*fields).items()}


def test_headers_in_the_words_of_a_team_find_their_fields() -> None:
    assert keys(
        column("事项"),
        column("详细说明"),
        select("完成状态"),
        column("需求提出日期", "datetime"),
        column("处理人", "user", multiple=False),
        column("所属模块"),
        column("预计上线日期", "datetime"),
        column("今天心情"),
    ) == {
        "事项": "title",
        "详细说明": "description",
        "完成状态": "status",
        "需求提出日期": "submitted_at",
        "处理人": "owner",
        "所属模块": "product",
        "预计上线日期": "planned_finish",
        "今天心情": None,
    }


def test_of_two_columns_for_one_field_the_better_one_gets_it() -> None:
    found = suggested(column("说明"), column("需求描述"))

    assert (found["说明"].to, found["需求描述"].to) == (None, "description")
    assert "description" in found["说明"].note
    assert "另一列" in found["说明"].note


def test_a_column_of_another_type_is_listed_with_the_reason_not_mapped() -> None:
    found = suggested(column("提交人"), column("序号", "number"))

    assert (found["提交人"].to, found["序号"].to) == (None, None)
    assert "submitter" in found["提交人"].note
    assert "is Text, needs User" in found["提交人"].note
    assert "number" in found["序号"].note


def test_several_people_cannot_become_one() -> None:
    found = suggested(column("负责人", "user", multiple=True))

    assert found["负责人"].to is None
    assert "owner" in found["负责人"].note


def test_a_priority_that_people_chose_is_an_input_and_never_written_over() -> None:
    found = suggested(select("优先级", "A", "B", "C"))["优先级"]

    assert found.to == "urgency"
    assert "priority" in found.note
    assert found.options == {"A": "high", "B": "medium", "C": "low"}


def test_who_does_which_part_is_no_product_and_no_department() -> None:
    roles = [column(name) for name in ("产品", "前端", "后端", "测试")]

    assert keys(*roles) == {"产品": None, "前端": None, "后端": None, "测试": None}
    assert keys(column("产品")) == {"产品": "product"}


def test_a_column_that_carries_our_mark_is_what_it_says() -> None:
    marked = replace(column("优先"), description="#requirement.title")

    assert keys(marked, column("需求标题")) == {"优先": "title", "需求标题": None}


def test_other_fitting_fields_are_offered() -> None:
    found = suggested(column("客户联系方式"))["客户联系方式"]

    assert found.to == "contact_way"
    assert "contact" in {other.key for other in found.alternatives}


@pytest.mark.parametrize(
    ("field", "names", "wanted"),
    [
        ("status", ["未开始", "开发中", "已上线", "暂缓"], ["pending", "in_progress", "done", "shelved"]),
        ("status", ["未完成", "已完成"], ["pending", "done"]),
        ("urgency", ["低", "高", "中"], ["low", "high", "medium"]),
        ("urgency", ["P2", "P0", "P1"], ["low", "high", "medium"]),
        ("urgency", ["P0", "P1", "P2", "P3"], ["high", None, "medium", "low"]),
        ("urgency", ["紧急", "普通"], ["high", "medium"]),
        ("type", ["Bug修复", "新增", "增加", "别的"], ["problem", "feature", None, None]),
        ("source", ["竞品", "客服"], [None, "online_chat"]),
    ],
)
def test_options_find_theirs_and_no_key_twice(field: str, names: list[str], wanted: list[str | None]) -> None:
    found = suggest_options(WANTED.field(field), select("列", *names))

    assert found == dict(zip(names, wanted, strict=True))


def test_every_suggestion_passes_its_own_check() -> None:
    here = table(
        *(column(f.zh, f.type, multiple=True) for f in WANTED.fields if not f.options and not f.table),
        *(select(f.zh, *(option.zh for option in f.options)) for f in WANTED.fields if f.options),
    )
    found = suggest("bascn", WANTED, here)

    assert check(found, SCHEMA, [here]) == []
    people = {f.key for f in WANTED.fields if f.filled_by in ("person", "override") and not f.table}
    assert {c.to for c in found.columns} >= people - {"owner", "submitter", "co_departments"}
