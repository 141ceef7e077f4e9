"""The generated pages are current and say everything: ``make docs`` writes them anew."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
from typer.core import TyperGroup

from feishu_plugin import schema_parts
from feishu_plugin.app.docs import pages, rules_page, schema_words
from feishu_plugin.app.docs.__main__ import installed_command
from feishu_plugin.app.docs.markdown import table
from feishu_plugin.cli import cli
from feishu_plugin.packaged import packaged_rows
from feishu_plugin.policy import Condition, Move
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.rules.decide import RULES
from feishu_plugin.schema import Table
from tests.builders import SCHEMA
from tests.rules.questions import with_moves

DOCS = Path(__file__).parents[1] / "docs"


def command() -> TyperGroup:
    found = typer.main.get_command(cli)
    assert isinstance(found, TyperGroup)
    return found


def commands(group: TyperGroup, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every command by its full name, those of groups too."""
    for name, found in group.commands.items():
        yield f"{before}{name}", found
        if isinstance(found, TyperGroup):
            yield from commands(found, f"{before}{name} ")


PAGES = pages(SCHEMA, command())
COMMANDS = dict(commands(command()))


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name], "run `make docs`"


def test_the_pages_are_written_from_the_installed_command() -> None:
    assert set(installed_command().commands) == set(command().commands)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name: str) -> None:
    found = COMMANDS[name]

    assert f"## feishu-plugin {name}\n\n{(found.help or '').strip()}\n" in PAGES["cli.md"]
    assert found.help
    for param in found.params:
        option = param.opts[0]
        assert f"`{option if option.startswith('-') else option.upper()}" in PAGES["cli.md"]


def test_the_diagram_draws_every_move_and_every_status() -> None:
    drawn = PAGES["rules.md"].split("```")[1].splitlines()
    policy = packaged_policy(SCHEMA)

    edges = [line.split(" : ")[0].strip() for line in drawn if "-->" in line]
    assert sorted(edges) == sorted(
        ["[*] --> pending", *(f"{m.from_status} --> {m.to_status}" for m in policy.moves)]
    )
    for status in SCHEMA.table("requirement").field("status").options:
        assert f'    state "{status.zh}" as {status.key}' in drawn


def drawn(*moves: Move) -> list[str]:
    page = rules_page.render(SCHEMA, with_moves(*moves), packaged_rows())
    return page.split("```")[1].splitlines()[2:]


ON_DUPLICATES = (Condition(field="void_reason", values=("duplicate",), negate=True),)
SAID = [
    ({}, ""),
    ({"types": ("inquiry", "complaint")}, " : 服务咨询、投诉"),
    ({"conditions": ON_DUPLICATES}, " : 作废原因≠重复"),
    ({"roles": ("product", "manager")}, " : 产品、管理者"),
    ({"mode": "observe"}, " : （观察）"),
    ({"conditions": (Condition(field="score", values=("2",), compare="≤"),), "automatic": True},
     " : 满意度评分≤2（自动）"),
    ({"conditions": (Condition(field="result", compare="empty", negate=True),)}, " : 处理结果不为空"),
    (
        {"conditions": ON_DUPLICATES, "roles": ("manager",), "mode": "observe", "after_days": 5.0,
         "automatic": True},
        " : 作废原因≠重复；管理者（自动）（观察）",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "label"), SAID)
def test_the_diagram_says_when_by_whom_and_how_strictly(changes: dict[str, Any], label: str) -> None:
    move = Move(from_status="pending", to_status="done", **changes)

    assert drawn(move)[-1] == f"    pending --> done{label}"


def test_a_changed_policy_is_drawn_otherwise() -> None:
    there, back = Move(from_status="pending", to_status="done"), Move(from_status="done", to_status="pending")
    statuses = ['    state "待处理" as pending', '    state "已完成" as done', "    [*] --> pending"]

    assert drawn(there) == [*statuses, "    pending --> done"]
    assert drawn(there, back) == [*statuses, "    pending --> done", "    done --> pending"]
    assert drawn(there, replace(back, mode="off")) == drawn(there)


def test_the_rules_page_names_every_rule_parameter_and_required_field() -> None:
    for rule in RULES:
        assert f"\n### {rule}\n" in PAGES["rules.md"]
    for row in packaged_rows()["parameter"]:
        assert f"| `{row['key']}` | {row.get('value', '')} |" in PAGES["rules.md"]
    assert "| 已完成 | 已关闭 | 客户确认=未回复；停留满 5 个工作日，由系统流转 |" in PAGES["rules.md"]
    assert "| 待处理 | 处理中 |  | 责任部门、负责人、优先级、计划完成时间 |" in PAGES["rules.md"]


@pytest.mark.parametrize("found", SCHEMA.tables, ids=lambda found: str(found.key))
def test_the_schema_page_tells_every_field_view_and_question(found: Table) -> None:
    section = PAGES["schema.md"].split(f"\n## {found.zh} · {found.en}\n")[1].split("\n## ")[0]

    for field in found.fields:
        assert f"| {field.zh}<br>{field.en} | `{field.key}` | " in section
        assert field.note is None or f"{field.note.zh}<br>{field.note.en}" in section
    for view in found.views:
        assert f"| {view.zh}<br>{view.en} | " in section
        for asked in view.questions:
            assert f"| {asked.title.zh}<br>{asked.title.en} | " in section


def test_the_schema_page_says_filters_sorts_rights_and_charts_in_words() -> None:
    lines = PAGES["schema.md"].splitlines()

    assert "| VIP客户<br>VIP customers | 表格 grid | 客户等级 = VIP | 客户名称 ↑ |  |  |  |" in lines
    bars = "时间条 bars: 计划开始时间 → 计划完成时间，需求标题"
    assert (
        f"| 计划甘特<br>Plan | 甘特 gantt | 计划开始时间 不为空 is filled |  | 负责人 ↑ |  | {bars} |"
        in lines
    )
    link = "[客户档案](#客户档案--customers)"
    seen = "看 read，不含 without 联系人、电话、邮箱"
    assert f"| {link} | 改 edit | 看 read | {seen} | 改 edit | {seen} |" in lines
    trend = "[月度需求趋势](#月度需求趋势--monthly-trend)"
    sums = "新增 求和 sum，解决数 求和 sum"
    assert (
        f"| 每月新增与解决<br>New and resolved by month | 柱状图 column | {trend} | {sums} | 月份 |  |"
        in lines
    )


@pytest.mark.parametrize(
    ("shown", "terms"),
    [
        (schema_words.TYPES, schema_parts.FieldType),
        (schema_words.FILLERS, schema_parts.Filler),
        (schema_words.VIEW_TYPES, schema_parts.ViewType),
        (schema_words.RIGHTS, schema_parts.Right),
        (schema_words.CHART_TYPES, schema_parts.ChartType),
        (schema_words.ROLLUPS, schema_parts.Series.model_fields["rollup"].annotation),
    ],
)
def test_every_term_of_the_schema_has_a_word(shown: Mapping[str, str], terms: Any) -> None:
    assert set(shown) == set(get_args(terms))


def test_text_stays_inside_its_cell() -> None:
    assert table(("a", "b"), [("x|y", "1\n2")]) == ["| a | b |", "| --- | --- |", "| x\\|y | 1<br>2 |", ""]
