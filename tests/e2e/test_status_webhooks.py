"""Status changes told to a real receiver: signed, again after a failure when the time has come."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from feishu_plugin.demo.stage import Stage
from tests.e2e.conftest import provisioned

ZHOU = "周子墨"
KEY = b"a key of twenty-four byt"


class Receiver(HTTPServer):
    """Keeps what it is sent; the first answers are failures."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[tuple[Mapping[str, str], bytes]] = []
        self.failures = 1
        self.changed = threading.Condition()

    def wait_for(self, calls: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: len(self.got) >= calls, timeout=60)


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.changed:
            self.server.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            failing, self.server.failures = self.server.failures > 0, self.server.failures - 1
            self.server.changed.notify_all()
        self.send_response(500 if failing else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield found
        found.shutdown()
        thread.join()


@pytest.fixture
def telling(receiver: Receiver) -> Iterator[Stage]:
    """A watched base that tells the receiver."""
    stage = provisioned()
    endpoint = f"http://127.0.0.1:{receiver.server_port}/|whsec_{base64.b64encode(KEY).decode()}"
    stage.environment = {**stage.environment, "FEISHU_PLUGIN_WEBHOOKS": endpoint}
    try:
        stage.serve()
        yield stage
    finally:
        stage.close()


def test_a_move_is_told_again_after_a_failure(telling: Stage, receiver: Receiver) -> None:
    owner = [{"id": telling.people[ZHOU]["open_id"]}]
    ready = {"负责人": owner, "计划完成时间": int((telling.now() + timedelta(days=3)).timestamp() * 1000)}
    row = {"需求标题": "推送", "联系方式": "someone@example.com", "需求类型": "问题反馈", **ready}
    [rid] = telling.create(ZHOU, "requirement", [row])
    telling.until_quiet()
    telling.edit(ZHOU, "requirement", {rid: {"当前状态": "处理中"}})
    assert receiver.wait_for(1)
    telling.until_quiet()
    assert len(receiver.got) == 1, "it waits for its time"

    telling.session.post(f"{telling.url}/_sandbox/clock", json={"advance_s": 10}, timeout=60)

    assert receiver.wait_for(2)
    telling.until_quiet()
    (first, body), (second, again) = receiver.got
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    content = f"{second['webhook-id']}.{second['webhook-timestamp']}.".encode() + again
    signature = base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
    assert second["webhook-signature"] == f"v1,{signature}"
    told: dict[str, Any] = json.loads(again)
    assert told["data"]["to"] == {"key": "in_progress", "label": "处理中"}
    assert "example.com" not in again.decode()
