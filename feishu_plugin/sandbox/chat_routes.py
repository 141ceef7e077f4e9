"""``/_sandbox/people/:open_id/…``: what a person writes to the bot, and what this person wrote before."""

import json

from feishu_plugin.sandbox.control_routes import body_of, control_route, wrong
from feishu_plugin.sandbox.envelope import Call, Raw, Route
from feishu_plugin.sandbox.people import Person
from feishu_plugin.sandbox.said import Saying
from feishu_plugin.sandbox.world import World


def say(world: World, call: Call) -> Raw:
    """POST ``{"text"}`` or ``{"message_type", "content"}`` (JSON text): a person writes to the bot.

    Answers ``{"message_id"}``; the event is queued like any other.
    """
    body, person = body_of(call), _person(world, call)
    content = json.dumps({"text": str(body.get("text", ""))}, ensure_ascii=False)
    said = world.said.add(
        open_id=person.open_id,
        chat_id=person.chat_id,
        msg_type=str(body.get("message_type", "text")),
        content=str(body.get("content", content)),
    )
    _deliver(world, person, said)
    world.news.tell("messages")
    return Raw(body={"message_id": said.message_id})


def _deliver(world: World, person: Person, said: Saying) -> None:
    world.delivery.message_received(
        {
            "sender": {
                "sender_id": person.ids(),
                "sender_type": "user",
                "tenant_key": world.credentials.keys.tenant_key,
            },
            "message": {
                "message_id": said.message_id,
                "create_time": str(said.create_time),
                "chat_id": said.chat_id,
                "chat_type": "p2p",
                "message_type": said.msg_type,
                "content": said.content,
            },
        }
    )


def said(world: World, call: Call) -> Raw:
    """``{"said": [{message_id, open_id, chat_id, msg_type, content, create_time}]}``, newest last."""
    person = _person(world, call)
    return Raw(body={"said": [one.as_json() for one in world.said.of(person.open_id)]})


def _person(world: World, call: Call) -> Person:
    person = world.people.get(call.params["open_id"])
    if person is None:
        raise wrong("no such person", 404)
    return person


ROUTES: tuple[Route, ...] = (
    control_route("POST", "people/:open_id/say", say, "Write to the bot as a person"),
    control_route("GET", "people/:open_id/said", said, "What a person wrote to the bot"),
)
