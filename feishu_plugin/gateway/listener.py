"""The child process of the long connection: lark-oapi's client, watched from inside.

It only carries: every event goes to the target's ``accept`` before it is acknowledged, and
everything worth knowing goes up the pipe. It has a process of its own because the client
has no stop, owns its event loop and can go deaf without a word. Private parts of the client
are touched here and nowhere else (lark-oapi 1.7).
"""

import asyncio
import importlib
import logging
import os
import re
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import monotonic
from typing import Any

from feishu_plugin.gateway.receiving import Accept, Reject, deliver, kind_of
from feishu_plugin.ports import Json

BEAT_S = 1.0
FIRST_RETRY_S, RETRY_S, PING_S = 3, 15, 20
"""How soon the client tries again, and how often it pings, at the latest. Feishu asks for 25, 90 and 90:
two pings that nobody answers would then be three minutes in which no edit is heard."""
MOST_PIECES = 1000
"""Frames of one event; the client makes room for as many as a frame claims there are."""
FATAL, FAILED = 2, 1
"""Exit codes: Feishu refuses this app; anything else went wrong."""

_SECRETS = re.compile(r"((?:access_key|ticket|app_?secret)\W{1,4})[\w-]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCredentials:
    """Where and as whom to connect; never printed."""

    base_url: str
    app_id: str
    app_secret: str

    def __repr__(self) -> str:
        return f"AppCredentials(base_url={self.base_url!r}, app_id={self.app_id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """How the client is, in seconds of real time."""

    offline_s: float
    """Since when there is no connection; 0 while there is one."""
    quiet_s: float
    """Since Feishu was last heard (events and pongs) or the connection was made."""
    lag_s: float
    """Since the client's loop last turned with its lock free."""
    ping_interval_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Connected:
    """The connection was made, for the first time or again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A delivery is durable."""

    kind: str
    """Its event type; empty for one that was set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Feishu refuses this app; trying again at once is useless."""

    code: int
    msg: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A log record of the child, without secrets."""

    level: int
    text: str


Report = Beat | Connected | Stored | Refused | Logged


class Mouth:
    """The child's end of the pipe; when nobody listens any more, the child ends."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe, self._lock = pipe, threading.Lock()

    def say(self, report: Report) -> None:
        """Sends one report; safe for threads."""
        try:
            with self._lock:
                self._pipe.send(report)
        except OSError:
            os._exit(0)

    def end_with_parent(self) -> None:
        """Blocks until the parent is gone (nothing is ever sent down), then ends this process."""
        try:
            self._pipe.recv()
        except (EOFError, OSError):
            os._exit(0)


def listen(credentials: AppCredentials, target: str, args: tuple[Any, ...], pipe: Connection) -> None:
    """Runs until killed. ``target`` is ``package.module:function``; called with ``args`` it gives
    (accept, reject)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    mouth = Mouth(pipe)
    threading.Thread(target=mouth.end_with_parent, daemon=True).start()
    _log_to(mouth, credentials)
    try:
        accept, reject = _load(target)(*args)
        _Listener(credentials, accept, reject, mouth).run()
    except Exception:
        logging.getLogger(__name__).exception("the long connection failed")
    os._exit(FAILED)


class _Door:
    """Stands where lark-oapi expects its dispatcher, and takes payloads raw.

    The dispatcher would parse them into its own types first: that fails on a button whose
    value is a string, answers no card through a customised event, and makes Feishu repeat
    every event type that is not registered.
    """

    def __init__(self, accept: Accept, reject: Reject, mouth: Mouth) -> None:
        self._accept, self._reject, self._mouth = accept, reject, mouth

    def do_without_validation(self, payload: bytes) -> Json | None:
        """Persists one envelope; what it returns becomes the answer to a card action."""
        kind = ""

        def accept(envelope: Json) -> Json | None:
            nonlocal kind
            answer = self._accept(envelope)
            kind = kind_of(envelope)
            return answer

        answer = deliver(payload, accept, self._reject)
        self._mouth.say(Stored(kind=kind))
        return answer

    _do_without_validation = do_without_validation


class _Listener:
    def __init__(self, credentials: AppCredentials, accept: Accept, reject: Reject, mouth: Mouth) -> None:
        from lark_oapi.core.enum import LogLevel
        from lark_oapi.core.log import logger
        from lark_oapi.ws import client as ws
        from lark_oapi.ws.exception import ClientException

        logger.handlers.clear()
        ws._ws_connect_kwargs = _taking_all(ws._ws_connect_kwargs)
        self._mouth, self._loop, self._fatal = mouth, ws.loop, ClientException
        self._client = ws.Client(
            credentials.app_id,
            credentials.app_secret,
            log_level=LogLevel.WARNING,
            event_handler=_Door(accept, reject, mouth),
            domain=credentials.base_url,
        )
        self._client._configure = _impatient(self._client)
        self._client._combine = _bounded(self._client._combine)
        self._client._configure(None)
        self._heard = self._turned = self._online = monotonic()

    def run(self) -> None:
        """Connects and stays; returns only by an exception."""
        self._client._handle_message = self._noting(self._client._handle_message)
        self._client._connect = self._telling(self._client._connect)
        threading.Thread(target=self._beat, daemon=True).start()
        self._client.start()

    def _noting(self, handle: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        async def handle_message(message: bytes) -> None:
            self._heard = monotonic()
            await handle(message)

        return handle_message

    def _telling(self, connect: Callable[[], Any]) -> Callable[[], Any]:
        """Tells of every connection, and of a refusal that the client would swallow while reconnecting."""

        async def connect_and_tell() -> None:
            try:
                await connect()
            except self._fatal as error:
                self._mouth.say(Refused(code=int(error.code), msg=str(error)))
                os._exit(FATAL)
            self._heard = self._online = monotonic()
            self._mouth.say(Connected())

        return connect_and_tell

    def _beat(self) -> None:
        pause = threading.Event()
        turning = asyncio.run_coroutine_threadsafe(self._turn(), self._loop)
        while not pause.wait(BEAT_S):
            if turning.done():
                turning = asyncio.run_coroutine_threadsafe(self._turn(), self._loop)
            self._mouth.say(self._state(monotonic()))

    async def _turn(self) -> None:
        """Proves that the loop runs and that the client's lock is free (both were seen stuck)."""
        async with self._client._lock:
            self._turned = monotonic()

    def _state(self, now: float) -> Beat:
        if self._client._conn is not None:
            self._online = now
        return Beat(
            offline_s=now - self._online,
            quiet_s=now - self._heard,
            lag_s=now - self._turned,
            ping_interval_s=float(self._client._ping_interval or 0),
        )


class _UpThePipe(logging.Handler):
    def __init__(self, mouth: Mouth, secret: str) -> None:
        super().__init__(logging.WARNING)
        self._mouth, self._secret = mouth, secret

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record).replace(self._secret, "***")
        self._mouth.say(Logged(level=record.levelno, text=_SECRETS.sub(r"\1***", text)))


