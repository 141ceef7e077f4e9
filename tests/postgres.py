"""A private PostgreSQL server for tests, where its programs are installed.

It listens on loopback only, on a free port, in a directory of its own, and never as root:
PostgreSQL refuses that, so it runs as the user ``postgres`` or ``nobody`` then.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Event

import psycopg
from psycopg import sql


class PostgresServer:
    """A running server; each ``fresh`` call makes an empty database."""

    def __init__(
        self,
        programs: Path,
        user: pwd.struct_passwd,
        home: Path,
        port: int,
        process: "subprocess.Popen[bytes]",
    ) -> None:
        self._programs, self._user, self._home, self._port = programs, user, home, port
        self._process = process
        self._numbers = count(1)

    def crash(self) -> None:
        """Ends it as ``pg_ctl stop -m immediate`` does: all connections break, nothing more is written."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)

    def start_again(self) -> None:
        """Starts it on the same files and port; it repairs itself from its log first."""
        (self._home / "data" / "postmaster.pid").unlink(missing_ok=True)
        self._process = _launched(self._programs, self._user, self._home, self._port)
        if not _gets_ready(self._process, self._home):
            raise RuntimeError(f"PostgreSQL did not start again: {(self._home / 'log').read_text()}")

    def stop(self) -> None:
        """Ends it for good."""
        if self._process.poll() is None:
            _stop(self._process)

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        with closing(psycopg.connect(self._address("postgres"), autocommit=True)) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return f"postgresql://tester@127.0.0.1:{self._port}/{name}"

    def _address(self, database: str) -> str:
        return f"host=127.0.0.1 port={self._port} user=tester dbname={database} connect_timeout=30"


def find_programs() -> Path | None:
    """The newest directory that has ``initdb`` and ``postgres``, None without PostgreSQL."""
    found = shutil.which("initdb")
    near = [Path(found).resolve().parent] if found else []
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name.zfill(4), reverse=True
    )
    return next(
        (path for path in (*near, *installed) if (path / "initdb").exists() and (path / "postgres").exists()),
        None,
    )


def account() -> pwd.struct_passwd | None:
    """Who the server runs as: us, or an unprivileged user when we are root; None when there is none."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    return next((user for user in pwd.getpwall() if user.pw_name in ("postgres", "nobody")), None)


@contextmanager
def running_server(programs: Path, user: pwd.struct_passwd) -> Iterator[PostgresServer]:
    """Starts a server and stops it at the end; everything it wrote is deleted."""
    home = Path(tempfile.mkdtemp(prefix="feishu-plugin-postgres-"))
    try:
        _hand_over(home, user)
        _run(user, programs / "initdb", "-D", home / "data", "-U", "tester", "-A", "trust", "-E", "UTF8")
        port, process = _started(programs, user, home)
        server = PostgresServer(programs, user, home, port, process)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _started(programs: Path, user: pwd.struct_passwd, home: Path) -> tuple[int, "subprocess.Popen[bytes]"]:
    """The port and the server; somebody may take a free port before it can: then another one."""
    for _ in range(5):
        port = _free_port()
        process = _launched(programs, user, home, port)
        if _gets_ready(process, home):
            return port, process
    raise RuntimeError(f"PostgreSQL did not start: {(home / 'log').read_text()}")


def _launched(programs: Path, user: pwd.struct_passwd, home: Path, port: int) -> "subprocess.Popen[bytes]":
    settings = [
        f"listen_addresses=127.0.0.1 port={port} unix_socket_directories={home}",
        "fsync=off max_connections=200 timezone=Asia/Shanghai",
    ]
    options = [part for pair in " ".join(settings).split() for part in ("-c", pair)]
    with (home / "log").open("ab") as log:
        return subprocess.Popen(
            [programs / "postgres", "-D", home / "data", *options],
            stdout=log,
            stderr=log,
            cwd=home,
            user=_other(user.pw_uid),
            group=_other(user.pw_gid),
        )


def _gets_ready(process: "subprocess.Popen[bytes]", home: Path) -> bool:
    """False when it ended; its own file is asked, as the server of another test may answer on the port."""
    state = home / "data" / "postmaster.pid"
    while process.poll() is None:
        with suppress(FileNotFoundError):
            if state.read_text().split()[-1:] == ["ready"]:
                return True
        Event().wait(0.02)
    return False


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.send_signal(signal.SIGINT)  # "fast" shutdown: it does not wait for connections to end
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()


def _run(user: pwd.struct_passwd, program: Path, *arguments: str | Path) -> None:
    subprocess.run(
        [program, *arguments],
        check=True,
        capture_output=True,
        cwd="/",
        user=_other(user.pw_uid),
        group=_other(user.pw_gid),
    )


def _other(number: int) -> int | None:
    """The user or group to change to; only root can, and only root must."""
    return number if os.geteuid() == 0 else None


def _hand_over(home: Path, user: pwd.struct_passwd) -> None:
    if os.geteuid() == 0:
        os.chown(home, user.pw_uid, user.pw_gid)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
