"""The service under a supervisor that starts it again whenever it dies, as an init system would.

``python -m benchmarks.chaos.child FOLDER HOST:PORT``; settings come from the environment as always.
Each life is a process of its own, forked before anything is opened, so that a start costs no
imports. What waiting for 12 seconds would do is done at once: the leases of the dead are freed.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event
from types import FrameType

from sqlalchemy import delete

from benchmarks.chaos.watch import Watch
from feishu_plugin import settings as settings_of
from feishu_plugin.app import logs
from feishu_plugin.app.compose import office
from feishu_plugin.app.figures import Figures
from feishu_plugin.app.service import Service
from feishu_plugin.errors import PluginError
from feishu_plugin.settings import Settings
from feishu_plugin.store.engine import open_database
from feishu_plugin.store.tables import leases

LIFE, LIVES = "life.pid", "lives.txt"
_AGAIN_S = 0.2
"""Pause after a life that ended; init systems wait at least as long."""


class Supervisor:
    """One life after the other until it is told to stop."""

    def __init__(self, folder: Path, found: Settings) -> None:
        self._folder, self._settings = folder, found
        self._life = 0
        self._stopping = Event()

    def run(self) -> None:
        """Returns after SIGTERM, with the last life ended."""
        signal.signal(signal.SIGTERM, self._stop)
        while not self._stopping.is_set():
            self._life = os.fork()
            if not self._life:
                _live(self._folder, self._settings)
            (self._folder / LIFE).write_text(str(self._life))
            _, status = os.waitpid(self._life, 0)
            (self._folder / LIFE).unlink()
            with (self._folder / LIVES).open("a") as lives:
                lives.write(f"{os.waitstatus_to_exitcode(status)}\n")
            self._stopping.wait(_AGAIN_S)
            _free_leases(self._settings)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping.set()
        with suppress(ProcessLookupError):
            os.kill(self._life, signal.SIGTERM)


def _live(folder: Path, found: Settings) -> None:
    """The rest of this process is the service."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    code = 1
    try:
        with office(found, crossing=Watch(folder)) as opened:
            Service(opened, Figures()).run(lambda service: None)
        code = 0
    except PluginError as error:
        sys.stderr.write(f"the service ended: {error}\n")
    finally:
        sys.stderr.flush()
        os._exit(code)


def _free_leases(found: Settings) -> None:
    """Nobody holds them any more; while the database is away there is nothing to free."""
    with suppress(Exception):
        database = open_database(found.database)
        with database.writing("free") as connection:
            connection.execute(delete(leases))
        database.close()


def main() -> None:
    """Reads the command line; prints one JSON line as soon as it supervises."""
    folder, listen = Path(sys.argv[1]), sys.argv[2]
    logs.set_up(verbose=True)
    found = settings_of.load(listen)
    print(json.dumps({"health": f"http://{listen}/health"}), flush=True)
    Supervisor(folder, found).run()


if __name__ == "__main__":
    main()
