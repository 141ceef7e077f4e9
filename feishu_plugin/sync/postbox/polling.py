"""Reads a mailbox on from where it was left: each letter is stored together with the new place.

A crash at any moment reads a letter again at most, and its identity says that it is known. A
mailbox that was numbered anew is read again from a little before the last look.
"""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feishu_plugin.errors import FeishuUnreachable, MailboxError, PluginError
from feishu_plugin.ports import Json, Settlement
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.outgoing import tell_administrator
from feishu_plugin.sync.postbox.box import Fetched, Mailbox, Position
from feishu_plugin.sync.postbox.taking import Taken, take, unreadable

log = logging.getLogger(__name__)

STATE, COUNTS = "mailbox", "mailbox counts"
"""Facts: how the last look went, for ``status``; what letters were, counted for ever."""
_OVERLAP = timedelta(days=2)
"""Servers date letters by their own day and zone."""
_PATIENCE = timedelta(hours=2)
"""How long a letter whose files cannot be uploaded keeps those after it waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polled:
    """What one look came to."""

    letters: Counter[str] = field(default_factory=Counter)
    """What they were, counted."""


def read_on(desk: Desk, mailbox: Mailbox, go_on: Callable[[], bool] = lambda: True) -> Polled:
    """Takes what is new, oldest first, while ``go_on`` says so.

    MailboxError is told to the administrators once a month and raised; FeishuUnreachable
    leaves the letter it concerns, and all after it, for the next look.
    """
    began, fact = desk.clock.now(), desk.store.recall(desk.app_token, _place(mailbox)) or {}
    after = Position(validity=fact["validity"], uid=fact["uid"]) if "uid" in fact else None
    found = Polled()
    try:
        with closing(mailbox.letters(after, _since(mailbox, fact, began))) as letters:
            for fetched in letters:
                if not go_on():
                    return found
                found.letters[_taken(desk, mailbox, fetched, fact).what] += 1
    except MailboxError as error:
        _unreachable(desk, mailbox, error, began)
        raise
    _looked(desk, mailbox, found, began)
    return found


def _taken(desk: Desk, mailbox: Mailbox, fetched: Fetched, fact: Json) -> Taken:
    """One letter and the place behind it, in one transaction."""
    taken = _understood(desk, mailbox, fetched, fact)
    fact.pop("waits", None)
    fact |= {"validity": fetched.position.validity, "uid": fetched.position.uid}
    desk.stop_if_lost()
    counts = desk.store.recall(desk.app_token, COUNTS) or {}
    facts = {
        **taken.facts,
        _place(mailbox): dict(fact),
        COUNTS: {**counts, taken.what: counts.get(taken.what, 0) + 1},
    }
    desk.store.settle(desk.app_token, Settlement(effects=taken.effects, facts=facts))
    desk.saw("letter", kind=taken.what, bytes=fetched.size)
    return taken


def _understood(desk: Desk, mailbox: Mailbox, fetched: Fetched, fact: Json) -> Taken:
    now, waits = desk.clock.now(), fact.get("waits") or {}
    waits_already = waits.get("uid") == fetched.position.uid
    try:
        return take(
            desk, mailbox.door, fetched, patient=not waits_already or now - waits["since"] < _PATIENCE
        )
    except FeishuUnreachable:
        if not waits_already:
            waiting = {"uid": fetched.position.uid, "since": now}
            desk.store.keep(desk.app_token, _place(mailbox), {**fact, "waits": waiting})
        raise
    except PluginError:
        raise
    except Exception:  # a letter that finds a bug of ours must not keep all others from being read
        log.exception("mailbox: letter %d cannot be read", fetched.position.uid)
        return unreadable(desk, mailbox.door, fetched)


def _since(mailbox: Mailbox, fact: Json, now: datetime) -> datetime:
    last = fact.get("at")
    return last - _OVERLAP if isinstance(last, datetime) else now - timedelta(days=mailbox.days)


def _looked(desk: Desk, mailbox: Mailbox, found: Polled, at: datetime) -> None:
    """Kept with the day, so that a quiet mailbox costs no write with every look."""
    place = desk.store.recall(desk.app_token, _place(mailbox)) or {}
    last = place.get("at")
    if not isinstance(last, datetime) or at - last >= timedelta(hours=1):
        desk.store.keep(desk.app_token, _place(mailbox), {**place, "at": at})
    state = {"door": mailbox.door, "error": ""}
    if found.letters or desk.store.recall(desk.app_token, STATE) != state:
        desk.store.keep(desk.app_token, STATE, state)


def _unreachable(desk: Desk, mailbox: Mailbox, error: MailboxError, at: datetime) -> None:
    state = {"door": mailbox.door, "error": str(error)}
    if desk.store.recall(desk.app_token, STATE) != state:
        desk.store.keep(desk.app_token, STATE, state)
    advice = "请检查 FEISHU_PLUGIN_MAILBOX the mailbox cannot be read"
    note = f"客户来信的邮箱读取失败，系统会继续重试：{error}。{advice}"
    tell_administrator(desk, f"mailbox:{at:%Y-%m}", note)


def _place(mailbox: Mailbox) -> str:
    return f"place in {mailbox.door}"
