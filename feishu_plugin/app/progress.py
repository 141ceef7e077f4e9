"""Progress bars on stderr, only on a terminal."""

import contextlib
import sys
from collections.abc import Iterator

from feishu_plugin.sync.structure.apply import OnStep


@contextlib.contextmanager
def steps(title: str) -> Iterator[OnStep]:
    """A callback ``(done, total, what)`` that draws a bar; draws nothing when nobody watches."""
    if not sys.stderr.isatty():
        yield _silent
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)

        def on_step(done: int, total: int, what: str) -> None:
            progress.update(task, completed=done, total=total, description=f"{title} {what}")

        yield on_step


def _silent(done: int, total: int, what: str) -> None:
    return None
