"""What leaves a desk: cards and mails for what rules and trouble want told; empties its outbox."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from feishu_plugin.ports import Effect, Messages, Settlement
from feishu_plugin.records import Record, Requirement
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.cards import effects_of_tells
from feishu_plugin.reminders.deliver import Delivered, deliver
from feishu_plugin.reminders.fallback import Fallback
from feishu_plugin.reminders.letters import letters_of_tells
from feishu_plugin.reminders.remind import sent_today
from feishu_plugin.rules.actions import Tell
from feishu_plugin.sync.desk import Desk


def cards_of(desk: Desk, tells: Iterable[tuple[Record, Tell]], now: datetime) -> list[Effect]:
    """The cards of these notices, folded per person, with this base's policy, people and links."""
    return effects_of_tells(
        desk.policy,
        tells,
        desk.people.person,
        now,
        lambda record_id: desk.link("requirement", record_id),
        administrators=desk.administrators,
        packaged=desk.packaged,
        base=desk.app_token,
        sent=sent_today(desk.store, desk.policy, desk.app_token, now),
        told=lambda identities: desk.store.told(desk.app_token, identities),
    )


def letters_of(desk: Desk, tells: Iterable[tuple[Record, Tell]], now: datetime) -> list[Effect]:
    """The mails to customers that these notices bring about."""
    return letters_of_tells(desk.policy, tells, now, ready=desk.mailer is not None)


def tell_administrator(desk: Desk, subject: str, text: str) -> None:
    """Puts one card about a trouble of the whole base out, once for the same subject and text."""
    # Short, because an index of PostgreSQL takes no entry above 2,700 bytes.
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]
    tell = Tell(event="trouble", identity=f"{subject}:{digest}", facts={"note": text})
    cards = cards_of(desk, [(Record(record_id=""), tell)], desk.clock.now())
    desk.store.settle(desk.app_token, Settlement(effects=cards))


def send_due(desk: Desk, messages: Messages, go_on: Callable[[], bool]) -> Delivered:
    """Performs the effects that are due, while ``go_on`` says so."""
    return deliver(
        desk.store,
        lambda effects: desk.store.settle(desk.app_token, Settlement(effects=effects)),
        desk.tables,
        messages,
        desk.people.person,
        desk.clock.now(),
        desk.app_token,
        go_on=go_on,
        fallback=fallback_of(desk),
        witness=desk.witness,
    )


def fallback_of(desk: Desk) -> Fallback:
    """Where the cards of this base go when they cannot reach their readers."""
    now = desk.clock.now()
    return Fallback(
        circle=Circle(policy=desk.policy, people=desk.people.person, administrators=desk.administrators),
        records=lambda ids: _accepted(desk, ids),
        say=lambda tells: cards_of(desk, tells, now),
        now=now,
    )


def _accepted(desk: Desk, record_ids: Sequence[str]) -> Iterator[Requirement]:
    known = desk.store.accepted(desk.app_token, "requirement", list(record_ids))
    return (Requirement.of(state.record) for state in known.values())
