"""A command that was written wrong: one line in the language that is spoken, and where the usage stands."""

from typing import Any

import typer

from feishu_plugin.commands.printing import warn
from feishu_plugin.language import Phrase

# The library has a base class for them, but no public name for it.
UsageError: type[Exception] = typer.BadParameter.__bases__[0]


def tell(error: Any) -> int:
    """Prints what is wrong with the command line, a ``UsageError``; returns the exit code."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
    else:
        warn(f"feishu-plugin: {_told(error)}", colour="red")
    return int(error.exit_code)


def _told(error: Any) -> Phrase:
    said, path = _said(error), error.ctx.command_path if error.ctx else "feishu-plugin"
    return Phrase(f"{said.zh}；用法见 `{path} --help`", f"{said.en}; `{path} --help` tells how to write it")


def _said(error: Any) -> Phrase:
    text = error.format_message().replace("Value error, ", "").rstrip(".")
    match type(error).__name__:
        case "NoSuchOption":
            maybe = "、".join(error.possibilities or ())
            return Phrase(f"没有选项 {error.option_name}" + (f"，是不是 {maybe}" if maybe else ""), text)
        case "MissingParameter":
            return Phrase(f"缺少 {_name(error.param)}", text)
        case "BadParameter" if error.param is None:  # raised by a command, in our words
            return Phrase(error.message, error.message)
        case "BadParameter":
            return Phrase(f"{_name(error.param)} 的值不对：{text.partition(': ')[2]}", text)
    return Phrase(f"写法不对：{text}", text)


def _name(param: Any) -> str:
    return "/".join(param.opts) if param.param_type_name == "option" else str(param.metavar or param.name)
