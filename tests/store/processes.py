"""Starts other processes on a store and lets them go at the same moment."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]


class Child:
    """A process of ``tests.store.child``, ready to go."""

    def __init__(self, job: Callable[..., None], url: str, *arguments: object) -> None:
        command = [sys.executable, "-m", "tests.store.child", job.__name__, url, *map(str, arguments)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    @property
    def _out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def wait_until_ready(self) -> None:
        """Returns when it waits for ``go``."""
        assert self.answer() == "ready", "the child did not start; see its traceback"

    def go(self) -> None:
        """Lets it work."""
        assert self.process.stdin is not None
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def answer(self) -> Any:
        """The next line it prints; None when it ended."""
        line = self._out.readline()
        return json.loads(line) if line.endswith("\n") else None

    def answers(self) -> list[Any]:
        """All it prints until it ends."""
        return list(iter(self.answer, None))

    def kill(self) -> None:
        """kill -9; what it had printed stays readable."""
        self.process.kill()
        self.process.wait()


@contextmanager
def started(*children: Child) -> Iterator[Sequence[Child]]:
    """All of them ready and told to go; none is left at the end."""
    with ExitStack() as stack:
        for child in children:
            stack.enter_context(child.process)
            stack.callback(child.process.kill)
        for child in children:
            child.wait_until_ready()
        for child in children:
            child.go()
        yield children


def all_answers(*children: Child) -> list[list[Any]]:
    """What each says until it ends; they must end well."""
    with started(*children):
        answers = [child.answers() for child in children]
        assert [child.process.wait() for child in children] == [0] * len(children)
    return answers
