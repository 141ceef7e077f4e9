"""Brings a database to the newest schema at start; never loses a row, never goes back."""

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from feishu_plugin.errors import SettingsError
from feishu_plugin.language import Phrase
from feishu_plugin.store.engine import SETTING, Database, reason_of
from feishu_plugin.store.tables import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Runs missing migrations in one transaction, one process at a time.

    The writer's lock is the lock: creating tables from two processes at once fails on both
    databases. SettingsError when the database is newer than this program, or when its user
    may not make tables (on PostgreSQL 15 and later only the owner may, unless granted).
    """
    try:
        _upgrade(database)
    except DBAPIError as error:
        raise SettingsError(
            Phrase(
                f"建不了数据表：{reason_of(error)}。"
                f"{SETTING} 的用户要有建表权限：设为数据库的所有者，或授予 GRANT USAGE, "
                "CREATE ON SCHEMA public。",
                f"Cannot prepare the tables: {reason_of(error)}. "
                f"The user of {SETTING} must be allowed to make "
                "tables: make it the owner of the database, or GRANT USAGE, CREATE ON SCHEMA public to it.",
            )
        ) from error


def _upgrade(database: Database) -> None:
    with database.reading() as connection:
        if version_of(connection) == HEAD:
            return
    with database.writing("upgrade", "upgrade") as connection:
        if version_of(connection) != HEAD:
            _run(connection)


def version_of(connection: Connection) -> str | None:
    """The schema that the tables have; None without tables."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return version


def _run(connection: Connection) -> None:
    # Imported here: a start with nothing to do should not pay for it.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SettingsError(
            Phrase(
                f"数据库的版本是 {version_of(connection)}，本程序只认到 {HEAD}：它由更新的版本写成。"
                "请安装那个版本，或用备份还原。",
                f"The database has schema {version_of(connection)}, this program knows schemas up to {HEAD}: "
                "it was written by a newer version. Install that version, or restore a backup.",
            )
        ) from error
