"""Looking at a database changes nothing in it, and makes none."""

import os
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect

from feishu_plugin.errors import SettingsError
from feishu_plugin.store import Store
from feishu_plugin.store.engine import open_database
from feishu_plugin.store.looking import look_at
from tests.postgres import PostgresServer


def test_an_empty_database_stays_empty_and_a_used_one_is_current(url: str) -> None:
    empty = look_at(url)
    database = open_database(url)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()
    Store(url).close()

    used = look_at(url)

    assert (empty.version, empty.is_current) == (None, False)
    assert used.is_current
    assert (used.kind, used.free_bytes is None) == (
        ("PostgreSQL", True) if url.startswith("postgresql") else ("SQLite", False)
    )


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    assert look_at(str(tmp_path / "a.sqlite3")).version is None
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(SettingsError, match="is no folder that this user may write"):
        look_at(str(tmp_path / "none" / "a.sqlite3"))


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SettingsError, match=tmp_path.name):
        look_at(str(tmp_path / "a.sqlite3"))


def test_a_server_that_takes_no_writes_is_named(postgres: PostgresServer) -> None:
    url = postgres.fresh()
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.execute("SELECT current_database()").fetchone()
        assert name
        connection.execute(f'ALTER DATABASE "{name[0]}" SET default_transaction_read_only = on'.encode())

    with pytest.raises(SettingsError, match="takes no writes"):
        look_at(url)
