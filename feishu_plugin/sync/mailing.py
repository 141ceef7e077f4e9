"""Sends the mails to customers that are due: each once, to who they are meant for by now, or says why not.

Address, language and what to say are read when a mail goes out. It is noted as sent only
after the server took it: a crash in between sends it again, with the same identity.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from feishu_plugin.errors import MailError
from feishu_plugin.ports import (
    MAIL_SENT,
    MAIL_SKIPPED,
    Effect,
    Json,
    Letter,
    Mailer,
    PendingEffect,
    Settlement,
)
from feishu_plugin.records import Accepted, Record, Value
from feishu_plugin.reminders.card import NAMES
from feishu_plugin.reminders.letter_text import letter_text
from feishu_plugin.reminders.letters import mail_facts, reader_of, why_not
from feishu_plugin.reminders.templates import plain, shorten
from feishu_plugin.rules.actions import Tell
from feishu_plugin.rules.addresses import address_in, masked
from feishu_plugin.sync import mail_state
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.outgoing import cards_of
from feishu_plugin.sync.postbox.marks import fact_of, mark_of, thread_of
from feishu_plugin.sync.survey_form import answered_at, shared_form

log = logging.getLogger(__name__)

_PAGE = 200
_MOST_TRIES = 72  # about three days, as with cards
_REQUIREMENT = "requirement"
_NOBODY = "nobody to write to"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """What one draining of the mails came to."""

    sent: int = 0
    skipped: int = 0
    """Told as not sent in 通知记录."""
    later: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Who a mail goes to."""

    customer: str
    """record_id in 客户档案; empty for an address in 联系方式."""
    row: Record | None
    address: str


_NOTHING: Mapping[str, Json] = {}
_Unsent = tuple[PendingEffect, _Reader | None, str]
"""A mail, who it was for and why it is not sent."""


def send_mails(desk: Desk, go_on: Callable[[], bool] = lambda: True) -> Mailed:
    """Performs every mail that is due, oldest first, while ``go_on`` says so.

    What concerns one mail is noted with it and never raised. Trouble with the server puts all
    of them off and is told to the administrator once a month.
    """
    now = desk.clock.now()
    due = desk.store.mails_due(desk.app_token, now, _PAGE)
    if not due:
        return Mailed()
    round = _Round(desk, due, now)
    try:
        return round.perform(go_on)
    finally:
        if desk.mailer is not None:
            desk.mailer.close()


