"""``/_sandbox/*``: time, people's clicks, misfortunes and counts, for whoever drives the sandbox.

These endpoints are no part of Feishu: flat JSON answers, no token. They never change a base.
"""

import asyncio
import json
import time
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from feishu_plugin.sandbox.bases import Bases
from feishu_plugin.sandbox.clicks import ClickError, action_of, find, judge
from feishu_plugin.sandbox.delivery import Answer
from feishu_plugin.sandbox.envelope import Call, Json, Raw, Refusal, Route
from feishu_plugin.sandbox.faults import Fault
from feishu_plugin.sandbox.message_content import surroundings
from feishu_plugin.sandbox.messages import Message
from feishu_plugin.sandbox.people import Person
from feishu_plugin.sandbox.switches import Switches
from feishu_plugin.sandbox.webhook import Webhook
from feishu_plugin.sandbox.world import World

_POLL_S = 0.01
EARLIEST, LATEST = datetime(1971, 1, 1, tzinfo=UTC), datetime(2999, 1, 1, tzinfo=UTC)
_CLIENT_ERRORS = {"unreachable": 200340, "timeout": 200341, "failed": 200671}
"""What a person's client shows when the app does not answer a click."""


def wrong(detail: str, status: int = 400) -> Refusal:
    """What a control call is refused with."""
    return Refusal(9499, "Bad Request", detail=detail, status=status)


def body_of(call: Call) -> Json:
    """The JSON object of a control call."""
    if not isinstance(call.body, dict):
        raise wrong("a JSON object is needed")
    return call.body


def _clock(world: World) -> Raw:
    clock = world.clock
    return Raw(body={"now": clock.now().isoformat(), "frozen": clock.frozen, "turns": clock.turns})


def seconds_of(text: str) -> float:
    """The seconds of a query value."""
    try:
        return float(text)
    except ValueError:
        raise wrong(f"timeout_s: a number of seconds is needed, not {text!r}") from None


async def read_clock(world: World, call: Call) -> Raw:
    """``{"now","frozen","turns"}``; with ``after`` waits until turns differ, ``timeout_s`` at most."""
    if "after" in call.query:
        ends = time.monotonic() + seconds_of(call.query.get("timeout_s", "30"))
        while str(world.clock.turns) == call.query["after"] and time.monotonic() < ends:
            if world.news.is_over:
                break
            await asyncio.sleep(_POLL_S)
    return _clock(world)


def set_clock(world: World, call: Call) -> Raw:
    """PUT ``{"now": ISO, "frozen"?: bool}``; a time without an offset is UTC."""
    body = body_of(call)
    try:
        now = datetime.fromisoformat(body["now"]) if "now" in body else world.clock.now()
    except (TypeError, ValueError) as error:
        raise wrong(f"now: {error}") from None
    _jump(world, now if now.tzinfo else now.replace(tzinfo=UTC), frozen=body.get("frozen"))
    return _clock(world)


def _jump(world: World, to: datetime, *, frozen: bool | None = None) -> None:
    if not EARLIEST <= to <= LATEST:
        raise wrong(f"the sandbox knows the time from {EARLIEST.year} to {LATEST.year}")
    if frozen is not None and not isinstance(frozen, bool):
        raise wrong("frozen: true or false is needed")
    world.clock.set(to, frozen=frozen)
    world.delivery.wake()
    world.news.tell("clock")


def advance_clock(world: World, call: Call) -> Raw:
    """POST ``{"advance_s": n}``."""
    by = body_of(call).get("advance_s")
    if isinstance(by, bool) or not isinstance(by, (int, float)):
        raise wrong("advance_s: a number of seconds is needed")
    try:
        to = world.clock.now() + timedelta(seconds=by)
    except OverflowError:
        raise wrong("advance_s: too far") from None
    _jump(world, to)
    return _clock(world)


def messages(world: World, call: Call) -> Raw:
    """``{"messages": [...]}`` newest last; ``to`` = open_id, ``after`` = message_id."""
    found = world.messages.all()
    if after := call.query.get("after"):
        ids = [message.message_id for message in found]
        if after not in ids:
            raise wrong(f"no message {after}", 404)
        found = found[ids.index(after) + 1 :]
    to = call.query.get("to")
    return Raw(body={"messages": [m.as_json() for m in found if to is None or m.to == to]})


