"""A part of the service that failed is tried again, ever later; the same cause is logged once."""

import logging
import time
from collections.abc import Callable

from feishu_plugin.errors import PluginError

log = logging.getLogger(__name__)

_FIRST_S, _LONGEST_S = 2.0, 60.0
"""Waits before a part that failed is tried again."""
_NOT_OURS_S = 5.0
"""How long a part rests while another replica works; it is woken when the turn comes to us."""


class Trying:
    """One part, which may be asked by one thread at a time."""

    def __init__(
        self,
        part: Callable[[], float],
        may_begin: Callable[[], bool] = lambda: True,
        longest_s: float = _LONGEST_S,
    ) -> None:
        self._part, self._may_begin, self._longest_s = part, may_begin, longest_s
        self._said, self._wait, self._again_at = "", 0.0, 0.0
        self._hurried = False

    def hurry(self) -> None:
        """Something new is to be done: the wait after a failure is over."""
        self._again_at, self._hurried = 0.0, True

    def work(self) -> float:
        """What the part says of its pause; never raises. Woken too early after a failure it only waits on."""
        if (left := self._again_at - time.monotonic()) > 0:
            return left
        self._hurried = False
        try:
            pause = self._part() if self._may_begin() else _NOT_OURS_S
            self._said, self._wait = "", 0.0
            return pause
        except Exception as error:
            self._said = _complain(error, self._said)
            self._wait = min(2 * self._wait or _FIRST_S, self._longest_s)
            # What is new may have come after this try had looked.
            self._again_at = 0.0 if self._hurried else time.monotonic() + self._wait
            return self._wait


def _complain(error: Exception, said: str) -> str:
    """Logs why a part failed, once for as long as it lasts; a bug shows where."""
    is_ours = isinstance(error, PluginError)
    text = str(error) if is_ours else repr(error)
    level = logging.ERROR if text != said else logging.DEBUG
    log.log(level, "%s; trying again", text, exc_info=None if is_ours else error)
    return text
