"""Whoever watches the commits is told of each, before it is there and once it is."""

from collections.abc import Iterator

import pytest

from feishu_plugin.ports import Settlement
from feishu_plugin.store import Store
from tests.store.samples import BASE, card, hint


class Ended(BaseException):
    """As if the process died here."""


class Watch:
    """Notes the boundaries with what another connection sees there; some of them are the last."""

    def __init__(self, url: str, deadly: str = "") -> None:
        self._other, self._deadly = Store(url), deadly
        self.seen: list[tuple[str, int]] = []

    def __call__(self, boundary: str) -> None:
        self.seen.append((boundary, len(self._other.pending(BASE, 10))))
        if boundary == self._deadly:
            raise Ended

    def close(self) -> None:
        self._other.close()


@pytest.fixture
def watch(url: str) -> Iterator[Watch]:
    found = Watch(url)
    yield found
    found.close()


def test_a_commit_is_told_right_before_and_right_after(url: str, watch: Watch) -> None:
    store = Store(url, watch)
    watch.seen.clear()

    store.put([hint()])

    assert watch.seen == [("before put", 0), ("after put", 1)]
    store.close()


def test_what_is_stored_names_the_boundary(url: str, watch: Watch) -> None:
    store = Store(url, watch)
    watch.seen.clear()

    store.keep(BASE, "frozen:2026-08", {})
    store.claim(BASE, "remind", "1")
    store.settle(BASE, Settlement(effects=[card("one")]))

    crossed = [boundary.removeprefix("before ") for boundary, _ in watch.seen[::2]]
    assert crossed == ["keep frozen", "claim remind", "settle"]
    store.close()


def test_a_transaction_that_fails_crosses_nothing(url: str, watch: Watch) -> None:
    store = Store(url, watch)
    store.settle(BASE, Settlement(effects=[card("one")]))
    row = store.due(BASE, hint().received_at, 1)[0].row
    store.pin([row], "a:1")
    watch.seen.clear()

    with pytest.raises(ValueError, match="another batch"):
        store.pin([row], "b:1")

    assert watch.seen == []
    store.close()


@pytest.mark.parametrize(("boundary", "kept"), [("before put", 0), ("after put", 1)])
def test_who_dies_there_has_stored_all_or_nothing(url: str, boundary: str, kept: int) -> None:
    watch = Watch(url, boundary)
    store = Store(url, watch)

    with pytest.raises(Ended):
        store.put([hint()])

    assert len(store.pending(BASE, 10)) == kept
    watch.close()
    store.close()
