"""docs/sandbox.md says what the code does, and the command line prints the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from feishu_plugin.sandbox import coverage
from feishu_plugin.sandbox.routes import ROUTES

DOCS = Path(__file__).parents[2] / "docs" / "sandbox.md"


def test_the_document_is_current() -> None:
    text = DOCS.read_text("utf-8")

    assert coverage.refreshed(text) == text, "run: python -m feishu_plugin.sandbox --coverage docs/sandbox.md"


def test_every_route_is_in_the_document() -> None:
    text = DOCS.read_text("utf-8")

    assert [route.pattern for route in ROUTES if f"| {route.method} | `{route.pattern}` |" not in text] == []


def test_the_command_prints_the_counts_and_every_block() -> None:
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--coverage"]

    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    assert printed == coverage.report()
    assert coverage.counts() in printed


def test_the_command_rewrites_an_outdated_file(tmp_path: Path) -> None:
    outdated = tmp_path / "sandbox.md"
    outdated.write_text(
        DOCS.read_text("utf-8").replace("| 1254045 | FieldNameNotFound |", "| 1 | old |"), "utf-8"
    )
    command = [sys.executable, "-m", "feishu_plugin.sandbox", "--coverage", str(outdated)]

    subprocess.run(command, check=True, timeout=60)

    assert outdated.read_text("utf-8") == DOCS.read_text("utf-8")


def test_a_file_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="no block"):
        coverage.refreshed("# nothing")


def test_every_switch_tells_what_it_stands_for() -> None:
    assert [name for name, _, told in coverage.switches() if len(told) < 20] == []
