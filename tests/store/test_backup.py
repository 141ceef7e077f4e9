"""Copies of a database in use: whole, checked, and never over something that is there."""

import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from feishu_plugin.errors import BackupError
from feishu_plugin.store import Store, backup
from tests.store.samples import BASE, hint


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The database of a store that is open."""
    return tmp_path / "state.sqlite3"


def opened(file: Path) -> Store:
    return Store(f"sqlite:///{file}")


def test_a_copy_taken_while_others_write_is_one_moment_of_the_database(file: Path, tmp_path: Path) -> None:
    store, stop = opened(file), Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            store.put([hint(f"rec{number}", "a"), hint(f"rec{number}", "b")])
            number += 1

    writer = Thread(target=write)
    writer.start()
    try:
        copies = [tmp_path / f"copy{n}" for n in range(5)]
        for copy in copies:
            backup.copy_to(file, copy)
    finally:
        stop.set()
        writer.join()
        store.close()

    for copy in copies:
        kept = opened(copy)
        found = kept.pending(BASE, 100_000)
        kept.close()
        assert len(found) % 2 == 0, "both hints of a transaction, or none"
        assert len({one.record_id for one in found}) == len(found) / 2


def test_a_copy_is_one_file(file: Path, tmp_path: Path) -> None:
    store = opened(file)
    copy = tmp_path / "copy.sqlite3"

    backup.copy_to(file, copy)
    store.close()

    backup.check(copy)
    assert sorted(one.name for one in tmp_path.glob("copy*")) == ["copy.sqlite3"]


def test_what_was_put_back_is_seen_by_whoever_has_the_database_open(file: Path, tmp_path: Path) -> None:
    store = opened(file)
    store.put([hint("rec1", "a")])
    backup.copy_to(file, tmp_path / "copy")
    store.put([hint("rec2", "b")])

    backup.put_back(tmp_path / "copy", file)

    assert [one.record_id for one in store.pending(BASE, 10)] == ["rec1"]
    store.put([hint("rec3", "c")])
    assert [one.record_id for one in store.pending(BASE, 10)] == ["rec1", "rec3"]
    store.close()


def test_nothing_is_overwritten_and_what_is_not_there_is_named(file: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")

    with pytest.raises(BackupError, match="there is no database"):
        backup.copy_to(file, tmp_path / "copy")
    opened(file).close()
    with pytest.raises(BackupError, match="is there already"):
        backup.copy_to(file, there)
    with pytest.raises(BackupError, match="unable to open database file"):
        backup.copy_to(file, tmp_path / "nowhere" / "copy")
    with pytest.raises(BackupError, match="there is no file"):
        backup.check(tmp_path / "nothing")
    assert there.read_text() == "mine"


def test_what_is_no_database_of_ours_is_refused(tmp_path: Path) -> None:
    text, other = tmp_path / "text", tmp_path / "other"
    text.write_bytes(b"SQLite? no" * 100)
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE x (y)")

    with pytest.raises(BackupError, match="file is not a database"):
        backup.check(text)
    with pytest.raises(BackupError, match="no database of feishu_plugin"):
        backup.check(other)


def test_a_damaged_copy_is_refused_and_a_damaged_database_kept_as_it_is(file: Path, tmp_path: Path) -> None:
    store = opened(file)
    store.put([hint(f"rec{n}", f"ev{n}") for n in range(2000)])
    store.close()
    backup.copy_to(file, tmp_path / "copy")
    damaged = bytearray((tmp_path / "copy").read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 8192] = b"\xff" * 8192
    (tmp_path / "copy").write_bytes(damaged)

    with pytest.raises(BackupError, match=r"is damaged|malformed"):
        backup.check(tmp_path / "copy")
    backup.keep(tmp_path / "copy", tmp_path / "kept")
    assert (tmp_path / "kept").read_bytes() == damaged
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize(("doing", "program"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_postgresql_is_told_its_own_command_without_the_password(doing: str, program: str) -> None:
    url = "postgresql://plugin:secret@db.example.com:5433/state?password=secret"

    with pytest.raises(BackupError) as raised:
        backup.local_file(url, doing)

    command = f"{program} --host=db.example.com --port=5433 --username=plugin --dbname=state "
    assert command in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_database_in_memory_cannot_be_copied() -> None:
    with pytest.raises(BackupError, match="in memory"):
        backup.local_file("sqlite://", "backup")
