"""``docs/cli.md``: every command and option, written from the command line itself."""

from collections.abc import Iterator
from typing import Any

from typer.core import TyperGroup

from feishu_plugin.app.docs.markdown import GENERATED, table

_INTRO = """\
# 命令行 · Command line

{generated}

{help}

退出码：0 完成；1 失败（一行说明原因，`-v` 给出细节）；2 有差异（`plan`、`policy diff`）或用法错误；
130 被 Ctrl-C 停止（SIGTERM：143），一行说明怎样继续。`feishu-plugin --install-completion` 安装补全。

Exit codes: 0 done; 1 failed, with one clear line (`-v` shows the cause); 2 there are differences
(`plan`, `policy diff`) or the command was misused; 130 stopped by Ctrl-C (SIGTERM: 143), with one line
that says how to go on. `feishu-plugin --install-completion` installs completion for bash, zsh and fish.
"""
_HEADS = ("选项 Option", "默认 Default", "说明 Help")


def render(command: TyperGroup) -> str:
    """The whole page as Markdown."""
    lines = [_INTRO.format(generated=GENERATED, help=command.help), "## feishu-plugin", ""]
    lines += table(_HEADS, _options(command.params))
    for name, found in _commands(command, ""):
        lines += [f"## feishu-plugin {name}", "", (found.help or "").strip(), ""]
        lines += table(_HEADS, _options(found.params)) if found.params else []
    return "\n".join(lines)


def _commands(group: TyperGroup, before: str) -> Iterator[tuple[str, Any]]:
    """Every command by its full name; those of a group follow the group."""
    for name, found in sorted(group.commands.items()):
        if not found.hidden:
            yield f"{before}{name}", found
            if isinstance(found, TyperGroup):
                yield from _commands(found, f"{before}{name} ")


def _options(params: Any) -> Iterator[tuple[str, str, str]]:
    for param in params:
        if not getattr(param, "hidden", False):
            yield _spelling(param), _default(param), getattr(param, "help", None) or ""


def _spelling(param: Any) -> str:
    if not param.opts[0].startswith("-"):
        return f"`{param.name.upper()}`"
    value = "" if param.is_flag else " …"
    return ", ".join(f"`{spelled}{value}`" for spelled in (*param.opts, *param.secondary_opts))


def _default(param: Any) -> str:
    return "" if param.default in (None, False, "") else f"`{param.default}`"
