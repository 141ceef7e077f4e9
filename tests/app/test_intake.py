"""The HTTP door for requirements, over real HTTP: stored once, then acknowledged; all else refused."""

import json
import logging
import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from pydantic import SecretStr

from feishu_plugin import schema as schemas
from feishu_plugin.app import front_door
from feishu_plugin.app.clocks import FixedClock
from feishu_plugin.app.intake import intake_routes
from feishu_plugin.app.intake_desk import IntakeDesk
from feishu_plugin.app.intake_openapi import PATH
from feishu_plugin.app.intake_pace import Pace
from feishu_plugin.app.intake_submission import MOST_BYTES, Submission
from feishu_plugin.errors import StoreError
from feishu_plugin.gateway.refusals import BURST
from feishu_plugin.ports import Accepted, Settlement
from feishu_plugin.records import Record
from feishu_plugin.setting_parts import IntakeKey
from feishu_plugin.store.store import Store

SCHEMA = schemas.load()
NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)
KEYS = (
    IntakeKey(name="工单系统", key=SecretStr("k" * 24), base="bascnA"),
    IntakeKey(name="官网", key=SecretStr("w" * 24), base="bascnA"),
    IntakeKey(name="分公司", key=SecretStr("b" * 24), base="bascnB"),
)
TITLE = {"title": "导出变慢"}


