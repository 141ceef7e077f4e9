"""Delivery end to end over bare sockets: late and refused acknowledgements, re-push, delay, own writes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.bases_at_hand import WatchedBase, button, card
from tests.sandbox.conftest import Sandbox
from tests.sandbox.sockets import Socket, until

FIELD_CHANGED = "drive.file.bitable_field_changed_v1"


@pytest.fixture
def base(sandbox: Sandbox) -> WatchedBase:
    until(sandbox, "", long_connections=0)
    return WatchedBase(sandbox)


@pytest.fixture
def socket(sandbox: Sandbox, base: WatchedBase) -> Iterator[Socket]:
    socket = Socket(sandbox)
    until(sandbox, "", long_connections=1)
    yield socket
    socket.close()
    until(sandbox, "", long_connections=0)


def click(sandbox: Sandbox) -> str:
    """Sends a card with one button; its message_id."""
    body = {
        "receive_id": sandbox.ready["users"][0]["open_id"],
        "msg_type": "interactive",
        "content": json.dumps(card(button("go", {}))),
    }
    answer = sandbox.app("POST", "/open-apis/im/v1/messages?receive_id_type=open_id", json=body)
    path = f"/_sandbox/messages/{answer.data['message_id']}/click"
    pressed = sandbox.call(
        "POST", path, json={"open_id": sandbox.ready["users"][0]["open_id"], "element": "go"}
    )
    return str(pressed.body["code"])


def test_a_click_that_nobody_answers_in_time_is_200341_and_never_comes_again(
    sandbox: Sandbox, socket: Socket
) -> None:
    sandbox.control("PUT", "/switches", json={"ack_limit_s": 0.05})

    assert click(sandbox) == "200341"

    assert socket.receive()[1]["header"]["event_type"] == "card.action.trigger"
    sandbox.control("POST", "/clock", json={"advance_s": 8 * 3600})
    assert socket.hears_nothing()


def test_a_click_without_any_connection_is_200340(sandbox: Sandbox, base: WatchedBase) -> None:
    assert click(sandbox) == "200340"


@pytest.mark.parametrize("late", [True, False], ids=["late", "answered 500"])
def test_an_event_that_failed_comes_again_after_15_s_with_the_same_id(
    sandbox: Sandbox, base: WatchedBase, socket: Socket, late: bool
) -> None:
    if late:
        sandbox.control("PUT", "/switches", json={"ack_limit_s": 0.05})
    base.add("一次")
    frame, first = socket.receive()
    if not late:
        socket.acknowledge(frame, code=500)
    until(sandbox, "events", sent=1, waiting=1)
    if late:
        socket.acknowledge(frame)
        sandbox.control("PUT", "/switches", json={"ack_limit_s": 3.0})

    sandbox.control("POST", "/clock", json={"advance_s": 15})
    frame, again = socket.receive()
    socket.acknowledge(frame)

    assert again["header"]["event_id"] == first["header"]["event_id"]
    until(sandbox, "events", sent=1, repushed=1, acknowledged=1, waiting=0)


def test_what_one_connection_dropped_another_gets(
    sandbox: Sandbox, base: WatchedBase, socket: Socket
) -> None:
    base.add("一次")
    _, first = socket.receive()
    other = Socket(sandbox)
    try:
        socket.close()
        until(sandbox, "", long_connections=1)
        until(sandbox, "events", sent=1, waiting=1)
        sandbox.control("POST", "/clock", json={"advance_s": 15})
        frame, again = other.receive()
        other.acknowledge(frame)
        assert again == first
        until(sandbox, "events", acknowledged=1, waiting=0)
    finally:
        other.close()


def test_pushes_are_spread_over_all_connections(sandbox: Sandbox, base: WatchedBase, socket: Socket) -> None:
    other = Socket(sandbox)
    try:
        until(sandbox, "", long_connections=2)
        sandbox.control("PUT", "/switches", json={"ack_limit_s": 0.02})
        for number in range(30):
            base.add(str(number))
        until(sandbox, "events", sent=30)
        assert not socket.hears_nothing()
        assert not other.hears_nothing()
    finally:
        other.close()


def test_a_delayed_event_comes_later_and_once(sandbox: Sandbox, base: WatchedBase, socket: Socket) -> None:
    sandbox.control("PUT", "/faults", json=[{"kind": "delay-event", "delay_ms": 100.0, "count": 1}])
    base.add("晚")
    assert socket.hears_nothing()

    frame, envelope = socket.receive()
    socket.acknowledge(frame)

    assert envelope["event"]["action_list"][0]["action"] == "record_added"
    until(sandbox, "events", sent=1, acknowledged=1, repushed=0, waiting=0)


@pytest.mark.parametrize(
    ("kind", "count", "sent"), [("duplicate-event", 2, 1), ("lose-event", 0, 0)], ids=["twice", "never"]
)
def test_duplicates_and_losses_reach_the_wire(
    sandbox: Sandbox, base: WatchedBase, socket: Socket, kind: str, count: int, sent: int
) -> None:
    sandbox.control("PUT", "/faults", json=[{"kind": kind}])
    base.add("x")
    ids = []
    for _ in range(count):
        frame, envelope = socket.receive()
        socket.acknowledge(frame)
        ids.append(envelope["header"]["event_id"])

    until(sandbox, "events", sent=sent, waiting=0)
    assert len(set(ids)) == min(count, 1)
    assert socket.hears_nothing()


def test_a_reordered_event_is_overtaken_on_the_wire(
    sandbox: Sandbox, base: WatchedBase, socket: Socket
) -> None:
    sandbox.control("PUT", "/faults", json=[{"kind": "reorder", "count": 1}])
    revisions = []
    base.add("first")
    base.add("second")
    for _ in range(2):
        frame, envelope = socket.receive()
        socket.acknowledge(frame)
        revisions.append(envelope["event"]["revision"])

    assert revisions[0] > revisions[1]


@pytest.mark.parametrize("operator", ["bot", "empty"])
def test_the_apps_own_write_is_told_with_the_operator_of_the_switch(
    sandbox: Sandbox, base: WatchedBase, socket: Socket, operator: str
) -> None:
    sandbox.control("PUT", "/switches", json={"app_operator": operator})
    base.add("自己")

    frame, envelope = socket.receive()
    socket.acknowledge(frame)

    bot = sandbox.app("GET", "/open-apis/bot/v3/info").body["bot"]["open_id"]
    assert envelope["event"]["operator_id"]["open_id"] == (bot if operator == "bot" else "")


def test_a_changed_field_is_told_and_a_formula_value_is_not(
    sandbox: Sandbox, base: WatchedBase, socket: Socket
) -> None:
    def next_event() -> Any:
        frame, envelope = socket.receive()
        socket.acknowledge(frame)
        return envelope

    formula = {"field_name": "长", "type": 20, "property": {"formula_expression": "LEN([文本])"}}
    sandbox.app("POST", f"{base.table}/fields", json=formula)
    told = next_event()
    assert told["header"]["event_type"] == FIELD_CHANGED
    field_id = told["event"]["action_list"][0]["field_id"]
    record_id = base.add("三个字")
    next_event()
    sandbox.app("PUT", f"{base.table}/records/{record_id}", json={"fields": {"文本": "四个字了"}})

    [action] = next_event()["event"]["action_list"]

    assert field_id not in [value["field_id"] for value in action["after_value"]]
    until(sandbox, "events", acknowledged=3, waiting=0)
