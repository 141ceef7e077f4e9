"""The HTTP server of ``serve``: nobody outside can hold its connections or fill its log.

uvicorn waits for ever for the end of a request's headers. Here a connection without a request
in work is closed after a while, and when there are too many, the one that has waited longest.
"""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

import uvicorn
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADERS_S = 15.0
"""From the connection, or the last answer on it, to the end of the next headers."""
MOST_CONNECTIONS = 200
_MOST_HEADERS = 16 * 1024
"""Bytes of headers that are not complete yet."""


def server(
    routes: Sequence[BaseRoute], *, headers_s: float = HEADERS_S, most: int = MOST_CONNECTIONS
) -> uvicorn.Server:
    """Serves these routes once it is run; it speaks no websockets and logs only its own failures."""
    members = {"headers_s": headers_s, "most": most, "waiting": {}}
    config = uvicorn.Config(
        Starlette(routes=routes),
        http=type("Impatient", (_Impatient,), members),
        ws="none",
        log_level="error",
        access_log=False,
        h11_max_incomplete_event_size=_MOST_HEADERS,
    )
    return uvicorn.Server(config)


class _Impatient(H11Protocol):
    headers_s: ClassVar[float]
    most: ClassVar[int]
    waiting: ClassVar[dict[H11Protocol, asyncio.TimerHandle]]
    """Connections without a request in work, the longest waiting first."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._look()
        if len(self.connections) > self.most:
            next(iter(self.waiting)).transport.abort()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._forget()

    def _look(self) -> None:
        at_work = self.cycle is not None and not self.cycle.response_complete
        if at_work or self.transport.is_closing():
            self._forget()
        elif self not in self.waiting:
            self.waiting[self] = self.loop.call_later(self.headers_s, self.transport.abort)

    def _forget(self) -> None:
        if timer := self.waiting.pop(self, None):
            timer.cancel()