class Gate:
    """The served door, its store, and a sender with a key."""

    def __init__(self, url: str, store: Store, woken: list[str]) -> None:
        self.url, self.store, self.woken = url, store, woken

    def post(self, values: object = TITLE, *, mark: str = "T-1", key: str = "k", **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {key * 24}", "Idempotency-Key": mark, **more.pop("headers", {})}
        body = more or {"json": values}
        return requests.post(self.url + PATH, headers=headers, timeout=30, **body)

    def get(self, mark: str = "T-1", key: str = "k") -> Any:
        headers = {"Authorization": f"Bearer {key * 24}"}
        return requests.get(f"{self.url}{PATH}/{quote(mark, safe='')}", headers=headers, timeout=30)

    def rows(self, base: str = "bascnA") -> list[dict[str, Any]]:
        """What waits to be written."""
        return [one.effect.body for one in self.store.due(base, NOW, 100)]


@contextmanager
def opened(store: Store, pace: Pace | None = None, body_s: float = 10) -> Iterator[Gate]:
    woken: list[str] = []
    desk = IntakeDesk(store, SCHEMA, FixedClock(NOW), KEYS, woken.append)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = front_door.server(intake_routes(desk, pace, body_s))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield Gate(f"http://127.0.0.1:{listening.getsockname()[1]}", store, woken)
        server.should_exit = True
        thread.join()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(str(tmp_path / "s.sqlite3"))
    yield found
    found.close()


@pytest.fixture
def gate(store: Store) -> Iterator[Gate]:
    with opened(store) as found:
        yield found


def test_a_requirement_is_durable_when_it_is_acknowledged(gate: Gate, tmp_path: Path) -> None:
    answer = gate.post({**TITLE, "customer_name": " 测试公司 ", "urgency": "高", "source": "", "remark": ""})

    assert (answer.status_code, answer.json()) == (
        202,
        {"key": "T-1", "state": "received", "url": f"{PATH}/T-1"},
    )
    other = Store(str(tmp_path / "s.sqlite3"))  # another process sees it
    [pending] = other.due("bascnA", NOW, 10)
    other.close()
    assert pending.effect.body == {
        "title": "导出变慢",
        "customer_name": "测试公司",
        "urgency": "high",
        "import_key": "工单系统:T-1",
    }
    assert gate.woken == ["bascnA"]


def test_the_same_again_is_the_same_requirement(gate: Gate) -> None:
    answers = [gate.post().status_code, gate.post().status_code]

    assert answers == [202, 200]
    assert len(gate.rows()) == 1


def test_the_same_at_once_is_one_requirement(gate: Gate) -> None:
    with ThreadPoolExecutor(8) as pool:
        codes = {answer.status_code for answer in pool.map(lambda _: gate.post(), range(16))}

    assert codes <= {200, 202}
    assert len(gate.rows()) == 1


def test_a_key_that_says_something_else_is_refused(gate: Gate) -> None:
    gate.post()

    answer = gate.post({"title": "别的需求"})

    assert answer.status_code == 409
    assert [row["title"] for row in gate.rows()] == ["导出变慢"]


def test_two_senders_may_use_the_same_mark_and_see_only_their_own(gate: Gate) -> None:
    gate.post(key="k")

    assert gate.get(key="w").status_code == 404
    assert gate.post({"title": "官网来的"}, key="w").status_code == 202
    assert gate.post({"title": "分公司的"}, key="b").status_code == 202
    assert [row["title"] for row in gate.rows()] == ["导出变慢", "官网来的"]
    assert [row["title"] for row in gate.rows("bascnB")] == ["分公司的"]


def test_a_form_post_is_taken_as_well(gate: Gate) -> None:
    answer = gate.post(data={"title": "表单来的"})

    assert answer.status_code == 202
    assert gate.rows() == [{"title": "表单来的", "import_key": "工单系统:T-1"}]


def test_an_option_may_be_named_in_either_language_or_by_key(gate: Gate) -> None:
    option = SCHEMA.table("requirement").field("source").options[0]
    for number, name in enumerate((option.key, option.zh, option.en, option.en.upper())):
        gate.post({**TITLE, "source": name}, mark=f"T-{number}")

    assert [row["source"] for row in gate.rows()] == [option.key] * 4


WRONG: list[tuple[object, str, str]] = [
    ({}, "title", "必填"),
    ({"title": "  "}, "title", "不能为空"),
    ({"title": "长" * 501}, "title", "太长"),
    ({"title": 7}, "title", "必须是文本"),
    ({"title": "\ud800"}, "title", "不是有效的文本"),
    ({**TITLE, "owner": "ou_x"}, "owner", "没有这个字段"),
    ({**TITLE, "status": "closed"}, "status", "没有这个字段"),
    ({**TITLE, "urgency": "很急很急"}, "urgency", "没有这个选项"),
    (["title"], "", "应为一个对象"),
]


@pytest.mark.parametrize(("data", "field", "reason"), WRONG, ids=[f"{w[1]} {w[2]}" for w in WRONG])
def test_what_is_wrong_is_said_field_by_field(gate: Gate, data: object, field: str, reason: str) -> None:
    answer = gate.post(data)

    assert answer.status_code == 422
    [found] = answer.json()["error"]["fields"]
    assert found["field"] == field
    assert found["zh"].startswith(reason)
    assert found["en"]
    assert gate.rows() == []


@pytest.mark.parametrize("mark", ["", "a b", "é", "x" * 201])
def test_a_mark_is_needed_that_can_be_repeated(gate: Gate, mark: str) -> None:
    answer = gate.post(mark=mark.encode("latin-1").decode("latin-1"))

    assert answer.status_code == 422
    assert answer.json()["error"]["fields"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize("mark", ["a/b", "100%", "?x=1#y", "x" * 200])
def test_any_mark_can_be_asked_for(gate: Gate, mark: str) -> None:
    brought = gate.post(mark=mark)

    assert brought.status_code == 202
    assert requests.get(gate.url + brought.json()["url"], timeout=30).status_code == 401
    assert gate.get(mark).json()["key"] == mark


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("text/plain", b"title=x", 415),
        ("", b"{}", 415),
        ("application/json", b"{", 422),
        ("application/json", b"[" * 500 + b"]" * 500, 422),
        ("application/json; charset=utf-8", b'{"title": "x"}', 202),
        ("application/x-www-form-urlencoded", b"title=x&title=y", 422),
        ("application/x-www-form-urlencoded", b"title", 422),
        ("application/x-www-form-urlencoded", b"title=%ff", 422),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % n for n in range(60)), 422),
    ],
)
def test_only_what_is_spoken_here_is_read(gate: Gate, kind: str, body: bytes, code: int) -> None:
    assert gate.post(data=body, headers={"Content-Type": kind}).status_code == code


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer wrong", "Basic " + "k" * 24])
def test_without_a_key_nothing_is_taken(gate: Gate, authorization: str | None) -> None:
    headers = {"Idempotency-Key": "T-1"} | ({"Authorization": authorization} if authorization else {})

    answer = requests.post(gate.url + PATH, json=TITLE, headers=headers, timeout=30)

    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert gate.rows() == []


def test_who_guesses_keys_is_turned_away(gate: Gate) -> None:
    codes = [gate.get(key="x").status_code for _ in range(BURST + 1)]

    assert codes == [401] * BURST + [429]


