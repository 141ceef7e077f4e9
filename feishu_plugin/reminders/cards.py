"""Cards of notices that are told at once: folded per person, so that a paste is one card.

Pure. Turns what rules want told (``Tell``) into effects of the outbox; sends nothing.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Json
from feishu_plugin.records import Record
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.card import NAMES, card_for, many_card
from feishu_plugin.reminders.notice import Directory, Link, Notice, facts_of, no_link, requirement
from feishu_plugin.reminders.offers import Reader, offer_elements
from feishu_plugin.reminders.quiet import next_digest, release
from feishu_plugin.reminders.templates import rows_of
from feishu_plugin.rules.actions import Tell

Addressed = tuple[str, str, Literal["instant", "digest"]]
"""open_id, audience key, how it is told."""


Elements = Callable[[Notice], Sequence[Json]]
"""What else stands in the card of a notice: forms and buttons."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The forms of what a notice offers to its reader."""

    policy: Policy
    people: Directory
    base: str

    def __call__(self, notice: Notice) -> Sequence[Json]:
        if notice.offer is None or not self.base:
            return ()
        reader = Reader(
            base=self.base,
            record_id=notice.record_id,
            open_id=notice.open_id,
            manages=self.policy.manages(self.people(notice.open_id)),
        )
        return offer_elements(self.policy, notice.offer, reader)


def effects_of_tells(
    policy: Policy,
    tells: Iterable[tuple[Record, Tell]],
    people: Directory,
    now: datetime,
    link: Link = no_link,
    *,
    administrators: Sequence[str] = (),
    packaged: Policy | None = None,
    base: str = "",
) -> list[Effect]:
    """The cards of a round of judgements; from ``many_rows`` of one event on, one per person."""
    circle = Circle(policy=policy, people=people, administrators=administrators)
    notices = notices_of_tells(circle, tells, now)
    return cards_of(policy, notices, now, link, packaged=packaged, elements=Offers(policy, people, base))


def notices_of_tells(circle: Circle, tells: Iterable[tuple[Record, Tell]], now: datetime) -> Iterator[Notice]:
    """One notice for each person a ``Tell`` is meant for, with the facts every template may use."""
    for record, tell in tells:
        known = requirement(record)
        facts = {**facts_of(circle.policy, record, circle.people), **tell.facts}
        for open_id, audience, kind in _addressed(circle, record, tell):
            yield Notice(
                event=tell.event,
                record_id=record.record_id,
                open_id=open_id,
                identity=f"{tell.event}:{record.record_id}:{tell.identity}:{open_id}",
                kind=kind,
                audience=audience,
                facts=facts,
                priority=known.priority,
                since=now,
                offer=tell.offer,
            )


def cards_of(
    policy: Policy,
    notices: Iterable[Notice],
    now: datetime,
    link: Link = no_link,
    *,
    told: Collection[str] = (),
    packaged: Policy | None = None,
    elements: Elements = lambda notice: (),
) -> list[Effect]:
    """One card per notice, or one summary where a person would get too many of one event."""
    fresh = {n.identity: n for n in notices if n.identity not in told}
    piles: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in fresh.values():
        piles[notice.event, notice.open_id].append(notice)
    effects: list[Effect] = []
    for pile in piles.values():
        if len(pile) >= max(policy.parameters.many_rows, 2):
            effects.append(_summary(policy, pile, now, link, packaged))
        else:
            effects += [e for n in pile if (e := _card(policy, n, now, link, packaged, elements(n)))]
    return effects


def _addressed(circle: Circle, record: Record, tell: Tell) -> Iterator[Addressed]:
    rows = rows_of(circle.policy, tell.event)
    if tell.to and rows:
        audience = next(iter(rows[0].audience), "")
        yield from ((open_id, audience, rows[0].kind) for open_id in circle.standing(tell.to))
        return
    reached: set[str] = set()
    for row in rows:
        for audience in row.audience:
            fresh = [p for p in circle.named(audience, requirement(record)) if p not in reached]
            reached.update(fresh)
            yield from ((open_id, audience, row.kind) for open_id in fresh)


def _card(
    policy: Policy,
    notice: Notice,
    now: datetime,
    link: Link,
    packaged: Policy | None,
    elements: Sequence[Json],
) -> Effect | None:
    where = link(notice.record_id) if notice.record_id else ""
    card = card_for(
        policy,
        notice.event,
        notice.facts,
        where,
        audience=notice.audience,
        person=notice.open_id,
        packaged=packaged,
        elements=elements,
    )
    if card is None:
        return None
    name = f"{_name(notice.event)} {notice.facts.get('number', '')}".strip()
    return Effect(
        kind="card",
        identity=notice.identity,
        target=notice.open_id,
        body=_body(card, notice.event, name, [notice]),
        not_before=_when(policy, notice, now),
        covers=(notice.identity,),
    )


def _summary(
    policy: Policy, pile: Sequence[Notice], now: datetime, link: Link, packaged: Policy | None
) -> Effect:
    event, covers = pile[0].event, tuple(notice.identity for notice in pile)
    links = [link(notice.record_id) if notice.record_id else "" for notice in pile]
    card = many_card(policy, event, [notice.facts for notice in pile], links, packaged, pile[0].open_id)
    digest = hashlib.sha256("\n".join(covers).encode()).hexdigest()[:24]
    return Effect(
        kind="card",
        identity=f"{event}-many:{digest}:{pile[0].open_id}",
        target=pile[0].open_id,
        body=_body(card, event, f"{_name(event)}（{len(pile)} 条）", pile),
        not_before=min(_when(policy, notice, now) for notice in pile),
        covers=covers,
    )


def _body(card: Json, event: str, name: str, notices: Iterable[Notice]) -> Json:
    records = [notice.record_id for notice in notices if notice.record_id]
    return {"card": card, "event": event, "name": name, "requirements": records}


def _when(policy: Policy, notice: Notice, now: datetime) -> datetime:
    if notice.kind == "digest":
        return next_digest(policy, notice.open_id, now)
    return release(policy, notice, now)


def _name(event: str) -> str:
    return NAMES.get(event, (event, event, ""))[0]
