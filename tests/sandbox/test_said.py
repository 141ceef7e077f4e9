"""What people write to the bot is kept, so that their page can show both sides of the chat."""

import json
from pathlib import Path

from tests.sandbox.conftest import Sandbox
from tests.sandbox.test_permissions import LIN, ZHOU
from tests.sandbox.test_storage import started


def test_what_a_person_wrote_is_shown_to_them_alone_and_told_as_news(sandbox: Sandbox) -> None:
    lin, zhou = (sandbox.user(name)["open_id"] for name in (LIN, ZHOU))
    before = sandbox.control("GET", "/news")["n"]
    made = sandbox.control("POST", f"/people/{lin}/say", json={"text": "导出很慢"})
    post = {"message_type": "post", "content": json.dumps({"title": "t", "content": []})}
    sandbox.control("POST", f"/people/{lin}/say", json=post)

    said = sandbox.control("GET", f"/people/{lin}/said")["said"]
    assert said[0]["message_id"] == made["message_id"]
    assert [(one["msg_type"], one["content"]) for one in said] == [
        ("text", {"text": "导出很慢"}),
        ("post", {"title": "t", "content": []}),
    ]
    assert sandbox.control("GET", f"/people/{zhou}/said") == {"said": []}
    items = sandbox.control("GET", f"/news?after={before}")["items"]
    assert [item["kind"] for item in items] == ["messages", "messages"]

    sandbox.reset()
    assert sandbox.control("GET", f"/people/{lin}/said") == {"said": []}


def test_content_that_is_no_json_is_shown_as_it_came(sandbox: Sandbox) -> None:
    lin = sandbox.user(LIN)["open_id"]
    sandbox.control("POST", f"/people/{lin}/say", json={"message_type": "text", "content": "plain"})

    assert sandbox.control("GET", f"/people/{lin}/said")["said"][0]["content"] == "plain"
    assert sandbox.call("GET", "/_sandbox/people/ou_nobody/said").status == 404


def test_what_was_said_survives_a_killed_process(tmp_path: Path) -> None:
    file = str(tmp_path / "world.sqlite3")
    with started("--data", file) as first:
        lin = first.user(LIN)["open_id"]
        first.control("POST", f"/people/{lin}/say", json={"text": "hi"})
        kept = first.control("GET", f"/people/{lin}/said")

    with started("--data", file) as again:
        assert again.control("GET", f"/people/{lin}/said") == kept != {"said": []}
