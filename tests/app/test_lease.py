"""Who may write to a base, also when the work takes long or the process was frozen."""

from collections.abc import Iterator

import pytest

from feishu_plugin.app.crew import Crew
from feishu_plugin.app.lease import Lease
from feishu_plugin.errors import LeaseLost, StoreError
from tests.fakes import MemoryStore
from tests.sync.base import Base


@pytest.fixture
def crew() -> Iterator[Crew]:
    """Threads for the lease."""
    found = Crew()
    yield found
    found.close()


class BrokenStore(MemoryStore):
    """A database that is down."""

    def lease(self, app_token: str, holder: str, seconds: float) -> bool:
        raise OSError("server closed the connection")


def test_the_lease_is_held_from_the_start_where_nobody_else_works(crew: Crew) -> None:
    store = MemoryStore()
    lease = Lease(store, "bascnX", "one", crew)

    lease.start()
    held, turns = lease.held(), lease.turns
    lease.give_back()

    assert (held, turns, lease.held(), store.holders) == (True, 1, False, {})


def test_a_second_holder_waits_and_has_had_no_turn(crew: Crew) -> None:
    store = MemoryStore()
    store.holders["bascnX"] = "other"
    lease = Lease(store, "bascnX", "one", crew)

    lease.start()
    held, turns = lease.held(), lease.turns
    lease.give_back()

    assert (held, turns, store.holders) == (False, 0, {"bascnX": "other"})


def test_nobody_works_on_a_lease_that_cannot_be_asked_for(crew: Crew) -> None:
    lease = Lease(BrokenStore(), "bascnX", "one", crew)

    lease.start()

    held = lease.held()
    lease.give_back()

    assert not held


def test_a_round_that_lost_its_lease_writes_nothing_and_keeps_its_hints() -> None:
    base = Base()
    rid = base.add(title="一", type="inquiry")
    base.deliver_all()
    base.desk.may_write = lambda: False

    with pytest.raises(LeaseLost):
        base.work()

    assert base.record(rid).get("number") is None
    assert len(base.store.open) == 1


def test_a_lease_that_ran_out_while_the_store_was_asked_is_a_new_turn(crew: Crew) -> None:
    turns: list[int] = []
    lease = Lease(SlowStore(), "bascnX", "one", crew, lambda: turns.append(lease.turns))
    SlowStore.lease_out = lease

    lease.start()
    lease._ask()

    assert turns == [1, 2]


class SlowStore(MemoryStore):
    """Answers yes after the lease has run out."""

    lease_out: Lease

    def lease(self, app_token: str, holder: str, seconds: float) -> bool:
        self.lease_out._until = 0.0
        return True


def test_a_store_that_is_down_keeps_nobody_from_stopping(
    crew: Crew, caplog: pytest.LogCaptureFixture
) -> None:
    class Unwilling(MemoryStore):
        def release(self, app_token: str, holder: str) -> None:
            raise StoreError("down")

    lease = Lease(Unwilling(), "bascnX", "one", crew)
    lease.start()
    lease.give_back()

    assert not lease.held()
    assert "runs out by itself: down" in caplog.text
