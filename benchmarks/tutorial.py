"""Runs the commands of docs/tutorial.md as a reader does: in three terminals, looking at what they print."""

import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "tutorial.md"
MINE, SETUP = "", "setup"
"""Blocks of the terminal where one works, and those that only a clone needs; others keep running."""
PUT_BACK = "已退回"
_BLOCK = re.compile(r"^```(sh|text) ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ASKS_CODE = 'echo "=== $?"'
_MOST_S = 180


class Otherwise(AssertionError):
    """A command ended or printed otherwise than the page says."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Commands of one terminal, and what the page shows of their output."""

    terminal: str
    commands: tuple[str, ...]
    shown: str

    @property
    def stays(self) -> bool:
        """True for a command that runs until Ctrl-C."""
        return self.terminal not in (MINE, SETUP)

    def check(self, printed: str) -> None:
        """Raises Otherwise when the output is not the shown one."""
        if self.shown and not re.fullmatch(_pattern(self.shown), printed.strip() + "\n"):
            raise Otherwise(f"{self.commands}\nshould print\n{self.shown}\nbut printed\n{printed}")

    def begins(self, printed: str) -> bool:
        """True once the output of a command that stays has come as far as it is shown."""
        return re.match(_pattern(self.shown).rstrip("\n"), printed) is not None


def blocks(page: Path = PAGE) -> list[Block]:
    """The command blocks of a page, each with the output block that follows."""
    found: list[Block] = []
    for kind, terminal, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "sh":
            found.append(Block(terminal=terminal, commands=tuple(text.strip().splitlines()), shown=""))
        else:
            last = found[-1]
            found[-1] = Block(terminal=last.terminal, commands=last.commands, shown=text)
    return found


class Terminal:
    """A shell that is typed into."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._shell = subprocess.Popen(
            ["bash", "--norc"],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def run(self, block: Block) -> None:
        """Types the commands one by one; Otherwise when one fails or prints something else."""
        printed = "".join(self._command(command) for command in block.commands)
        block.check(printed)

    def leave_running(self, block: Block) -> None:
        """Types a command that stays and waits for what is shown of it."""
        self._type("exec bash -c " + _quoted(block.commands[0]))
        printed = ""
        for line in self._until(None):
            printed += line
            if block.begins(printed):
                return
        raise Otherwise(f"{block.commands[0]} ended or said nothing of the shown:\n{printed}")

    def interrupt(self) -> int:
        """Ctrl-C; the exit code of what ran."""
        if self._shell.poll() is None:
            os.killpg(self._shell.pid, signal.SIGINT)
        return self._ended()

    def close(self) -> None:
        """Ends whatever still runs."""
        if self._shell.poll() is None:
            os.killpg(self._shell.pid, signal.SIGTERM)
        self._ended()

    def _ended(self) -> int:
        code = self._shell.wait(timeout=_MOST_S)
        self._reader.join(timeout=_MOST_S)
        for stream in (self._shell.stdin, self._shell.stdout):
            if stream and not stream.closed:
                stream.close()
        return code

    def _command(self, command: str) -> str:
        self._type(f"{command}\n{_ASKS_CODE}")
        printed = "".join(self._until("=== "))
        text, _, code = printed.rpartition("=== ")
        if code.strip() != "0":
            raise Otherwise(f"{command} ended with {code.strip() or 'nothing'}:\n{text}")
        return text

    def _until(self, last: str | None) -> Iterator[str]:
        ends = time.monotonic() + _MOST_S
        while (line := self._line(ends)) is not None:
            yield line
            if last is not None and line.startswith(last):
                return

    def _line(self, ends: float) -> str | None:
        try:
            return self._lines.get(timeout=max(0.0, ends - time.monotonic()))
        except queue.Empty:
            return None

    def _type(self, text: str) -> None:
        if self._shell.stdin:
            self._shell.stdin.write(f"{text}\n")
            self._shell.stdin.flush()

    def _read(self) -> None:
        for line in self._shell.stdout or ():
            self._lines.put(line)
        self._lines.put(None)


class Desk:
    """The three terminals of a reader, in one folder."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder, self._environment = folder, environment
        self._mine = Terminal(folder, environment)
        self._others: list[Terminal] = []

    def play(self, block: Block) -> None:
        """Runs one block in its terminal."""
        if not block.stays:
            self._mine.run(block)
            return
        self._others.append(Terminal(self._folder, self._environment))
        self._others[-1].leave_running(block)

    def stop(self) -> list[int]:
        """Ctrl-C in the terminals that run something, the newest first; their exit codes."""
        codes = [terminal.interrupt() for terminal in reversed(self._others)]
        self.close()
        return codes

    def close(self) -> None:
        """Ends whatever still runs."""
        for terminal in (*reversed(self._others), self._mine):
            terminal.close()


def _pattern(shown: str) -> str:
    """``…`` alone stands for any lines, inside a line for anything."""
    lines = shown.strip().splitlines()
    return "".join(
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in lines
    )


def _quoted(command: str) -> str:
    return "'" + command.replace("'", "'\\''") + "'"