def test_a_key_that_works_too_fast_waits_and_others_do_not(store: Store) -> None:
    seconds = [0.0]
    with opened(store, Pace(lambda: seconds[0], burst=2, per_second=1)) as gate:
        codes = [gate.post(mark=f"T-{n}").status_code for n in range(3)]
        other = gate.post(key="w").status_code
        seconds[0] = 1.0
        again = gate.post(mark="T-9").status_code

    assert (codes, other, again) == ([202, 202, 429], 202, 202)


def test_a_large_body_is_not_read_to_its_end(gate: Gate) -> None:
    assert gate.post({"title": "x", "remark": "y" * MOST_BYTES}).status_code == 413


def test_a_slow_body_is_not_waited_for(store: Store) -> None:
    with opened(store, body_s=0.05) as gate:
        host, port = gate.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as peer:
            head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {'k' * 24}\r\n"
            peer.sendall(f"{head}Content-Length: 100\r\n\r\n{{".encode())
            answer = peer.recv(4096)

    assert answer.startswith(b"HTTP/1.1 408")


class Full(Store):
    """A database without room."""

    def settle(self, app_token: str, settlement: Settlement) -> None:
        raise StoreError("no room")


def test_what_cannot_be_stored_is_not_acknowledged(tmp_path: Path) -> None:
    store = Full(str(tmp_path / "s.sqlite3"))
    with opened(store) as gate:
        answer = gate.post()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert gate.woken == []
    store.close()


def test_the_sender_hears_number_and_status_and_nothing_internal(gate: Gate) -> None:
    gate.post()
    [pending] = gate.store.due("bascnA", NOW, 10)
    gate.store.done_each({pending.row: "rec1"}, NOW)
    not_judged = gate.get().json()
    values = {"number": "20260901-产品-001", "status": "doing", "remark": "内部备注"}
    state = Accepted(
        record=Record(record_id="rec1", values=values), status_since=NOW, corrections=(), policy_version="1"
    )
    gate.store.settle("bascnA", Settlement(accepted={("requirement", "rec1"): state}))

    judged = gate.get().json()

    assert (not_judged["state"], not_judged["number"], not_judged["status"]) == ("written", None, None)
    assert judged["number"] == "20260901-产品-001"
    assert judged["status"]["key"] == "doing"
    assert "内部备注" not in json.dumps(judged, ensure_ascii=False)
    assert gate.post().json() == judged, "the same again is told the same"


def test_a_refusal_by_feishu_is_told(gate: Gate) -> None:
    gate.post()
    [pending] = gate.store.due("bascnA", NOW, 10)
    gate.store.failed([pending.row], None, "1254060 internals")

    answer = gate.get()

    assert answer.json()["state"] == "refused"
    assert "1254060" not in answer.text


def test_no_key_shows_in_answers_or_logs(gate: Gate, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    text = gate.post().text + gate.get().text + gate.get(key="x").text + gate.post({}).text

    ours = [record.getMessage() for record in caplog.records if record.name.startswith("feishu_plugin")]
    assert "kkkk" not in text + "".join(ours)
    assert "xxxx" not in text + "".join(ours)


def test_the_description_names_every_field_route_and_answer(gate: Gate) -> None:
    found = requests.get(gate.url + "/intake/openapi.json", timeout=30).json()

    assert found["openapi"] == "3.1.0"
    assert found["components"]["schemas"]["Submission"]["properties"].keys() == Submission.model_fields.keys()
    assert found["components"]["schemas"]["Submission"]["additionalProperties"] is False
    assert {path: set(methods) for path, methods in found["paths"].items()} == {
        PATH: {"post"},
        PATH + "/{key}": {"get"},
    }
    for wanted in _references(found):
        assert wanted.removeprefix("#/components/schemas/") in found["components"]["schemas"]


def test_the_examples_of_the_guide_work_as_they_stand(gate: Gate) -> None:
    guide = (Path(__file__).parents[2] / "docs" / "administrator.md").read_text(encoding="utf-8")
    examples = re.findall(r"```bash\n(curl [^`]+/intake/[^`]+)```", guide)
    environment = {"URL": gate.url, "KEY": "k" * 24, "PATH": os.defpath}

    answers = [
        json.loads(
            subprocess.run(["bash", "-c", one], env=environment, check=True, capture_output=True).stdout
        )
        for one in examples
    ]

    assert [one.get("state") for one in answers] == ["received", "received", None]
    assert answers[2]["openapi"] == "3.1.0"


def _references(found: Any) -> Iterator[str]:
    for key, value in found.items() if isinstance(found, dict) else enumerate(found):
        if key == "$ref":
            yield value
        elif isinstance(value, dict | list):
            yield from _references(value)
