"""A database that cannot be used says so in one line, stores nothing by halves, and goes on afterwards."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from feishu_plugin.errors import StoreError
from feishu_plugin.store import Store
from tests.postgres import account, find_programs, running_server
from tests.store.samples import BASE, hint, hints


@contextmanager
def no_room() -> Iterator[None]:
    """No file may grow, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_without_room_nothing_is_stored_and_with_room_it_goes_on(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store.sqlite3"))
    store.put([hint("rec1")])

    with no_room(), pytest.raises(StoreError, match="cannot be used now"):
        store.put([hint(f"rec{n}", "ev2") for n in range(2000)])
    there = [one.record_id for one in store.pending(BASE, 10)]
    store.put([hint("rec2", "ev3")])

    assert there == ["rec1"]
    assert [one.record_id for one in store.pending(BASE, 10)] == ["rec1", "rec2"]
    store.close()


def test_a_server_that_was_killed_is_used_again_when_it_is_back() -> None:
    programs, user = find_programs(), account()
    if programs is None or user is None:
        pytest.skip("PostgreSQL is not installed, or nobody may run it")
    with running_server(programs, user) as server:
        store = Store(server.fresh())
        store.put(hints(2))
        server.crash()

        with pytest.raises(StoreError, match="cannot be used now") as told:
            store.pending(BASE, 10)
        with pytest.raises(StoreError):
            store.put([hint("rec9", "ev9")])
        server.start_again()
        store.put([hint("rec3", "ev3")])

        assert "\n" not in str(told.value)
        assert [one.record_id for one in store.pending(BASE, 10)] == ["rec0", "rec1", "rec3"]
        store.close()
