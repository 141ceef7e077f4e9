"""The tutorial is run as it is written: every command, and what it shows of their output."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.tutorial import PAGE, PUT_BACK, SETUP, Block, Desk, Otherwise, blocks

CHINESE = PAGE.with_name("tutorial.zh-CN.md")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Terminals in an empty folder, with the project's commands at hand."""
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    bare = {name: value for name, value in os.environ.items() if not name.startswith("FEISHU_")}
    found = Desk(tmp_path, {**bare, "PATH": programs, "LC_ALL": "C.UTF-8"})
    yield found
    found.close()


def test_every_command_of_the_tutorial_does_and_prints_what_it_says(desk: Desk, tmp_path: Path) -> None:
    for block in blocks():
        if block.terminal != SETUP:
            desk.play(block)

    assert desk.stop()[0] == 0, "the service"
    assert {"august.xlsx", "base.zip"} <= {file.name for file in tmp_path.iterdir()}


def test_the_chinese_page_has_the_same_commands_and_outputs() -> None:
    assert blocks(CHINESE) == blocks()


def test_the_reading_of_the_page_sees_what_is_there() -> None:
    found = blocks()

    assert [block.terminal for block in found if block.stays] == ["sandbox", "service"]
    assert sum(bool(block.shown) for block in found) >= 10
    assert any(PUT_BACK in block.shown for block in found)


def test_an_output_that_differs_is_noticed() -> None:
    block = Block(terminal="", commands=("x",), shown="one …\n…\nlast\n")

    block.check("one 1\nlast\n")
    block.check("one 1\nmore\nand more\nlast\n")
    with pytest.raises(Otherwise, match="should print"):
        block.check("one 1\nlast\nof all\n")
    with pytest.raises(Otherwise, match="should print"):
        block.check("two\nlast\n")
