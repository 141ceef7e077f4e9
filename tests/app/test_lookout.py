"""One question to the store wakes the bases for which something waits, and no other."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from feishu_plugin.app.lookout import EVERY_S, Lookout
from feishu_plugin.errors import StoreError
from tests.fakes import FakeClock

NOW = datetime.fromisoformat("2026-09-01T10:00:00+08:00")


@dataclass
class Base:
    """Remembers how it was woken."""

    app_token: str
    stirred: list[tuple[frozenset[str], bool]] = field(default_factory=list)

    def stir(self, kinds: Collection[str], *, news: bool) -> None:
        self.stirred.append((frozenset(kinds), news))


@dataclass
class Store:
    """Says what waits, and remembers for which moment it was asked."""

    found: Mapping[str, Collection[str]]
    asked: list[datetime] = field(default_factory=list)

    def waiting(self, now: datetime) -> Mapping[str, Collection[str]]:
        self.asked.append(now)
        return self.found


def test_only_bases_for_which_something_waits_are_woken() -> None:
    busy, quiet = Base("bascnBusy"), Base("bascnQuiet")
    store = Store({"bascnBusy": {"hint", "card"}, "bascnElsewhere": {"hint"}})

    assert Lookout(store, FakeClock(NOW), [busy, quiet]).look() == EVERY_S
    assert busy.stirred == [(frozenset({"hint", "card"}), False)]
    assert quiet.stirred == []
    assert store.asked == [NOW]


def test_what_was_heard_is_news_once() -> None:
    busy = Base("bascnBusy")
    lookout = Lookout(Store({"bascnBusy": {"hint"}}), FakeClock(NOW), [busy])
    lookout.hear()
    lookout.look()
    lookout.look()

    assert [news for _, news in busy.stirred] == [True, False]


def test_news_wait_for_a_store_that_is_down() -> None:
    class Broken(Store):
        def waiting(self, now: datetime) -> Mapping[str, Collection[str]]:
            if not self.asked:
                self.asked.append(now)
                raise StoreError("down")
            return self.found

    busy = Base("bascnBusy")
    lookout = Lookout(Broken({"bascnBusy": {"hint"}}), FakeClock(NOW), [busy])
    lookout.hear()
    with pytest.raises(StoreError):
        lookout.look()
    lookout.look()

    assert [news for _, news in busy.stirred] == [True]


def test_bases_that_are_opened_later_are_woken_too() -> None:
    bases: list[Base] = []
    lookout = Lookout(Store({"bascnLate": {"hint"}}), FakeClock(NOW), bases)
    lookout.look()
    bases.append(late := Base("bascnLate"))
    lookout.look()

    assert len(late.stirred) == 1
