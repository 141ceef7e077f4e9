"""Tokens, paths, bodies and people: what the gateway, messages, contacts and drive refuse."""

import json
from typing import Any

from tests.contract.premises import DRIVE, IM, PNG, WIKI
from tests.contract.refusing import APP, RECORDS, TABLE, Refused, ask, post, switched
from tests.sandbox.bases_at_hand import button, card
from tests.sandbox.bitable import API
from tests.sandbox.conftest import Json

TOKEN = "/open-apis/auth/v3/tenant_access_token/internal"
SEND = f"{IM}/messages?receive_id_type=open_id"
CONTACT = "/open-apis/contact/v3"
PERSON = "/_sandbox/people/$open_id_a"
TEXT = json.dumps({"text": "hi"})


def headed(code: int, status: int, authorization: str, **more: Any) -> Refused:
    """A call with this Authorization header."""
    arguments = {"token": None, "headers": {"Authorization": authorization}}
    return Refused(code=code, status=status, method="GET", path=APP, arguments=arguments, **more)


def raw(code: int, status: int, path: str, data: bytes, kind: str = "application/json") -> Refused:
    """A body that is no JSON."""
    arguments = {"data": data, "headers": {"Content-Type": kind}}
    return Refused(code=code, status=status, method="POST", path=path, arguments=arguments)


def sent(code: int, status: int, content: object, msg_type: str = "interactive", **more: Any) -> Refused:
    """A message to the first person."""
    text = content if isinstance(content, str) else json.dumps(content)
    body: Json = {"receive_id": "$open_id_a", "msg_type": msg_type, "content": text}
    return post(code, status, SEND, body, **more)


def image(code: int, content: bytes, kind: str = "message") -> Refused:
    """An upload that is refused."""
    arguments = {"data": {"image_type": kind}, "files": {"image": ("x.png", content)}}
    return Refused(code=code, status=400, method="POST", path=f"{IM}/images", arguments=arguments)


GATEWAY: tuple[Refused, ...] = (
    ask(99991201, 404, "GET", "/open-apis/nothing/here"),
    ask(99991201, 404, "PATCH", RECORDS),
    headed(99991661, 400, ""),
    headed(99991663, 400, "Bearer t-nobody"),
    headed(99991663, 200, "Bearer t-nobody", before=(switched(bad_token_status=200),)),
    headed(99991668, 400, "Bearer u-nobody"),
    headed(99991671, 400, "Bearer nobody"),
    ask(99991663, 400, "GET", "/open-apis/bot/v3/info", who="周子墨"),
    ask(
        99991672,
        400,
        "GET",
        f"{TABLE}/fields",
        before=(("PUT", "/_sandbox/scopes", {"json": {"granted": ["im:message"]}}),),
    ),
    raw(9499, 400, RECORDS, b"{"),
    raw(9499, 400, RECORDS, b"\xff\xfe"),
    raw(9499, 400, RECORDS, b"[" * 100_000),
    raw(9499, 400, f"{IM}/images", b"x", "multipart/form-data"),
    raw(1254001, 200, RECORDS, b'"text"'),
    post(10003, 400, TOKEN, {"app_id": "$app_id"}),
    post(10015, 200, TOKEN, {"app_id": "$app_id", "app_secret": "wrong"}),
    post(99991543, 400, TOKEN, {"app_id": "cli_0000000000000000", "app_secret": "x"}),
    post(514, 200, "/callback/ws/endpoint", {"AppID": "$app_id", "AppSecret": "wrong"}),
    post(1000040346, 200, "/callback/ws/endpoint", {"AppID": "cli_0000000000000000", "AppSecret": "x"}),
    post(9499, 400, "/callback/ws/endpoint", {"app_id": "$app_id", "app_secret": "$app_secret"}),
)

