"""Every command, option, exit code, setting, default and word of ``hand`` stands in the documents."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from feishu_plugin.sandbox import hand
from feishu_plugin.settings import Settings
from tests.test_docs import COMMANDS

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-CN.md")
CODE = [ROOT / "feishu_plugin" / "cli.py", *sorted((ROOT / "feishu_plugin" / "commands").glob("*.py"))]
CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")


def exit_codes() -> set[int]:
    """What the command line ends with where it says so itself; 2 also for a command line that is wrong."""
    return {2} | {code for path in CODE for code in _codes(ast.parse(path.read_text(encoding="utf-8")))}


def _codes(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        called = f"{ast.unparse(node.func)}"
        first = node.args[0] if node.args else None
        if called in ("typer.Exit", "sys.exit") and isinstance(first, ast.Constant):
            assert isinstance(first.value, int)
            yield first.value


def said(page: str, beginning: str) -> str:
    """The paragraph that begins so."""
    return next(part for part in page.split("\n\n") if part.startswith(beginning))


def default(name: str, readme: str) -> str:
    """The cell of the default in the table of settings."""
    text = (ROOT / readme).read_text(encoding="utf-8")
    row = next(line for line in text.splitlines() if line.startswith("|") and f"`{name}`" in line)
    return row.split("|")[2].strip()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_each_of_its_options_stands_on_the_page_of_commands(name: str) -> None:
    section = CLI.split(f"\n## feishu-plugin {name}\n")[1].split("\n## ")[0]

    assert [o for p in COMMANDS[name].params for o in p.opts if o.startswith("--") and o not in section] == []


def test_every_exit_code_is_explained_wherever_they_are_listed() -> None:
    lists = [
        said((ROOT / "README.md").read_text("utf-8"), "Exit codes:"),
        said((ROOT / "README.zh-CN.md").read_text("utf-8"), "退出码："),
        said(CLI, "Exit codes:"),
        said(CLI, "退出码："),
    ]

    for text in lists:
        assert {int(code) for code in re.findall(r"(?<!\d)\d{1,3}(?!\d)", text)} >= exit_codes() | {0}
    assert {1, 2} <= exit_codes()


PLAIN = {
    str(field.alias): str(field.default)
    for field in Settings.model_fields.values()
    if isinstance(field.default, str) and field.default and not isinstance(field.default, SecretStr)
}


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("name", PLAIN)
def test_every_default_is_told_as_it_is(name: str, readme: str) -> None:
    assert default(name, readme) == f"`{PLAIN[name]}`"


@pytest.mark.parametrize("readme", READMES)
def test_what_is_required_is_told_so(readme: str) -> None:
    required = [str(field.alias) for field in Settings.model_fields.values() if field.is_required()]

    assert {default(name, readme) for name in required} <= {"required", "必填"}
    assert len(required) == 2


@pytest.mark.parametrize("page", ["tutorial.md", "tutorial.zh-CN.md"])
def test_every_word_of_the_hand_is_explained(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `hand (\w+)", text, re.MULTILINE))

    assert listed == set(hand.VERBS)
    assert "`--wait" in text
    assert "`--ready" in text
