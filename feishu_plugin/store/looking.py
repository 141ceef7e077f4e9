"""How a database stands, asked without changing it: nothing is made and nothing is upgraded."""

import os
import shutil
from dataclasses import dataclass

from sqlalchemy import text

from feishu_plugin.errors import SettingsError
from feishu_plugin.language import Phrase
from feishu_plugin.store.engine import SETTING, Database, open_database, sqlite_file
from feishu_plugin.store.tables import HEAD
from feishu_plugin.store.upgrade import version_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFacts:
    """What can be said of a database that can be opened."""

    kind: str
    """``SQLite`` or ``PostgreSQL``."""
    version: str | None
    """Its schema; None when there are no tables yet."""
    free_bytes: int | None = None
    """Room on the disk of a SQLite file."""

    @property
    def is_current(self) -> bool:
        """True when this program can use it as it is."""
        return self.version == HEAD


def look_at(url: str) -> StoreFacts:
    """The facts; SettingsError when it cannot be opened or written."""
    file = sqlite_file(url)
    if file is None:
        return _opened(url)
    folder = file.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise SettingsError(
            Phrase(
                f"{folder} 不是当前用户可写的文件夹；请把 {SETTING} 设为可写文件夹里的文件",
                f"{folder} is no folder that this user may write; set {SETTING} to a file in one",
            )
        )
    free = shutil.disk_usage(folder).free
    if not file.exists():
        return StoreFacts(kind="SQLite", version=None, free_bytes=free)
    found = _opened(url)
    return StoreFacts(kind=found.kind, version=found.version, free_bytes=free)


def _opened(url: str) -> StoreFacts:
    database = open_database(url)
    try:
        with database.reading() as connection:
            version = version_of(connection)
        _raise_if_read_only(database)
        return StoreFacts(kind="SQLite" if database.is_sqlite else "PostgreSQL", version=version)
    finally:
        database.close()


def _raise_if_read_only(database: Database) -> None:
    """A SQLite file was opened for writing already; a PostgreSQL server may follow another one."""
    if database.is_sqlite:
        return
    with database.reading() as connection:
        if connection.execute(text("SHOW transaction_read_only")).scalar() == "on":
            raise SettingsError(
                Phrase(
                    f"{SETTING} 所指的服务器只读，不能写入；请改为可写的那一台",
                    f"the server of {SETTING} takes no writes (read only); name the one that is written to",
                )
            )
