"""Who is turned away at the webhook: after too many refusals, for a while, and never Feishu itself."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.gateway.refusals import AGAIN_S, BURST, MOST_ADDRESSES, WELCOME_S, Refusals

FORGER, FEISHU = "203.0.113.7", "198.51.100.1"


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def flooded(clock: Clock, who: str = FORGER) -> Refusals:
    refusals = Refusals(clock)
    for _ in range(BURST):
        refusals.refused(who)
    return refusals


def test_a_few_mistakes_are_forgiven() -> None:
    refusals = Refusals(Clock())
    for _ in range(BURST - 1):
        refusals.refused(FORGER)

    assert not refusals.turn_away(FORGER)


def test_a_flood_is_turned_away_and_others_are_not() -> None:
    refusals = flooded(Clock())

    assert refusals.turn_away(FORGER)
    assert not refusals.turn_away(FEISHU)


def test_after_a_while_one_more_is_looked_at() -> None:
    clock = Clock()
    refusals = flooded(clock)
    clock.now += AGAIN_S
    assert not refusals.turn_away(FORGER)

    refusals.refused(FORGER)

    assert refusals.turn_away(FORGER)


def test_an_address_that_proved_itself_is_heard_for_an_hour() -> None:
    clock = Clock()
    refusals = flooded(clock)
    refusals.proved(FORGER)
    for _ in range(3 * BURST):
        refusals.refused(FORGER)
    clock.now += WELCOME_S - 1
    assert not refusals.turn_away(FORGER)

    clock.now += 2
    for _ in range(BURST):
        refusals.refused(FORGER)

    assert refusals.turn_away(FORGER)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("unknown", "unknown", True),
    ],
)
def test_a_sender_is_a_network_of_ipv6_and_an_address_of_ipv4(one: str, other: str, same: bool) -> None:
    assert flooded(Clock(), one).turn_away(other) == same


def test_the_log_tells_it_once(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        refusals = flooded(Clock())
        for _ in range(BURST):
            refusals.refused(FORGER)

    assert caplog.text.count("turned away") == 1


def test_a_flood_from_everywhere_takes_no_more_memory() -> None:
    refusals = Refusals(Clock())
    for number in range(3 * MOST_ADDRESSES):
        refusals.refused(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
        refusals.proved(f"11.{number >> 16}.{number >> 8 & 255}.{number & 255}")

    assert len(refusals) == 2 * MOST_ADDRESSES


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 20)), max_size=200))
def test_nobody_is_turned_away_for_what_others_did(told: list[tuple[str, float]]) -> None:
    clock = Clock()
    refusals, alone = Refusals(clock), Refusals(clock)
    for who, pause in told:
        clock.now += pause
        refusals.refused(who)
        if who == "a":
            alone.refused("a")

    assert refusals.turn_away("a") == alone.turn_away("a")
    assert not refusals.turn_away("z")
