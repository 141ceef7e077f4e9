"""What is wrong with a template is said exactly: which column and line, what it is, what may stand there."""

import re
from pathlib import Path

import pytest

from feishu_plugin import schema
from feishu_plugin.reminders.due import due
from feishu_plugin.reminders.placeholders import FACTS, OF_RECORD, SAMPLES, allowed, told
from feishu_plugin.reminders.templates import template_problems
from tests.reminders.samples import CIRCLE, PACKAGED, POLICY, accepted, at, requirement, template

ASSIGNED = "可用：number、title、status、priority、owner、customer、note、due"
HANDBOOK = Path(__file__).parents[2] / "docs" / "handbook.zh-CN.md"
ONLY = "只能用 {{ 内容 }} 和 {% if 内容 %}…{% endif %}"


def problems(event: str = "assigned", **values: str) -> list[str]:
    return [text for _, text in template_problems([template(event, **values)])]


def test_a_misspelt_placeholder_is_named_with_its_line_and_what_it_may_have_meant() -> None:
    assert problems(body="**{{ number }}**\n{{ tittle }}\n{% if tittle %}{{ tittle }}{% endif %}") == [
        f"「正文」第 2 行这个事件没有 {{{{ tittle }}}}，是不是 {{{{ title }}}}？{ASSIGNED}"
    ]


def test_every_misspelt_placeholder_is_named() -> None:
    assert problems(title="{{ 编号 }}", body="{{ zzz }}\n{{ yyy }}") == [
        f"「标题」里这个事件没有 {{{{ 编号 }}}}。{ASSIGNED}",
        f"「正文」第 1 行这个事件没有 {{{{ zzz }}}}。{ASSIGNED}",
        f"「正文」第 2 行这个事件没有 {{{{ yyy }}}}。{ASSIGNED}",
    ]


def test_a_placeholder_of_another_event_is_a_mistake_too() -> None:
    assert problems("put_back_many", body="{{ number }}") == [
        "「正文」里这个事件没有 {{ number }}。可用：count"
    ]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("a\n{% for a in title %}x{% endfor %}", f"「正文」第 2 行不支持循环 {{% for %}}：{ONLY}"),
        ("{{ range(3) }}", f"「正文」里不支持调用 x()：{ONLY}"),
        ("{{ title.x }}", f"「正文」里不支持带点的写法 title.x：{ONLY}"),
        ("{{ title[0] }}", f"「正文」里不支持方括号 title[0]：{ONLY}"),
        ("{{ 9 ** 9 }}", f"「正文」里不支持计算：{ONLY}"),
        ("{{ -days }}", f"「正文」里不支持计算：{ONLY}"),
        ("{% set a = 1 %}", f"「正文」里不支持赋值 {{% set %}}：{ONLY}"),
        ("{% include 'x' %}", f"「正文」里不支持{{% include %}}：{ONLY}"),
        (
            "{{ title | center(9) }}",
            "「正文」里没有过滤器 center，可用：default、upper、lower、trim、truncate、int、round、length",
        ),
        ("{{ title is even }}", "「正文」里没有判断 is even，可用：defined、undefined、number、string、none"),
        (
            "好\n{% if title %}",
            "「正文」第 2 行写法有误（Unexpected end of template. Jinja was looking for the following tags:"
            " 'elif' or 'else' or 'endif'. The innermost block that needs to be closed is 'if'.），"
            "请检查 {{ }} 和 {% if %}…{% endif %} 是否成对",
        ),
    ],
)
def test_what_a_template_may_not_contain_is_named(body: str, problem: str) -> None:
    assert problems(body=body) == [problem]


@pytest.mark.parametrize(("column", "key"), [("标题", "title"), ("正文", "body")])
def test_an_empty_column_is_asked_for(column: str, key: str) -> None:
    assert problems(**{key: " "}) == [f"请填写「{column}」"]


def test_a_row_without_an_event_is_asked_for_it() -> None:
    assert problems("") == ["请填写「事件」"]


def test_a_filter_that_cannot_be_used_is_found_before_a_card_needs_it() -> None:
    [found] = problems(body="{{ title | round }}")

    assert found.startswith("「正文」填入内容时出错（")
    assert found.endswith("），请检查过滤器的用法")


def test_a_title_that_comes_out_empty_is_a_problem() -> None:
    assert problems(title="{% if note %}有{% endif %}") == [
        "「标题」在没有内容可填时是空的，请在 {% if %} 之外也写几个字"
    ]


def test_the_packaged_templates_name_only_what_their_events_may_name() -> None:
    assert list(template_problems(PACKAGED.templates)) == []


def test_everything_an_event_tells_is_a_placeholder_with_a_sample() -> None:
    events = {row.event for row in PACKAGED.templates}

    assert all(set(allowed(event)) <= set(FACTS) for event in events)
    assert all(SAMPLES.values())
    assert set(OF_RECORD) <= set(told("overdue"))
    assert told("an event of later") == FACTS


def test_everything_a_reminder_tells_can_be_named_by_its_template() -> None:
    records = [
        requirement("late", resolve_due=at("09-02 10:00"), type="complaint", priority="high"),
        requirement("soon", planned_finish=at("09-12 00:00")),
        requirement("new", status="pending", owner=None, department=None),
    ]
    told_of = {r.event: r.facts for r in due(map(accepted, records), POLICY, CIRCLE, at("09-11 09:30"))}

    assert set(told_of) >= {"overdue", "due_soon", "progress_due", "unassigned", "untriaged"}
    assert {event: set(facts) - set(told(event)) for event, facts in told_of.items()} == {
        event: set() for event in told_of
    }


def test_the_handbook_lists_what_each_event_tells() -> None:
    written: dict[str, set[str]] = {}
    for line in HANDBOOK.read_text(encoding="utf-8").splitlines():
        events, _, names = line.strip("| ").partition(" | ")
        if names.startswith(("`{{", "只有 `{{")):
            written |= {event: set(re.findall(r"{{ (\w+) }}", names)) for event in events.split("、")}
    labels = {option.key: option.zh for option in schema.load().option_sets["notice_event"]}
    found = {zh: set(told(key)) - set(OF_RECORD) for key, zh in labels.items() if told(key) != FACTS}

    assert written == {zh: more for zh, more in found.items() if more}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "套得太深"),
        ("{{ title" + "|upper" * 3000 + " }}", "套得太深"),
        ("{{ " + "9" * 5000 + " }}", "数字太长"),
        ("{% if title %}" * 150 + "x" + "{% endif %}" * 150, "填入内容时出错"),
    ],
    ids=["brackets", "filters", "digits", "questions"],
)
def test_a_text_that_overwhelms_the_parser_is_a_problem_of_its_row(body: str, why: str) -> None:
    [found] = problems(body=body)

    assert why in found
