"""To which requirement a letter belongs: by the mails it answers, or by the number it names."""

import hashlib
import re
from dataclasses import dataclass

from feishu_plugin.records import Record
from feishu_plugin.rules.addresses import address_in
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.intake.arrivals import KIND, identity_of
from feishu_plugin.sync.postbox.letters import numbers_in
from feishu_plugin.sync.postbox.mail import Mail
from feishu_plugin.sync.postbox.marks import fact_of, mark_in

_POST = "post:"
_PLAIN = re.compile(r"[\x21-\x7e]{1,150}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """The requirement a letter is about."""

    requirement: str = ""
    """record_id; empty while its row is not written."""
    waits_for: str = ""
    """The identity of the effect that writes it, or of the reply that was answered."""
    is_proved: bool = False
    """True when it answers a mail of ours: nobody else can know its id."""
    addresses: frozenset[str] = frozenset()
    """Whom we would write to about it, where that was looked at."""


def thread_of_mail(desk: Desk, door: str, mail: Mail) -> Thread | None:
    """None for a letter that begins something new."""
    for reference in mail.references:
        mark = mark_in(reference)
        if mark and (fact := desk.store.recall(desk.app_token, fact_of(mark))):
            return Thread(requirement=fact["requirement"], is_proved=True)
        for identity in _identities(door, key_of(reference)):
            if desk.store.outcome_of(desk.app_token, identity):
                return Thread(waits_for=identity)
    return _named(desk, mail)


def requirement_of(desk: Desk, thread: Thread) -> str | None:
    """record_id of the requirement; empty while it is not written; None where it never will be."""
    if thread.requirement:
        return thread.requirement
    found = desk.store.outcome_of(desk.app_token, thread.waits_for)
    if found is None or found.ended == "given_up":
        return None
    if found.ended == "done" and not found.outcome and thread.waits_for.startswith(_POST):
        # The reply that was answered became a requirement of its own.
        arrived = f"{KIND}:{thread.waits_for.removeprefix(_POST)}"
        return requirement_of(desk, Thread(waits_for=arrived))
    return found.outcome if found.ended == "done" else ""


def key_of(message_id: str) -> str:
    """The sender's mark for a letter: its message id, or what stands for one that is long or odd."""
    if _PLAIN.fullmatch(message_id):
        return message_id
    return hashlib.sha256(message_id.encode("utf-8", "replace")).hexdigest()


def post_identity(door: str, key: str) -> str:
    """Under which name the outbox knows a reply or a bounce."""
    return f"{_POST}{door}:{key}"


def _identities(door: str, key: str) -> tuple[str, str]:
    return identity_of(door, key), post_identity(door, key)


def _named(desk: Desk, mail: Mail) -> Thread | None:
    if desk.tables.binding.lacks("requirement", "number"):
        return None
    for number in numbers_in(mail):
        for row in desk.tables.find("requirement", "number", number)[:1]:
            return Thread(requirement=row.record_id, addresses=_addresses(desk, row))
        if archived := archived_by(desk, "number", number):
            return Thread(requirement=str(archived.get("origin")), addresses=_addresses(desk, archived))
    return None


def archived_by(desk: Desk, key: str, value: str) -> Record | None:
    """The row of the archive that this number, or the record_id it had, belongs to; None without one."""
    if not value or desk.tables.binding.lacks("archive", "origin", "number"):
        return None
    return next(iter(desk.tables.find("archive", key, value)), None)


def _addresses(desk: Desk, requirement: Record) -> frozenset[str]:
    linked = requirement.get("customer")
    customers = desk.tables.read("customer", linked) if isinstance(linked, tuple) and linked else {}
    texts = [requirement.get("contact_way"), *(row.get("email") for row in customers.values())]
    found = (address_in(text).casefold() for text in texts if isinstance(text, str))
    return frozenset(one for one in found if one)
