"""Help in one language: texts are written ``English. · 中文。``, paragraph by paragraph."""

from collections.abc import Iterator, Mapping
from typing import Any

from feishu_plugin.language import spoken

SEPARATOR = " · "
OF_TYPER: Mapping[str, str] = {
    "--install-completion": "Install completion for this shell. · 为当前的命令行外壳安装补全。",
    "--show-completion": "Print the completion script of this shell. · 显示当前外壳的补全脚本。",
    "--help": "Show this help and end. · 显示帮助。",
}
"""What the library says in English only."""


def in_one_language(command: Any) -> None:
    """Leaves in the help of a command, its options and its subcommands what is spoken."""
    command.help = chosen(command.help)
    for param in _with_help_option(command):
        if getattr(param, "help", None):
            param.help = chosen(OF_TYPER.get(param.opts[0], param.help))
    for inner in getattr(command, "commands", {}).values():
        in_one_language(inner)


def chosen(text: str | None) -> str | None:
    """Each paragraph in the language that is spoken; one without the separator is for all."""
    if text is None:
        return None
    return "\n\n".join(_of(paragraph) for paragraph in text.split("\n\n"))


def _of(paragraph: str) -> str:
    en, _, zh = (" ".join(paragraph.split())).partition(SEPARATOR)
    return zh if zh and spoken() == "zh" else en


def _with_help_option(command: Any) -> Iterator[Any]:
    """The library makes ``--help`` when it is asked for it."""
    import click

    yield from command.get_params(click.Context(command))
