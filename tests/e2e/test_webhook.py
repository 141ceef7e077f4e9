"""The other door: events pushed to a URL, encrypted and signed, instead of the long connection."""

import base64
import hashlib
import http.client
import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

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


def record_event(stage: Stage, event_id: str, record_id: str) -> dict[str, object]:
    """What Feishu pushes for an edit of a requirement."""
    token, app = stage.sandbox.ready["verification_token"], stage.base["base_token"]
    header = {
        "event_type": "drive.file.bitable_record_changed_v1",
        "event_id": event_id,
        "token": token,
        "create_time": str(int(stage.now().timestamp() * 1000)),
    }
    change = {"record_id": record_id, "action": "record_edited", "before_value": [], "after_value": []}
    event = {"file_token": app, "table_id": stage.base["tables"]["requirement"], "action_list": [change]}
    return {"schema": "2.0", "header": header, "event": event}


def test_a_replay_changes_nothing_within_the_window_and_is_refused_after_it(pushed: Stage) -> None:
    [rid] = pushed.create(ZHOU, "requirement", [{"需求标题": "重放"}])
    pushed.until_quiet()
    body = sealed(pushed, record_event(pushed, "replayed", rid))
    headers = signed(pushed, body)

    def replay() -> int:
        return requests.post(door(pushed), data=body, headers=headers, timeout=30).status_code

    assert replay() == 200
    pushed.until_quiet()
    before, told = {name: pushed.rows(name) for name in pushed.base["tables"]}, pushed.messages()

    assert [replay() for _ in range(5)] == [200] * 5
    pushed.until_quiet()
    assert {name: pushed.rows(name) for name in pushed.base["tables"]} == before
    assert pushed.messages() == told

    pushed.go_to(pushed.now() + timedelta(hours=8, minutes=1))
    assert replay() == 403


def test_under_a_flood_of_forged_deliveries_an_illegal_move_is_still_put_back(pushed: Stage) -> None:
    [rid] = pushed.create(ZHOU, "requirement", [{"需求标题": "洪水"}])
    pushed.until_quiet()
    target = urlsplit(door(pushed))
    over, answers = threading.Event(), Counter[int]()

    def flood() -> None:
        while not over.is_set():
            forger = http.client.HTTPConnection(
                str(target.hostname), target.port, timeout=30, source_address=("127.0.0.2", 0)
            )
            forger.request("POST", target.path, b'{"encrypt": "forged"}')
            answers[forger.getresponse().status] += 1
            forger.close()

    forgers = [threading.Thread(target=flood) for _ in range(4)]
    for forger in forgers:
        forger.start()
    try:
        pushed.edit(ZHOU, "requirement", {rid: {"当前状态": "已完成"}})
        pushed.until_quiet()
    finally:
        over.set()
        for forger in forgers:
            forger.join()

    assert pushed.rows("requirement")[rid]["当前状态"] == "待处理"
    assert set(answers) == {403, 429}
    assert answers[429] > answers[403]
