"""Deliveries become durable hints before they are acknowledged; nothing is judged here."""

from collections.abc import Callable, Sequence
from datetime import datetime

from feishu_plugin.ports import Clock, Hint, Inbox, Json

Parse = Callable[[Json, datetime], Sequence[Hint]]


class Receiver:
    """Takes events from whatever door they come through."""

    def __init__(self, inbox: Inbox, clock: Clock, parse: Parse) -> None:
        self._inbox, self._clock, self._parse = inbox, clock, parse

    def accept(self, envelope: Json) -> None:
        """Stores every action of an event in one transaction; returns when it is durable.

        MalformedEvent: it cannot be understood. Whoever has it as it came then keeps it aside:
        acknowledging it keeps Feishu from sending it four more times, keeping it lets a person
        look at it.
        """
        self._inbox.put(self._parse(envelope, self._clock.now()))

    def now(self) -> datetime:
        """The moment by which deliveries are stored."""
        return self._clock.now()

    def reject(self, raw: str, cause: str) -> None:
        """Keeps an authentic delivery that is no event of ours, with its cause."""
        self._inbox.put_aside(raw, cause, self._clock.now())
