"""The threads of a process, shared by all its bases.

A part (the judging of a base, its deliveries …) runs when it is woken or when its pause is over,
and never twice at once. A quiet base costs entries in a heap: no thread, and no question to the store.
"""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

log = logging.getLogger(__name__)

Work = Callable[[], float]
"""Does what there is to do, and says for how many seconds it may rest; 0: there is more. Never raises."""

_MOST = 8
"""Threads of a role: so many bases at once may wait for Feishu, or for a mail server."""
_AFTER_BUG_S = 10.0


class Crew:
    """Parts of one role take turns on a few threads, which are there once they are needed."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._resting: list[tuple[float, int, Part]] = []
        """When each part runs by itself; entries of parts that ran since are stale."""
        self._numbers = itertools.count()
        self.changed = threading.Condition()
        """Guards everything here and in the parts; held for moments only."""
        self.closed = False
        self._timer = threading.Thread(target=self._keep_time, name="timer", daemon=True)

    def hire(self, role: str, work: Work) -> "Part":
        """A part that rests until it is woken for the first time."""
        with self.changed:
            if role not in self._pools:
                self._pools[role] = ThreadPoolExecutor(self._most, thread_name_prefix=role)
            if not self._timer.is_alive() and not self.closed:
                self._timer.start()
        return Part(self, self._pools[role], work)

    def rest(self, part: "Part", until: float) -> None:
        """Wakes the part at this moment of the monotonic clock; called with ``changed`` held."""
        heapq.heappush(self._resting, (until, next(self._numbers), part))
        if self._resting[0][2] is part:
            self.changed.notify_all()

    def close(self) -> None:
        """Frees the threads; every part must have ended."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()
        for pool in self._pools.values():
            pool.shutdown()

    def _keep_time(self) -> None:
        with self.changed:
            while not self.closed:
                soonest = self._resting[0][0] if self._resting else None
                if soonest is not None and soonest <= time.monotonic():
                    _, _, part = heapq.heappop(self._resting)
                    try:
                        part.rested(soonest)
                    except Exception:  # no thread can be had: whoever is free takes it up
                        log.exception("a part of the service has to wait for a thread")
                else:
                    self.changed.wait(None if soonest is None else soonest - time.monotonic())


class Part:
    """One thing that is done again and again."""

    def __init__(self, crew: Crew, pool: ThreadPoolExecutor, work: Work) -> None:
        self._crew, self._pool, self._work = crew, pool, work
        self._busy = self._again = self._ended = False
        self._until = 0.0

    def wake(self) -> None:
        """Runs soon; once more when it is running, for that run may have looked too early."""
        with self._crew.changed:
            if self._busy:
                self._again = True
            elif not self._ended:
                self._begin()

    def wake_in(self, seconds: float) -> None:
        """Runs after this pause, unless it is woken before."""
        with self._crew.changed:
            self._rest(seconds)

    def rested(self, until: float) -> None:
        """The pause that was to end then is over, unless the part ran since; ``changed`` is held."""
        if self._until == until and not self._busy and not self._ended:
            self._begin()

    @property
    def busy(self) -> bool:
        """True while it runs, or is about to."""
        return self._busy

    def end(self) -> None:
        """Begins no more, and returns when what is running is done."""
        with self._crew.changed:
            self._ended = True
            while self._busy:
                self._crew.changed.wait()

    def _begin(self) -> None:
        self._busy, self._again = not self._crew.closed, False
        if self._busy:
            self._pool.submit(self._run)
        else:
            self._end()

    def _end(self) -> None:
        self._busy, self._ended = False, True
        self._crew.changed.notify_all()

    def _rest(self, seconds: float) -> None:
        self._busy = False
        self._until = time.monotonic() + seconds
        self._crew.rest(self, self._until)

    def _run(self) -> None:
        pause = _AFTER_BUG_S
        try:
            pause = self._work() if not self._ended else 0.0
        except Exception:
            log.exception("a part of the service failed")
        finally:
            self._finish(pause)

    def _finish(self, pause: float) -> None:
        with self._crew.changed:
            if self._ended:
                self._end()
            elif self._again or pause <= 0:
                self._begin()
            else:
                self._rest(pause)
