"""The store has every method of its ports, with the same parameters."""

from inspect import signature

import pytest

from feishu_plugin.ports import Inbox, Memory, Outbox, Work
from feishu_plugin.store import Store


def _as_ports(store: Store) -> tuple[Inbox, Work, Outbox, Memory]:
    """Accepted by the type checker only while the store is all of them."""
    return store, store, store, store


@pytest.mark.parametrize("port", [Inbox, Work, Outbox, Memory])
def test_the_store_has_the_methods_of_a_port(port: type) -> None:
    methods = [name for name in vars(port) if not name.startswith("_")]

    assert methods
    for name in methods:
        assert signature(getattr(Store, name)) == signature(getattr(port, name)), name


def test_one_store_serves_every_port(store: Store) -> None:
    inbox, work, outbox, memory = _as_ports(store)

    assert inbox.put([]) == 0
    assert work.told("base", []) == set()
    assert not memory.calls("2026-03")
    assert callable(outbox.due)
