"""A database that cannot be used is named, with what to do and without its password."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Thread

import psycopg
import pytest

from feishu_plugin.errors import SettingsError
from feishu_plugin.store import Store
from tests.postgres import PostgresServer
from tests.store.samples import BASE, hint, hints


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "FEISHU_PLUGIN_DATABASE is empty"),
        ("mysql://root@localhost/x", "names mysql, which is not supported; set a file name, sqlite:"),
        ("://secret@", "is not a database URL"),
        ("postgresql://a:secret@host:port/x", "is not a database URL"),
        ("postgresql//a:secret@host/x", "(:// is missing)"),
        ("postgresql:a:secret@host/x", "(:// is missing)"),
        ("plugin:secret@host/x", "(:// is missing)"),
        ("/nowhere/at/all/store.sqlite3", "/nowhere/at/all/store.sqlite3: unable to open database file"),
        ("sqlite:////nowhere/store.sqlite3", "name a file in a directory that exists"),
        ("/", "Cannot open the database /"),
    ],
)
def test_a_wrong_url_is_explained(url: str, message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        Store(url)

    assert message in str(raised.value)
    assert "FEISHU_PLUGIN_DATABASE" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_server_that_does_not_answer_is_named_without_the_password() -> None:
    with pytest.raises(SettingsError) as raised:
        Store("postgresql://plugin:secret@127.0.0.1:1/plugin?password=secret")

    assert "postgresql+psycopg://plugin:***@127.0.0.1:1/plugin" in str(raised.value)
    assert "check that the server runs" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_database_that_does_not_exist_is_named(postgres: PostgresServer) -> None:
    with pytest.raises(SettingsError, match='database "nobody_made_it" does not exist'):
        Store(postgres.fresh().rpartition("/")[0] + "/nobody_made_it")


def test_a_user_that_may_not_make_tables_is_told_what_to_grant(postgres: PostgresServer) -> None:
    url = postgres.fresh()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")

    with pytest.raises(SettingsError, match=r"permission denied for schema public.*GRANT USAGE, CREATE"):
        Store(url.replace("tester@", "reader@"))


def test_a_file_that_may_only_be_read_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    Store(str(path)).close()

    with pytest.raises(SettingsError, match="attempt to write a readonly database"):
        Store(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    wrong = tmp_path / "notes.txt"
    wrong.write_text("需求" * 1_000)

    with pytest.raises(SettingsError, match=r"notes\.txt: file is not a database"):
        Store(str(wrong))


def test_a_plain_file_name_is_a_durable_sqlite_database(tmp_path: Path) -> None:
    path = tmp_path / "store 100%.sqlite3"
    store = Store(str(path))
    store.put([hint()])
    store.close()

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM inbox").fetchone() == (1,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_what_was_stored_is_there_after_opening_again(url: str) -> None:
    first = Store(url)
    first.put([hint()])
    first.close()

    second = Store(url)
    assert len(second.pending(BASE, 1)) == 1
    second.close()


def test_a_store_in_memory_serves_all_threads() -> None:
    store = Store("sqlite://")
    threads = [Thread(target=store.put, args=([one],)) for one in hints(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(store.pending(BASE, 100)) == 20
    store.close()


def test_threads_of_one_process_put_and_draw_at_once(store: Store) -> None:
    numbers: list[int] = []

    def work(name: int) -> None:
        for n in range(20):
            store.put([hint(f"rec{name}-{n}")])
            numbers.append(store.draw(BASE, "KF", f"{name}-{n}"))

    threads = [Thread(target=work, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == list(range(1, 121))
    assert len(store.pending(BASE, 1_000)) == 120
