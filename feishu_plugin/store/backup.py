"""Copies of a SQLite database while it is in use, and putting one back; PostgreSQL has tools of its own.

SQLite's online backup reads one moment of the file, whatever writers do meanwhile. A copy is
checked before it is used, and the file that it replaces is kept beside it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from feishu_plugin.errors import BackupError
from feishu_plugin.language import Phrase
from feishu_plugin.store.engine import SETTING, postgres_address, sqlite_file


def local_file(url: str, doing: str) -> Path:
    """The file of a SQLite database; BackupError says how PostgreSQL does it.

    ``doing``: ``backup`` or ``restore``.
    """
    file = sqlite_file(url)
    if file is None and (server := postgres_address(url)):
        raise BackupError(
            Phrase(_ELSEWHERE[doing].zh.format(server=server), _ELSEWHERE[doing].en.format(server=server))
        )
    if file is None:
        raise BackupError(
            Phrase(
                f"{SETTING} 全在内存里：没有文件可以复制",
                f"{SETTING} keeps everything in memory: there is no file to copy",
            )
        )
    return file


def copy_to(source: Path, target: Path) -> None:
    """Writes a checked copy of a database that may be in use; never over a file that is there."""
    if not source.is_file():
        raise BackupError(
            Phrase(
                f"没有数据库 {source}：没有可备份的（{SETTING} 对吗？）",
                f"there is no database {source}: nothing to back up (is {SETTING} right?)",
            )
        )
    if target.exists():
        raise BackupError(
            Phrase(
                f"{target} 已存在：请换个文件名，备份不会覆盖文件",
                f"{target} is there already: name another file, a backup overwrites none",
            )
        )
    part = target.with_name(f"{target.name}.part")
    try:
        with _named(target), _open(source) as read, _made(part) as written:
            read.backup(written)
            # One file, whole in itself, that can also be read from where nothing can be written.
            written.execute("PRAGMA journal_mode=DELETE").close()
            _check(written, target)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def keep(database: Path, kept: Path) -> None:
    """A copy of a database that is to be replaced; one that cannot be read is moved there as it is."""
    try:
        copy_to(database, kept)
    except BackupError:
        for end in ("", "-wal", "-shm"):
            file = database.with_name(f"{database.name}{end}")
            if file.exists():
                file.replace(kept.with_name(f"{kept.name}{end}"))


def put_back(source: Path, target: Path) -> None:
    """Makes the database equal to a copy in one transaction; whoever has it open sees the new state."""
    with _named(target), _open(source) as read, _made(target) as written:
        read.backup(written)


def check(file: Path) -> None:
    """BackupError unless the file is a whole database of this program."""
    if not file.is_file():
        raise BackupError(
            Phrase(
                f"没有文件 {file}；请给出 `feishu-plugin backup` 写的文件",
                f"there is no file {file}; name one that `feishu-plugin backup` wrote",
            )
        )
    with _named(file), _open(file) as opened:
        _check(opened, file)


def _check(opened: sqlite3.Connection, file: Path) -> None:
    found = [row[0] for row in opened.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise BackupError(
            Phrase(
                f"{file} 已损坏（{found[0]}）：请用别的备份",
                f"{file} is damaged ({found[0]}): use another backup",
            )
        )
    if not opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone():
        raise BackupError(
            Phrase(
                f"{file} 是 SQLite 文件，但不是 feishu_plugin 的数据库",
                f"{file} is a SQLite file, but no database of feishu_plugin",
            )
        )


@contextmanager
def _open(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as opened:
        yield opened


@contextmanager
def _made(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as opened:
        yield opened


@contextmanager
def _named(file: Path) -> Iterator[None]:
    """What SQLite or the disk says, with the file that was to be read or written."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise BackupError(
            Phrase(
                f"{file}：{error}；它是数据库吗，空间够吗，当前用户能写那里吗？",
                f"{file}: {error}; is it a database, is there room, and may this user write there?",
            )
        ) from error


_ELSEWHERE = {
    "backup": Phrase(
        "数据库在 PostgreSQL 上：请用 `pg_dump {server} --format=custom --file=FILE` 备份"
        "（它会询问密码，或读 ~/.pgpass）",
        "the database is on PostgreSQL: back it up with "
        "`pg_dump {server} --format=custom --file=FILE` (it asks for the password, or reads ~/.pgpass)",
    ),
    "restore": Phrase(
        "数据库在 PostgreSQL 上：先停止 serve，用 `pg_restore {server} --clean --if-exists FILE` 还原"
        "（它会询问密码，或读 ~/.pgpass），再运行 `feishu-plugin backup --restored`，然后才启动 serve",
        "the database is on PostgreSQL: stop serve, restore it with "
        "`pg_restore {server} --clean --if-exists FILE` (it asks for the password, or reads ~/.pgpass), "
        "then run `feishu-plugin backup --restored` before serve starts again",
    ),
}
