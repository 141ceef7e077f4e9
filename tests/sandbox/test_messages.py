"""Sending, patching and reading messages over the wire: who is reachable and what is refused."""

import json
from typing import Any

import pytest

from tests.sandbox.bases_at_hand import button, card
from tests.sandbox.conftest import Answer, Sandbox

Json = dict[str, Any]
MESSAGES = "/open-apis/im/v1/messages"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
CARD = card({"tag": "markdown", "content": "周报"})


def send(sandbox: Sandbox, content: Any, *, id_type: str = "open_id", **changes: Any) -> Answer:
    """Sends to the first person; texts stay as they are, other content becomes JSON."""
    body: Json = {
        "receive_id": sandbox.ready["users"][0]["open_id"],
        "msg_type": "interactive" if isinstance(content, dict) and "text" not in content else "text",
        "content": content if isinstance(content, str) else json.dumps(content),
        **changes,
    }
    return sandbox.app("POST", f"{MESSAGES}?receive_id_type={id_type}", json=body)


def patch(sandbox: Sandbox, message_id: str, content: Json) -> Answer:
    return sandbox.app("PATCH", f"{MESSAGES}/{message_id}", json={"content": json.dumps(content)})


@pytest.mark.parametrize("id_type", ["open_id", "union_id", "user_id", "email"])
def test_a_person_is_reached_by_every_kind_of_id(sandbox: Sandbox, id_type: str) -> None:
    user = sandbox.ready["users"][1]
    data = send(sandbox, {"text": "你好"}, id_type=id_type, receive_id=user[id_type]).data
    assert data["sender"]["id"] == sandbox.ready["app_id"]
    assert data["body"]["content"] == json.dumps({"text": "你好"})
    [message] = sandbox.control("GET", f"/messages?to={user['open_id']}")["messages"]
    assert (message["message_id"], message["content"]) == (data["message_id"], {"text": "你好"})
    again = send(sandbox, {"text": "群"}, id_type="chat_id", receive_id=data["chat_id"]).data
    assert again["chat_id"] == data["chat_id"]


def test_a_card_read_back_is_not_its_own_json(sandbox: Sandbox) -> None:
    message_id = send(sandbox, CARD).data["message_id"]
    [item] = sandbox.app("GET", f"{MESSAGES}/{message_id}").data["items"]
    assert "schema" not in item["body"]["content"]
    assert sandbox.control("GET", "/messages")["messages"][0]["content"] == CARD


def test_one_uuid_sends_once_within_an_hour(sandbox: Sandbox) -> None:
    first = send(sandbox, CARD, uuid="digest-1").data["message_id"]
    assert send(sandbox, CARD, uuid="digest-1").data["message_id"] == first
    sandbox.control("POST", "/clock", json={"advance_s": 3600})
    assert send(sandbox, CARD, uuid="digest-1").data["message_id"] != first


@pytest.mark.parametrize(
    ("content", "changes", "code"),
    [
        (CARD, {"receive_id": "ou_nobody"}, 99992351),
        (CARD, {"receive_id": "ou_" + "0" * 32}, 99992361),
        (CARD, {"receive_id": "x", "id_type": "union_id"}, 99992363),
        (CARD, {"receive_id": "x", "id_type": "user_id"}, 99992360),
        (CARD, {"receive_id": "x@example.com", "id_type": "email"}, 230034),
        (CARD, {"receive_id": "x", "id_type": "chat_id"}, 99992356),
        (CARD, {"receive_id": "oc_x", "id_type": "chat_id"}, 230002),
        (CARD, {"id_type": "phone"}, 99992402),
        (CARD, {"receive_id": ""}, 99992402),
        (CARD, {"uuid": "x" * 51}, 99992402),
        (CARD, {"uuid": 7}, 99992402),
        (CARD, {"msg_type": "smoke"}, 230001),
        ({"text": ""}, {}, 230001),
        ("no json", {}, 230001),
        ({"text": "x" * 150 * 1024}, {}, 230025),
        (card({"tag": "markdown", "content": "x" * 30 * 1024}), {}, 230025),
        (card({"tag": "note"}), {}, 230099),
        ({"type": "template", "data": {"template_id": "x"}}, {}, 230099),
    ],
)
def test_what_cannot_be_sent_is_refused(sandbox: Sandbox, content: Any, changes: Json, code: int) -> None:
    answer = send(sandbox, content, **changes)
    assert (answer.status, answer.code) == (400, code)
    assert sandbox.control("GET", "/messages")["messages"] == []


def test_a_card_error_tells_the_inner_code(sandbox: Sandbox) -> None:
    answer = send(sandbox, card({"tag": "chart", "chart_spec": {}}))
    assert answer.body["msg"].startswith("Failed to create card content, ext=ErrCode: 200550; ErrPath: ROOT")


@pytest.mark.parametrize(
    ("change", "code"), [({"available": False}, 230013), ({"is_resigned": True}, 230029)]
)
def test_whom_the_bot_cannot_reach(sandbox: Sandbox, change: Json, code: int) -> None:
    open_id = sandbox.ready["users"][0]["open_id"]
    sandbox.control("PUT", f"/people/{open_id}", json=change)
    assert send(sandbox, CARD).code == code


