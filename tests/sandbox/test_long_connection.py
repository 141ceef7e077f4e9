"""The long connection, judged by the official Python client in a child process and by bare sockets."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from feishu_plugin.sandbox.frames import CONTROL, Frame, decode, encode
from tests.looking import PATIENCE_S, looks
from tests.sandbox.bases_at_hand import WatchedBase, button, card
from tests.sandbox.conftest import Sandbox
from tests.sandbox.listeners import Listener

DONE = {"schema": "2.0", "body": {"elements": [{"tag": "markdown", "content": "已完成"}]}}


def bootstrap(sandbox: Sandbox, **changes: str) -> Any:
    ready = sandbox.ready
    body = {"AppID": ready["app_id"], "AppSecret": ready["app_secret"], **changes}
    return sandbox.call("POST", "/callback/ws/endpoint", json=body).body


@pytest.fixture(scope="module")
def sdk(sandbox_session: Sandbox) -> Iterator[Listener]:
    """The official client, connected for the whole module."""
    ready = sandbox_session.ready
    listener = Listener("lark_client.py", ready["base_url"], ready["app_id"], ready["app_secret"])
    listener.next("starting")
    until_online(sandbox_session)
    yield listener
    listener.close()


def send_card(sandbox: Sandbox, content: dict[str, Any]) -> str:
    body = {
        "receive_id": sandbox.ready["users"][0]["open_id"],
        "msg_type": "interactive",
        "content": json.dumps(content),
    }
    answer = sandbox.app("POST", "/open-apis/im/v1/messages?receive_id_type=open_id", json=body)
    return str(answer.data["message_id"])


def click(sandbox: Sandbox, message_id: str, element: str | int) -> Any:
    body = {"open_id": sandbox.ready["users"][0]["open_id"], "element": element}
    return sandbox.call("POST", f"/_sandbox/messages/{message_id}/click", json=body).body


def until_online(sandbox: Sandbox) -> None:
    """Returns once somebody holds a long connection."""
    for _ in looks():
        if sandbox.control("GET", "/stats")["long_connections"]:
            return
    raise AssertionError("nobody connected")


def settled(sandbox: Sandbox, **wanted: int) -> dict[str, int]:
    """The event counts, once they are as wanted."""
    counts: dict[str, int] = {}
    for _ in looks():
        counts = sandbox.control("GET", "/stats")["events"]
        if all(counts[name] == number for name, number in wanted.items()):
            return counts
    raise AssertionError(counts)


@pytest.mark.parametrize("fragments", [1, 4])
def test_the_sdk_receives_and_acknowledges_a_change(sandbox: Sandbox, sdk: Listener, fragments: int) -> None:
    sandbox.control("PUT", "/switches", json={"fragments": fragments})
    base = WatchedBase(sandbox)
    name = sandbox.ready["users"][0]["name"]
    record_id = base.add("新需求", sandbox.person(name))
    envelope = sdk.next("event")
    assert envelope["header"]["event_type"] == "drive.file.bitable_record_changed_v1"
    assert envelope["header"]["app_id"] == sandbox.ready["app_id"]
    event = envelope["event"]
    assert (event["file_token"], event["table_id"]) == (base.app_token, base.table_id)
    assert event["action_list"][0]["record_id"] == record_id
    assert event["operator_id"]["open_id"] == sandbox.user(name)["open_id"]
    settled(sandbox, acknowledged=1, waiting=0)


def test_a_click_reaches_the_sdk_and_its_answer_changes_the_card(sandbox: Sandbox, sdk: Listener) -> None:
    answer = {"toast": {"type": "success", "content": "好"}, "card": {"type": "raw", "data": DONE}}
    message_id = send_card(sandbox, card(button("done", {"answer": answer})))
    clicked = click(sandbox, message_id, "done")
    assert clicked == {"answer": answer, "code": 0}
    told = sdk.next("card")
    assert told["event"]["action"]["value"] == {"answer": answer}
    assert told["event"]["operator"]["open_id"] == sandbox.ready["users"][0]["open_id"]
    assert told["event"]["context"]["open_message_id"] == message_id
    assert len(told["header"]["create_time"]) == 16
    [message] = sandbox.control("GET", "/messages")["messages"]
    assert (message["content"], message["updated"]) == (DONE, True)


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"raise": True}, 200671),
        ({"answer": {"toast": {"type": "loud", "content": "!"}}}, 200672),
        ({"answer": {"card": {"type": "raw", "data": {"schema": "2.0", "note": 1}}}}, 200673),
        ({"answer": {"card": {"type": "raw", "data": {"elements": []}}}}, 200830),
        ({"answer": {}}, 0),
    ],
)
def test_a_person_sees_what_is_wrong_with_the_answer(
    sandbox: Sandbox, sdk: Listener, order: dict[str, Any], code: int
) -> None:
    message_id = send_card(sandbox, card(button("go", order)))
    assert click(sandbox, message_id, "go")["code"] == code
    assert sdk.next("card")["event"]["action"]["value"] == order


def test_the_sdk_reconnects_after_a_closed_connection_and_gets_the_event(
    sandbox: Sandbox, sdk: Listener
) -> None:
    sandbox.control("PUT", "/switches", json={"reconnect_nonce_s": 0, "reconnect_interval_s": 1})
    sandbox.control("PUT", "/faults", json=[{"kind": "close-ws", "count": 1}])
    WatchedBase(sandbox).add("掉线")
    sdk.next("reconnected")
    sandbox.control("POST", "/clock", json={"advance_s": 15})
    assert sdk.next("event")["event"]["action_list"][0]["action"] == "record_added"
    settled(sandbox, acknowledged=1, waiting=0)


def test_the_bootstrap_names_a_url_and_all_four_settings(sandbox: Sandbox) -> None:
    answer = bootstrap(sandbox)
    assert (answer["code"], answer["msg"]) == (0, "")
    config = answer["data"]["ClientConfig"]
    assert set(config) == {"ReconnectCount", "ReconnectInterval", "ReconnectNonce", "PingInterval"}
    first, *_ = answer["data"]["URL"].partition("?")[2].split("&")
    assert not first.startswith(("device_id", "service_id"))


@pytest.mark.parametrize(
    ("changes", "code"), [({"AppID": "cli_0000000000000000"}, 1000040346), ({"AppSecret": "x"}, 514)]
)
def test_a_wrong_pair_gets_a_code_and_an_object(sandbox: Sandbox, changes: dict[str, str], code: int) -> None:
    answer = bootstrap(sandbox, **changes)
    assert (answer["code"], answer["data"]) == (code, {})


def test_the_bootstrap_insists_on_its_spelling(sandbox: Sandbox) -> None:
    answer = sandbox.call("POST", "/callback/ws/endpoint", json={"app_id": "x", "app_secret": "y"})
    assert (answer.status, answer.code) == (400, 9499)


def refused(url: str) -> dict[str, str]:
    with pytest.raises(InvalidStatus) as refusal, connect(url):
        pass
    headers = refusal.value.response.headers
    return {name: headers[name] for name in ("Handshake-Status", "Handshake-Autherrcode", "Handshake-Msg")}


def test_a_stranger_is_refused_with_514(sandbox: Sandbox) -> None:
    url = bootstrap(sandbox)["data"]["URL"].replace("access_key=", "access_key=x")
    assert refused(url)["Handshake-Status"] == "514"


def test_another_service_is_refused_with_403(sandbox: Sandbox) -> None:
    url = bootstrap(sandbox)["data"]["URL"].replace("service_id=", "service_id=1")
    assert refused(url)["Handshake-Status"] == "403"


def test_a_ping_is_answered_with_the_settings(sandbox: Sandbox) -> None:
    with connect(bootstrap(sandbox)["data"]["URL"]) as socket:
        socket.send(encode(Frame(service=33554678, method=CONTROL, headers=(("type", "ping"),))))
        pong = read(socket)
    assert (pong.method, pong.header("type"), pong.service) == (CONTROL, "pong", 33554678)
    assert json.loads(pong.payload) == bootstrap(sandbox)["data"]["ClientConfig"]


def read(socket: Connection) -> Frame:
    data = socket.recv(timeout=PATIENCE_S)
    assert isinstance(data, bytes)
    return decode(data)


def test_the_fifty_first_connection_is_refused(sandbox: Sandbox) -> None:
    sockets: list[Connection] = []
    try:
        while len(sockets) < 50 and (socket := one_more(sandbox)) is not None:
            sockets.append(socket)
        refusal = refused(bootstrap(sandbox)["data"]["URL"])
    finally:
        for socket in sockets:
            socket.close()
    assert refusal == {
        "Handshake-Status": "514",
        "Handshake-Autherrcode": "1000040350",
        "Handshake-Msg": "exceed conn limit",
    }


def one_more(sandbox: Sandbox) -> Connection | None:
    """One more connection, or None when the other clients of this run left no room."""
    try:
        return connect(bootstrap(sandbox)["data"]["URL"])
    except InvalidStatus:
        return None
