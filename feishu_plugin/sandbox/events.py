"""Event envelopes 2.0, as the webhook and the long connection both carry them; no sending here."""

import json
import secrets
from dataclasses import dataclass

from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.credentials import Keys
from feishu_plugin.sandbox.envelope import Json

RECORD_CHANGED = "drive.file.bitable_record_changed_v1"
FIELD_CHANGED = "drive.file.bitable_field_changed_v1"
CARD_ACTION = "card.action.trigger"
MESSAGE_RECEIVED = "im.message.receive_v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event with its envelope; a re-push carries the same ``event_id`` and bytes."""

    event_id: str
    event_type: str
    payload: bytes
    """The envelope as JSON text, never encrypted here."""


def seal(event_type: str, body: Json, *, keys: Keys, clock: Clock) -> Event:
    """Puts ``body`` in an envelope 2.0.

    ``create_time`` is a string of milliseconds, of microseconds for ``card.action.trigger``.
    """
    event_id = secrets.token_hex(16)
    created = clock.now_ms() * (1000 if event_type == CARD_ACTION else 1)
    header = {
        "event_id": event_id,
        "event_type": event_type,
        "create_time": str(created),
        "token": keys.verification_token,
        "app_id": keys.app_id,
        "tenant_key": keys.tenant_key,
    }
    envelope = {"schema": "2.0", "header": header, "event": body}
    payload = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
    return Event(event_id=event_id, event_type=event_type, payload=payload)
