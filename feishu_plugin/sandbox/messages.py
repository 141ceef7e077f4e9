"""Everything the bot sent and every image it uploaded; it delivers nothing to anybody.

Message times and the one-hour memory of ``uuid`` follow sandbox time, the five messages a
second per person follow real time.
"""

import json
import secrets
import time
from collections import deque
from dataclasses import asdict, dataclass, fields
from typing import Any

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.envelope import Json, Refusal
from feishu_plugin.sandbox.switches import Switches

UUID_MEMORY_S = 3600
UPDATE_DAYS_S = 14 * 24 * 3600
PER_SECOND = 5


@dataclass(slots=True, kw_only=True)
class Message:
    """One message of the bot; a patch changes it in place."""

    message_id: str
    to: str
    """The person's open_id; empty for a group."""
    chat_id: str
    msg_type: str
    content: str
    """JSON text, as it was sent."""
    uuid: str
    create_time: int
    """Milliseconds since the epoch."""
    update_time: int
    root_id: str = ""
    parent_id: str = ""
    updated: bool = False
    deleted: bool = False
    edits: int = 0

    def parsed(self) -> Any:
        """The content as a JSON value."""
        return json.loads(self.content)

    def as_json(self) -> Json:
        """What ``/_sandbox/messages`` shows: everything, with the content parsed."""
        return {**asdict(self), "content": self.parsed()}


class Messages:
    """The bot's outbox, in the order of sending."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock, self._switches = clock, switches
        self.reset()

    def reset(self) -> None:
        """Forgets all messages, images and callback tokens."""
        self._messages: dict[str, Message] = {}
        self._by_uuid: dict[str, tuple[float, str]] = {}
        self._recent: dict[str, deque[float]] = {}
        self._card_tokens: dict[str, tuple[str, float, int]] = {}
        self.images: dict[str, bytes] = {}
        self.unsaved_images: list[str] = []
        """Keys that storage has not seen yet."""

    def all(self) -> list[Message]:
        """Newest last."""
        return list(self._messages.values())

    def get(self, message_id: str) -> Message | None:
        """The message with this id, recalled ones included."""
        return self._messages.get(message_id)

    def sent_as(self, uuid: str) -> Message | None:
        """The message that this uuid sent within the last hour."""
        sent_s, message_id = self._by_uuid.get(uuid, (0.0, ""))
        alive = 0 <= self._clock.now_s() - sent_s < UUID_MEMORY_S
        return self._messages.get(message_id) if uuid and alive else None

    def admit(self, target: str) -> None:
        """Counts one use of a person, chat or message; the sixth in a second raises 230020."""
        if not self._switches.rate_limits:
            return
        now, recent = time.monotonic(), self._recent.setdefault(target, deque())
        while recent and now - recent[0] >= 1.0:
            recent.popleft()
        if len(recent) >= PER_SECOND:
            raise Refusal(230020, "This operation triggers the frequency limit.", status=400)
        recent.append(now)

    def add(
        self, *, to: str, chat_id: str, msg_type: str, content: str, uuid: str, parent: Message | None = None
    ) -> Message:
        """Stores a new message."""
        now_ms = self._clock.now_ms()
        message = Message(
            message_id=f"om_{secrets.token_hex(16)}",
            to=to,
            chat_id=chat_id,
            msg_type=msg_type,
            content=content,
            uuid=uuid,
            create_time=now_ms,
            update_time=now_ms,
            root_id=(parent.root_id or parent.message_id) if parent else "",
            parent_id=parent.message_id if parent else "",
        )
        self._messages[message.message_id] = message
        if uuid:
            self._by_uuid[uuid] = (self._clock.now_s(), message.message_id)
        return message

    def change(self, message: Message, content: str) -> None:
        """Replaces the content; the clients then show it as updated."""
        message.content, message.updated = content, True
        message.update_time = self._clock.now_ms()

    def too_old(self, message: Message) -> bool:
        """True when Feishu would no longer update the card."""
        return self._clock.now_s() - message.create_time / 1000 > UPDATE_DAYS_S

    def new_card_token(self, message: Message) -> str:
        """A callback token ``c-…``: updates this card twice within 30 minutes."""
        token = f"c-{secrets.token_hex(16)}"
        self._card_tokens[token] = (message.message_id, self._clock.now_s() + 1800, 2)
        return token

    def spend_card_token(self, token: str) -> Message | None:
        """The message of a callback token that is still good; uses it once."""
        message_id, ends_s, left = self._card_tokens.get(token, ("", 0.0, 0))
        if not left or self._clock.now_s() > ends_s:
            return None
        self._card_tokens[token] = (message_id, ends_s, left - 1)
        return self._messages.get(message_id)

    def add_image(self, content: bytes) -> str:
        """Stores an image; returns its ``image_key``."""
        key = f"img_v3_{secrets.token_hex(4)}_{secrets.token_hex(8)}g"
        self.images[key] = content
        self.unsaved_images.append(key)
        return key

    def export(self) -> list[Json]:
        """All messages as plain values, for ``--data``."""
        return [asdict(message) for message in self._messages.values()]

    def restore(self, rows: list[Json]) -> None:
        """Takes back what ``export`` gave; unknown keys of another version are dropped."""
        names = {field.name for field in fields(Message)}
        for row in rows:
            message = Message(**{key: value for key, value in row.items() if key in names})
            self._messages[message.message_id] = message
            if message.uuid:
                self._by_uuid[message.uuid] = (message.create_time / 1000, message.message_id)
