"""What one letter comes to: effects to be stored with the place up to which the mailbox was read.

It writes nothing but files, which are in the base before a row can name them. A reply never
becomes a second requirement, and what a machine wrote none at all.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from io import BytesIO
from typing import Literal

from feishu_plugin.errors import FeishuError, FeishuUnreachable
from feishu_plugin.ports import Effect, Json
from feishu_plugin.records import Record, Value
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.heard import forgiven
from feishu_plugin.sync.intake.arrivals import Arrival, effect_of, identity_of
from feishu_plugin.sync.postbox import letters
from feishu_plugin.sync.postbox.answers import answer_in
from feishu_plugin.sync.postbox.box import Fetched
from feishu_plugin.sync.postbox.kinds import bounce_of, kind_of
from feishu_plugin.sync.postbox.mail import Mail, read_mail
from feishu_plugin.sync.postbox.marks import fact_of, mark_in
from feishu_plugin.sync.postbox.pace import MOST_A_DAY, counted
from feishu_plugin.sync.postbox.quoting import own_words
from feishu_plugin.sync.postbox.threads import Thread, key_of, post_identity, thread_of_mail

log = logging.getLogger(__name__)

What = Literal["requirement", "reply", "bounce", "automatic", "known"]
_REQUIREMENT, _CUSTOMER, _FILES = "requirement", "customer", "attachments"
_OF_CUSTOMER = {
    "name": "customer_name",
    "level": "customer_level",
    "kind": "customer_kind",
    "industry": "industry",
}
_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a letter was, and what is to be done about it."""

    what: What
    effects: tuple[Effect, ...] = ()
    facts: Mapping[str, Json] = field(default_factory=dict)
    """What is to be remembered with it."""


def take(desk: Desk, door: str, fetched: Fetched, *, patient: bool = True) -> Taken:
    """Understands one letter; FeishuUnreachable while its files cannot be put into the base.

    Not ``patient`` it names such files instead: they must not keep all other letters waiting.
    """
    mail, now = read_mail(fetched.content, whole=fetched.is_whole), desk.clock.now()
    kind = kind_of(mail)
    if kind == "bounce":
        return Taken(what="bounce", effects=_bounced(desk, door, mail, now))
    if kind == "automatic" or desk.store.recall(desk.app_token, fact_of(mark_in(mail.message_id))):
        return Taken(what="automatic")
    key = key_of(mail.message_id)
    known = (identity_of(door, key), post_identity(door, key))
    if any(desk.store.outcome_of(desk.app_token, one) for one in known):
        return Taken(what="known")
    thread = thread_of_mail(desk, door, mail)
    files, lost = _stored(desk, mail, patient=patient)
    arrival = Arrival(
        door=door, key=key, values=_values(desk, mail, now, files, _notes(fetched, mail, lost)), at=now
    )
    if thread is None:
        return _new(desk, mail, arrival)
    return Taken(what="reply", effects=(_reply(desk, mail, arrival, thread, lost),))


def _new(desk: Desk, mail: Mail, arrival: Arrival) -> Taken:
    """A requirement; of somebody who writes like a robot one that leads to no mail."""
    count, facts = counted(desk, mail.sender, arrival.at)
    if count > MOST_A_DAY:
        told = f"{mail.sender}：今天来信过多，不再自动回复 wrote too often today, gets no automatic answer"
        rest = {key: value for key, value in arrival.values.items() if key not in ("contact_way", "customer")}
        remark = "\n".join([told, *([str(rest["remark"])] if "remark" in rest else [])])
        arrival = replace(arrival, values={**rest, "remark": remark})
    return Taken(what="requirement", effects=(effect_of(arrival),), facts=facts)


def _values(
    desk: Desk, mail: Mail, now: datetime, files: Sequence[str], notes: Sequence[str]
) -> dict[str, Value]:
    found = letters.cells(mail, now)
    if mail.sender:
        found["customer_name"] = letters.shorten_text(mail.sender_name or mail.sender, letters.LONGEST_NAME)
        found |= _known_customer(desk, mail.sender)
    if files:
        found[_FILES] = tuple(files)
    if notes:
        found["remark"] = "\n".join(notes)
    return found


def _known_customer(desk: Desk, address: str) -> dict[str, Value]:
    """The customer in 客户档案 who has this address; nobody where several do."""
    if desk.tables.binding.lacks(_CUSTOMER, "email"):
        return {}
    rows: Sequence[Record] = ()
    with forgiven("mailbox: the customer of a letter cannot be looked up"):
        rows = desk.tables.find(_CUSTOMER, "email", address)
    if len(rows) != 1:
        return {}
    known = {to: rows[0].get(key) for key, to in _OF_CUSTOMER.items() if rows[0].get(key)}
    return {**known, "customer": (rows[0].record_id,)}


