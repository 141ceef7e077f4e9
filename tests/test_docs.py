"""The generated pages are current and say everything: ``make docs`` writes them anew."""

from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from feishu_plugin.app.docs import pages
from feishu_plugin.app.docs.__main__ import installed_command
from feishu_plugin.app.docs.markdown import table
from feishu_plugin.cli import cli
from feishu_plugin.packaged import packaged_rows
from feishu_plugin.policy_rows import packaged_policy
from feishu_plugin.rules.decide import RULES
from tests.builders import SCHEMA

DOCS = Path(__file__).parents[1] / "docs"


def command() -> TyperGroup:
    found = typer.main.get_command(cli)
    assert isinstance(found, TyperGroup)
    return found


PAGES = pages(SCHEMA, command())


@pytest.mark.parametrize("name", PAGES)
def test_a_generated_page_is_current(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name], "run `make docs`"


def test_the_pages_are_written_from_the_installed_command() -> None:
    assert set(installed_command().commands) == set(command().commands)


@pytest.mark.parametrize("name", command().commands)
def test_every_command_and_option_is_explained(name: str) -> None:
    found = command().commands[name]

    assert f"## feishu-plugin {name}\n\n{(found.help or '').strip()}\n" in PAGES["cli.md"]
    assert found.help
    for param in found.params:
        assert f"`{param.opts[0]}" in PAGES["cli.md"]


def test_the_diagram_draws_every_move_and_every_status() -> None:
    drawn = PAGES["rules.md"].split("```")[1].splitlines()
    policy = packaged_policy(SCHEMA)

    edges = [line.split(" : ")[0].strip() for line in drawn if "-->" in line]
    assert sorted(edges) == sorted(
        ["[*] --> pending", *(f"{m.from_status} --> {m.to_status}" for m in policy.moves)]
    )
    for status in SCHEMA.table("requirement").field("status").options:
        assert f'    state "{status.zh}" as {status.key}' in drawn


def test_the_rules_page_names_every_rule_parameter_and_required_field() -> None:
    for rule in RULES:
        assert f"\n### {rule}\n" in PAGES["rules.md"]
    for row in packaged_rows()["parameter"]:
        assert f"| `{row['key']}` | {row['value']} |" in PAGES["rules.md"]
    assert "| 已完成 | 已关闭 | 客户确认=未回复；停留满 5 个工作日，由系统流转 |" in PAGES["rules.md"]
    assert "| 待处理 | 处理中 |  | 责任部门、负责人、优先级、计划完成时间 |" in PAGES["rules.md"]


def test_text_stays_inside_its_cell() -> None:
    assert table(("a", "b"), [("x|y", "1\n2")]) == ["| a | b |", "| --- | --- |", "| x\\|y | 1<br>2 |", ""]
