"""Judges what the bot wants to send: message type, JSON text, size, and the card inside.

Sizes and codes follow the message reference: text 150 KB, posts and cards 30 KB (230025),
bad parameters 230001, card errors 230099 with an inner code.
"""

import json
from typing import Any

from feishu_plugin.sandbox.card_schema import MOST_BYTES
from feishu_plugin.sandbox.cards import CardError, Surroundings, check, is_v2
from feishu_plugin.sandbox.envelope import Json, Refusal
from feishu_plugin.sandbox.world import World

MOST_TEXT_BYTES = 150 * 1024
_REQUIRED_KEY = {
    "text": "text",
    "image": "image_key",
    "file": "file_key",
    "audio": "file_key",
    "media": "file_key",
    "sticker": "file_key",
    "share_chat": "chat_id",
    "share_user": "user_id",
}
MSG_TYPES = frozenset({*_REQUIRED_KEY, "post", "interactive", "system"})
_INVALID = "Your request contains an invalid request parameter"


def bad_parameter(detail: str) -> Refusal:
    """230001 with its reason."""
    return Refusal(230001, f"{_INVALID}, ext={detail}", status=400)


def check_content(world: World, msg_type: str, content: str) -> Any:
    """The parsed content of a message that Feishu would take; otherwise raises a Refusal."""
    if msg_type not in MSG_TYPES:
        raise bad_parameter("invalid msg_type")
    limit = MOST_TEXT_BYTES if msg_type == "text" else MOST_BYTES
    if len(content.encode()) > limit:
        raise Refusal(230025, "The length of the message content reaches its limit.", status=400)
    value = _parse(content, msg_type)
    if msg_type == "interactive":
        check_card(world, value)
    elif (key := _REQUIRED_KEY.get(msg_type)) and not value.get(key):
        raise bad_parameter(f"{key} in content is empty")
    elif msg_type == "image" and value["image_key"] not in world.messages.images:
        raise bad_parameter("invalid image_key")
    return value


def _parse(content: str, msg_type: str) -> Json:
    try:
        value = json.loads(content)
    except ValueError:
        if msg_type == "interactive":
            reason = "parse card json err, please check whether the card json is correct"
            raise _card_refusal(CardError(200621, reason)) from None
        raise bad_parameter("content is not a string in json format") from None
    if not isinstance(value, dict):
        raise bad_parameter("content is not a json object")
    return value


def check_card(world: World, card: Any) -> None:
    """Raises 230099 for a card that cannot be created; this sandbox has no card templates."""
    if isinstance(card, dict) and card.get("type") in ("template", "card"):
        raise _card_refusal(CardError(200380, "template does not exist"))
    try:
        check(card, surroundings(world))
    except CardError as error:
        raise _card_refusal(error) from None


def _card_refusal(error: CardError) -> Refusal:
    return Refusal(230099, f"Failed to create card content, ext={error}", status=400)


def surroundings(world: World) -> Surroundings:
    """What a card may refer to in this world."""
    kinds = ("open_id", "union_id", "user_id")
    return Surroundings(
        knows_person=lambda id: any(world.people.resolve(id, kind) for kind in kinds),
        knows_image=world.messages.images.__contains__,
        most_tables=world.switches.card_tables,
    )


def check_update(world: World, old: Json, new: Json) -> None:
    """Raises a Refusal unless both cards are shared ones and the version does not fall."""
    if is_v2(old) and not is_v2(new):
        raise _card_refusal(CardError(200830, "cards of schema V2 can not be updated to schema V1"))
    if not (_is_shared(old) and _is_shared(new)):
        raise bad_parameter("the card is not a shared card, config.update_multi must be true")
    check_card(world, new)


def _is_shared(card: Json) -> bool:
    """2.0 knows only shared cards; 1.0 must say so."""
    config = card.get("config") or {}
    return bool(config.get("update_multi", is_v2(card)))
