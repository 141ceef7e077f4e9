"""Cards of notices that are told at once: folded per person, so that a paste is one card.

What nobody is to be disturbed with becomes lines of the next morning card instead. Pure: turns
what rules want told (``Tell``) into effects of the outbox; sends nothing.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect, Json
from feishu_plugin.records import Person, Record, Requirement
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.card import NAMES, card_for, many_card
from feishu_plugin.reminders.lines import line_of_notice
from feishu_plugin.reminders.notice import (
    Directory,
    Link,
    Notice,
    facts_of,
    folded,
    for_whom,
    no_link,
    passed_on,
)
from feishu_plugin.reminders.offers import Reader, list_elements, offer_elements
from feishu_plugin.reminders.quiet import (
    asks,
    disturbs,
    is_quiet,
    line_moment,
    next_digest,
    next_morning,
    release,
)
from feishu_plugin.reminders.readdress import readdressed
from feishu_plugin.reminders.standins import Reach, Standby
from feishu_plugin.reminders.templates import rows_of
from feishu_plugin.rules.actions import Tell

Kind = Literal["instant", "digest"]
Addressed = tuple[Reach, str, Kind]
"""Who is meant and who gets it, audience key, how it is told."""


Told = Callable[[Sequence[str]], set[str]]
"""Those notice identities that were told before."""
Sent = Callable[[Collection[str]], Mapping[str, int]]
"""open_ids to how many cards each got today, without the morning card."""

_Pile = Sequence[Notice]
"""The notices of one card."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The forms of what notices offer to their reader; none without ``base``."""

    policy: Policy
    people: Directory
    base: str

    def __call__(self, notice: Notice) -> Sequence[Json]:
        """What stands in the card of one notice."""
        if notice.offer is None or not self.base:
            return ()
        reader = Reader(
            base=self.base,
            record_id=notice.record_id,
            open_id=notice.open_id,
            manages=self.policy.manages(self.people(notice.open_id)),
        )
        return offer_elements(self.policy, notice.offer, reader)

    def of_many(self, pile: _Pile, most: int) -> Sequence[Json]:
        """What stands in a card that lists notices of one event, the first ``most`` of them."""
        reader = Reader(base=self.base, record_id="", open_id=pile[0].open_id)
        return list_elements(pile[:most], reader, pile[0].event)


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
    sent: Sent = lambda people: {},
    told: Told = lambda identities: set(),
) -> list[Effect]:
    """The cards of a round of judgements; from ``many_rows`` of one event on, one per person.

    What comes up in quiet time, or exceeds ``most_cards``, becomes a line of the morning card. A
    rule may say the same again in a later round: ``told`` knows it, or a list would repeat it.
    """
    circle = Circle(policy=policy, people=people, administrators=administrators)
    notices = list(notices_of_tells(circle, tells, now))
    elements = Offers(policy, people, base)
    known = told([notice.identity for notice in notices]) if notices else set()
    return cards_of(policy, notices, now, link, told=known, packaged=packaged, elements=elements, sent=sent)


def notices_of_tells(circle: Circle, tells: Iterable[tuple[Record, Tell]], now: datetime) -> Iterator[Notice]:
    """One notice for each person a ``Tell`` is meant for, with the facts every template may use."""
    for record, tell in tells:
        known = Requirement.of(record)
        facts = {**facts_of(circle.policy, record, circle.people), **tell.facts}
        about = f"{tell.event}:{record.record_id}:{tell.identity}"
        for reach, audience, kind in _addressed(circle, known, tell, now):
            identity = f"{about}:{reach.meant}"
            yield Notice(
                event=tell.event,
                record_id=record.record_id,
                open_id=reach.open_id,
                identity=identity,
                about=about,
                instead_of=reach.instead_of,
                with_it=(passed_on(identity, reach.open_id),) if reach.why else (),
                kind=kind,
                audience=audience,
                facts={**facts, **reach.facts},
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
    elements: Offers | None = None,
    sent: Sent = lambda people: {},
) -> list[Effect]:
    """One card per notice, one summary where a person would get too many of one event, or lines."""
    own: list[Notice] = []
    lines: list[Effect] = []
    for notice in folded(n for n in notices if n.is_news(told)):
        if morning := line_moment(policy, notice, now):
            lines.append(line_of_notice(notice, morning))
        else:
            own.append(notice)
    piles, over = _within_cap(policy, _piles(policy, own), sent)
    lines += [line_of_notice(n, next_digest(policy, n.open_id, now)) for pile in over for n in pile]
    forms = elements or Offers(policy, lambda open_id: Person(open_id=open_id), "")
    cards = (
        _summary(policy, pile, now, link, packaged, forms)
        if len(pile) > 1
        else _card(policy, pile[0], now, link, packaged, forms)
        for pile in piles
    )
    return [*(card for card in cards if card), *lines]


