"""Asks the store what waits, for all bases of a process at once, and wakes whom it concerns.

Another replica may have stored an event, and time makes cards due. One question a second answers
it for a thousand bases; each asking for itself would be thousands.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from feishu_plugin.ports import Clock

EVERY_S = 1.0


class Stirred(Protocol):
    """A base at work."""

    @property
    def app_token(self) -> str:
        """The base."""
        ...

    def stir(self, kinds: Collection[str], *, news: bool) -> None:
        """Something of these kinds waits; with ``news`` perhaps only since a moment ago."""
        ...


class Waiting(Protocol):
    """The store."""

    def waiting(self, now: datetime) -> Mapping[str, Collection[str]]:
        """app_token to what waits: ``hint``, and the kinds of effects that are due."""
        ...


class Lookout:
    """Knows of no base but those that it is given; they may become more."""

    def __init__(self, store: Waiting, clock: Clock, bases: Sequence[Stirred]) -> None:
        self._store, self._clock, self._bases = store, clock, bases
        self._heard = False

    def hear(self) -> None:
        """Something was stored just now; whoever calls this sees to it that ``look`` follows."""
        self._heard = True

    def look(self) -> float:
        """Wakes the bases for which something waits; when to look again."""
        news, self._heard = self._heard, False
        try:
            waiting = self._store.waiting(self._clock.now())
        except Exception:
            self._heard = self._heard or news
            raise
        for base in tuple(self._bases):
            if kinds := waiting.get(base.app_token):
                base.stir(kinds, news=news)
        return EVERY_S
