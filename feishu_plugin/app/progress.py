"""Progress bars on stderr: only on a terminal, and only for work that takes longer than a moment."""

import contextlib
import sys
import threading
from collections.abc import Iterator

from feishu_plugin.sync.structure.apply import OnStep
from feishu_plugin.terminal import has_colours, is_watched

_AFTER_S = 1.0
"""Work that is done sooner shows nothing."""


@contextlib.contextmanager
def steps(title: str) -> Iterator[OnStep]:
    """A callback ``(done, total, what)`` that draws a bar; draws nothing when nobody watches.

    Without any step it shows for how long the work has been going on. When the work is stopped,
    how far it came is noted on the exception.
    """
    reached: list[str] = []

    def on_step(done: int, total: int, what: str) -> None:
        reached[:] = [f"{done}/{total} {what}".strip()]

    try:
        if is_watched(sys.stderr):
            with _drawn(title, on_step) as drawing:
                yield drawing
        else:
            yield on_step
    except KeyboardInterrupt as stop:
        for note in reached:
            stop.add_note(f"({note})")
        raise


@contextlib.contextmanager
def _drawn(title: str, told: OnStep) -> Iterator[OnStep]:
    """Begins to draw after a moment, on a thread of its own: the work may be waiting for Feishu."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True, no_color=not has_colours(sys.stderr))
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    # What a command prints goes where it always goes, bar or no bar.
    progress = Progress(
        *columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False
    )
    task = progress.add_task(title, total=None)

    def on_step(done: int, total: int, what: str) -> None:
        told(done, total, what)
        progress.update(task, completed=done, total=total, description=f"{title} {done}/{total} {what}"[:60])

    later = threading.Timer(_AFTER_S, progress.start)
    later.daemon = True
    later.start()
    try:
        yield on_step
    finally:
        later.cancel()
        later.join()
        progress.stop()
