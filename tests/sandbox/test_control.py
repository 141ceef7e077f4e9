"""Driving the sandbox: its clock, its misfortunes, its counts and its reset."""

import threading
from typing import Any

import pytest
import requests

from tests.sandbox.bases_at_hand import WatchedBase, button, card
from tests.sandbox.conftest import Sandbox
from tests.sandbox.test_messages import send


def test_the_clock_is_set_frozen_and_advanced(sandbox: Sandbox) -> None:
    set_to = sandbox.control("PUT", "/clock", json={"now": "2026-08-03T09:00:00+08:00", "frozen": True})
    assert (set_to["now"], set_to["frozen"]) == ("2026-08-03T01:00:00+00:00", True)
    moved = sandbox.control("POST", "/clock", json={"advance_s": 90})
    assert (moved["now"], moved["turns"]) == ("2026-08-03T01:01:30+00:00", set_to["turns"] + 1)
    assert sandbox.control("GET", "/clock") == moved


def test_a_watcher_hears_of_a_jump_at_once(sandbox: Sandbox) -> None:
    turns = sandbox.control("GET", "/clock")["turns"]
    heard: list[Any] = []

    def watch() -> None:
        url = f"{sandbox.url}/_sandbox/clock?after={turns}&timeout_s=60"
        heard.append(requests.get(url, timeout=60).json())

    watcher = threading.Thread(target=watch)
    watcher.start()
    sandbox.control("POST", "/clock", json={"advance_s": 60})
    watcher.join(30)
    assert heard[0]["turns"] == turns + 1


def test_a_watcher_gives_up_after_its_time(sandbox: Sandbox) -> None:
    before = sandbox.control("GET", "/clock")
    after = sandbox.control("GET", f"/clock?after={before['turns']}&timeout_s=0")
    assert after["turns"] == before["turns"]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "clock", {"now": "yesterday"}),
        ("POST", "clock", {"advance_s": "x"}),
        ("GET", "clock?after=0&timeout_s=soon", None),
        ("PUT", "switches", {"nonsense": 1}),
        ("PUT", "switches", {"rate_limits": "yes"}),
        ("PUT", "faults", [{"kind": "explode"}]),
        ("PUT", "faults", {"rules": 1}),
        ("PUT", "people/ou_x", {"is_resigned": 1}),
    ],
)
def test_a_wrong_order_is_refused(sandbox: Sandbox, method: str, path: str, body: Any) -> None:
    answer = sandbox.call(method, f"/_sandbox/{path}", json=body)
    assert (answer.status, answer.code) == (400, 9499)


def test_a_click_needs_a_person_and_a_card(sandbox: Sandbox) -> None:
    message_id = send(sandbox, card(button("ok", {}))).data["message_id"]
    path, open_id = f"/_sandbox/messages/{message_id}/click", sandbox.ready["users"][0]["open_id"]
    assert sandbox.call("POST", path, json={"open_id": "ou_x", "element": 0}).status == 404
    assert sandbox.call("POST", path, json={"open_id": open_id, "element": "no"}).status == 400


def test_an_ordered_error_is_answered_as_often_as_ordered(sandbox: Sandbox) -> None:
    rule = {"kind": "code", "route": "GET /open-apis/bot/v3/info", "code": 2200, "status": 500, "count": 1}
    sandbox.control("PUT", "/faults", json={"seed": 1, "rules": [rule]})
    assert [sandbox.app("GET", "/open-apis/bot/v3/info").code for _ in range(2)] == [2200, 0]
    counted = sandbox.control("GET", "/stats")["requests"]["GET /open-apis/bot/v3/info"]
    assert counted == {"2200": 1, "0": 1}


def test_a_reset_forgets_all_but_credentials_and_people(sandbox: Sandbox) -> None:
    base, token = WatchedBase(sandbox), sandbox.app_token()
    send(sandbox, {"text": "x"})
    sandbox.control("PUT", "/clock", json={"now": "2030-01-01T00:00:00+00:00", "frozen": True})
    sandbox.control("PUT", "/faults", json=[{"kind": "status"}])
    sandbox.control("PUT", "/switches", json={"fragments": 3})
    sandbox.control("PUT", f"/people/{sandbox.ready['users'][0]['open_id']}", json={"available": False})
    assert sandbox.control("POST", "/reset") == {}
    assert sandbox.control("GET", "/messages")["messages"] == []
    assert sandbox.control("GET", "/clock")["frozen"] is False
    assert sandbox.control("GET", "/switches")["fragments"] == 1
    assert sandbox.control("GET", "/faults")["rules"] == []
    assert sandbox.call("GET", base.table.rpartition("/")[0], token=token).code == 91402
    assert send(sandbox, {"text": "x"}).code == 0
