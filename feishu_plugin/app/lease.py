"""The right to write to one base: kept on threads of its own, however long the work takes.

Whoever asks ``held`` gets an answer without a question to the store. It never believes a
lease longer than the store keeps it, so a process that was frozen knows that it lost it.
"""

import logging
import time
from collections.abc import Callable

from feishu_plugin.app.crew import Crew, Part
from feishu_plugin.errors import StoreError
from feishu_plugin.ports import Memory

log = logging.getLogger(__name__)

LEASE_S = 12.0
_KEEP_S = LEASE_S / 3
_WAIT_S = 1.0
"""How soon a replica that waits asks again."""
_SOON_S = 0.1
"""After an answer that took long."""


class Lease:
    """One holder's claim on one base."""

    def __init__(
        self,
        store: Memory,
        app_token: str,
        holder: str,
        crew: Crew,
        on_turn: Callable[[], None] = lambda: None,
    ) -> None:
        self._store, self._app_token, self._holder, self._on_turn = store, app_token, holder, on_turn
        self._until = 0.0
        self._crew = crew
        self._part: Part | None = None
        self.turns = 0
        """How often the lease came to this holder: what others changed meanwhile is to be read again."""

    def start(self) -> None:
        """Asks once, so that ``held`` is true at once where nobody else works, and keeps asking."""
        self._ask()
        self._part = self._crew.hire("lease", self._keep)
        self._part.wake_in(self._pause(time.monotonic()))

    def held(self) -> bool:
        """True while no other holder can have the lease."""
        return time.monotonic() < self._until

    def give_back(self) -> None:
        """Lets another replica work at once."""
        if self._part:
            self._part.end()
        self._until = 0.0
        try:
            self._store.release(self._app_token, self._holder)
        except StoreError as error:
            log.warning("the lease of %s runs out by itself: %s", self._app_token, error)

    def _keep(self) -> float:
        asked = time.monotonic()
        self._ask()
        return self._pause(asked)

    def _pause(self, asked: float) -> float:
        wait = _KEEP_S if self.held() else _WAIT_S
        return max(_SOON_S, asked + wait - time.monotonic())

    def _ask(self) -> None:
        # Counted from before the question: the store counts from after it.
        asked = time.monotonic()
        try:
            if self._store.lease(self._app_token, self._holder, LEASE_S):
                held = self.held()  # now: it may have run out while the store was asked
                self.turns += not held
                self._until = asked + LEASE_S
                if not held:
                    self._on_turn()
            else:
                self._until = 0.0
        except Exception as error:
            # The store's trouble is told by whoever works; here it only means that the lease runs out.
            log.warning("the lease of %s cannot be kept (%s)", self._app_token, type(error).__name__)
