"""The sandbox's time: real time plus an offset, or frozen at an instant."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Tells sandbox time; only ``/_sandbox/clock`` may set it.

    Tokens, message dedupe, re-push and record times follow this clock. Rate limits and
    write locks follow real time, because they are about real requests.
    """

    def __init__(self) -> None:
        self._offset_s = 0.0
        self._frozen: float | None = None
        self.turns = 0
        """Rises with every set or advance, so that waiters can tell that time jumped."""

    @property
    def frozen(self) -> bool:
        """True while time only moves when it is told to."""
        return self._frozen is not None

    def now_s(self) -> float:
        """Seconds since the epoch."""
        return self._frozen if self._frozen is not None else time.time() + self._offset_s

    def now_ms(self) -> int:
        """Milliseconds since the epoch, as record times and message times need them."""
        return int(self.now_s() * 1000)

    def now(self) -> datetime:
        """The aware instant in UTC."""
        return datetime.fromtimestamp(self.now_s(), UTC)

    def set(self, now: datetime, *, frozen: bool | None = None) -> None:
        """Jumps to ``now``; ``frozen`` None keeps the present mode."""
        stop = self.frozen if frozen is None else frozen
        self._frozen = now.timestamp() if stop else None
        self._offset_s = now.timestamp() - time.time()
        self.turns += 1

    def advance(self, by: timedelta) -> None:
        """Jumps forward (or back) by ``by``."""
        self.set(self.now() + by)
