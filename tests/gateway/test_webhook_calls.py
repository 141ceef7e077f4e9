"""Signed calls over real HTTP: a receiver can prove them, and they go nowhere that nobody named."""

import base64
import hashlib
import hmac
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme

from feishu_plugin.gateway.webhook_calls import Endpoint, SignedWebhooks, signed
from feishu_plugin.sync.webhook_calls import WebhookError

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
KEY = b"secret key of 24 bytes!!"
PAYLOAD = '{"type":"状态"}'.encode()


class Receiver(HTTPServer):
    """Keeps what it is sent and answers what it is told to."""

    answer = 204
    silent = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[Mapping[str, str], bytes]] = []
        self.released = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
        if self.server.silent:
            self.server.released.wait(30)
            return
        self.send_response(self.server.answer)
        self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    with Receiver() as found:
        if tls:
            found.socket = tls.wrap_socket(found.socket, server_side=True)
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            found.released.set()
            found.shutdown()
            thread.join()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def call(url: str, timeout_s: float = 10, trusted: Path | None = None) -> None:
    webhooks = SignedWebhooks([Endpoint(url=url, key=KEY)], timeout_s, trusted)
    webhooks.call(webhooks.endpoints[0], "webhook:x:move-1", PAYLOAD, NOW)


def address(receiver: Receiver) -> str:
    return f"http://127.0.0.1:{receiver.server_port}/hook?key=s3cret"


def test_a_receiver_can_prove_who_sent_it(receiver: Receiver) -> None:
    call(address(receiver))

    [(headers, body)] = receiver.got
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    version, _, given = headers["webhook-signature"].partition(",")
    assert (version, body) == ("v1", PAYLOAD)
    assert base64.b64decode(given) == hmac.new(KEY, content, hashlib.sha256).digest()
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert headers["content-type"] == "application/json"
    assert headers["host"] == f"127.0.0.1:{receiver.server_port}"


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the specification's own libraries."""
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    headers = signed(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}')

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_same_call_again_has_the_same_id(receiver: Receiver) -> None:
    for _ in range(2):
        call(address(receiver))

    first, second = (headers["webhook-id"] for headers, _ in receiver.got)
    assert first == second
    assert "move-1" not in first


@pytest.mark.parametrize("code", [301, 302, 307, 308, 400, 404, 429, 500, 503])
def test_all_but_success_is_a_no_and_no_redirect_is_followed(receiver: Receiver, code: int) -> None:
    receiver.answer = code

    with pytest.raises(WebhookError, match=f"HTTP {code}") as caught:
        call(address(receiver))

    assert not caught.value.gone
    assert "s3cret" not in str(caught.value)
    assert len(receiver.got) == 1


def test_410_is_for_ever(receiver: Receiver) -> None:
    receiver.answer = 410

    with pytest.raises(WebhookError) as caught:
        call(address(receiver))

    assert caught.value.gone


def test_a_silent_receiver_is_not_waited_for(receiver: Receiver) -> None:
    receiver.silent = True

    with pytest.raises(WebhookError, match="ReadTimeout"):
        call(address(receiver), timeout_s=0.1)


def test_nobody_there_is_a_no() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(WebhookError, match="ConnectionError"):
        call(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "host",
    ["10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "[fd00::1]", "[::ffff:10.0.0.1]", "127.0.0.2"],
)
def test_private_addresses_are_never_dialled(host: str) -> None:
    with pytest.raises(WebhookError, match="private address"):
        call(f"https://{host}/")


def test_tls_is_spoken_with_the_name_and_not_with_the_address(tmp_path: Path) -> None:
    authority, trusted = trustme.CA(), tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(trusted)
    outcomes = []
    for name in ("localhost", "elsewhere.example"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        with receiving(context) as receiver:
            try:
                call(f"https://localhost:{receiver.server_port}/", trusted=trusted)
            except WebhookError as error:
                outcomes.append(str(error).partition(": ")[2])
            else:
                outcomes.append("made")

    assert outcomes == ["made", "SSLError"]
