"""Files that are there whole or not at all: written beside their place, and renamed."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Where to write; takes the place of ``path`` at the end, and goes away when the work is stopped.

    A pipe or a device is written to as it is. OSError, about ``path``, where it cannot be written.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        yield path
        return
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        yield beside
        beside.replace(target)
    except OSError as error:
        if error.filename == str(beside):
            error.filename = str(path)
        raise
    finally:
        beside.unlink(missing_ok=True)


def write_whole(path: Path, text: str) -> None:
    """The text as UTF-8."""
    with written_whole(path) as beside:
        beside.write_text(text, encoding="utf-8")
