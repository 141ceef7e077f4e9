"""The long connection as the service sees it: started, watched, restarted, stopped.

A child process (``listener``) holds the websocket; this side restarts it when it dies, goes
silent or goes deaf, and passes on what it tells. It never sees an event itself.
"""

import logging
import multiprocessing
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from feishu_plugin.errors import FeishuError, FeishuRefused
from feishu_plugin.gateway.listener import (
    AppCredentials,
    Beat,
    Connected,
    Logged,
    Refused,
    Report,
    Stored,
    listen,
)
from feishu_plugin.gateway.pacing import Pace

ENDPOINT = "POST /callback/ws/endpoint"
POLL_S = 0.25
STOP_S = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long each state may last, in seconds, before the child is replaced.

    With the pings of ``listener`` a connection that has gone deaf is another one within a minute.
    """

    start_s: float = 90.0
    """From start to the first beat; importing lark-oapi alone costs seconds."""
    beat_s: float = 20.0
    lag_s: float = 40.0
    offline_s: float = 180.0
    quiet_s: float = 5.0
    """On top of two ping intervals: each ping is answered by a pong."""
    restart_s: tuple[float, float] = (1.0, 60.0)
    """First and longest wait before the child is replaced."""
    refused_s: tuple[float, float] = (30.0, 300.0)
    """The same after Feishu refused the app: somebody must change the settings first."""

    def exceeded(self, beat: Beat) -> str | None:
        """Why a child with this state must be replaced; None when it is well."""
        if beat.lag_s > self.lag_s:
            return f"its loop has been stuck for {beat.lag_s:.0f} s"
        if beat.offline_s > self.offline_s:
            return f"it has not been connected for {beat.offline_s:.0f} s"
        if not beat.offline_s and beat.quiet_s > 2 * beat.ping_interval_s + self.quiet_s:
            return f"it has heard nothing for {beat.quiet_s:.0f} s"
        return None


@dataclass(slots=True, kw_only=True)
class _Life:
    """One child process and what it told so far."""

    process: multiprocessing.process.BaseProcess
    pipe: Connection
    began: float
    last: float
    """When it last reported."""
    beat: Beat | None = None
    connected: bool = False


class LongConnection:
    """Receives events by the long connection and survives its client.

    ``target`` is ``package.module:function``; the child calls it with ``target_args`` (picklable)
    and gets ``(accept, reject)`` (see ``receiving``), so that it opens its own store.
    ``on_event``: the child has stored a delivery of this type (empty when it was set aside).
    ``on_reconnected``: connected again after a break, events may be missing, sweep.
    ``on_refused``: Feishu refuses the app (bad secret, too many connections); it is tried again,
    slowly. ``on_restart``: the child is replaced. All are called in the watching thread and
    must return at once: while they run, nobody reads what the child tells.
    """

    def __init__(
        self,
        credentials: AppCredentials,
        target: str,
        target_args: tuple[Any, ...] = (),
        *,
        on_event: Callable[[str], None] = lambda kind: None,
        on_reconnected: Callable[[], None] = lambda: None,
        on_refused: Callable[[FeishuError], None] = lambda error: None,
        on_restart: Callable[[], None] = lambda: None,
        patience: Patience | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._credentials, self._target, self._args = credentials, target, target_args
        self._on_event, self._on_reconnected, self._on_refused = on_event, on_reconnected, on_refused
        self._on_restart = on_restart
        self._patience, self._pace = patience or Patience(), pace or Pace()
        self._stopping, self._online = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._life: _Life | None = None
        self._was_connected = False
        self.error: FeishuError | None = None
        """Why Feishu refuses the app; None once a connection was made."""

    def start(self) -> None:
        """Starts the child and its watch; returns at once."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, name="long-connection", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Ends the child and the watch; an unacknowledged event comes again later."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def alive(self) -> bool:
        """True while the child is connected and well."""
        return self._online.is_set()

    def wait_connected(self, timeout_s: float) -> bool:
        """Waits for a connection, so that the first sweep can follow it; False after the time, and
        at once when Feishu refuses the app (``error``)."""
        ends = monotonic() + timeout_s
        while not self._online.wait(POLL_S):
            if self.error or monotonic() >= ends:
                return False
        return True

    @property
    def child_pid(self) -> int | None:
        """The process id of the child, None when there is none."""
        life = self._life
        return life.process.pid if life else None

    def _watch(self) -> None:
        # Children inherit this thread's mask: Ctrl-C in a terminal must not hit one that still starts.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        tries = 0
        while True:
            connected, cause = self._live()
            if self._stopping.is_set():
                return
            tries = 1 if connected else tries + 1
            first, most = self._patience.refused_s if self.error else self._patience.restart_s
            wait = self._pace.back_off(tries, first=first, most=most)
            log.warning("long connection is restarted in %.0f s: %s", wait, cause)
            self._tell(self._on_restart)
            self._stopping.wait(wait)

    def _live(self) -> tuple[bool, str]:
        """One child from start to end; whether it ever connected, and why it ended."""
        try:
            life = self._life = self._begin()
        except OSError as error:
            return False, f"its process cannot be started ({error})"
        try:
            cause = self._follow(life)
        finally:
            self._end(life)
        return life.connected, cause

    def _begin(self) -> _Life:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(
            target=listen,
            args=(self._credentials, self._target, self._args, theirs),
            name="long-connection",
            daemon=True,
        )
        process.start()
        theirs.close()
        return _Life(process=process, pipe=ours, began=monotonic(), last=monotonic())

    def _follow(self, life: _Life) -> str:
        """Passes on reports until the child must be replaced; returns why."""
        while not self._stopping.is_set():
            try:
                while life.pipe.poll(POLL_S):
                    life.last = monotonic()
                    self._hear(life, life.pipe.recv())
            except (EOFError, OSError):
                life.process.join(STOP_S)
                return f"its process ended ({life.process.exitcode})"
            if cause := self._silent(life, monotonic()):
                return cause
        return "stopping"

    def _silent(self, life: _Life, now: float) -> str | None:
        silence = now - life.last
        awake = life.beat or life.connected
        if silence > (self._patience.beat_s if awake else self._patience.start_s):
            return f"it has said nothing for {silence:.0f} s"
        return self._patience.exceeded(life.beat) if life.beat else None

    def _hear(self, life: _Life, report: Report) -> None:
        match report:
            case Beat():
                life.beat = report
                self._mark(life.connected and not report.offline_s)
            case Connected():
                self._connected(life)
            case Stored(kind=kind):
                self._tell(lambda: self._on_event(kind))
            case Refused(code=code, msg=msg):
                self._refused(code, msg)
            case Logged(level=level, text=text):
                log.log(level, "%s", text)

    def _connected(self, life: _Life) -> None:
        life.connected, self.error = True, None
        self._mark(True)
        if self._was_connected:
            self._tell(self._on_reconnected)
        self._was_connected = True

    def _refused(self, code: int, msg: str) -> None:
        error = FeishuRefused(code=code, msg=msg, endpoint=ENDPOINT)
        log.error("%s", error)
        self.error = error
        self._mark(False)
        self._tell(lambda: self._on_refused(error))

    def _mark(self, online: bool) -> None:
        if online:
            self._online.set()
        else:
            self._online.clear()

    def _tell(self, callback: Callable[[], None]) -> None:
        """A listener that fails must not end the watch."""
        try:
            callback()
        except Exception:
            log.exception("a listener of the long connection failed")

    def _end(self, life: _Life) -> None:
        self._online.clear()
        life.process.terminate()
        life.process.join(STOP_S)
        if life.process.is_alive():
            life.process.kill()
            life.process.join()
        life.pipe.close()
        life.process.close()
        self._life = None