def test_the_sixth_message_to_a_person_in_a_second_is_refused(sandbox: Sandbox) -> None:
    sandbox.control("PUT", "/switches", json={"rate_limits": True})
    codes = [send(sandbox, {"text": "x"}).code for _ in range(30)]
    assert codes[:5] == [0] * 5
    assert 230020 in codes
    other = sandbox.ready["users"][1]["open_id"]
    assert send(sandbox, {"text": "x"}, receive_id=other).code == 0


def test_a_patch_replaces_the_card(sandbox: Sandbox) -> None:
    message_id = send(sandbox, CARD).data["message_id"]
    new = card(button("ok", {"n": 1}))
    assert patch(sandbox, message_id, new).data == {}
    [message] = sandbox.control("GET", "/messages")["messages"]
    assert (message["content"], message["updated"]) == (new, True)


def test_a_card_is_not_updated_after_14_days(sandbox: Sandbox) -> None:
    message_id = send(sandbox, CARD).data["message_id"]
    assert patch_later(sandbox, message_id, 14 * 86400 - 60) == 0
    assert patch_later(sandbox, message_id, 120) == 230031


def patch_later(sandbox: Sandbox, message_id: str, seconds: int) -> int:
    """The code of a patch after a jump in time, with a new token because the old one may be over."""
    sandbox.control("POST", "/clock", json={"advance_s": seconds})
    keys = {key: sandbox.ready[key] for key in ("app_id", "app_secret")}
    issued = sandbox.call("POST", "/open-apis/auth/v3/tenant_access_token/internal", json=keys)
    token, body = issued.body["tenant_access_token"], {"content": json.dumps(CARD)}
    return sandbox.call("PATCH", f"{MESSAGES}/{message_id}", token=token, json=body).code


def test_content_must_be_a_text(sandbox: Sandbox) -> None:
    body = {"receive_id": sandbox.ready["users"][0]["open_id"], "msg_type": "interactive", "content": CARD}
    assert sandbox.app("POST", f"{MESSAGES}?receive_id_type=open_id", json=body).code == 9499


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (CARD, {"elements": []}, 230099),
        ({"elements": []}, {"elements": []}, 230001),
        ({"config": {"update_multi": True}, "elements": []}, CARD, 0),
        (CARD, card({"tag": "note"}), 230099),
        ({"text": "x"}, CARD, 230001),
    ],
    ids=["2.0 to 1.0", "not shared", "1.0 to 2.0", "bad card", "no card"],
)
def test_what_a_patch_may_do(sandbox: Sandbox, old: Json, new: Json, code: int) -> None:
    message_id = send(sandbox, old).data["message_id"]
    assert patch(sandbox, message_id, new).code == code


def test_a_recalled_message_is_gone_for_the_api(sandbox: Sandbox) -> None:
    message_id = send(sandbox, CARD).data["message_id"]
    assert sandbox.app("DELETE", f"{MESSAGES}/{message_id}").code == 0
    assert patch(sandbox, message_id, CARD).code == 230011
    assert patch(sandbox, "om_nobody", CARD).code == 99992354


def test_a_text_is_edited_twenty_times(sandbox: Sandbox) -> None:
    message_id = send(sandbox, {"text": "0"}).data["message_id"]
    body = {"msg_type": "text", "content": json.dumps({"text": "1"})}
    codes = [sandbox.app("PUT", f"{MESSAGES}/{message_id}", json=body).code for _ in range(21)]
    assert codes == [0] * 20 + [230072]


def test_a_reply_stands_in_the_same_chat(sandbox: Sandbox) -> None:
    parent = send(sandbox, CARD).data
    body = {"msg_type": "text", "content": json.dumps({"text": "收到"})}
    reply = sandbox.app("POST", f"{MESSAGES}/{parent['message_id']}/reply", json=body).data
    assert (reply["chat_id"], reply["parent_id"]) == (parent["chat_id"], parent["message_id"])
    after = sandbox.control("GET", f"/messages?after={parent['message_id']}")["messages"]
    assert [message["message_id"] for message in after] == [reply["message_id"]]


def test_an_uploaded_image_can_stand_in_a_card(sandbox: Sandbox) -> None:
    files = {"image": ("x.png", PNG, "image/png")}
    upload = sandbox.app("POST", "/open-apis/im/v1/images", data={"image_type": "message"}, files=files)
    image = {"tag": "img", "img_key": upload.data["image_key"], "alt": {"tag": "plain_text", "content": ""}}
    assert send(sandbox, card(image)).code == 0
    assert send(sandbox, card({**image, "img_key": "img_other"})).code == 230099


@pytest.mark.parametrize(
    ("content", "image_type", "code"),
    [(b"", "message", 234010), (b"text", "message", 234011), (PNG, "poster", 234001)],
)
def test_what_is_no_image(sandbox: Sandbox, content: bytes, image_type: str, code: int) -> None:
    files = {"image": ("x.png", content, "image/png")}
    answer = sandbox.app("POST", "/open-apis/im/v1/images", data={"image_type": image_type}, files=files)
    assert answer.code == code


def test_a_person_cannot_send_as_the_bot(sandbox: Sandbox) -> None:
    ask = sandbox.person(sandbox.ready["users"][0]["name"])
    assert ask("POST", f"{MESSAGES}?receive_id_type=open_id", json={}).code == 99991663