def _piles(policy: Policy, notices: Iterable[Notice]) -> list[_Pile]:
    """What goes into one card each."""
    of_one: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for notice in notices:
        of_one[notice.event, notice.open_id].append(notice)
    many = max(policy.parameters.many_rows, 2)
    found: list[_Pile] = []
    for pile in of_one.values():
        found += [pile] if len(pile) >= many else [[notice] for notice in pile]
    return found


def _within_cap(policy: Policy, piles: Sequence[_Pile], sent: Sent) -> tuple[list[_Pile], list[_Pile]]:
    """The piles that may become cards today, and those that are too many for their person."""
    asked = {pile[0].open_id for pile in piles if _is_capped(pile)}
    count = Counter(sent(asked)) if asked else Counter()
    kept: list[_Pile] = []
    over: list[_Pile] = []
    for pile in piles:
        person = pile[0].open_id
        if _is_capped(pile) and count[person] >= policy.parameters.most_cards:
            over.append(pile)
        else:
            kept.append(pile)
            count[person] += 1
    return kept, over


def _is_capped(pile: _Pile) -> bool:
    return not any(disturbs(notice) or asks(notice) for notice in pile)


def _addressed(circle: Circle, record: Requirement, tell: Tell, now: datetime) -> Iterator[Addressed]:
    rows = rows_of(circle.policy, tell.event)
    if tell.to and rows:
        audience = next(iter(rows[0].audience), "")
        kind: Kind = "digest" if tell.calm else rows[0].kind
        yield from _reach(circle, record, audience, dict.fromkeys(tell.to), kind, now)
        return
    reached: set[str] = set()
    for row in rows:
        for audience in row.audience:
            fresh = [p for p in circle.named(audience, record) if p not in reached]
            reached.update(fresh)
            yield from _reach(circle, record, audience, fresh, "digest" if tell.calm else row.kind, now)


def _reach(
    circle: Circle, record: Requirement, audience: str, meant: Iterable[str], kind: Kind, now: datetime
) -> Iterator[Addressed]:
    """Who is there when it is told, which may be in the morning only."""
    day = now
    if kind == "digest":
        day = next_digest(circle.policy, "", now)
    elif is_quiet(circle.policy, now):
        day = next_morning(circle.policy, "", now)
    there = Standby(circle=circle, audience=audience, record=record, at=day)
    yield from ((reach, audience, kind) for reach in there.reach(list(meant)))


def _card(
    policy: Policy,
    notice: Notice,
    now: datetime,
    link: Link,
    packaged: Policy | None,
    forms: Offers,
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
        elements=forms(notice),
    )
    if card is None:
        return None
    if notice.instead_of:
        zh, en = for_whom(notice.facts)
        card = readdressed(card, notice.open_id, notice.instead_of[0], zh, en)
    name = f"{_name(notice.event)} {notice.facts.get('number', '')}".strip()
    return Effect(
        kind="card",
        identity=notice.identity,
        target=notice.open_id,
        body=_body(card, notice.event, name, [notice]),
        not_before=_when(policy, notice, now),
        covers=notice.covers,
    )


def _summary(
    policy: Policy, pile: _Pile, now: datetime, link: Link, packaged: Policy | None, forms: Offers
) -> Effect:
    event, covers = pile[0].event, tuple(one for notice in pile for one in notice.covers)
    links = [link(notice.record_id) if notice.record_id else "" for notice in pile]
    facts, reader = [notice.facts for notice in pile], pile[0].open_id
    card = many_card(
        policy, event, facts, links, packaged, lambda most: forms.of_many(pile, most), person=reader
    )
    digest = hashlib.sha256("\n".join(covers).encode("utf-8", "surrogatepass")).hexdigest()[:24]
    return Effect(
        kind="card",
        identity=f"{event}-many:{digest}:{pile[0].open_id}",
        target=pile[0].open_id,
        body=_body(card, event, f"{_name(event)}（{len(pile)} 条）", pile),
        not_before=min(_when(policy, notice, now) for notice in pile),
        covers=covers,
    )


def _body(card: Json, event: str, name: str, notices: Iterable[Notice]) -> Json:
    told = list(notices)
    heard = set.intersection(*(set(notice.heard) for notice in told))
    body: Json = {
        "card": card,
        "event": event,
        "name": name,
        "requirements": [notice.record_id for notice in told if notice.record_id],
        "audience": told[0].audience,
        **({"heard": sorted(heard)} if heard else {}),
    }
    stands_for = "、".join(dict.fromkeys(n.facts["for_zh"] for n in told if n.instead_of))
    return {**body, "stands_for": stands_for} if stands_for else body


def _when(policy: Policy, notice: Notice, now: datetime) -> datetime:
    if notice.kind == "digest":
        return next_digest(policy, notice.open_id, now)
    return release(policy, notice, now)


def _name(event: str) -> str:
    return NAMES.get(event, (event, event, ""))[0]
