"""Counts TCP connections and can cut one, which only the protocol class of the server can see."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from feishu_plugin.sandbox.world import World


class Connections:
    """The open TCP connections by peer address."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: dict[Any, asyncio.Transport] = {}

    def drop(self, peer: Any) -> None:
        """Cuts the connection without an answer, as a broken network does."""
        transport = self._open.get(tuple(peer))
        if transport is not None:
            transport.abort()

    def half_close(self, peer: Any, response: Response | None) -> None:
        """Sends the head and half the body of an answer, then closes this side of the connection."""
        transport = self._open.get(tuple(peer))
        if transport is None or response is None:
            return
        head = b"".join(b"%s: %s\r\n" % header for header in response.raw_headers)
        body = bytes(response.body)
        transport.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n" + body[: len(body) // 2])
        transport.write_eof()

    def opened(self, transport: asyncio.Transport) -> Callable[[], None]:
        """Remembers a new connection; returns what forgets it."""
        peer = tuple(transport.get_extra_info("peername"))
        self._open[peer] = transport
        self._world.stats.connection_opened()

        def forget() -> None:
            self._open.pop(peer, None)

        return forget

    def protocol(self) -> type[H11Protocol]:
        """The protocol class to hand to uvicorn, so that this object sees every connection."""
        connections = self

        class CountedProtocol(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                self._forget = connections.opened(transport)
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                self._forget()
                super().connection_lost(exc)

        return CountedProtocol
