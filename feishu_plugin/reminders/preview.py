"""What a person would be sent for a notice and a record, made as it is made for sending; sends nothing.

Pure. Reminders that time brings are those that are due at this moment. What only an edit or a
press brings about is shown with sample words for what the record itself does not tell.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Accepted, Json
from feishu_plugin.records import Record, Requirement
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.card import card_for, many_card
from feishu_plugin.reminders.cards import Offers
from feishu_plugin.reminders.due import ANSWERABLE, due
from feishu_plugin.reminders.letter_text import letter_text, mail_rows
from feishu_plugin.reminders.letters import mail_facts
from feishu_plugin.reminders.notice import Link, Notice, facts_of, local_time
from feishu_plugin.reminders.placeholders import MAIL_FACTS, MAIL_LINKS, SAMPLES, told
from feishu_plugin.reminders.templates import Choice, Words, choices, rows_of
from feishu_plugin.rules.actions import Offer
from feishu_plugin.rules.due_times import deadline

_Reader = tuple[str, Literal["instant", "digest"]]
_MANY = "_many"
"""Ends the events whose card lists several requirements."""
_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One notice for one person: the card, and how it came to look so."""

    notice: Notice
    """Its ``open_id`` is empty when nobody is meant at the moment."""
    is_due: bool
    """True: this notice is due now. False: shown as it would look if it were."""
    is_meant: bool
    """False for a person whom the notice does not go to."""
    samples: tuple[str, ...]
    """Placeholders that show a sample."""
    card: Json | None
    rows: Mapping[str, Choice]
    """Language to the template row that speaks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a preview is made with: the people and rules of a base, as sending uses them."""

    circle: Circle
    now: datetime
    link: Link
    base: str = ""
    packaged: Policy | None = None

    @property
    def policy(self) -> Policy:
        """The rules in force."""
        return self.circle.policy


def previews(scene: Scene, event: str, state: Accepted | None, to: str = "") -> list[Preview]:
    """The notice as each of its readers would see it, or only ``to`` (open_id).

    Empty when the team switched the notice off. Without a record everything is a sample.
    """
    if not rows_of(scene.policy, event):
        return []
    real = _due_now(scene, event, state) if state else []
    found = real or _samples(scene, event, state.record if state else None)
    mine = [notice for notice in found if to in ("", notice.open_id)]
    is_meant = bool(mine) or state is None
    if not mine:
        mine = [replace(found[0], open_id=to, identity=f"preview:{event}")]
    known = _known(scene, event, state.record) if state else {}
    samples = () if real else tuple(name for name in told(event) if name not in known)
    return [
        _preview(scene, notice, samples, is_due=bool(real) and is_meant, is_meant=is_meant) for notice in mine
    ]


def letters(scene: Scene, event: str, state: Accepted | None) -> Mapping[str, Choice]:
    """Language to subject and plain text of the event's mail to the customer; empty when there is none."""
    facts = _mail_facts(scene, state.record if state else None)
    found: dict[str, Choice] = {}
    for row in mail_rows(scene.policy, event):
        letter = letter_text(scene.policy, scene.packaged or scene.policy, event, row.language, facts)
        if letter and row.language not in found:
            words = Words(title=letter.subject, body=letter.text.strip())
            found[row.language] = Choice(words=words, row=row, is_packaged=False)
    return found


def _mail_facts(scene: Scene, record: Record | None) -> Mapping[str, str]:
    """What the record tells its customer; the links to the form are made when the mail is sent."""
    samples = {key: SAMPLES.get(key, "") for key in MAIL_FACTS}
    links = {key: f"https://…/{key}" for key in MAIL_LINKS}
    known = mail_facts(scene.policy, record, None, None) if record else {}
    return {**samples, **links, **known}


