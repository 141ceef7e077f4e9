"""The official Node WSClient on the sandbox's long connection: events, fragments, cards, reconnects."""

import json
from collections.abc import Iterator

import pytest

from tests.contract.node_program import child
from tests.contract.watching import ANSWER, DONE, ORDERS, click, send_card, until_online, until_settled
from tests.sandbox.bases_at_hand import WatchedBase, button, card
from tests.sandbox.conftest import Json, Sandbox
from tests.sandbox.listeners import Child


@pytest.fixture(scope="module")
def client(node: str, box: Sandbox) -> Iterator[Child]:
    """The official client, connected for the whole module."""
    listener = child(node, "long_connection.js", json.dumps(box.ready))
    listener.next("ready")
    until_online(box)
    yield listener
    listener.close()


@pytest.mark.parametrize("fragments", [1, 2, 3, 4])
def test_an_event_in_any_number_of_frames_arrives_once(
    sandbox: Sandbox, client: Child, fragments: int
) -> None:
    sandbox.control("PUT", "/switches", json={"fragments": fragments})
    base, somebody = WatchedBase(sandbox), sandbox.ready["users"][2]

    record_id = base.add("新需求", sandbox.person(somebody["name"]))

    event = client.next("record")
    assert event["event_type"] == "drive.file.bitable_record_changed_v1"
    assert (event["file_token"], event["table_id"]) == (base.app_token, base.table_id)
    assert event["action_list"][0]["record_id"] == record_id
    assert event["operator_id"]["open_id"] == somebody["open_id"]
    until_settled(sandbox, sent=1, acknowledged=1, waiting=0)


def test_a_changed_field_arrives(sandbox: Sandbox, client: Child) -> None:
    base = WatchedBase(sandbox)

    made = sandbox.app("POST", f"{base.table}/fields", json={"field_name": "阶段", "type": 3}).data["field"]

    [action] = client.next("field")["action_list"]
    assert (action["action"], action["field_id"]) == ("field_added", made["field_id"])
    assert action["after_value"]["name"] == "阶段"
    until_settled(sandbox, acknowledged=1, waiting=0)


def test_the_answer_of_a_click_reaches_the_person(sandbox: Sandbox, client: Child) -> None:
    message_id = send_card(sandbox, card(button("done", {"answer": ANSWER})))

    assert click(sandbox, message_id, "done") == {"answer": ANSWER, "code": 0}

    told = client.next("card")
    assert told["operator"]["open_id"] == sandbox.ready["users"][0]["open_id"]
    assert told["context"]["open_message_id"] == message_id
    [message] = sandbox.control("GET", "/messages")["messages"]
    assert (message["content"], message["updated"]) == (DONE, True)


@pytest.mark.parametrize(("order", "code"), ORDERS)
def test_a_person_sees_what_is_wrong_with_the_answer(
    sandbox: Sandbox, client: Child, order: Json, code: int
) -> None:
    message_id = send_card(sandbox, card(button("go", order)))

    assert click(sandbox, message_id, "go")["code"] == code
    assert client.next("card")["action"]["value"] == order


def test_the_client_reconnects_and_gets_the_event_again(sandbox: Sandbox, client: Child) -> None:
    sandbox.control("PUT", "/switches", json={"reconnect_nonce_s": 0, "reconnect_interval_s": 1})
    sandbox.control("PUT", "/faults", json=[{"kind": "close-ws", "count": 1}])
    record_id = WatchedBase(sandbox).add("掉线")
    client.next("reconnecting")
    client.next("reconnected")
    until_online(sandbox)

    sandbox.control("POST", "/clock", json={"advance_s": 15})

    assert client.next("record")["action_list"][0]["record_id"] == record_id
    until_settled(sandbox, acknowledged=1, waiting=0)


def test_a_wrong_secret_is_told_and_not_tried_again(node: str, sandbox: Sandbox) -> None:
    stranger = child(node, "long_connection.js", json.dumps({**sandbox.ready, "app_secret": "wrong"}))
    try:
        assert "514" in stranger.next("error")
    finally:
        stranger.close()
