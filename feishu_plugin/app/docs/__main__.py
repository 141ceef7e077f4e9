"""``python -m feishu_plugin.app.docs`` writes the generated pages; ``make docs`` runs it."""

import sys
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import typer
from typer.core import TyperGroup

from feishu_plugin import schema
from feishu_plugin.app.docs import pages
from feishu_plugin.sandbox import coverage

DOCS = Path(__file__).parents[3] / "docs"


def installed_command() -> TyperGroup:
    """The command line as it is installed; asked by its entry point, for it stands above this layer."""
    [script] = entry_points(group="console_scripts", name="feishu-plugin")
    command = typer.main.get_command(import_module(script.module).cli)
    assert isinstance(command, TyperGroup)
    return command


def main() -> None:
    """Writes every page and names those that changed."""
    DOCS.mkdir(exist_ok=True)
    for name, text in pages(schema.load(), installed_command()).items():
        page = DOCS / name
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")
            sys.stdout.write(f"written: docs/{name}\n")
    coverage.write(DOCS / "sandbox.md")


if __name__ == "__main__":
    main()
