"""Messages to the bot as hints: what people wrote, whatever the client made of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.gateway.chat_events import is_message, said_of, text_of
from feishu_plugin.ports import Hint, Json

NOW = datetime(2026, 9, 1, 2, tzinfo=UTC)


def envelope(content: Any = '{"text": "@_user_1 导出很慢"}', **message: Any) -> Json:
    """A message as Feishu sends it."""
    said = {"message_id": "om_1", "chat_type": "p2p", "message_type": "text", "content": content}
    sender = {"sender_id": {"open_id": "ou_li"}, "sender_type": "user"}
    return {
        "schema": "2.0",
        "header": {"event_id": "ev1", "event_type": "im.message.receive_v1"},
        "event": {"sender": sender, "message": {**said, **message}},
    }


def heard(found: Json, base: str = "bascn1") -> Hint | None:
    return said_of(found, base, NOW)


def test_a_message_is_a_hint_with_its_words() -> None:
    found = heard(envelope())

    assert is_message(envelope())
    assert found is not None
    assert found.press is not None
    assert (found.record_id, found.operator, found.app_token) == ("om_1", "ou_li", "bascn1")
    assert found.press.form == {"text": "导出很慢"}


@pytest.mark.parametrize(
    ("message_type", "content", "text"),
    [
        ("text", {"text": "导出很慢\n每天都要等"}, "导出很慢\n每天都要等"),
        ("text", {"text": "@_all 请看 @_user_2 的表"}, "请看 的表"),
        (
            "post",
            {"title": "导出", "content": [[{"tag": "text", "text": "很"}, {"tag": "a", "text": "慢"}]]},
            "导出\n很慢",
        ),
        ("post", {"content": [[{"tag": "at", "text": "@机器人"}, {"tag": "text", "text": "急"}]]}, "急"),
        ("image", {"image_key": "img_1"}, ""),
        ("text", {"text": None}, ""),
        ("post", {"content": "broken"}, ""),
    ],
)
def test_what_was_written(message_type: str, content: Json, text: str) -> None:
    assert text_of(message_type, json.dumps(content)) == text


def test_nobody_is_asked_about_what_another_app_wrote_or_without_a_base() -> None:
    by_app = envelope()
    by_app["event"]["sender"]["sender_type"] = "app"

    assert heard(by_app) is None
    assert heard(envelope(), base="") is None
    assert heard(envelope(message_id="")) is None


@given(
    st.recursive(
        st.none() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_content_has_a_text(content: Any) -> None:
    for message_type in ("text", "post", "file"):
        assert isinstance(text_of(message_type, json.dumps(content)), str)
        assert isinstance(text_of(message_type, content), str)
