"""The database goes away in mid-play: killed, locked by somebody else, or without room to write."""

import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from sqlite3 import connect

from benchmarks.chaos.play import Around
from benchmarks.chaos.scene import Scene
from benchmarks.chaos.trial import Reference, Trial, log_of, tried
from feishu_plugin.demo.stage import StageError
from tests.postgres import PostgresServer, account, find_programs, running_server

_STEPS = frozenset({1, 4, 8, 13})
_LOCKED_S = 13.0
"""Longer than a writer waits."""
_AWAY_S = 3.0
_ROOM_KB = 24_000
_FULL_S = 4.0
DATABASE = "FEISHU_PLUGIN_DATABASE"


def crashing_postgres(wanted: Reference) -> Iterator[Trial]:
    """PostgreSQL ends at once within a step, four times, and comes back; none without PostgreSQL."""
    programs, user = find_programs(), account()
    if programs is None or user is None:
        return
    with running_server(programs, user) as server:
        yield tried(
            wanted,
            "PostgreSQL killed (stop -m immediate), back after 3 s",
            lambda scene: _when(_STEPS, lambda: _crash(server)),
            times=len(_STEPS),
            settings={DATABASE: server.fresh()},
            # The base is there, its new database knows nothing of it yet.
            prepare=lambda scene: scene.provision_again(),
            late=True,
        )


def locked(wanted: Reference) -> Trial:
    """Another process holds SQLite's write lock for longer than a writer waits."""
    return tried(
        wanted,
        f"SQLite locked by another process for {_LOCKED_S:g} s",
        lambda scene: _when(frozenset({4}), lambda: _lock(scene.folder / "plugin.sqlite3")),
        times=1,
        late=True,
    )


def full_disk(wanted: Reference) -> Iterator[Trial]:
    """No room for another page, on a small file system of its own; none where it cannot be mounted."""
    with _small_disk() as disk:
        if disk is None:
            return
        yield tried(
            wanted,
            f"disk full for {_FULL_S:g} s",
            lambda scene: _filling(scene, disk),
            times=len(_STEPS),
            settings={DATABASE: f"sqlite:///{disk / 'plugin.sqlite3'}"},
            prepare=lambda scene: _move(scene, disk),
            late=True,
        )


def _when(steps: frozenset[int], happens: Callable[[], None]) -> Around:
    def around(number: int, step: Callable[[], None]) -> None:
        trouble = threading.Thread(target=happens if number in steps else lambda: None)
        trouble.start()
        step()
        trouble.join()

    return around


def _crash(server: PostgresServer) -> None:
    server.crash()
    threading.Event().wait(_AWAY_S)
    server.start_again()


def _lock(file: Path) -> None:
    with closing(connect(file, isolation_level=None, timeout=30)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        threading.Event().wait(_LOCKED_S)
        connection.execute("ROLLBACK")


def _filling(scene: Scene, disk: Path) -> Around:
    around = _when(_STEPS, lambda: _fill(disk))

    def checked(number: int, step: Callable[[], None]) -> None:
        around(number, step)
        if number == max(_STEPS) and "full" not in log_of(scene.folder):
            raise StageError(f"nobody was told that the disk is full; see {scene.folder / 'serve.log'}")

    return checked


def _fill(disk: Path) -> None:
    """Takes all the room there is, and gives it back."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    threading.Event().wait(_FULL_S)
    filler.unlink()


def _move(scene: Scene, disk: Path) -> None:
    (disk / "plugin.sqlite3").write_bytes((scene.folder / "plugin.sqlite3").read_bytes())


@contextmanager
def _small_disk() -> Iterator[Path | None]:
    with tempfile.TemporaryDirectory(prefix="feishu-small-disk-") as folder:
        words = ["mount", "-t", "tmpfs", "-o", f"size={_ROOM_KB}k", "tmpfs", folder]
        try:
            mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
        except OSError:
            mounted = False
        try:
            yield Path(folder) if mounted else None
        finally:
            if mounted:
                subprocess.run(["umount", folder], check=True)
