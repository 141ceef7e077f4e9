"""What the tests of both SDKs' listeners share: who is online, what was acknowledged, a click."""

import json
from typing import Any

from tests.looking import looks
from tests.sandbox.conftest import Json, Sandbox

DONE: Json = {"schema": "2.0", "body": {"elements": [{"tag": "markdown", "content": "已完成"}]}}
ANSWER: Json = {"toast": {"type": "success", "content": "好"}, "card": {"type": "raw", "data": DONE}}
ORDERS: tuple[tuple[Json, int], ...] = (
    ({"raise": True}, 200671),
    ({"answer": {"toast": {"type": "loud", "content": "!"}}}, 200672),
    ({"answer": {"card": {"type": "raw", "data": {"schema": "2.0", "note": 1}}}}, 200673),
    ({"answer": {"card": {"type": "raw", "data": {"elements": []}}}}, 200830),
    ({"answer": {}}, 0),
)
"""What the button's value makes the app answer, and what the person then sees."""


def until_online(sandbox: Sandbox, connections: int = 1) -> None:
    """Returns once so many long connections are open."""
    for _ in looks():
        if sandbox.control("GET", "/stats")["long_connections"] >= connections:
            return
    raise AssertionError("nobody connected")


def until_settled(sandbox: Sandbox, **wanted: int) -> None:
    """Returns once the event counts are as wanted."""
    counts: Json = {}
    for _ in looks():
        counts = sandbox.control("GET", "/stats")["events"]
        if all(counts[name] == number for name, number in wanted.items()):
            return
    raise AssertionError(counts)


def send_card(sandbox: Sandbox, content: Json) -> str:
    """A card to the first person; its message_id."""
    receiver = sandbox.ready["users"][0]["open_id"]
    body = {"receive_id": receiver, "msg_type": "interactive", "content": json.dumps(content)}
    answer = sandbox.app("POST", "/open-apis/im/v1/messages?receive_id_type=open_id", json=body)
    return str(answer.data["message_id"])


def click(sandbox: Sandbox, message_id: str, element: str | int, **entered: Any) -> Json:
    """Presses a button as the first person; ``{"answer", "code"}``."""
    body = {"open_id": sandbox.ready["users"][0]["open_id"], "element": element, **entered}
    return dict(sandbox.call("POST", f"/_sandbox/messages/{message_id}/click", json=body).body)
