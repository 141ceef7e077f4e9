"""Who is turned away at the webhook unheard: addresses that sent too much that was not authentic.

In memory and bounded, so that a flood costs neither cryptography nor space. An address that
proved itself stays welcome for an hour: behind a proxy that hides its clients, Feishu shares one
address with everybody else, and must not be shut out by them.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import TypeVar

BURST, AGAIN_S = 20, 3.0
"""Refusals an address may have at once, and after how many seconds it may have one more."""
WELCOME_S = 3600.0
MOST_ADDRESSES = 4096
_NETWORK_BITS = 64
"""Of an IPv6 address: whoever has one address has the whole network."""

_LONGEST = 64

T = TypeVar("T")

log = logging.getLogger(__name__)


class Refusals:
    """Counts refused deliveries by address; for one thread. ``now`` is in seconds, of any origin."""

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Who was refused, how often it counts, and when that was so; the latest last."""
        self._welcome: OrderedDict[str, float] = OrderedDict()

    def turn_away(self, address: str) -> bool:
        """True when nothing of this address is to be looked at for the moment."""
        who = _network(address)
        if self._now() - self._welcome.get(who, float("-inf")) < WELCOME_S:
            return False
        return self._count(who) > BURST - 1

    def refused(self, address: str) -> None:
        """A delivery of this address was not authentic."""
        who = _network(address)
        count = self._count(who) + 1
        if BURST - 1 < count <= BURST:
            log.warning("webhook: %s sent too much that is not authentic and is turned away for now", who)
        _note(self._spent, who, (count, self._now()))

    def proved(self, address: str) -> None:
        """A delivery of this address was authentic."""
        who = _network(address)
        self._spent.pop(who, None)
        _note(self._welcome, who, self._now())

    def __len__(self) -> int:
        """How many addresses are remembered."""
        return len(self._spent) + len(self._welcome)

    def _count(self, who: str) -> float:
        count, at = self._spent.get(who, (0.0, 0.0))
        return max(0.0, count - (self._now() - at) / AGAIN_S)


def _note(known: OrderedDict[str, T], who: str, what: T) -> None:
    known[who] = what
    known.move_to_end(who)
    if len(known) > MOST_ADDRESSES:
        known.popitem(last=False)


def _network(address: str) -> str:
    """What one sender holds: an IPv4 address, or the network of an IPv6 one."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:_LONGEST]  # whatever a proxy calls it
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> _NETWORK_BITS << _NETWORK_BITS)}/{_NETWORK_BITS}"
