"""What commands say exists in both languages, and the reader's is found out."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup

from feishu_plugin import errors
from feishu_plugin.cli import cli
from feishu_plugin.commands.helping import OF_TYPER, SEPARATOR
from feishu_plugin.commands.stopping import WHAT_STAYS
from feishu_plugin.language import Phrase, in_both
from feishu_plugin.terminal import language_of

PACKAGE = Path(errors.__file__).parent
CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]+")
PLAIN = re.compile(r"^[^\u4e00-\u9fff]*[a-z]{2,} [a-z]{2,} [a-z]{2,}[^\u4e00-\u9fff]*$")
"""English only: three words in a row."""
MIXED = re.compile(
    r"[\u4e00-\u9fff）」：，] ?[a-z]{3,} [a-z]{2,}|[a-z]{3,} [a-z]{2,}[:,;]? [\u4e00-\u9fff]{2}"
)
NOT_COMMANDS = ("sandbox", "demo", "docs")
SPOKEN = ("cli.py", "commands/*.py", "app/*_text.py", "app/*_job.py", "app/*_jobs.py", "app/jobs.py",
          "app/backup.py", "app/planned.py", "app/provision.py", "app/archive.py", "app/adopt.py",
          "app/doctor/*.py", "app/setup/*.py", "app/verdict.py", "app/status.py", "app/report_files.py",
          "app/preview.py")  # fmt: skip
"""Where the answers of commands are written."""
OF_THE_WIRE = {"MalformedEvent", "RefusedDelivery", "MailError", "WebhookError", "LeaseLost"}
"""Kept beside deliveries, cells and log lines; no command ends with one."""
OURS = {name for name in dir(errors) if name.endswith("Error")} | {"UnsafePlan", "NotYet", "BadParameter"}
OURS -= {"FeishuError"}


def trees(*patterns: str) -> Iterator[tuple[str, ast.Module]]:
    for pattern in patterns:
        for path in sorted(PACKAGE.glob(pattern)):
            name = str(path.relative_to(PACKAGE))
            if not set(path.relative_to(PACKAGE).parts) & set(NOT_COMMANDS):
                yield name, ast.parse(path.read_text(encoding="utf-8"))


def called(node: ast.AST) -> str:
    if not isinstance(node, ast.Call):
        return ""
    return str(getattr(node.func, "id", getattr(node.func, "attr", "")))


def words(node: ast.AST) -> str:
    """The letters of a text, with a mark where a value stands; empty for what is no text."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(words(part) or "{}" for part in node.values)
    if isinstance(node, ast.BinOp):
        return words(node.left) + words(node.right)
    if isinstance(node, ast.IfExp):
        return words(node.body) + words(node.orelse)
    return ""


NO_WORDS = "{} :：()（）;；,，→\n"
"""Values and what stands between them."""
PHRASES = [
    (f"{name}:{node.lineno}", node)
    for name, tree in trees("**/*.py")
    for node in ast.walk(tree)
    if isinstance(node, ast.Call) and called(node) == "Phrase"
]


def test_every_phrase_says_it_in_both_languages() -> None:
    lacking = [
        f"{place}: {[words(side) for side in node.args]}"
        for place, node in PHRASES
        if len(node.args) != 2
        or (words(node.args[0]).strip(NO_WORDS) and not CHINESE.search(ast.unparse(node.args[0])))
        or (words(node.args[1]).strip(NO_WORDS) and not ENGLISH.search(words(node.args[1])))
    ]

    assert len(PHRASES) > 200, "the measure itself must see them"
    assert lacking == []


def test_every_error_that_ends_a_command_is_said_in_both_languages() -> None:
    lacking = [
        f"{name}:{node.lineno} {called(node)}: {words(node.args[0])}"
        for name, tree in trees("**/*.py")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and node.args
        if called(node) in OURS - OF_THE_WIRE and len(ENGLISH.findall(words(node.args[0]))) > 2
    ]

    assert lacking == []


def test_no_answer_of_a_command_has_one_language_only_or_two_in_one_text() -> None:
    mixed = [
        f"{name}:{node.lineno}: {words(node)}"
        for name, tree in trees(*SPOKEN)
        for node in said(tree)
        if MIXED.search(words(node)) or PLAIN.search(words(node))
    ]

    assert mixed == []


def said(tree: ast.Module) -> Iterator[ast.Constant | ast.JoinedStr]:
    """Texts that are printed: not those of phrases, docstrings and help."""
    left_out: set[int] = set()
    for node in ast.walk(tree):
        if called(node) in ("Phrase", "Option", "Argument", "Typer", "_section"):
            left_out |= {id(inner) for inner in ast.walk(node)}
        if isinstance(node, ast.Expr) and (
            isinstance(node.value, ast.Constant) or ast.unparse(node).startswith("log.")
        ):
            left_out |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in left_out:
            yield node


def commands(group: TyperGroup, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, found in group.commands.items():
        if isinstance(found, TyperGroup):
            yield from commands(found, f"{before}{name} ")
        else:
            yield f"{before}{name}", found


def root() -> TyperGroup:
    found = typer.main.get_command(cli)
    assert isinstance(found, TyperGroup)
    return found


COMMANDS = dict(commands(root()))


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_written_in_both_languages(name: str) -> None:
    command = COMMANDS[name]
    texts = [(command.help or "").split("\n\n")] + [
        [OF_TYPER.get(param.opts[0], param.help or "")] for param in command.params
    ]

    lacking = [text for paragraphs in texts for text in paragraphs if not is_twofold(text)]

    assert lacking == [], f"write `English. {SEPARATOR.strip()} 中文。`"


def is_twofold(text: str) -> bool:
    en, _, zh = " ".join(text.split()).partition(SEPARATOR)
    return bool(ENGLISH.search(en) and CHINESE.search(zh))


def test_every_command_says_what_stays_when_it_is_stopped() -> None:
    assert set(COMMANDS) <= set(WHAT_STAYS)


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "POSIX"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "FEISHU_PLUGIN_LANGUAGE": "en"}, "en"),
        ({"LANG": "de_DE.UTF-8", "FEISHU_PLUGIN_LANGUAGE": "zh"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "FEISHU_PLUGIN_LANGUAGE": "auto"}, "zh"),
    ],
)
def test_the_language_is_the_setting_s_then_the_locale_s(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_a_phrase_shows_one_language_or_for_a_card_both() -> None:
    phrase = Phrase("已停止", "stopped")

    with in_both():
        both = f"{phrase}"

    assert (str(phrase), both) == ("stopped", "已停止 stopped")
