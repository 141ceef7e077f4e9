"""Periodic jobs of one base: each slot of business time is worked once, whichever job fails.

A slot is a stretch of business time as long as the job's period. What is done is noted in the
store *after* it was done, so a crash in between leaves it to the next holder; a lease on the
slot keeps replicas apart meanwhile. Only the slot of this moment is looked at: after downtime
each job runs once and nothing is replayed.

Not on the library ``schedule``: it takes its time from the machine's clock and cannot be given
another, it counts periods from the start of the process, it remembers nothing, and an exception
of one job ends its round. All that would be left of it is a loop over a table, which is here.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from feishu_plugin.errors import NotYet, PluginError
from feishu_plugin.ports import Memory

log = logging.getLogger(__name__)

Jobs = Mapping[str, tuple[timedelta, Callable[[datetime], None]]]
"""Name of a job to its period and what it does, given the business time."""

HOLD_S = 30.0
"""How long a slot stays taken when its holder dies; longer than the lease of the base."""
_AGAIN_S = (2.0, 300.0)
"""First and longest wait before a job that failed is tried again."""
_SOON = 3
"""Somebody who waits for a job waits for so many tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    text: str
    slot: str
    tries: int
    again_at: float
    """By the stopwatch: business time may stand still."""


class Clockwork:
    """The jobs of one base in one process; touched by the ticking thread only."""

    def __init__(
        self,
        store: Memory,
        app_token: str,
        holder: str,
        jobs: Jobs,
        stopwatch: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._app_token, self._holder = store, app_token, holder
        self._jobs, self._stopwatch = jobs, stopwatch
        self._done: dict[str, str] = {}
        self._troubles: dict[str, _Trouble] = {}

    @property
    def troubles(self) -> Mapping[str, str]:
        """Job to why it failed when it was last tried; those that work are absent."""
        return {name: trouble.text for name, trouble in tuple(self._troubles.items())}

    def tick(self, now: datetime, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Runs every job whose slot is not done; what one raises is noted and stops no other.

        False while something is left that the next tries will probably bring about.
        """
        turns = [go_on() and self._turn(name, *job, now) for name, job in self._jobs.items()]
        return all(turns)

    def _turn(self, name: str, period: timedelta, run: Callable[[datetime], None], now: datetime) -> bool:
        slot = str(int(now.timestamp() // period.total_seconds()))
        if self._done.get(name) != slot and self.attempt(
            name, partial(self._once, name, slot, partial(run, now)), slot
        ):
            self._done[name] = slot
        trouble = self._troubles.get(name)
        return self._done.get(name) == slot or (trouble is not None and trouble.tries >= _SOON)

    def attempt(self, name: str, work: Callable[[], bool], slot: str = "") -> bool:
        """What ``work`` says; False when it failed, or failed a moment ago for the same slot."""
        trouble = self._troubles.get(name)
        if trouble and trouble.slot == slot and self._stopwatch() < trouble.again_at:
            return False
        try:
            done = work()
        except Exception as error:
            self._note(name, slot, error)
            return False
        if self._troubles.pop(name, None):
            log.info("job %s of %s works again", name, self._app_token)
        return done

    def _once(self, name: str, slot: str, run: Callable[[], None]) -> bool:
        taken = f"{self._app_token}/{name}/{slot}"
        if not self._store.lease(taken, self._holder, HOLD_S):
            return False
        try:
            # Asked while it is ours: until now another holder may have been at it.
            if not self._store.claimed(self._app_token, name, slot):
                run()
                self._store.claim(self._app_token, name, slot)
        finally:
            self._store.release(taken, self._holder)
        return True

    def _note(self, name: str, slot: str, error: Exception) -> None:
        """The same cause is logged once; a bug shows where it happened."""
        is_ours = isinstance(error, PluginError)
        text = str(error) if is_ours else repr(error)
        before = self._troubles.get(name)
        if isinstance(error, NotYet):
            log.info("job %s of %s: %s", name, self._app_token, text)
        elif before is None or before.text != text:
            cause = None if is_ours else error
            log.error("job %s of %s: %s; trying again", name, self._app_token, text, exc_info=cause)
        tries = before.tries + 1 if before else 1
        wait = min(_AGAIN_S[0] * 2 ** min(tries - 1, 10), _AGAIN_S[1])
        again_at = self._stopwatch() + wait
        self._troubles[name] = _Trouble(text=text, slot=slot, tries=tries, again_at=again_at)
