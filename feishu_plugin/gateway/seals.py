"""Buttons of ours carry a seal, so that a press of any other is refused, whoever sends it.

What a button carries says whose it is, for which record and what it does; nothing in Feishu's
documents says that a client cannot send something else in its place. The seal is made with the
app secret, and ends with it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from feishu_plugin.ports import Json, Messages

SEAL = "seal"
_LENGTH = 32


class Seal:
    """Seals buttons, and knows its own seals; never shows its key."""

    def __init__(self, app_secret: str) -> None:
        # A key of its own: what is seen of a seal must help nobody elsewhere.
        self._key = hmac.digest(app_secret.encode(), b"feishu-plugin buttons", "sha256")

    def __repr__(self) -> str:
        return "Seal(***)"

    def holds(self, value: Mapping[str, str]) -> bool:
        """True for the value of a button that was sealed and not changed since."""
        given = value.get(SEAL, "").encode("utf-8", "surrogatepass")
        return hmac.compare_digest(given, self._of(value).encode())

    def put_on(self, part: Any) -> Any:
        """The card, or a part of it, with every callback button sealed."""
        if isinstance(part, list):
            return [self.put_on(one) for one in part]
        if not isinstance(part, dict):
            return part
        if part.get("type") == "callback" and isinstance(value := part.get("value"), dict):
            return {**part, "value": {**value, SEAL: self._of(value)}}
        return {key: self.put_on(value) for key, value in part.items()}

    def _of(self, value: Mapping[str, str]) -> str:
        told = json.dumps({key: value[key] for key in sorted(value) if key != SEAL}, ensure_ascii=True)
        return hmac.digest(self._key, told.encode(), hashlib.sha256).hex()[:_LENGTH]


class SealedMessages:
    """``ports.Messages`` with the buttons of every card sealed."""

    def __init__(self, messages: Messages, seal: Seal) -> None:
        self._messages, self._seal = messages, seal

    def send(self, open_id: str, card: Json, identity: str) -> str:
        """Sends a card, sealed."""
        return self._messages.send(open_id, self._seal.put_on(card), identity)

    def update(self, message_id: str, card: Json) -> None:
        """Replaces a card by a sealed one."""
        self._messages.update(message_id, self._seal.put_on(card))