async def click(world: World, call: Call) -> Raw:
    """Acts on a card as a person; ``{"answer", "code"}``, code 0 or the error the person sees.

    Body: ``open_id``, ``element`` (name, visible text or index), and what was entered:
    ``form_value``, ``input_value``, ``option``, ``options``, ``checked``.
    """
    body = body_of(call)
    message = world.messages.get(call.params["message_id"])
    person = world.people.get(str(body.get("open_id")))
    if message is None or message.msg_type != "interactive" or message.deleted or person is None:
        raise wrong("open_id must be a person and the message a card that still exists", 404)
    shown = message.parsed()
    try:
        action = action_of(shown, find(shown, body.get("element", 0)), body)
    except ClickError as error:
        raise wrong(str(error)) from None
    if action is None:
        return Raw(body={"answer": None, "code": 0})
    answer = await world.delivery.card_action(_card_event(world, message, person, action))
    return Raw(body=_judged(world, message, shown, answer))


def _card_event(world: World, message: Message, person: Person, action: Json) -> Json:
    return {
        "operator": {"tenant_key": world.credentials.keys.tenant_key, **person.ids()},
        "token": world.messages.new_card_token(message),
        "action": action,
        "host": "im_message",
        "context": {"open_message_id": message.message_id, "open_chat_id": message.chat_id},
    }


def _judged(world: World, message: Message, shown: Json, answer: Answer) -> Json:
    if answer.kind != "ok":
        return {"answer": None, "code": _CLIENT_ERRORS[answer.kind]}
    decoded, code, card = judge(answer.data, shown, surroundings(world))
    if card is not None:
        world.messages.change(message, json.dumps(card, ensure_ascii=False))
        world.news.tell("messages")
    return {"answer": decoded, "code": code}


def read_faults(world: World, _: Call) -> Raw:
    """The rules in force."""
    return Raw(body={"rules": [_shown(rule) for rule in world.faults.rules]})


def set_faults(world: World, call: Call) -> Raw:
    """PUT ``{"seed"?: n, "rules": [...]}`` or the bare list; replaces all rules."""
    body = call.body if isinstance(call.body, dict) else {"rules": call.body}
    rules = body.get("rules")
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise wrong("rules: a list of objects is needed")
    try:
        world.faults.set([Fault.read(rule) for rule in rules], seed=int(body.get("seed") or 0))
    except (TypeError, ValueError) as error:
        raise wrong(str(error)) from None
    return read_faults(world, call)


def _shown(rule: Fault) -> Json:
    return {**asdict(rule), "headers": dict(rule.headers)}


def stats(world: World, _: Call) -> Raw:
    """Requests by route and code, TCP connections, open long connections, events."""
    delivery = world.delivery
    online = len(delivery.connections)
    return Raw(body=world.stats.as_json(waiting=delivery.waiting, long_connections=online))


def reset(world: World, _: Call) -> Raw:
    """A new world with the same credentials and people; open long connections stay."""
    world.clock.set(datetime.now(UTC), frozen=False)
    _apply(world.switches, asdict(Switches()))
    world.faults.set((), seed=0)
    world.people.reset()
    world.medias.reset()
    world.lag.clear()
    world.scopes.reset()
    world.console.reset()
    world.credentials.forget_revoked()
    world.messages.reset()
    world.said.reset()
    world.delivery.reset()
    world.stats.reset()
    world.bases = Bases()
    world.news.tell("reset")
    return Raw(body={})


def read_switches(world: World, _: Call) -> Raw:
    """All behaviours that the facts leave open, with their present values."""
    return Raw(body=asdict(world.switches))


def set_switches(world: World, call: Call) -> Raw:
    """PUT some of them; an unknown name or a value of another type is refused whole."""
    body, kinds = body_of(call), {field.name: field.type for field in fields(Switches)}
    for name, value in body.items():
        if name not in kinds:
            raise wrong(f"no switch {name!r}; there are {sorted(kinds)}")
        if not _fits(getattr(world.switches, name), value):
            raise wrong(f"{name}: {kinds[name]} is needed")
    _apply(world.switches, body)
    return read_switches(world, call)


def _fits(present: Any, value: Any) -> bool:
    if isinstance(present, float):
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is type(present)


