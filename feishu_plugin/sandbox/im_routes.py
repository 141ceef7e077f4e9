"""Messages and images of the bot: who may receive, what may be sent, and the answers' shapes."""

import json
from typing import Any

from feishu_plugin.sandbox.access import id_type_of
from feishu_plugin.sandbox.envelope import Call, Json, Raw, Refusal, Route
from feishu_plugin.sandbox.id_refusals import unknown_id
from feishu_plugin.sandbox.message_content import bad_parameter, check_content, check_update
from feishu_plugin.sandbox.messages import Message
from feishu_plugin.sandbox.parsing import invalid
from feishu_plugin.sandbox.people import Person
from feishu_plugin.sandbox.world import World

ID_TYPES = ("open_id", "union_id", "user_id", "email", "chat_id")
_MOST_EDITS = 20
_MOST_IMAGE_BYTES = 10 * 1024 * 1024
_IMAGE_STARTS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"BM",
    b"II*\0",
    b"MM\0*",
    b"\0\0\1\0",
)
_UPGRADE_NOTICE = "请升级至最新版本客户端，以查看内容"
"""What stands in a 2.0 card that is read back; its JSON is not given out."""


def create(world: World, call: Call) -> Json:
    """Sends one message; 230013, 230020, 230025, 230029, 230099 and the id codes refuse it."""
    id_type = call.query.get("receive_id_type", "")
    if id_type not in ID_TYPES:
        raise invalid("receive_id_type", f"options: [{','.join(ID_TYPES)}]", id_type)
    receive_id, msg_type, content = (_text(call.body, key) for key in ("receive_id", "msg_type", "content"))
    to, chat_id = _target(world, receive_id, id_type)
    return _send(world, call.body, to, chat_id, msg_type, content, None)


def reply(world: World, call: Call) -> Json:
    """Answers a message in its chat; the same rules as sending."""
    parent = _message(world, call)
    msg_type, content = _text(call.body, "msg_type"), _text(call.body, "content")
    if parent.to:
        _check_reachable(world.people.get(parent.to))
    return _send(world, call.body, parent.to, parent.chat_id, msg_type, content, parent)


def _send(
    world: World, body: Json, to: str, chat_id: str, msg_type: str, content: str, parent: Message | None
) -> Json:
    uuid = body.get("uuid") or ""
    if not isinstance(uuid, str) or len(uuid) > 50:
        raise invalid("uuid", "the max len is 50", uuid)
    if (known := world.messages.sent_as(uuid)) is not None:
        return _rendered(world, known)
    check_content(world, msg_type, content)
    world.messages.admit(to or chat_id)
    message = world.messages.add(
        to=to, chat_id=chat_id, msg_type=msg_type, content=content, uuid=uuid, parent=parent
    )
    return _rendered(world, message)


def _text(body: Any, key: str) -> str:
    """A required text of the body; a JSON value of another type is the gateway's 9499."""
    value = body.get(key) if isinstance(body, dict) else None
    if value is None or value == "":
        raise invalid(key, f"{key} is required")
    if not isinstance(value, str):
        raise Refusal(9499, f"Invalid parameter type in json: {key}. Invalid parameter value", status=400)
    return value


def _target(world: World, receive_id: str, id_type: str) -> tuple[str, str]:
    """(open_id or "", chat_id) of a receiver."""
    if id_type == "chat_id":
        return _chat(world, receive_id)
    person = world.people.resolve(receive_id, id_type)
    if person is None:
        raise unknown_id(receive_id, id_type)
    _check_reachable(person)
    return person.open_id, person.chat_id


def _chat(world: World, chat_id: str) -> tuple[str, str]:
    for person in world.people.everybody():
        if person.chat_id == chat_id:
            _check_reachable(person)
            return person.open_id, chat_id
    if any(department.chat_id == chat_id for department in world.people.departments):
        return "", chat_id
    if not chat_id.startswith("oc_"):
        raise unknown_id(chat_id, "chat_id")
    raise Refusal(230002, "The bot can not be outside the group.", status=400)


def _check_reachable(person: Person | None) -> None:
    if person is None or person.is_resigned:
        raise Refusal(230029, "The user has resigned.", status=400)
    if not person.available:
        raise Refusal(230013, "Bot has NO availability to this user.", status=400)


def _message(world: World, call: Call) -> Message:
    message_id = call.params["message_id"]
    message = world.messages.get(message_id)
    if message is None:
        raise unknown_id(message_id, "message_id")
    if message.deleted:
        raise Refusal(230011, "The message was recalled.", status=400)
    return message


def _rendered(world: World, message: Message) -> Json:
    data: Json = {
        "message_id": message.message_id,
        "msg_type": message.msg_type,
        "create_time": str(message.create_time),
        "update_time": str(message.update_time),
        "deleted": message.deleted,
        "updated": message.updated,
        "chat_id": message.chat_id,
        "sender": {
            "id": world.credentials.keys.app_id,
            "id_type": "app_id",
            "sender_type": "app",
            "tenant_key": world.credentials.keys.tenant_key,
        },
        "body": {"content": _shown_content(message)},
    }
    if message.parent_id:
        data |= {"root_id": message.root_id, "parent_id": message.parent_id}
    return data