def _log_to(mouth: Mouth, credentials: AppCredentials) -> None:
    """All logs of the child become the parent's: lark-oapi would print to stdout."""
    logging.basicConfig(handlers=[_UpThePipe(mouth, credentials.app_secret)], force=True)


def _taking_all(connect_kwargs: Callable[..., Json]) -> Callable[..., Json]:
    """Lifts the 1 MiB limit of ``websockets``.

    The event of a batch of 500 rows is larger; refusing it closes the connection, and Feishu
    pushes it again later, to the same end.
    """
    return lambda *args, **options: {**connect_kwargs(*args, **options), "max_size": None}


def _impatient(client: Any) -> Callable[[Any], None]:
    """Takes what Feishu asks for (with every connection and every pong) as far as it is soon enough.

    Whatever it asks for, it is a number of seconds afterwards: the client would die of anything else.
    """

    def configure(asked: Any) -> None:
        client._reconnect_count = -1
        client._reconnect_nonce = _at_most(FIRST_RETRY_S, getattr(asked, "ReconnectNonce", None))
        client._reconnect_interval = _at_most(RETRY_S, getattr(asked, "ReconnectInterval", None))
        client._ping_interval = _at_most(PING_S, getattr(asked, "PingInterval", None))

    return configure


def _at_most(most: int, asked: Any) -> float:
    is_number = isinstance(asked, int | float) and not isinstance(asked, bool)
    return asked if is_number and 0 < asked <= most else most


def _bounded(combine: Callable[[str, int, int, bytes], bytes | None]) -> Callable[..., bytes | None]:
    """Puts the pieces of an event together, unless there are absurdly many."""

    def combined(message_id: str, pieces: int, place: int, payload: bytes) -> bytes | None:
        if not 0 <= place < pieces <= MOST_PIECES:
            raise ValueError(f"piece {place} of {pieces}")
        return combine(message_id, pieces, place, payload)

    return combined


def _load(target: str) -> Callable[..., tuple[Accept, Reject]]:
    module, _, function = target.partition(":")
    found: Callable[..., tuple[Accept, Reject]] = getattr(importlib.import_module(module), function)
    return found