def _apply(switches: Switches, values: Json) -> None:
    for name, value in values.items():
        setattr(switches, name, value)


def read_scopes(world: World, _: Call) -> Raw:
    """``{"granted", "draft", "published"}``; null is every scope."""
    return Raw(body=world.scopes.as_json())


def set_scopes(world: World, call: Call) -> Raw:
    """PUT ``{"granted": [names] or null, "publish"?: bool}``; unpublished it changes nothing yet."""
    body = body_of(call)
    granted = body.get("granted")
    if granted is not None and not (isinstance(granted, list) and all(isinstance(s, str) for s in granted)):
        raise wrong("granted: a list of scope names or null is needed")
    world.scopes.ask(granted)
    if body.get("publish", True) is True:
        world.scopes.publish()
    return read_scopes(world, call)


def publish(world: World, call: Call) -> Raw:
    """Puts the drafted scopes in force, as a published version of the app does."""
    world.scopes.publish()
    return read_scopes(world, call)


def read_webhook(world: World, _: Call) -> Raw:
    """The request URL in force, or ``{"url": null}``."""
    hook = world.delivery.webhook
    return Raw(body=hook.as_json() if hook else {"url": None, "encrypt": False})


async def set_webhook(world: World, call: Call) -> Raw:
    """PUT ``{"url": text or null, "encrypt": bool}``; the URL must echo a challenge within 1 s."""
    body = body_of(call)
    if body.get("url") is None:
        world.delivery.webhook = None
        return read_webhook(world, call)
    try:
        encrypted, keys = bool(body.get("encrypt")), world.credentials.keys
        hook = Webhook(str(body["url"]), encrypted=encrypted, keys=keys, clock=world.clock)
    except ValueError as error:
        raise wrong(str(error)) from None
    if not await hook.verify():
        raise wrong("the URL did not return the challenge within 1 s")
    world.delivery.webhook = hook
    world.delivery.wake()
    return read_webhook(world, call)


def change_person(world: World, call: Call) -> Raw:
    """PUT ``is_resigned``, ``is_frozen``, ``available`` of one person."""
    body, known = body_of(call), {"is_resigned", "is_frozen", "available"}
    if set(body) - known or not all(isinstance(value, bool) for value in body.values()):
        raise wrong(f"booleans among {sorted(known)} are needed")
    if world.people.get(call.params["open_id"]) is None:
        raise wrong("no such person", 404)
    person = world.people.change(call.params["open_id"], **body)
    return Raw(body={**person.ids(), "name": person.name, **{name: getattr(person, name) for name in known}})


def control_route(method: str, path: str, handler: Any, summary: str) -> Route:
    """A route below ``/_sandbox/``: no token, flat answers."""
    return Route(
        method=method,
        pattern=f"/_sandbox/{path}",
        handler=handler,
        summary=summary,
        auth="none",
        rest_style=True,
    )


ROUTES: tuple[Route, ...] = (
    control_route("GET", "clock", read_clock, "Sandbox time; ?after=turns waits for a jump"),
    control_route("PUT", "clock", set_clock, "Set sandbox time"),
    control_route("POST", "clock", advance_clock, "Advance sandbox time"),
    control_route("GET", "messages", messages, "Everything the bot sent"),
    control_route("POST", "messages/:message_id/click", click, "Press a card's button as a person"),
    control_route("GET", "faults", read_faults, "Misfortunes in force"),
    control_route("PUT", "faults", set_faults, "Order misfortunes"),
    control_route("GET", "stats", stats, "Requests, connections and events counted"),
    control_route("POST", "reset", reset, "Start over with the same credentials and people"),
    control_route("GET", "switches", read_switches, "Behaviours that the facts leave open"),
    control_route("PUT", "switches", set_switches, "Change such behaviours"),
    control_route("GET", "scopes", read_scopes, "Scopes granted to the app"),
    control_route("PUT", "scopes", set_scopes, "Grant scopes"),
    control_route("POST", "publish", publish, "Publish the app's drafted scopes"),
    control_route("GET", "webhook", read_webhook, "The app's request URL"),
    control_route("PUT", "webhook", set_webhook, "Set the app's request URL"),
    control_route("PUT", "people/:open_id", change_person, "Resign, freeze or hide a person"),
)