def _stored(desk: Desk, mail: Mail, *, patient: bool) -> tuple[list[str], list[str]]:
    """Tokens of the files that are in the base now, and names of those that it will not take."""
    stored: list[str] = []
    lost: list[str] = []
    for file in mail.files:
        try:
            if desk.uploads is None or desk.tables.binding.lacks(_REQUIREMENT, _FILES):
                lost.append(file.name)
            else:
                stored.append(desk.uploads.upload(file.name, len(file.content), BytesIO(file.content)))
        except FeishuError as error:
            if patient and isinstance(error, FeishuUnreachable):
                raise
            log.warning("mailbox: Feishu takes no file of %d bytes: %s", len(file.content), error)
            lost.append(file.name)
    return stored, lost


def _notes(fetched: Fetched, mail: Mail, lost: Sequence[str]) -> list[str]:
    """What is missing of a letter, in words for 备注."""
    notes = []
    if not fetched.is_whole:
        size = round(fetched.size / _MEGABYTE)
        notes.append(
            f"邮件过大（{size} MB），只读取了开头，附件请到邮箱查看 too large: see the mailbox for its files"
        )
    if lost:
        notes.append(f"附件未能保存，请到邮箱查看 files not kept: {'、'.join(lost)}")
    if mail.left_out:
        notes.append(f"另有 {mail.left_out} 个附件未保存 {mail.left_out} more files not kept")
    return notes


def _reply(desk: Desk, mail: Mail, arrival: Arrival, thread: Thread, lost: Sequence[str]) -> Effect:
    """To be added to the row of its requirement; ``cells`` are for the case that this is gone."""
    # The day of the letter: read again after a restore, it is the same entry.
    sent = arrival.values.get("submitted_at")
    at = sent if isinstance(sent, datetime) else arrival.at
    when = f"{at.astimezone(desk.policy.worktime.zone):%Y-%m-%d %H:%M}"
    words = own_words(mail.text)
    body: Json = {
        "what": "reply",
        "requirement": thread.requirement,
        "waits_for": thread.waits_for,
        "entry": letters.entry(mail, when, lost),
        "words": letters.shorten_text(words, 500),
        "answer": answer_in(words) if _may_answer(thread, mail) else {},
        "may_answer": _may_answer(thread, mail),
        "files": arrival.values.get(_FILES, ()),
        "door": arrival.door,
        "key": arrival.key,
        "cells": dict(arrival.values),
    }
    identity = post_identity(arrival.door, arrival.key)
    return Effect(kind="post", identity=identity, target=thread.requirement, body=body, not_before=arrival.at)


def _may_answer(thread: Thread, mail: Mail) -> bool:
    """Whose mail was answered may judge it, and who has the address that it would be sent to."""
    return thread.is_proved or (bool(mail.sender) and mail.sender.casefold() in thread.addresses)


def _bounced(desk: Desk, door: str, mail: Mail, now: datetime) -> tuple[Effect, ...]:
    """To be noted with the mail that came back; nothing for a mail of somebody else."""
    found = bounce_of(mail)
    marks = (mark for one in found.returned if (mark := mark_in(one)))
    about = next((fact for mark in marks if (fact := _sent(desk, mark))), None)
    if about is None or not found.is_final:
        return ()
    body: Json = {
        "what": "bounce",
        **{key: about[key] for key in ("notice", "customer", "address")},
        "no_such_address": found.no_such_address,
        "reason": found.reason,
    }
    identity = post_identity(door, key_of(mail.message_id))
    return (Effect(kind="post", identity=identity, target=about["requirement"], body=body, not_before=now),)


def _sent(desk: Desk, mark: str) -> Mapping[str, str] | None:
    fact = desk.store.recall(desk.app_token, fact_of(mark))
    return fact if fact and "notice" in fact else None


def unreadable(desk: Desk, door: str, fetched: Fetched) -> Taken:
    """A letter that breaks our reading: a requirement that says so, so that a person reads it."""
    key = hashlib.sha256(fetched.content).hexdigest()
    remark = f"邮件无法读取，请到邮箱查看 cannot be read, see the mailbox (UID {fetched.position.uid})"
    values: dict[str, Value] = {
        "title": "（无法读取的邮件 unreadable mail）",
        "source": "mail",
        "remark": remark,
    }
    arrival = Arrival(door=door, key=key, values=values, at=desk.clock.now())
    return Taken(what="requirement", effects=(effect_of(arrival),))
