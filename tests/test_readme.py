"""What the hand-written pages name exists: commands, options, links, make targets, settings, files."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from feishu_plugin.cli import cli
from feishu_plugin.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
READMES = ("README.md", "README.zh-CN.md")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
OPTION = re.compile(r"(?<!\S)--?[a-z][a-z-]*")


def command() -> TyperGroup:
    found = typer.main.get_command(cli)
    assert isinstance(found, TyperGroup)
    return found


COMMANDS = command().commands


def options(name: str, rest: str) -> set[str]:
    """Of a command; of a group's command when ``rest`` goes on with its name."""
    found = COMMANDS[name]
    if isinstance(found, TyperGroup) and rest.split():
        found = found.commands[rest.split()[0]]
    return {"--help"} | {o for p in found.params for o in (*p.opts, *p.secondary_opts)}


def code_of(page: Path) -> Iterator[str]:
    """Lines of code blocks (without their comments) and pieces of inline code."""
    text = page.read_text(encoding="utf-8")
    for block in FENCE.findall(text):
        yield from (line.split("#")[0] for line in block.splitlines()[1:-1])
    yield from re.findall(r"`([^`\n]+)`", FENCE.sub("", text))


def named_commands(page: Path) -> list[tuple[str, str]]:
    """(command, the rest) of every ``feishu-plugin …`` in code."""
    pattern = re.compile(r"(?:^|[\s/])feishu-plugin (?:(?:-v|--verbose) )?([a-z]+)(?![\w.-])([^`]*)")
    return [(m[1], m[2]) for code in code_of(page) for m in pattern.finditer(code)]


def named_targets(page: Path) -> set[str]:
    pattern = re.compile(r"^(?:\$ )?make ([a-z]+)\b")
    return {m[1] for code in code_of(page) if (m := pattern.match(code.strip()))}


def targets() -> set[str]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", text, re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    heads = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def links(page: Path) -> list[str]:
    found = LINK.findall(FENCE.sub("", page.read_text(encoding="utf-8")))
    return [link for link in found if not link.startswith(("http://", "https://", "mailto:"))]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_named_command_exists_with_its_options(page: Path) -> None:
    wrong = [
        f"feishu-plugin {verb}{rest}"
        for verb, rest in named_commands(page)
        if verb not in COMMANDS or not set(OPTION.findall(rest)) <= options(verb, rest)
    ]

    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_named_make_target_exists(page: Path) -> None:
    assert named_targets(page) <= targets()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_relative_link_resolves(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_every_command_setting_and_target(readme: str) -> None:
    page = ROOT / readme
    text = page.read_text(encoding="utf-8")

    assert {verb for verb, _ in named_commands(page)} == set(COMMANDS)
    assert [field.alias for field in Settings.model_fields.values() if f"`{field.alias}`" not in text] == []
    assert named_targets(page) == targets() - {"clean"}


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_names_only_settings_that_exist(readme: str) -> None:
    named = set(re.findall(r"FEISHU_[A-Z_]+", (ROOT / readme).read_text(encoding="utf-8")))

    assert named <= {field.alias for field in Settings.model_fields.values()}


@pytest.mark.parametrize("readme", READMES)
def test_the_six_files_of_an_event_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    files = re.findall(r"`(feishu_plugin/[\w/]+\.py)`", text)

    stems = [Path(file).stem for file in files]
    assert stems == ["long_connection", "events", "inbox", "handler", "decide", "tables"]
    assert [file for file in files if not (ROOT / file).exists()] == []


def test_every_page_is_found_from_the_readme() -> None:
    for readme in READMES:
        found = {(ROOT / link.partition("#")[0]).resolve() for link in links(ROOT / readme)}
        assert [name(page) for page in PAGES if page.parent == ROOT / "docs" and page not in found] == []


def test_the_reading_of_pages_sees_what_is_there() -> None:
    assert ("apply", " --base-name NAME") in named_commands(ROOT / "README.md")
    assert {"demo", "test", "check"} <= named_targets(ROOT / "README.md")
    assert "docs/administrator.md#a-base-made-by-the-app" in links(ROOT / "README.md")
