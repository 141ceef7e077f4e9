"""Ctrl-C and SIGTERM: one line says what is done, what is not and how to go on; no traceback.

Exit code 130 for Ctrl-C, 143 for SIGTERM, as a shell would tell of a program that a signal ended.
"""

import signal
from collections.abc import Mapping
from types import FrameType
from typing import Any

import typer
from typer.core import TyperGroup

from feishu_plugin.commands.printing import warn
from feishu_plugin.language import Phrase

INTERRUPTED, TERMINATED = 128 + signal.SIGINT, 128 + signal.SIGTERM

_LOOKS = Phrase("没有改动任何东西；需要时再运行一次。", "Nothing was changed; run it again when you like.")
_GOES_ON = Phrase(
    "已完成的部分保留，其余未做；再次运行同一命令会接着做，不会重复。",
    "What is done stays, the rest is not done; the same command goes on from here and does nothing twice.",
)
_NO_FILE = Phrase(
    "没有留下不完整的文件；需要时再运行一次。", "No file was left half-written; run it again when you like."
)
_ENDED = Phrase("进程都已结束。", "All its processes have ended.")
STOPPING = Phrase(
    "正在停止：做完手上的一轮，其余留给下次启动；再按一次 Ctrl-C 立即结束。",
    "Stopping: finishing the round in work, leaving the rest to the next start; Ctrl-C again ends at once.",
)
"""What ``serve`` says at the first signal."""
WHAT_STAYS: Mapping[str, Phrase] = {
    "adopt": _GOES_ON,
    "apply": _GOES_ON,
    "backup": Phrase(
        "数据库保持原样，没有留下不完整的备份；请再运行一次。",
        "The database is as it was, and no backup was left half-written; run it again.",
    ),
    "demo": _ENDED,
    "doctor": _LOOKS,
    "export": _NO_FILE,
    "import": _GOES_ON,
    "init": _GOES_ON,
    "plan": _LOOKS,
    "policy diff": _LOOKS,
    "policy export": _NO_FILE,
    "policy import": _GOES_ON,
    "policy whatif": _LOOKS,
    "remind": _GOES_ON,
    "replay": _LOOKS,
    "report": _GOES_ON,
    "restore": _GOES_ON,
    "sandbox": _ENDED,
    "serve": Phrase(
        "未处理的改动留在数据库里；再次运行 serve 会接着处理。",
        "Changes that were not judged yet wait in the database; the next serve goes on with them.",
    ),
    "status": _LOOKS,
    "sync": _GOES_ON,
    "unarchive": _GOES_ON,
    "undo": _GOES_ON,
    "version": _LOOKS,
}
"""Command to what remains of it when it is stopped."""


class Terminated(KeyboardInterrupt):
    """SIGTERM: unwinds as Ctrl-C does, so that files, leases and processes are put away."""


class Stoppable(TyperGroup):
    """A group whose commands end in one line when they are stopped."""

    def invoke(self, ctx: Any) -> Any:
        """Runs the chosen command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            # A second Ctrl-C while threads are waited for ends everything at once.
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            warn(told(f"{_path(ctx)}{ctx.invoked_subcommand or ''}", stop), colour="yellow")
            raise typer.Exit(TERMINATED if isinstance(stop, Terminated) else INTERRUPTED) from None


def listen_for_the_end() -> None:
    """From now on SIGTERM is answered as Ctrl-C is."""
    signal.signal(signal.SIGTERM, _terminate)


def told(command: str, stop: BaseException) -> Phrase:
    """The line; how far the command came is a note that its progress bar left on the exception."""
    stays = WHAT_STAYS.get(command, _GOES_ON)
    came = "".join(f" {note}" for note in getattr(stop, "__notes__", ()))
    return Phrase(
        f"feishu-plugin {command} 已停止{came}。{stays.zh}",
        f"feishu-plugin {command} was stopped{came}. {stays.en}",
    )


def _path(ctx: Any) -> str:
    """Names of the groups between the program and the command, each with a blank."""
    return "" if ctx.parent is None else f"{_path(ctx.parent)}{ctx.info_name} "


def _terminate(number: int, frame: FrameType | None) -> None:
    raise Terminated
