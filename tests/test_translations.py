"""The two READMEs, and the two tutorials, say the same: headings, commands and tables in step."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAIRS = (("README.md", "README.zh-CN.md"), ("docs/tutorial.md", "docs/tutorial.zh-CN.md"))
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"(^|\s{2,})#.*$")


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def levels(name: str) -> list[int]:
    """How deep each heading is, in order."""
    found = re.findall(r"^(#+) ", FENCE.sub("", text(name)), re.MULTILINE)
    return [len(marks) for marks in found]


def commands(name: str) -> list[list[str]]:
    """The lines of every block of commands, without comments; blocks marked ``text`` are words."""
    blocks = [body for kind, body in FENCE.findall(text(name)) if kind != "text"]
    bare = ([COMMENT.sub("", line).rstrip() for line in body.splitlines()] for body in blocks)
    return [[line for line in lines if line] for lines in bare]


def tables(name: str) -> list[tuple[int, int]]:
    """Rows and columns of every table, in order."""
    found, rows = [], []
    for line in [*FENCE.sub("", text(name)).splitlines(), ""]:
        if line.startswith("|"):
            rows.append(line.replace("\\|", ""))
        elif rows:
            found.append((len(rows), rows[0].count("|") - 1))
            rows = []
    return found


@pytest.mark.parametrize("pair", PAIRS)
def test_both_have_the_same_headings(pair: tuple[str, str]) -> None:
    assert levels(pair[0]) == levels(pair[1])


@pytest.mark.parametrize("pair", PAIRS)
def test_both_have_the_same_commands(pair: tuple[str, str]) -> None:
    assert commands(pair[0]) == commands(pair[1])


@pytest.mark.parametrize("pair", PAIRS)
def test_both_have_the_same_tables(pair: tuple[str, str]) -> None:
    assert tables(pair[0]) == tables(pair[1])


@pytest.mark.parametrize("pair", PAIRS)
def test_each_leads_to_the_other(pair: tuple[str, str]) -> None:
    for one, other in (pair, pair[::-1]):
        assert f"]({Path(other).name})" in text(one)


def test_the_reading_of_pages_sees_what_is_there() -> None:
    assert ["make demo", "make setup", "make test"] in commands("README.md")
    assert (2, 1) not in tables("README.md")
    assert len(tables("README.md")) == 3
    assert levels("README.md")[:2] == [1, 2]