def _due_now(scene: Scene, event: str, state: Accepted) -> list[Notice]:
    reminders = due([(state.record.record_id, state)], scene.policy, scene.circle, scene.now)
    found = [n for reminder in reminders if reminder.event == event for n in reminder.notices()]
    # The last stage is the news: an older one was told in its time.
    return list({notice.open_id: notice for notice in found}.values())


def _samples(scene: Scene, event: str, record: Record | None) -> list[Notice]:
    readers = _readers(scene.circle, event, record) if record else {}
    if not readers:
        row = rows_of(scene.policy, event)[0]
        readers = {"": (next(iter(row.audience), ""), row.kind)}
    facts = _facts(scene, event, record)
    return [
        Notice(
            event=event,
            record_id=record.record_id if record else "",
            open_id=open_id,
            identity=f"preview:{event}",
            kind=kind,
            audience=audience,
            facts=facts,
            since=scene.now,
            offer=_offer(scene.policy, event, open_id),
        )
        for open_id, (audience, kind) in readers.items()
    ]


def _readers(circle: Circle, event: str, record: Record) -> dict[str, _Reader]:
    """open_id to the first audience that means this person, and how it is told."""
    found: dict[str, _Reader] = {}
    for row in rows_of(circle.policy, event):
        for audience in row.audience:
            for open_id in circle.named(audience, Requirement.of(record)):
                found.setdefault(open_id, (audience, row.kind))
    return found


def _facts(scene: Scene, event: str, record: Record | None) -> Mapping[str, str]:
    samples = {name: SAMPLES[name] for name in told(event)}
    return {**samples, **_known(scene, event, record)} if record else samples


def _known(scene: Scene, event: str, record: Record) -> dict[str, str]:
    """What the record itself says."""
    found = facts_of(scene.policy, record, scene.circle.people)
    at = deadline(scene.policy, Requirement.of(record)) if "due" in told(event) else None
    return {**found, "due": local_time(scene.policy, at)} if at else found


def _preview(
    scene: Scene, notice: Notice, samples: tuple[str, ...], *, is_due: bool, is_meant: bool
) -> Preview:
    rows = choices(
        scene.policy,
        notice.event,
        notice.facts,
        audience=notice.audience,
        person=notice.open_id,
        packaged=scene.packaged,
    )
    return Preview(
        notice=notice,
        is_due=is_due,
        is_meant=is_meant,
        samples=samples,
        card=_card(scene, notice),
        rows=rows,
    )


def _card(scene: Scene, notice: Notice) -> Json | None:
    where = scene.link(notice.record_id) if notice.record_id else ""
    if notice.event.endswith(_MANY):
        one = notice.event.removesuffix(_MANY)
        facts = {**_facts(scene, one, None), **notice.facts}
        return many_card(
            scene.policy, one, [facts] * _LINES, [where] * _LINES, scene.packaged, person=notice.open_id
        )
    return card_for(
        scene.policy,
        notice.event,
        notice.facts,
        where,
        audience=notice.audience,
        person=notice.open_id,
        packaged=scene.packaged,
        elements=Offers(scene.policy, scene.circle.people, scene.base)(notice),
    )


def _offer(policy: Policy, event: str, open_id: str) -> Offer | None:
    """What the card of an event offers, in sample words."""
    if event in ANSWERABLE:
        return Offer(kind="remind", event=event)
    return _OFFERS[event](policy, open_id) if event in _OFFERS else None


def _refused_move(policy: Policy, open_id: str) -> Offer:
    """A move that lacks something: the first that asks for a field."""
    lacking = next((move for move in policy.moves if move.required), policy.moves[0])
    return Offer(
        kind="move",
        from_status=lacking.from_status,
        to_status=lacking.to_status,
        fields=lacking.required,
        by=open_id,
    )


_OFFERS: Mapping[str, Callable[[Policy, str], Offer]] = {
    "put_back": _refused_move,
    "release_asked": lambda policy, open_id: Offer(kind="release", by=open_id),
    "similar": lambda policy, open_id: Offer(kind="merge", originals={"rec": SAMPLES["title"]}),
}
