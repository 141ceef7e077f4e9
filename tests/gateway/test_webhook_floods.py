"""The webhook under attack: floods, slow and huge bodies, repeats; what is authentic still gets through."""

import http.client
import json
import logging
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from feishu_plugin.gateway.refusals import BURST
from feishu_plugin.gateway.webhook import MOST_BYTES
from tests.gateway.test_webhook import EVENT, KEY, NOW, TOKEN, Door, encrypted, headers, served

FORGER, FEISHU = "127.0.0.2", "127.0.0.3"
"""All of 127.0.0.0/8 is this machine."""
FORGED = json.dumps({"schema": "2.0", "header": {"event_type": "x", "token": "guess"}}).encode()


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def url(door: Door) -> Iterator[str]:
    with served(door, KEY, TOKEN, lambda: NOW, body_s=1.0) as url:
        yield url


def delivered(
    url: str, body: bytes, sender: str, signed: dict[str, str] | None = None
) -> http.client.HTTPResponse:
    """The answer to a delivery from one of the addresses of this machine."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        str(parts.hostname), parts.port, timeout=60, source_address=(sender, 0)
    )
    connection.request("POST", parts.path, body, signed or {})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def status(url: str, body: bytes, sender: str, signed: dict[str, str] | None = None) -> int:
    return delivered(url, body, sender, signed).status


@contextmanager
def begun(url: str, sender: str, length: int) -> Iterator[socket.socket]:
    """A request whose headers promise so many bytes, of which none was sent yet."""
    parts = urlsplit(url)
    where = (str(parts.hostname), int(parts.port or 0))
    with socket.create_connection(where, timeout=60, source_address=(sender, 0)) as opened:
        opened.sendall(f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode())
        yield opened


def rest_of(opened: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    found = b""
    while piece := opened.recv(65536):
        found += piece
    return found


def test_a_flood_is_turned_away_before_a_byte_of_it_is_read(url: str) -> None:
    assert [status(url, FORGED, FORGER) for _ in range(BURST)] == [403] * BURST

    with begun(url, FORGER, MOST_BYTES) as opened:
        answer = rest_of(opened)

    assert answer.startswith(b"HTTP/1.1 429")
    assert b"retry-after: 3" in answer.lower()


def test_a_flood_is_turned_away_before_any_cryptography(door: Door, url: str) -> None:
    for _ in range(BURST):
        status(url, FORGED, FORGER)
    body = encrypted(EVENT)

    assert status(url, body, FORGER, headers(body)) == 429  # even with the right key
    assert door.stored == []


def test_a_flood_of_one_address_does_not_touch_another(door: Door, url: str) -> None:
    body = encrypted(EVENT)
    for _ in range(2 * BURST):
        status(url, FORGED, FORGER)
        assert status(url, body, FEISHU, headers(body)) == 200

    assert len(door.stored) == 2 * BURST


def test_whoever_shares_an_address_with_forgers_is_still_heard(door: Door, url: str) -> None:
    body = encrypted(EVENT)
    assert status(url, body, FEISHU, headers(body)) == 200
    for _ in range(2 * BURST):
        assert status(url, FORGED, FEISHU) == 403

    assert status(url, body, FEISHU, headers(body)) == 200


def test_behind_a_proxy_on_this_machine_the_senders_are_told_apart(url: str) -> None:
    told = [delivered(url, FORGED, "127.0.0.1", {"X-Forwarded-For": "203.0.113.7"}) for _ in range(BURST + 1)]
    other = delivered(url, FORGED, "127.0.0.1", {"X-Forwarded-For": "203.0.113.8"})

    assert [answer.status for answer in told] == [403] * BURST + [429]
    assert other.status == 403


def test_from_anywhere_else_nobody_is_believed_who_they_speak_for(url: str) -> None:
    told = [
        delivered(url, FORGED, FORGER, {"X-Forwarded-For": f"203.0.113.{number}"}).status
        for number in range(BURST + 1)
    ]

    assert told == [403] * BURST + [429]


def test_a_client_that_sends_byte_by_byte_is_cut_off(door: Door, url: str) -> None:
    with begun(url, FORGER, 1000) as opened:
        opened.settimeout(0.05)
        answer, sent = b"", 0
        while sent < 1000 and not answer:
            opened.sendall(b"x")
            sent += 1
            try:
                answer = opened.recv(65536)
            except TimeoutError:
                continue

    assert answer.startswith(b"HTTP/1.1 408")
    assert sent < 1000
    assert door.stored == []


def test_slow_and_huge_bodies_count_as_refused(url: str) -> None:
    for _ in range(BURST):
        assert status(url, b"x" * (MOST_BYTES + 1), FORGER) == 413

    assert status(url, b"{}", FORGER) == 429


def test_a_client_that_goes_away_leaves_nothing_in_the_log(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("uvicorn.error").addHandler(caplog.handler)
    with caplog.at_level(logging.INFO, "uvicorn.error"):
        for _ in range(3):
            with begun(url, FORGER, 1000) as opened:
                opened.sendall(b"half")
        status(url, FORGED, FEISHU)

    assert "Traceback" not in caplog.text
    assert "Exception" not in caplog.text


@pytest.mark.parametrize("age", [timedelta(0), timedelta(hours=8, seconds=-1)])
def test_within_the_window_a_replay_is_the_same_delivery_again(door: Door, url: str, age: timedelta) -> None:
    """The inbox knows its identity; see the story of the whole service."""
    body = encrypted(EVENT)
    signed = headers(body, at=NOW - age)

    assert [status(url, body, sender, signed) for sender in (FEISHU, FORGER)] == [200, 200]
    assert [envelope["header"]["event_id"] for envelope in door.stored] == ["e1", "e1"]


def test_after_the_window_a_replay_is_refused(door: Door, url: str) -> None:
    body = encrypted(EVENT)

    assert status(url, body, FORGER, headers(body, at=NOW - timedelta(hours=8, seconds=1))) == 403
    assert door.stored == []
