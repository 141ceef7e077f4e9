"""The service in this process: made anew from its database every hour, killed at any call in between.

What a worker's threads do is done here in turn, so that a year passes quickly: sweep, judge until
nothing is left, remind, send. Killing means that an exception nobody catches leaves some call of
store, tables or messages, before or after the call took effect.
"""

import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Protocol

from feishu_plugin.app.compose import Office, desk_for, office
from feishu_plugin.app.month_end import publish_if_due
from feishu_plugin.errors import PluginError
from feishu_plugin.gateway.pacing import Pace
from feishu_plugin.ports import Clock
from feishu_plugin.settings import Settings
from feishu_plugin.sync import surveys, sweep, ticks
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.handler import work_once
from feishu_plugin.sync.mailing import send_mails
from feishu_plugin.sync.outgoing import send_due

_MOST_TRIES = 40
"""A part that fails again and again is no misfortune of the wire."""
_MOST_ROUNDS = 200
_GRACE_S = 5.0
"""Business time for a step that no event told: longer than grace_seconds."""


class PlayClock(Clock, Protocol):
    """Business time, which the service may let pass when it waits for something."""

    def advance(self, seconds: float) -> None:
        """Goes on by so much."""
        ...


class Killed(BaseException):
    """The process ends here; a BaseException, because nobody may catch it and go on."""


class Mortal:
    """Stands before a port; some of its calls are the last thing the process does."""

    def __init__(self, port: object, dies: Callable[[], bool]) -> None:
        self._port, self._dies = port, dies

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        return self._deadly(found) if callable(found) else found

    def _deadly(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._dies():
                raise Killed(f"before {method.__name__}")
            result = method(*args, **kwargs)
            if self._dies():
                raise Killed(f"after {method.__name__}")
            return result

        return call


class Service:
    """Starts, works and dies; everything it knows is in its database and in the base."""

    def __init__(self, settings: Settings, clock: PlayClock, dice: random.Random, deaths: float) -> None:
        self._settings, self._clock, self._dice, self._risk = settings, clock, dice, deaths
        self._opened = ExitStack()
        self._office: Office | None = None
        self._desk: Desk | None = None
        self.counts: Counter[str] = Counter()

    def restart(self) -> None:
        """A new process on the same database; the old one is gone without a word."""
        self.stop()
        while True:
            self.counts["starts"] += 1
            self._office = self._opened.enter_context(office(self._settings))
            # Back-off is real time, of which a year has none to spare.
            self._office.feishu.pace = Pace(limited=False, sleep=lambda seconds: None)
            self._office.clock = self._clock
            try:
                self._desk = self._mortal(desk_for(self._office, self._settings.base_tokens[0]))
                return
            except PluginError:
                self.counts["starts that failed"] += 1
                self.stop()

    def stop(self) -> None:
        """Closes what the process held."""
        self._opened.close()
        self._office = self._desk = None

    def tick(self) -> None:
        """What is due at this moment of business time; after a kill the next process does the rest."""
        self._survive(self._all_parts)

    def empty(self) -> None:
        """What failed before is sent and noted; nothing new comes up."""
        self._survive(lambda: self._insist(self._send))

    def _survive(self, work: Callable[[], None]) -> None:
        while True:
            try:
                work()
                return
            except Killed as killed:
                self.counts[f"killed {killed}"] += 1
                self.counts["kills"] += 1
                self.restart()

    def _all_parts(self) -> None:
        for part in (self._sweep, self._judge, self._hint, self._judge, self._due, self._send):
            self._insist(part)

    def _insist(self, part: Callable[[], None]) -> None:
        """A part that fails is tried again, as every thread of the worker does."""
        for _ in range(_MOST_TRIES):
            try:
                return part()
            except PluginError:
                self.counts["failures survived"] += 1
        return part()

    def _sweep(self) -> None:
        sweep.sweep(self._at())
        surveys.take_missed(self._at())

    def _judge(self) -> None:
        for _ in range(_MOST_ROUNDS):
            done = work_once(self._at())
            if done.waiting:
                self._clock.advance(_GRACE_S)
            elif not done.hints:
                return
        raise AssertionError("the inbox is never empty")

    def _hint(self) -> None:
        ticks.hint_at_due(self._at())

    def _due(self) -> None:
        ticks.remind(self._at())
        publish_if_due(self._at(), lambda: sweep.sweep(self._at()))

    def _send(self) -> None:
        assert self._office is not None
        messages: Any = Mortal(self._office.messages, self._dies)
        send_due(self._at(), messages, lambda: True)
        send_mails(self._at())

    def _at(self) -> Desk:
        assert self._desk is not None
        return self._desk

    def _mortal(self, desk: Desk) -> Desk:
        store: Any = Mortal(desk.store, self._dies)
        tables: Any = Mortal(desk.tables, self._dies)
        desk.store, desk.tables = store, tables
        return desk

    def _dies(self) -> bool:
        return self._dice.random() < self._risk
