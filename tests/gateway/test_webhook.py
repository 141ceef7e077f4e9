"""The webhook: what is authentic is stored before it is acknowledged, all else is refused."""

import base64
import hashlib
import json
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import uvicorn
from Crypto.Cipher import AES
from Crypto.Util.Padding import pad
from starlette.applications import Starlette

from feishu_plugin.errors import MalformedEvent, RefusedDelivery
from feishu_plugin.gateway.tables import BaseTables
from feishu_plugin.gateway.webhook import BODY_S, PATH, Keys, authentic, decrypt, signature, webhook_route
from tests.gateway.conftest import Sandbox
from tests.gateway.samples import Json

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
KEY, TOKEN = "the-encrypt-key", "the-token"
EVENT: Json = {
    "schema": "2.0",
    "header": {"event_id": "e1", "event_type": "x", "token": TOKEN},
    "event": {"a": 1},
}


class Door:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.stored: list[Json] = []
        self.aside: list[tuple[str, str]] = []

    def accept(self, envelope: Json) -> Json | None:
        kind = envelope.get("event", {}).get("kind")
        if kind == "malformed":
            raise MalformedEvent("no table")
        if kind == "full":
            raise OSError("the disk is full")
        self.stored.append(envelope)
        return {"toast": {"content": "好"}} if kind == "press" else None

    def reject(self, raw: str, cause: str) -> None:
        self.aside.append((raw, cause))


@pytest.fixture
def door() -> Door:
    return Door()


@contextmanager
def served(
    door: Door, encrypt_key: str, token: str, now: Callable[[], datetime], body_s: float = BODY_S
) -> Iterator[str]:
    """Our webhook on a loopback port."""
    route = webhook_route(door.accept, encrypt_key, token, now, reject=door.reject, body_s=body_s)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=[route]), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        server.should_exit = True
        thread.join()


@pytest.fixture
def url(door: Door) -> Iterator[str]:
    with served(door, KEY, TOKEN, lambda: NOW) as url:
        yield url


@pytest.fixture
def plain_url(door: Door) -> Iterator[str]:
    """The same without encryption."""
    with served(door, "", TOKEN, lambda: NOW) as url:
        yield url


def encrypted(plain: Any, key: str = KEY) -> bytes:
    text = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
    cipher = AES.new(hashlib.sha256(key.encode()).digest(), AES.MODE_CBC, b"0123456789abcdef")
    sealed = b"0123456789abcdef" + cipher.encrypt(pad(text, AES.block_size))
    return json.dumps({"encrypt": base64.b64encode(sealed).decode()}).encode()


def headers(body: bytes, *, at: datetime = NOW, key: str = KEY, nonce: str = "731") -> dict[str, str]:
    timestamp = str(int(at.timestamp()))
    return {
        "X-Lark-Request-Timestamp": timestamp,
        "X-Lark-Request-Nonce": nonce,
        "X-Lark-Signature": signature(timestamp, "731", key, body),
    }


def send(url: str, body: bytes, signed: dict[str, str] | None = None) -> requests.Response:
    return requests.post(url, data=body, headers=signed, timeout=60)


def post(url: str, body: bytes, at: datetime = NOW) -> requests.Response:
    return send(url, body, headers(body, at=at))


