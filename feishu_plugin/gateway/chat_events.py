"""What a person writes to the bot, as a hint. Pure.

Shape: im.message.receive_v1, envelope 2.0. ``content`` is JSON text by ``message_type``: ``{"text"}``, or for
``post`` ``{"title", "content": [[{"tag", "text"} …] …]}``. Whom a text mentions stands in it as
``@_user_1`` and by name in ``mentions``. Source: open.feishu.cn, "Receive message", "Message content".
"""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feishu_plugin.gateway.events import event_id, event_type
from feishu_plugin.ports import Hint, Json
from feishu_plugin.records import Press
from feishu_plugin.sync.chat import SAID

MESSAGE = "im.message.receive_v1"
_MENTION = re.compile(r"@_(user_\d+|all)\b ?")
_ID = re.compile(r"[A-Za-z0-9_=-]{1,100}")
_LONGEST = 20_000


def is_message(envelope: Json) -> bool:
    """True when somebody wrote to the bot, or mentioned it in a group."""
    return event_type(envelope) == MESSAGE


def said_of(envelope: Json, app_token: str, received_at: datetime) -> Hint | None:
    """The message as a hint for one base; None for what no person wrote, and without a base to ask."""
    event = _object(envelope.get("event"))
    message, sender = _object(event.get("message")), _object(event.get("sender"))
    operator = _object(sender.get("sender_id")).get("open_id")
    message_id = message.get("message_id")
    is_person = sender.get("sender_type") == "user" and _is_id(operator)
    if not (app_token and is_person and _is_id(message_id)):
        return None
    id = event_id(envelope)
    said = {"text": text_of(str(message.get("message_type")), message.get("content"))}
    press = Press(do=SAID, operator=str(operator), at=received_at, event_id=id, form=said)
    return Hint(
        app_token=app_token,
        table_id="",
        record_id=str(message_id),
        kind="pressed",
        event_id=id,
        received_at=received_at,
        operator=str(operator),
        press=press,
    )


def text_of(message_type: str, content: Any) -> str:
    """What was written, without mentions of the bot; empty for pictures, files and the like."""
    try:
        found = _object(json.loads(content))
    except (TypeError, ValueError):
        return ""
    if message_type == "text":
        text = str(found.get("text") or "")
    elif message_type == "post":
        text = "\n".join(_lines(found))
    else:
        return ""
    return _MENTION.sub("", text).strip()[:_LONGEST]


def _lines(post: Json) -> Iterator[str]:
    if title := post.get("title"):
        yield str(title)
    paragraphs = post.get("content")
    for paragraph in paragraphs if isinstance(paragraphs, list) else ():
        parts = [_object(part) for part in (paragraph if isinstance(paragraph, list) else ())]
        yield "".join(str(part.get("text") or "") for part in parts if part.get("tag") != "at")


def _object(found: Any) -> Json:
    return found if isinstance(found, dict) else {}


def _is_id(found: Any) -> bool:
    return isinstance(found, str) and bool(_ID.fullmatch(found))