class _Round:
    """The mails of one draining, with everything read that they need."""

    def __init__(self, desk: Desk, due: Sequence[PendingEffect], now: datetime) -> None:
        self.desk, self.due, self.now = desk, due, now
        ids = list(dict.fromkeys(mail.effect.target for mail in due))
        self.accepted: Mapping[str, Accepted] = desk.store.accepted(desk.app_token, _REQUIREMENT, ids)
        self.customers = _customers(desk, self.accepted.values())
        self.form = shared_form(desk)

    def perform(self, go_on: Callable[[], bool]) -> Mailed:
        sent = later = failed = 0
        unsent: list[_Unsent] = []
        for place, mail in enumerate(self.due):
            if not go_on():
                break
            reader, cause, letter = self._prepared(mail)
            if letter is None or self.desk.mailer is None:
                unsent.append((mail, reader, cause or "未配置邮件"))
                continue
            try:
                self._send(self.desk.mailer, mail, letter)
            except MailError as error:
                if error.about == "server":
                    later += self._put_all_off(self.due[place:], error)
                    break
                gave_up = self._not_sent(mail, reader, error)
                failed, later = failed + gave_up, later + (not gave_up)
            else:
                sent += 1
        return Mailed(sent=sent, skipped=self._skip(unsent), later=later, failed=failed)

    def _prepared(self, mail: PendingEffect) -> tuple[_Reader | None, str, Letter | None]:
        """Whom to write, why not, and what; without reader and cause there is simply nobody."""
        effect, desk = mail.effect, self.desk
        state = self.accepted.get(effect.target)
        record = state.record if state else None
        answered = answered_at(desk, effect.target)
        reader = self._reader(effect, record) if record else None
        if record is None or reader is None:
            return None, "", None
        stopped = mail_state.state_of(desk, reader.row, reader.address)
        cause = mail_state.IN_WORDS.get(stopped) or why_not(desk.policy, effect.body, record, answered)
        if cause:
            return reader, cause, None
        letter = self._letter(effect, record, reader)
        return reader, "" if letter else "通知模板已停用", letter

    def _reader(self, effect: Effect, record: Record) -> _Reader | None:
        """None when nobody is meant any more, or nobody knows an address."""
        customer = reader_of(effect.body, record)
        if customer is None:
            return None
        row = self.customers.get(customer)
        address = address_in(_text(row, "email"))
        linked = record.get("customer")
        # One address in 联系方式 stands for the first customer; the others would get it twice.
        if not address and (not customer or not isinstance(linked, tuple) or linked[:1] == (customer,)):
            address = address_in(_text(record, "contact_way"))
        return _Reader(customer=customer, row=row, address=address) if address else None

    def _letter(self, effect: Effect, record: Record, reader: _Reader) -> Letter | None:
        desk = self.desk
        language = _text(reader.row, "language") or "zh"
        facts = mail_facts(desk.policy, record, reader.row, self.form)
        written = letter_text(desk.policy, desk.packaged, effect.body["event"], language, facts)
        if written is None:
            return None
        name = _text(reader.row, "contact") or _text(reader.row, "name") or _text(record, "contact")
        return Letter(
            identity=f"{desk.app_token}:{effect.identity}",
            thread=f"{desk.app_token}:{record.record_id}",
            to=reader.address,
            to_name=shorten(plain(name), 60),
            subject=written.subject,
            text=written.text,
            html=written.html,
            at=self.now,
            unsubscribe=facts.get("unsubscribe_link", ""),
        )

    def _send(self, mailer: Mailer, mail: PendingEffect, letter: Letter) -> None:
        mailer.send(letter)
        self._note([self._row(mail, letter.to, "sent", "")], _marks(mail.effect, letter))
        self.desk.store.done([mail.row], self.now, MAIL_SENT)
        self._tell(mail, "sent")

    def _skip(self, unsent: Sequence[_Unsent]) -> int:
        """All that is not sent, in one transaction; nothing is listed where there is nobody to write to."""
        told = [self._row(mail, reader.address, "skipped", why) for mail, reader, why in unsent if reader]
        self._note(told)
        for outcome, is_told in ((MAIL_SKIPPED, True), (_NOBODY, False)):
            rows = [mail.row for mail, reader, _ in unsent if bool(reader) is is_told]
            self.desk.store.done(rows, self.now, outcome)
        for mail, reader, why in unsent:
            if reader:
                self._tell(mail, "skipped", why)
        return len(told)

    def _not_sent(self, mail: PendingEffect, reader: _Reader | None, error: MailError) -> bool:
        """One mail is refused: for good, or until later; True when it is given up."""
        address = reader.address if reader else ""
        said = str(error).replace(address, masked(address)) if address else str(error)
        if error.about == "permission":
            self._tell_administrator(error.about, said)
        if not error.lasting and mail.tries < _MOST_TRIES:
            self._later(mail, said)
            return False
        if error.about == "recipient" and error.lasting and reader:
            mail_state.stop(self.desk, reader.customer, address, "bounced")
        self._give_up(mail, address, said)
        return True

    def _put_all_off(self, mails: Sequence[PendingEffect], error: MailError) -> int:
        """The server takes nothing now: no other mail would fare better."""
        self._tell_administrator(error.about, str(error))
        log.warning("%s; %d mails are tried again later", error, len(mails))
        waiting = 0
        for mail in mails:
            if mail.tries >= _MOST_TRIES:
                self._give_up(mail, "", str(error))
            else:
                waiting += 1
                self._later(mail, str(error))
        return waiting

    def _give_up(self, mail: PendingEffect, address: str, said: str) -> None:
        self._note([self._row(mail, address, "failed", said)])
        self.desk.store.failed([mail.row], None, said)
        self._tell(mail, "failed", said)

    def _later(self, mail: PendingEffect, said: str) -> None:
        self.desk.store.failed([mail.row], self._next_try(mail), said)
        self._tell(mail, "later", said)

    def _tell(self, mail: PendingEffect, outcome: str, because: str = "") -> None:
        about = {"event": mail.effect.body["event"], "identity": mail.effect.identity}
        self.desk.saw("mail", **about, outcome=outcome, because=because)

    def _next_try(self, mail: PendingEffect) -> datetime:
        return self.now + timedelta(seconds=min(60 * 2 ** min(mail.tries, 10), 3600))

    def _row(self, mail: PendingEffect, address: str, state: str, cause: str) -> Effect:
        effect, event = mail.effect, mail.effect.body["event"]
        known = self.accepted.get(effect.target)
        number = _text(known.record if known else None, "number")
        row: dict[str, Value] = {
            "name": f"{NAMES.get(event, (event,))[0]}（邮件） {number}".strip(),
            "requirement": (effect.target,) if known else None,
            "event": event if event in NAMES else None,
            "address": masked(address) or None,
            "at": self.now,
            "state": state,
            "cause": cause or None,
            "identity": effect.identity,
        }
        return Effect(
            kind="notice_row",
            identity=f"notice:{effect.identity}",
            target="notice",
            body=row,
            not_before=self.now,
        )

    def _note(self, effects: Sequence[Effect], facts: Mapping[str, Json] = _NOTHING) -> None:
        if effects:
            self.desk.store.settle(self.desk.app_token, Settlement(effects=effects, facts=facts))

    def _tell_administrator(self, about: str, said: str) -> None:
        note = (
            f"发给客户的邮件没有发出，系统会继续重试约三天：{said}。请检查邮件设置（FEISHU_PLUGIN_SMTP 等）"
        )
        tell = Tell(event="trouble", identity=f"mail:{about}:{self.now:%Y-%m}", facts={"note": note})
        self._note(cards_of(self.desk, [(Record(record_id=""), tell)], self.now))


def _customers(desk: Desk, accepted: Iterable[Accepted]) -> Mapping[str, Record]:
    """The rows of 客户档案 that these requirements name, in one read."""
    ids: dict[str, None] = {}
    for state in accepted:
        linked = state.record.get("customer")
        ids |= dict.fromkeys(linked if isinstance(linked, tuple) else ())
    if not ids or mail_state.TABLE not in desk.tables.binding.tables:
        return {}
    return desk.tables.read(mail_state.TABLE, list(ids))


def _marks(effect: Effect, letter: Letter) -> Mapping[str, Json]:
    """By what an answer to the mail, or the mail itself when it comes back, is known again."""
    about = {"requirement": effect.target}
    whose = {"notice": effect.identity, "customer": effect.body["customer"], "address": letter.to}
    return {
        fact_of(mark_of(thread_of(letter.thread))): about,
        fact_of(mark_of(letter.identity)): about | whose,
    }


def _text(record: Record | None, key: str) -> str:
    value = record.get(key) if record else None
    return value if isinstance(value, str) else ""
