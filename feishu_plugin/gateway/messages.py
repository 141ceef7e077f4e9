"""What the bot says: cards to people, once per identity, no faster than Feishu allows.

It renders nothing and chooses no reader; cards come whole from ``reminders``.
"""

import hashlib
import json

from feishu_plugin.gateway.http import Feishu
from feishu_plugin.ports import Json

MESSAGES = "/open-apis/im/v1/messages"


class BotMessages:
    """``ports.Messages``; FeishuError codes that mean "this person cannot be reached" are
    230013 (no availability), 230029 (resigned), 230034 (unknown), 230053 (stopped the bot)."""

    def __init__(self, feishu: Feishu) -> None:
        self._feishu = feishu

    def send(self, open_id: str, card: Json, identity: str) -> str:
        """Sends a card once per identity (Feishu's ``uuid``, 1 h); returns the message id."""
        self._feishu.pace.admit_recipient(open_id)
        body = {
            "receive_id": open_id,
            "msg_type": "interactive",
            "content": _text(card),
            "uuid": uuid_of(identity),
        }
        sent = self._feishu.call(
            "POST",
            MESSAGES,
            query={"receive_id_type": "open_id"},
            body=body,
            tier="T4",
            repeatable=True,
        )
        return str(sent["message_id"])

    def update(self, message_id: str, card: Json) -> None:
        """Replaces a card we sent, within 14 days (230031 later); both need ``update_multi``."""
        self._feishu.pace.admit_recipient(message_id)
        path = f"{MESSAGES}/:message_id"
        ids = {"message_id": message_id}
        self._feishu.call("PATCH", path, ids=ids, body={"content": _text(card)}, tier="T4")


def uuid_of(identity: str) -> str:
    """Feishu's ``uuid`` of a message: at most 50 characters, the same for the same identity."""
    return hashlib.sha256(identity.encode()).hexdigest()[:50]


def _text(card: Json) -> str:
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"))
