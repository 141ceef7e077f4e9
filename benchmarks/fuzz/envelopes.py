"""Sound deliveries to break: events of a base in memory, presses, and how Feishu wraps them."""

import base64
import hashlib
import json
from datetime import datetime
from random import Random

from Crypto.Cipher import AES
from Crypto.Util.Padding import pad

from benchmarks.fuzz.junk import BYTES, broken, choice, rotten, scalar
from feishu_plugin.gateway.seals import Seal
from feishu_plugin.gateway.webhook import signature
from feishu_plugin.ports import Json
from tests.builders import SCHEMA
from tests.fakes import bind_schema

TOKEN = "the-token"
BINDING = bind_schema(SCHEMA)
_TABLE = BINDING.tables["requirement"]
_STATUS, _TITLE = _TABLE.fields["status"].field_id, _TABLE.fields["title"].field_id
_STATUSES = ("optpending", "optin_progress", "optdone", "")
_DOES = (
    "retry",
    "ask",
    "grant",
    "deny",
    "merge",
    "distinct",
    "confirm",
    "postpone",
    "progress",
    "risk",
    "snooze",
)


def text_of(dice: Random, sound: Json) -> bytes:
    """The delivery broken somewhere, sometimes in its bytes; sometimes nothing like it."""
    kind = dice.randrange(10)
    if kind == 0:
        return choice(dice, BYTES)
    if kind == 1:
        return _deep(dice)
    raw = json.dumps(sound if kind == 2 else broken(dice, sound), ensure_ascii=dice.randrange(2) == 0)
    whole = raw.encode("utf-8", "surrogatepass")
    return rotten(dice, whole) if kind in (2, 3) else whole


def _deep(dice: Random) -> bytes:
    depth, opening, closing = (
        choice(dice, (20, 99, 101, 990, 5000)),
        *choice(dice, ((b"[", b"]"), (b'{"a":', b"}"))),
    )
    return opening * depth + b"1" + closing * depth


def an_event(dice: Random) -> Json:
    """A record event with some actions, or one of a column."""
    kind = "field" if dice.randrange(8) == 0 else "record"
    header = {
        "event_id": f"{dice.getrandbits(64):x}",
        "event_type": f"drive.file.bitable_{kind}_changed_v1",
        "create_time": "1785500000000",
        "token": TOKEN,
    }
    event = {
        "file_type": "bitable",
        "file_token": BINDING.app_token,
        "table_id": _TABLE.table_id,
        "revision": dice.randrange(9999),
        "operator_id": {"union_id": "on_1", "user_id": "u1", "open_id": "ou_1"},
        "action_list": [_action(dice) for _ in range(dice.randrange(1, 4))],
        "update_time": 1785500000,
    }
    return {"schema": "2.0", "header": header, "event": event}


BUTTONS = Seal("fuzz")


def a_press(dice: Random, record: str) -> Json:
    """The press of one of our buttons, with a form that may hold anything."""
    form = {"reason": "因为", "note": "写了", "until": "2026-09-01 +0800", "later": "1h", "original": "rec9"}
    value = {
        "do": choice(dice, _DOES), "base": BINDING.app_token, "record": record, "for": "ou_1", "by": "ou_2",
        "from": "pending", "to": choice(dice, ("in_progress", "done", "void")), "originals": "rec9",
        "say": "s",
    }  # fmt: skip
    value = BUTTONS.put_on({"type": "callback", "value": value})["value"]
    return {
        "schema": "2.0",
        "header": {
            "event_id": f"{dice.getrandbits(64):x}",
            "event_type": "card.action.trigger",
            "token": TOKEN,
        },
        "event": {
            "operator": {"open_id": "ou_1", "union_id": "on_1"},
            "token": "c-1",
            "action": {"tag": "button", "value": value, "form_value": form | {_key(dice): scalar(dice)}},
            "context": {"open_message_id": f"om_{dice.randrange(99)}", "open_chat_id": "oc_1"},
        },
    }


def _key(dice: Random) -> str:
    return choice(
        dice, ("reason", "note", "until", "later", "original", "result", "planned_finish", "owner", "\ud800")
    )


def _action(dice: Random) -> Json:
    before, after = choice(dice, _STATUSES), choice(dice, _STATUSES)
    return {
        "record_id": f"rec{dice.randrange(50)}",
        "action": choice(dice, ("record_edited", "record_added", "record_deleted")),
        "before_value": [{"field_id": _STATUS, "field_value": before}],
        "after_value": [
            {"field_id": _STATUS, "field_value": after},
            {"field_id": _TITLE, "field_value": "题"},
        ],
    }


def sealed(plain: bytes, key: str) -> bytes:
    """As the platform encrypts: base64 of iv and AES-256-CBC under the key's SHA-256."""
    cipher = AES.new(hashlib.sha256(key.encode()).digest(), AES.MODE_CBC, b"0123456789abcdef")
    secret = b"0123456789abcdef" + cipher.encrypt(pad(plain, AES.block_size))
    return json.dumps({"encrypt": base64.b64encode(secret).decode()}).encode()


def headers_of(body: bytes, at: datetime, key: str) -> dict[str, str]:
    """The three headers of a signed delivery."""
    timestamp = str(int(at.timestamp()))
    return {
        "x-lark-request-timestamp": timestamp,
        "x-lark-request-nonce": "731",
        "x-lark-signature": signature(timestamp, "731", key, body),
    }
