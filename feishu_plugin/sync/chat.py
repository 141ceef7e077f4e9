"""A message to the bot becomes a requirement when its writer says so on a card.

The message is answered with a form that holds what was written; pressed, it becomes an arrival
like those of other doors: stored once, written by the outbox, judged as any new row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from feishu_plugin.ports import Effect, Hint, Settlement
from feishu_plugin.records import Press, Value
from feishu_plugin.reminders.card import outcome_card
from feishu_plugin.reminders.notice import local_time
from feishu_plugin.reminders.questions import LEAVE, REGISTER, question_card
from feishu_plugin.reminders.templates import Words, escape
from feishu_plugin.rules.inputs import typed
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.intake.arrivals import Arrival, effect_of

SAID = "said"
"""``Press.do`` of a message that somebody wrote."""
DOOR = "chat"
_FILLED = ("title", "description", "customer_name", "type", "urgency")


def is_chat(hint: Hint) -> bool:
    """True for a message to the bot, and for the answer to the card that it was answered with."""
    return hint.press is not None and hint.press.do in (SAID, REGISTER, LEAVE)


def hear(desk: Desk, hints: Sequence[Hint]) -> None:
    """Answers messages and presses, each in a transaction of its own; again changes nothing."""
    for hint in hints:
        if hint.press is not None:
            found = _asked(desk, hint, hint.press) if hint.press.do == SAID else _settled(desk, hint.press)
            desk.store.settle(desk.app_token, replace(found, closed=[hint.row]))


def _asked(desk: Desk, hint: Hint, press: Press) -> Settlement:
    text = str(press.form.get("text") or "")
    card = question_card(desk.policy, text, desk.app_token, hint.record_id, press.operator)
    body = {"card": card, "event": "chat", "name": "登记需求", "requirements": []}
    asking = Effect(
        kind="card",
        identity=f"chat:{hint.record_id}",
        target=press.operator,
        body=body,
        not_before=desk.clock.now(),
    )
    # A card's input holds no long text: what was written is kept until it is registered.
    return Settlement(effects=[asking], facts={_fact(hint.record_id): {"text": text}} if text else {})


def _settled(desk: Desk, press: Press) -> Settlement:
    if press.do == LEAVE:
        return Settlement(effects=[_shown(desk, press, "没有登记", "Nothing was registered")])
    values = _values(desk, press)
    if not values.get("title"):
        return Settlement()  # the form requires it: only a client that is none of Feishu's sends this
    arrival = Arrival(door=DOOR, key=press.asked.get("record", ""), values=values, at=desk.clock.now())
    said = f"已登记：{values['title']}", f"Registered: {values['title']}"
    return Settlement(effects=[effect_of(arrival), _shown(desk, press, *said)])


def _values(desk: Desk, press: Press) -> Mapping[str, Value]:
    filled = {key: typed(desk.policy, key, press.form.get(key)) for key in _FILLED}
    values = {key: value for key, value in filled.items() if value not in (None, "")}
    wrote = desk.store.recall(desk.app_token, _fact(press.asked.get("record", ""))) or {}
    return {**values, "customer_words": wrote.get("text"), "submitter": (press.operator,)}


def _fact(message_id: str) -> str:
    return f"chat:{message_id}"


def _shown(desk: Desk, press: Press, zh: str, en: str) -> Effect:
    """The card as it is from now on: what happened, and nothing to press again."""
    now = desk.clock.now()
    who = escape(desk.people.person(press.operator).name or press.operator)
    at = local_time(desk.policy, now)
    card = outcome_card(
        Words(title="登记需求", body=f"{escape(zh)}\n{who} · {at}"),
        Words(title="Register a requirement", body=f"{escape(en)}\n{who} · {at}"),
        desk.link("requirement", ""),
    )
    return Effect(
        kind="patch",
        identity=f"press:{press.event_id}",
        target=press.message_id,
        body={"card": card},
        not_before=now,
    )
