"""The official Python EventDispatcherHandler behind a request URL, typed handlers included."""

from collections.abc import Iterator

import pytest

from tests.contract.lark_program import child
from tests.contract.watching import ANSWER, click, send_card, until_settled
from tests.sandbox.bases_at_hand import WatchedBase, button, card
from tests.sandbox.conftest import Sandbox
from tests.sandbox.listeners import Child


@pytest.fixture(params=[True, False], ids=["encrypted", "plain"])
def hook(request: pytest.FixtureRequest, sandbox: Sandbox) -> Iterator[Child]:
    """A server that the sandbox posts to."""
    key = sandbox.ready["encrypt_key"] if request.param else ""
    server = child("webhook", key, sandbox.ready["verification_token"])
    try:
        body = {"url": server.next("url"), "encrypt": request.param}
        assert sandbox.control("PUT", "/webhook", json=body) == body
        yield server
    finally:
        sandbox.control("PUT", "/webhook", json={"url": None})
        server.close()


def test_the_dispatcher_takes_a_change_and_a_click(sandbox: Sandbox, hook: Child) -> None:
    record_id = WatchedBase(sandbox).add("由 webhook 送达")
    event = hook.next("record")
    assert event["event"]["action_list"][0]["record_id"] == record_id
    assert event["header"]["token"] == sandbox.ready["verification_token"]
    until_settled(sandbox, acknowledged=1, waiting=0)

    message_id = send_card(sandbox, card(button("done", {"answer": ANSWER})))
    assert click(sandbox, message_id, "done") == {"answer": ANSWER, "code": 0}
    assert hook.next("card")["event"]["action"]["value"] == {"answer": ANSWER}