ELEMENTS = [{"tag": "markdown", "content": "x"}] * 201
TABLES = [{"tag": "table", "columns": [{"name": "a"}], "rows": []}] * 4
IMAGE = {"tag": "img", "img_key": "nobody", "alt": {"tag": "plain_text", "content": ""}}
CHART = {"tag": "chart", "chart_spec": {"type": "pie"}}
MESSAGES: tuple[Refused, ...] = (
    post(99992402, 400, f"{IM}/messages", {"receive_id": "x", "msg_type": "text", "content": TEXT}),
    post(99992402, 400, SEND, {"receive_id": "$open_id_a", "msg_type": "text"}),
    post(9499, 400, SEND, {"receive_id": 5, "msg_type": "text", "content": TEXT}),
    post(99992351, 400, SEND, {"receive_id": "nobody", "msg_type": "text", "content": TEXT}),
    post(99992361, 400, SEND, {"receive_id": f"ou_{'0' * 32}", "msg_type": "text", "content": TEXT}),
    post(
        99992363,
        400,
        f"{IM}/messages?receive_id_type=union_id",
        {"receive_id": "nobody", "msg_type": "text", "content": TEXT},
    ),
    post(
        99992360,
        400,
        f"{IM}/messages?receive_id_type=user_id",
        {"receive_id": "nobody", "msg_type": "text", "content": TEXT},
    ),
    post(
        230034,
        400,
        f"{IM}/messages?receive_id_type=email",
        {"receive_id": "nobody@example.com", "msg_type": "text", "content": TEXT},
    ),
    post(
        99992356,
        400,
        f"{IM}/messages?receive_id_type=chat_id",
        {"receive_id": "nobody", "msg_type": "text", "content": TEXT},
    ),
    post(
        230002,
        400,
        f"{IM}/messages?receive_id_type=chat_id",
        {"receive_id": f"oc_{'0' * 32}", "msg_type": "text", "content": TEXT},
    ),
    sent(230001, 400, TEXT, "poem"),
    sent(230001, 400, "no json", "text"),
    sent(230001, 400, {"image_key": "nobody"}, "image"),
    sent(230025, 400, {"text": "x" * 160_000}, "text"),
    sent(230025, 400, card({"tag": "markdown", "content": "x" * 31_000})),
    sent(230013, 400, TEXT, "text", before=(("PUT", PERSON, {"json": {"available": False}}),)),
    sent(230029, 400, TEXT, "text", before=(("PUT", PERSON, {"json": {"is_resigned": True}}),)),
    sent(
        230020,
        400,
        TEXT,
        "text",
        before=(
            switched(rate_limits=True),
            *[("POST", SEND, {"json": {"receive_id": "$open_id_a", "msg_type": "text", "content": TEXT}})]
            * 5,
        ),
    ),
    sent(230099, 400, "{"),
    sent(230099, 400, {"schema": "2.0", "note": 1}),
    sent(230099, 400, card(*ELEMENTS)),
    sent(230099, 400, card(*TABLES)),
    sent(230099, 400, card(IMAGE)),
    sent(230099, 400, card(CHART)),
    sent(230099, 400, card({"tag": "note", "elements": []})),
    sent(230099, 400, card({"tag": "form", "name": "f", "elements": [button("", {})]})),
    sent(230099, 400, card({"tag": "markdown", "content": "<at id=ou_nobody></at>"})),
    sent(230099, 400, {"type": "template", "data": {"template_id": "AAqk"}}),
    ask(99992354, 400, "GET", f"{IM}/messages/nobody"),
    ask(230011, 400, "GET", f"{IM}/messages/$text", before=(("DELETE", f"{IM}/messages/$text", {}),)),
    ask(230001, 400, "PATCH", f"{IM}/messages/$text", {"content": TEXT}),
    ask(
        230031,
        400,
        "PATCH",
        f"{IM}/messages/$card",
        {"content": json.dumps(card(button("x", {})))},
        before=(("POST", "/_sandbox/clock", {"json": {"advance_s": 15 * 24 * 3600}}), ("AGAIN", "", {})),
    ),
    ask(
        230072,
        400,
        "PUT",
        f"{IM}/messages/$text",
        {"msg_type": "text", "content": TEXT},
        before=(("PUT", f"{IM}/messages/$text", {"json": {"msg_type": "text", "content": TEXT}}),) * 20,
    ),
    post(300014, 400, "/open-apis/interactive/v1/card/update", {"token": "c-x", "card": {}}),
    image(234001, PNG, "painting"),
    image(234010, b""),
    image(234011, b"words"),
    image(234006, PNG + b"\0" * 10 * 1024 * 1024),
    ask(234001, 400, "GET", f"{IM}/images/nobody"),
)