def test_the_documented_cipher_is_read() -> None:
    plain = decrypt("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "test key")

    assert plain == b"hello world"


def test_an_authentic_event_is_stored_and_acknowledged(door: Door, url: str) -> None:
    answer = post(url, encrypted(EVENT))

    assert (answer.status_code, answer.json()) == (200, {})
    assert door.stored == [EVENT]


def test_the_answer_to_a_press_goes_back(url: str) -> None:
    answer = post(url, encrypted({**EVENT, "event": {"kind": "press"}}))

    assert answer.json() == {"toast": {"content": "好"}}


def test_without_encryption_the_token_is_the_proof(door: Door, plain_url: str) -> None:
    stranger = {**EVENT, "header": {"event_id": "e1", "token": "guessed"}}
    old = {"uuid": "1", "token": TOKEN, "event": {}}
    bodies = [json.dumps(found).encode() for found in (EVENT, stranger, old)]

    assert [send(plain_url, body).status_code for body in [*bodies, b"no json"]] == [200, 403, 200, 403]
    assert [envelope.get("uuid") for envelope in door.stored] == [None, "1"]


def test_the_challenge_is_echoed_without_a_signature(door: Door, url: str, plain_url: str) -> None:
    question = {"challenge": "c7f1", "token": TOKEN, "type": "url_verification"}
    answers = [send(url, encrypted(question)), send(plain_url, json.dumps(question).encode())]

    assert [(a.status_code, a.json()) for a in answers] == [(200, {"challenge": "c7f1"})] * 2
    assert door.stored == []


def test_a_challenge_with_a_wrong_token_is_refused(url: str) -> None:
    question = {"challenge": "c7f1", "token": "guessed", "type": "url_verification"}

    assert send(url, encrypted(question)).status_code == 403


BODY = encrypted(EVENT)
REFUSED: dict[str, Callable[[], tuple[bytes, dict[str, str]]]] = {
    "signed with another key": lambda: (BODY, headers(BODY, key="other")),
    "another body": lambda: (BODY + b" ", headers(BODY)),
    "another nonce": lambda: (BODY, headers(BODY, nonce="732")),
    "no signature": lambda: (BODY, {}),
    "encrypted with another key": lambda: ((b := encrypted(EVENT, "other")), headers(b)),
    "not encrypted": lambda: ((b := json.dumps(EVENT).encode()), headers(b)),
    "not base64": lambda: ((b := b'{"encrypt": "?"}'), headers(b)),
    "too short": lambda: ((b := b'{"encrypt": "QUJD"}'), headers(b)),
    "no json": lambda: ((b := b"hello"), headers(b)),
    "too old": lambda: (BODY, headers(BODY, at=NOW - timedelta(hours=8, seconds=1))),
    "from the future": lambda: (BODY, headers(BODY, at=NOW + timedelta(minutes=6))),
    "wrong token": lambda: ((b := encrypted({"token": "guessed"})), headers(b)),
    "odd token": lambda: ((b := encrypted({"token": "\ud800"})), headers(b)),
}


@pytest.mark.parametrize("delivery", REFUSED.values(), ids=REFUSED)
def test_what_is_not_authentic_is_refused_and_not_stored(
    door: Door,
    url: str,
    delivery: Callable[[], tuple[bytes, dict[str, str]]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = send(url, *delivery())

    assert answer.status_code == 403
    assert (door.stored, door.aside) == ([], [])
    assert KEY not in caplog.text + answer.text
    assert TOKEN not in caplog.text + answer.text


@pytest.mark.parametrize("age", [timedelta(hours=7, minutes=6), timedelta(0), timedelta(minutes=-4)])
def test_a_late_repeat_is_still_taken(url: str, age: timedelta) -> None:
    assert post(url, encrypted(EVENT), at=NOW - age).status_code == 200


def test_a_signed_timestamp_must_be_a_number() -> None:
    signed = {
        "x-lark-request-timestamp": "soon",
        "x-lark-request-nonce": "1",
        "x-lark-signature": signature("soon", "1", KEY, BODY),
    }
    with pytest.raises(RefusedDelivery, match="no number"):
        authentic(BODY, signed, Keys(encrypt_key=KEY, verification_token=""), NOW)


def test_without_any_secret_nothing_can_be_trusted() -> None:
    with pytest.raises(RefusedDelivery, match="neither"):
        authentic(b"{}", {}, Keys(encrypt_key="", verification_token=""), NOW)


@pytest.mark.parametrize("plain", [b"no json", b"[1]", b'{"event": {"kind": "malformed"}}'])
def test_an_authentic_delivery_that_is_no_event_is_set_aside(door: Door, url: str, plain: bytes) -> None:
    answer = post(url, encrypted(plain))

    assert answer.status_code == 200
    assert [raw for raw, _ in door.aside] == [plain.decode()]
    assert door.stored == []


def test_an_event_that_cannot_be_stored_is_not_acknowledged(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = post(url, encrypted({**EVENT, "event": {"kind": "full"}}))

    assert answer.status_code == 500
    assert "the disk is full" in caplog.text
    assert "disk" not in answer.text


def test_a_huge_body_is_not_read(url: str) -> None:
    answer = post(url, b"x" * (1024 * 1024 + 1))

    assert answer.status_code == 413


def test_keys_do_not_show_themselves() -> None:
    assert repr(Keys(encrypt_key=KEY, verification_token=TOKEN)) == "Keys(***)"


def test_the_sandbox_delivers_to_it(door: Door, sandbox: Sandbox, tables: BaseTables) -> None:
    ready = sandbox.ready

    def now() -> datetime:
        return datetime.fromisoformat(sandbox.control("GET", "/clock")["now"])

    pause = threading.Event()
    with served(door, ready["encrypt_key"], ready["verification_token"], now) as url:
        sandbox.control("PUT", "/webhook", {"url": url, "encrypt": True})
        tables.subscribe()
        tables.create("requirement", [{"title": "甲"}], "r")
        for _ in range(3000):
            if door.stored:
                break
            pause.wait(0.01)

    assert door.stored[0]["header"]["event_type"] == "drive.file.bitable_record_changed_v1"


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"token":' * 5000, b"9" * 10_000], ids=["lists", "objects", "digits"]
)
def test_nobody_brings_the_door_down_with_a_body_that_no_parser_likes(
    door: Door, url: str, plain_url: str, body: bytes
) -> None:
    assert [send(url, body).status_code, send(plain_url, body).status_code] == [403, 403]
    assert post(url, encrypted(body)).status_code == 200, (
        "signed: it is Feishu's, and no repeat would mend it"
    )
    assert [raw.encode() for raw, _ in door.aside] == [body]


def test_what_is_set_aside_is_kept_byte_for_byte(door: Door, url: str) -> None:
    whole = json.dumps({**EVENT, "event": {"kind": "malformed"}}, indent=3).encode()
    cut = whole[:-1] + b', "x": "\xe4\xba"}'

    assert [post(url, encrypted(body)).status_code for body in (whole, cut)] == [200, 200]
    assert [raw.encode("utf-8", "surrogateescape") for raw, _ in door.aside] == [whole, cut]
