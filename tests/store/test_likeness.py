"""The index of look-alikes gives those that share most, of one base, whatever came before."""

from feishu_plugin.ports import Settlement
from feishu_plugin.store import Store
from tests.store.samples import BASE


def printed(store: Store, **prints: tuple[int, ...]) -> None:
    store.settle(BASE, Settlement(prints=prints))


def test_those_that_share_most_come_first(store: Store) -> None:
    printed(store, one=(1, 2, 3), two=(2, 3, 4), three=(9, 8, 7))

    assert store.look_alikes(BASE, (3, 4, 5), 10) == ["two", "one"]
    assert store.look_alikes(BASE, (3, 4, 5), 1) == ["two"]
    assert store.look_alikes(BASE, (), 10) == ()


def test_bases_do_not_find_each_others_records(store: Store) -> None:
    printed(store, one=(1, 2))

    assert store.look_alikes("bascnOther", (1, 2), 10) == []


def test_a_new_text_is_no_longer_found_by_the_old_one(store: Store) -> None:
    printed(store, one=(1, 2))
    printed(store, one=(2, 3))
    printed(store, one=(2, 3))

    assert store.look_alikes(BASE, (1,), 10) == []
    assert store.look_alikes(BASE, (2, 3), 10) == ["one"]


def test_every_number_of_32_bits_fits(store: Store) -> None:
    printed(store, one=(0, 2**32 - 1, 0))

    assert store.look_alikes(BASE, (2**32 - 1,), 10) == ["one"]


def test_fingerprints_are_known_by_record(store: Store) -> None:
    printed(store, one=(3, 2**32 - 1, 0), two=(7,))

    assert store.fingerprints(BASE, ["one", "two", "three"]) == {"one": (3, 2**32 - 1, 0), "two": (7,)}
    assert store.fingerprints("bascnOther", ["one"]) == {}
