"""A command at a pseudo terminal, as a person sits before it: reads what is shown, types, presses Ctrl-C."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from select import select
from time import monotonic

from tests.looking import PATIENCE_S

CTRL_C = "\x03"


@dataclass(slots=True)
class Terminal:
    """One running command."""

    popen: subprocess.Popen[bytes]
    screen: int
    shown: str = ""
    """Everything that was printed since the last ``expect``."""

    def expect(self, words: str) -> str:
        """Waits until these words are shown; what came up to them."""
        ends = monotonic() + PATIENCE_S
        while words not in self.shown:
            assert monotonic() < ends, f"never saw {words!r} in:\n{self.shown}"
            self._read()
        before, _, self.shown = self.shown.partition(words)
        return before

    def type(self, text: str = "") -> None:
        """A line, and Enter."""
        os.write(self.screen, f"{text}\n".encode())

    def press(self, key: str) -> None:
        os.write(self.screen, key.encode())

    def ends(self) -> tuple[int, str]:
        """The exit code, and what was shown until the end."""
        ends = monotonic() + PATIENCE_S
        while self._read():
            assert monotonic() < ends, f"still runs:\n{self.shown}"
        return self.popen.wait(PATIENCE_S), self.shown

    def _read(self) -> bool:
        """False once the other side is gone."""
        if not select([self.screen], [], [], 0.1)[0]:
            return True
        try:
            piece = os.read(self.screen, 65536)
        except OSError:  # Linux says so when nobody is left at the other end
            return False
        self.shown += piece.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(piece)


@contextmanager
def terminal(words: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> Iterator[Terminal]:
    """Starts ``feishu-plugin WORDS`` in a session of its own, so that Ctrl-C reaches it and nobody else."""
    screen, keyboard = pty.openpty()
    popen = subprocess.Popen(
        [sys.executable, "-m", "feishu_plugin.cli", *words],
        stdin=keyboard,
        stdout=keyboard,
        stderr=keyboard,
        env={**environment, "TERM": "dumb", "LANG": "C.UTF-8"},
        cwd=folder,
        preexec_fn=_take_terminal,
    )
    os.close(keyboard)
    try:
        yield Terminal(popen, screen)
    finally:
        popen.kill()
        popen.wait()
        os.close(screen)


def _take_terminal() -> None:
    """The child's own session, with the pseudo terminal as the one that controls it."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