DRIVE_AND_CONTACT: tuple[Refused, ...] = (
    post(
        1062007, 400, f"{DRIVE}/medias/upload_finish", {"upload_id": "$upload", "block_num": 1}, who="周子墨"
    ),
    post(1062010, 400, f"{DRIVE}/medias/upload_finish", {"upload_id": "$upload", "block_num": 1}),
    post(1061021, 400, f"{DRIVE}/medias/upload_finish", {"upload_id": "nobody", "block_num": 1}),
    ask(1061003, 404, "GET", f"{DRIVE}/medias/nobody/download"),
    post(1069602, 400, f"{DRIVE}/files/$app_token/subscribe", {}),
    post(1069604, 404, f"{DRIVE}/files/nobody/subscribe?file_type=bitable", {}),
    post(1069603, 403, f"{DRIVE}/files/$app_token/subscribe?file_type=bitable", {}, who="周子墨"),
    ask(1069605, 400, "DELETE", f"{DRIVE}/files/$app_token/delete_subscribe?file_type=bitable"),
    ask(1061002, 400, "DELETE", f"{DRIVE}/files/$app_token"),
    ask(1061003, 404, "DELETE", f"{DRIVE}/files/nobody?type=bitable"),
    ask(1061004, 403, "DELETE", f"{DRIVE}/files/$app_token?type=bitable", who="周子墨"),
    ask(1063001, 400, "GET", f"{DRIVE}/permissions/nobody/members?type=bitable"),
    ask(1063002, 403, "GET", f"{DRIVE}/permissions/$app_token/members?type=bitable", who="周子墨"),
    ask(
        1063003,
        400,
        "DELETE",
        f"{DRIVE}/permissions/$app_token/members/$open_id_c?type=bitable&member_type=openid",
    ),
    ask(40004, 403, "GET", f"{CONTACT}/departments/nobody"),
    ask(40012, 400, "GET", f"{CONTACT}/departments/0/children?page_token=x"),
    ask(99992351, 400, "GET", f"{CONTACT}/users/nobody"),
    ask(99992402, 400, "GET", f"{CONTACT}/users/$open_id_a?user_id_type=name"),
    post(99992402, 400, f"{CONTACT}/users/batch_get_id", {"emails": ["x@example.com"] * 51}),
)

NODE: Json = {"obj_type": "bitable", "node_type": "origin"}
NODES = f"{WIKI}/$space/nodes"
PRIVATE = "$private_node"
"""The node of a base that a person made and shared with nobody."""
WIKI_REFUSED: tuple[Refused, ...] = (
    ask(131002, 400, "GET", f"{WIKI}/get_node"),
    ask(131002, 400, "GET", f"{WIKI}/get_node?token=$node&obj_type=poem"),
    ask(131005, 400, "GET", f"{WIKI}/get_node?token=nobody"),
    ask(131005, 400, "GET", f"{WIKI}/get_node?token=$wiki_base"),
    ask(131005, 400, "GET", f"{WIKI}/get_node?token=$app_token&obj_type=bitable"),
    ask(131005, 400, "GET", f"{WIKI}/get_node?token=$wiki_base&obj_type=docx"),
    ask(131006, 400, "GET", f"{WIKI}/get_node?token={PRIVATE}"),
    post(131002, 400, NODES, [NODE]),
    post(131002, 400, NODES, {**NODE, "obj_type": "docx"}),
    post(131002, 400, NODES, {**NODE, "node_type": "shortcut"}),
    post(131002, 400, NODES, {**NODE, "title": "x" * 256}),
    post(131005, 400, f"{WIKI}/1/nodes", NODE),
    post(131005, 400, NODES, {**NODE, "parent_node_token": "nobody"}),
    post(131006, 400, NODES, {**NODE, "parent_node_token": PRIVATE}),
    ask(91402, 404, "GET", f"{API}/apps/$node"),
    ask(91402, 404, "GET", f"{API}/apps/$node/tables"),
)

MISFORTUNES: tuple[Refused, ...] = tuple(
    ask(code, status, "GET", TABLE.rsplit("/", 1)[0], before=(("PUT", "/_sandbox/faults", {"json": [rule]}),))
    for code, status, rule in (
        (99991400, 429, {"kind": "code", "code": 99991400, "status": 429}),
        (1254290, 200, {"kind": "code", "code": 1254290, "status": 200}),
        (1254291, 200, {"kind": "code", "code": 1254291, "status": 200}),
        (1254607, 400, {"kind": "code", "code": 1254607}),
        (1255040, 504, {"kind": "code", "code": 1255040, "status": 504}),
        (2200, 500, {"kind": "status", "status": 500}),
        (1254200, 200, {"kind": "code", "code": 1254200, "status": 200}),
    )
)
NOWHERE = f"{API}/apps/nobody/tables"
