"""A wire between a client and the sandbox that can be cut, or go deaf, without either end noticing.

It is a stranger to both: bytes in, bytes out. What it does to a connection it does to those that
are open now; a new one is sound again, unless connections are refused altogether.
"""

import contextlib
import socket
import threading


class Wire:
    """Listens on a port of its own and passes on what it hears."""

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._pairs: list[_Pair] = []
        self._refusing = False
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """The sandbox, by way of this wire."""
        return f"http://127.0.0.1:{self.port}"

    def go_deaf(self) -> None:
        """Every open connection stays open, and nothing passes any more."""
        for pair in self._pairs:
            pair.deaf.set()

    def close_half(self) -> None:
        """The sandbox's side of every open connection ends; the client may still talk into it."""
        for pair in self._pairs:
            with contextlib.suppress(OSError):
                pair.client.shutdown(socket.SHUT_WR)

    def refuse(self, refusing: bool) -> None:
        """Every connection ends, and no new one begins, until further notice."""
        self._refusing = refusing
        if refusing:
            self.cut()

    def cut(self) -> None:
        """Every open connection ends at both sides."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            pair.close()

    def close(self) -> None:
        """Ends everything."""
        self.refuse(True)
        # Whoever waits in accept() is not woken by close() alone.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self._refusing:
                client.close()
            else:
                self._pairs.append(_Pair(client, socket.create_connection(self._there)))


class _Pair:
    """One connection: the client's end and the sandbox's."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client, self._server = client, server
        self.deaf = threading.Event()
        for one, other in ((client, server), (server, client)):
            threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def close(self) -> None:
        """Both ends."""
        for one in (self.client, self._server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while heard := one.recv(65536):
                if not self.deaf.is_set():
                    other.sendall(heard)
        if not self.deaf.is_set():
            with contextlib.suppress(OSError):
                other.shutdown(socket.SHUT_WR)
