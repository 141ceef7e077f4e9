"""The HTTP server against clients that only want to hold it: each is let go, and others are served."""

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
import requests
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from feishu_plugin.app import front_door

MOST = 5
Where = tuple[str, int]


def well(request: Request) -> PlainTextResponse:
    return PlainTextResponse("well")


@contextmanager
def running(headers_s: float) -> Iterator[Where]:
    server = front_door.server([Route("/well", well)], headers_s=headers_s, most=MOST)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def hasty() -> Iterator[Where]:
    """A server that waits half a second for headers."""
    with running(0.5) as where:
        yield where


@pytest.fixture
def patient() -> Iterator[Where]:
    """A server that would wait for an hour."""
    with running(3600) as where:
        yield where


def opened(where: Where, text: bytes = b"") -> socket.socket:
    found = socket.create_connection(where, timeout=60)
    found.sendall(text)
    return found


def is_closed(connection: socket.socket) -> bool:
    """Waits for the server to hang up."""
    try:
        return connection.recv(65536) == b""
    except ConnectionResetError:
        return True


def dripped(connection: socket.socket, most: int) -> int:
    """How many bytes the server waited for, one by one, before it hung up."""
    connection.settimeout(0.05)
    for sent in range(most):
        try:
            connection.sendall(b"x")
            if connection.recv(65536) == b"":
                return sent
        except TimeoutError:
            continue
        except OSError:
            return sent
    return most


def ask(where: Where) -> str:
    return requests.get(f"http://{where[0]}:{where[1]}/well", timeout=60).text


@pytest.mark.parametrize("said", [b"", b"GET /well HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_connection_without_a_request_is_closed(hasty: Where, said: bytes) -> None:
    with opened(hasty, said) as connection:
        assert is_closed(connection)


def test_headers_that_come_byte_by_byte_do_not_hold_a_connection(hasty: Where) -> None:
    with opened(hasty, b"GET /well HTTP/1.1\r\nHost: x\r\nX-Slow: ") as connection:
        assert dripped(connection, 1000) < 1000


def test_a_body_that_nobody_reads_does_not_hold_one_either(hasty: Where) -> None:
    with opened(hasty, b"GET /well HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n") as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")

        assert dripped(connection, 1000) < 1000


def test_too_many_connections_cost_those_that_wait_longest(patient: Where) -> None:
    with ExitStack() as stack:
        idle = [stack.enter_context(opened(patient)) for _ in range(MOST)]

        assert [ask(patient) for _ in range(3)] == ["well"] * 3
        assert is_closed(idle[0])
        assert ask(patient) == "well"


@pytest.mark.parametrize(
    "headers",
    [b"X-Long: " + b"x" * 1_000_000, b"\r\n".join(b"X-%d: x" % number for number in range(100_000))],
    ids=["one huge", "many"],
)
def test_huge_headers_are_refused(patient: Where, headers: bytes) -> None:
    with opened(patient) as connection:
        try:
            connection.sendall(b"GET /well HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n")
            answer = connection.recv(65536)
        except OSError:
            answer = b""

    assert not answer.startswith(b"HTTP/1.1 200")
    assert ask(patient) == "well"


def test_no_websocket_is_opened(patient: Where) -> None:
    upgrade = b"GET /well HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    key = b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    with opened(patient, upgrade + key) as connection:
        assert not connection.recv(65536).startswith(b"HTTP/1.1 101")


def test_nonsense_leaves_no_line_in_the_log(patient: Where, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("uvicorn.error").addHandler(caplog.handler)
    for _ in range(3):
        with opened(patient, b"\x00\xff nonsense\r\n\r\n") as connection:
            connection.recv(65536)

    assert caplog.text == ""