def _shown_content(message: Message) -> str:
    if message.msg_type != "interactive":
        return message.content
    title = ((message.parsed().get("header") or {}).get("title") or {}).get("content")
    shown = {"title": title, "elements": [[{"tag": "text", "text": _UPGRADE_NOTICE}]]}
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":"))


def read(world: World, call: Call) -> Json:
    """One message as a list of one."""
    return {"items": [_rendered(world, _message(world, call))]}


def patch(world: World, call: Call) -> Json:
    """Replaces a card; 230031 after 14 days, 230020 over five a second, 230001 for no card."""
    message, content = _message(world, call), _text(call.body, "content")
    if message.msg_type != "interactive":
        raise bad_parameter("This message is NOT a card.")
    if world.messages.too_old(message):
        raise Refusal(230031, "The card was sent more than 14 days ago and can not be updated.", status=400)
    new = check_content(world, "interactive", content)
    check_update(world, message.parsed(), new)
    world.messages.admit(message.message_id)
    world.messages.change(message, content)
    return {}


def edit(world: World, call: Call) -> Json:
    """Replaces a text or a post, at most twenty times."""
    message = _message(world, call)
    msg_type, content = _text(call.body, "msg_type"), _text(call.body, "content")
    if msg_type not in ("text", "post") or message.msg_type not in ("text", "post"):
        raise bad_parameter("only text and post can be edited")
    if message.edits >= _MOST_EDITS:
        raise Refusal(230072, "The message has reached the number of times it can be edited.", status=400)
    check_content(world, msg_type, content)
    message.msg_type, message.edits = msg_type, message.edits + 1
    world.messages.change(message, content)
    return _rendered(world, message)


def recall(world: World, call: Call) -> Json:
    """Takes a message back; it stays in the sandbox's list as deleted."""
    _message(world, call).deleted = True
    return {}


def upload_image(world: World, call: Call) -> Json:
    """Multipart ``image_type`` and ``image``; 234001, 234006, 234010, 234011 refuse it."""
    upload = call.files.get("image")
    if call.form.get("image_type") not in ("message", "avatar") or upload is None:
        raise Refusal(234001, "Invalid request param.", status=400)
    if not upload.content:
        raise Refusal(234010, "File's size can't be 0.", status=400)
    if len(upload.content) > _MOST_IMAGE_BYTES:
        raise Refusal(234006, "The file size exceed the max value.", status=400)
    if not upload.content.startswith(_IMAGE_STARTS):
        raise Refusal(234011, "Can't recognize the image format.", status=400)
    return {"image_key": world.messages.add_image(upload.content)}


def download_image(world: World, call: Call) -> Raw:
    """The bytes of an image that the app uploaded."""
    content = world.messages.images.get(call.params["image_key"])
    if content is None:
        raise Refusal(234001, "Invalid request param.", status=400)
    return Raw(body=content, content_type="application/octet-stream")


def urgent_app(world: World, call: Call) -> Json:
    """Buzzes people about a message; unknown ids come back in ``invalid_user_id_list``."""
    _message(world, call)
    ids = call.body.get("user_id_list") if isinstance(call.body, dict) else None
    if not isinstance(ids, list) or not 0 < len(ids) <= 200 or not all(isinstance(id, str) for id in ids):
        raise invalid("user_id_list", "1 to 200 ids are needed")
    id_type = id_type_of(call.query.get("user_id_type"))
    return {"invalid_user_id_list": [id for id in ids if world.people.resolve(id, id_type) is None]}


def update_by_token(world: World, call: Call) -> Json:
    """Replaces the card of a click: the callback's token works twice within 30 minutes."""
    body = call.body if isinstance(call.body, dict) else {}
    message = world.messages.spend_card_token(str(body.get("token")))
    if message is None:
        raise Refusal(300014, "token is expired or used up", status=400)
    content = json.dumps(body.get("card"), ensure_ascii=False)
    new = check_content(world, "interactive", content)
    check_update(world, message.parsed(), new)
    world.messages.change(message, content)
    return {}


_MESSAGES = "/open-apis/im/v1/messages"
_ONE = f"{_MESSAGES}/:message_id"


def _route(method: str, pattern: str, handler: Any, summary: str) -> Route:
    return Route(
        method=method,
        pattern=pattern,
        handler=handler,
        summary=summary,
        auth="app",
        tier="T4",
        rest_style=True,
    )


ROUTES: tuple[Route, ...] = (
    _route("POST", _MESSAGES, create, "Send a message"),
    _route("GET", _ONE, read, "Read a message"),
    _route("PATCH", _ONE, patch, "Update a card"),
    _route("PUT", _ONE, edit, "Edit a text"),
    _route("DELETE", _ONE, recall, "Recall a message"),
    _route("POST", f"{_ONE}/reply", reply, "Reply to a message"),
    _route("PATCH", f"{_ONE}/urgent_app", urgent_app, "Buzz people about a message"),
    _route("POST", "/open-apis/im/v1/images", upload_image, "Upload an image"),
    _route("GET", "/open-apis/im/v1/images/:image_key", download_image, "Download an image"),
    _route(
        "POST", "/open-apis/interactive/v1/card/update", update_by_token, "Update a card by callback token"
    ),
)
