"""Secrets that can be recognised, and everything the product leaves behind, to look for them."""

import base64
import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from feishu_plugin.demo.stage import Stage


@dataclass(slots=True, kw_only=True)
class Traces:
    """What was written or said, by where."""

    found: dict[str, str] = field(default_factory=dict)

    def note(self, where: str, text: str) -> None:
        """Adds a text, also to one that was noted before."""
        self.found[where] = self.found.get(where, "") + text

    def leaks(self, secrets: Mapping[str, str]) -> list[str]:
        """Every place that holds a secret, whole or in the forms in which it travels."""
        return [
            f"{name} in {where}"
            for where, text in self.found.items()
            for name, secret in secrets.items()
            if any(form in text for form in forms(secret))
        ]


def forms(secret: str) -> set[str]:
    """The secret as it is, in an address, in JSON, in base64 at any offset, and as bytes in hex."""
    padded = [base64.b64encode(bytes(n) + secret.encode()).decode().rstrip("=")[4:-2] for n in range(3)]
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.encode().hex(), *padded}


def started(stage: Stage, words: tuple[str, ...], changed: Mapping[str, str]) -> "subprocess.Popen[str]":
    """A command of the product with other settings than the stage's."""
    return subprocess.Popen(
        [sys.executable, "-m", "feishu_plugin.cli", *words],
        env={**stage.environment, **changed},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=stage.folder,
    )


def command_lines(pid: int) -> Iterator[str]:
    """How the process list shows a process and all its children."""
    with suppress(OSError):
        yield Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from command_lines(int(child))


def stored(database: str) -> str:
    """Every row of every table of a state database, and the bytes of its files."""
    url = make_url(database)
    if url.drivername == "sqlite":
        path = Path(str(url.database))
        with closing(sqlite3.connect(path)) as opened:
            rows = "\n".join(opened.iterdump())
        files = [one.read_bytes().decode("utf-8", "replace") for one in path.parent.glob(f"{path.name}*")]
        return "\n".join([rows, *files])
    return "\n".join(_rows_of(database))


def _rows_of(database: str) -> Iterator[str]:
    with closing(psycopg.connect(database)) as opened:
        names = opened.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (name,) in names:
            for row in opened.execute(sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(name))):
                yield str(row[0])


def shown(stage: Stage) -> str:
    """Every row of every table of the base, as people see it."""
    rows = {name: stage.rows(name) for name in stage.base["tables"]}
    return json.dumps(rows, ensure_ascii=False)


@contextmanager
def unavailable(database: str) -> Iterator[None]:
    """A PostgreSQL database that hangs up and lets nobody in."""
    url = make_url(database)
    name, home = sql.Identifier(str(url.database)), url.set(database="postgres")
    with closing(psycopg.connect(home.render_as_string(hide_password=False), autocommit=True)) as opened:
        opened.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        opened.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database]
        )
        yield
        opened.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def until_said(log: Path, words: str) -> None:
    """Waits until a log says something."""
    pause = threading.Event()
    for _ in range(600):
        if words in log.read_text(encoding="utf-8"):
            return
        pause.wait(0.1)
    raise AssertionError(f"{log} never said {words}")
