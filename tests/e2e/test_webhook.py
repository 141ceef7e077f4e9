"""The other door: events pushed to a URL, encrypted and signed, instead of the long connection."""

import base64
import hashlib
import json
import socket
from collections.abc import Iterator

import pytest
import requests
from Crypto.Cipher import AES
from Crypto.Util.Padding import pad

from feishu_plugin.demo.stage import Stage
from tests.e2e.conftest import provisioned

ZHOU = "周子墨"


@pytest.fixture(scope="module")
def pushed() -> Iterator[Stage]:
    """A base whose events come by webhook."""
    stage = provisioned()
    with socket.create_server(("127.0.0.1", 0)) as free:
        listen = f"127.0.0.1:{free.getsockname()[1]}"
    ready = stage.sandbox.ready
    stage.environment = {
        **stage.environment,
        "FEISHU_PLUGIN_CONNECTION": "webhook",
        "FEISHU_ENCRYPT_KEY": ready["encrypt_key"],
        "FEISHU_VERIFICATION_TOKEN": ready["verification_token"],
    }
    try:
        stage.serve(listen)
        url = f"http://{listen}/webhook/event"
        answer = stage.session.put(
            f"{stage.url}/_sandbox/webhook", json={"url": url, "encrypt": True}, timeout=60
        )
        assert answer.status_code == 200, answer.text
        yield stage
    finally:
        stage.close()


def door(stage: Stage) -> str:
    assert stage.service is not None
    return str(stage.service.ready["health"]).replace("/health", "/webhook/event")


def sealed(stage: Stage, envelope: dict[str, object]) -> bytes:
    """Encrypted as the platform does it: base64(iv + AES-256-CBC with the key's SHA-256)."""
    key, iv = hashlib.sha256(stage.sandbox.ready["encrypt_key"].encode()).digest(), bytes(16)
    cipher = AES.new(key, AES.MODE_CBC, iv)
    secret = base64.b64encode(iv + cipher.encrypt(pad(json.dumps(envelope).encode(), AES.block_size)))
    return json.dumps({"encrypt": secret.decode()}).encode()


def signed(stage: Stage, body: bytes) -> dict[str, str]:
    timestamp = str(int(stage.now().timestamp()))
    text = (timestamp + "nonce" + stage.sandbox.ready["encrypt_key"]).encode() + body
    return {
        "X-Lark-Request-Timestamp": timestamp,
        "X-Lark-Request-Nonce": "nonce",
        "X-Lark-Signature": hashlib.sha256(text).hexdigest(),
    }


def test_an_illegal_move_is_put_back(pushed: Stage) -> None:
    [rid] = pushed.create(ZHOU, "requirement", [{"需求标题": "推送"}])
    pushed.until_quiet()

    pushed.edit(ZHOU, "requirement", {rid: {"当前状态": "已完成"}})
    pushed.until_quiet()

    assert pushed.rows("requirement")[rid]["当前状态"] == "待处理"


def test_a_signed_event_that_makes_no_sense_is_kept_aside_counted_and_acknowledged(pushed: Stage) -> None:
    token = pushed.sandbox.ready["verification_token"]
    header = {"event_type": "drive.file.bitable_record_changed_v1", "event_id": "e1", "token": token}
    body = sealed(pushed, {"schema": "2.0", "header": header, "event": {"action_list": 7}})
    before = pushed.health()["bases"][0]["set_aside"]

    answer = requests.post(door(pushed), data=body, headers=signed(pushed, body), timeout=30)

    assert answer.status_code == 200
    assert pushed.health()["bases"][0]["set_aside"] == before + 1


def test_a_forged_event_is_refused_and_not_kept(pushed: Stage) -> None:
    body = json.dumps({"schema": "2.0", "header": {"event_type": "x", "token": "guess"}}).encode()
    before = pushed.health()["bases"][0]["set_aside"]

    answer = requests.post(door(pushed), data=body, timeout=30)

    assert answer.status_code in (400, 401, 403)
    assert pushed.health()["bases"][0]["set_aside"] == before
