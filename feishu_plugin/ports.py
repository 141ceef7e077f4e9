"""What the shells need from the outside, as small protocols; implemented in gateway and store.

Every method that changes something takes an identity, so that doing it again changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Literal, Protocol

from feishu_plugin.binding import Binding, LiveTable
from feishu_plugin.records import Accepted as Accepted
from feishu_plugin.records import Person, Press, Record, Value, Values
from feishu_plugin.records import Step as Step

Json = dict[str, Any]


class Clock(Protocol):
    """The only source of time for shells; the core is given ``now``."""

    def now(self) -> datetime:
        """The aware instant in UTC."""
        ...


class Tables(Protocol):
    """One base, by stable keys; every read is typed, every write is a batch."""

    @property
    def binding(self) -> Binding:
        """How keys map to the live base; refreshed by ``rebind``."""
        ...

    @property
    def live(self) -> Sequence[LiveTable]:
        """The tables and columns as they were last listed, without views."""
        ...

    def rebind(self) -> Binding:
        """Lists tables and fields again (after a field event, 1254045, or on start)."""
        ...

    def read(self, table: str, record_ids: Sequence[str]) -> Mapping[str, Record]:
        """The named rows (100 ids a call); rows that no longer exist are absent."""
        ...

    def scan(self, table: str, *, newest_first: bool = False) -> Iterator[Sequence[Record]]:
        """All rows, a page of up to 500 at a time; by last change when ``newest_first``."""
        ...

    def find(self, table: str, key: str, value: str) -> Sequence[Record]:
        """Rows whose field ``key`` is ``value`` (text or select), filtered by Feishu."""
        ...

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        """Merges values into rows (``record_id`` to values; None clears), up to 500 a call."""
        ...

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        """Adds rows, once per identity (becomes ``client_token``); returns the record ids."""
        ...

    def remove(self, table: str, record_ids: Sequence[str]) -> None:
        """Deletes rows, up to 500 a call; rows that are gone already are left out."""
        ...


class Messages(Protocol):
    """What the bot can say."""

    def send(self, open_id: str, card: Json, identity: str) -> str:
        """Sends a card once per identity (Feishu's ``uuid``, 1 h); returns the message id."""
        ...

    def update(self, message_id: str, card: Json) -> None:
        """Replaces a card we sent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one customer, ready to go: plain values, no headers."""

    identity: str
    """The same letter sent again has the same, and so the same ``Message-ID``."""
    thread: str
    """Letters with the same stand in one conversation."""
    to: str
    """A checked address (see ``rules.addresses``)."""
    to_name: str = ""
    subject: str
    text: str
    html: str
    at: datetime
    unsubscribe: str = ""
    """Where the customer ends these mails; empty when there is no form."""


MAIL_SENT, MAIL_SKIPPED = "sent", "skipped"
"""Outcomes of mails: taken by the mail server; not sent, for a reason that 通知记录 tells."""


class Mailer(Protocol):
    """The way to customers' mailboxes; keeps a connection open between ``send`` and ``close``."""

    def send(self, letter: Letter) -> None:
        """Hands a letter to the mail server; MailError says whose fault it is when it is not taken."""
        ...

    def close(self) -> None:
        """Ends the connection, if there is one."""
        ...


class Uploads(Protocol):
    """Where the files of attachment cells go."""

    def upload(self, name: str, size: int, content: BinaryIO) -> str:
        """Returns the token for an attachment cell; FeishuError when the file is refused."""
        ...


class People(Protocol):
    """Who is who in the tenant; cached, never raises for an unknown person."""

    def person(self, open_id: str) -> Person:
        """The person; with empty departments when the contact scope hides them."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """Somebody says a record changed: one action of an event, or a difference a sweep found."""

    app_token: str
    table_id: str
    record_id: str
    kind: Literal["added", "edited", "deleted", "swept", "due", "adopted", "pressed", "undo", "restore"]
    event_id: str
    """With ``record_id`` the identity of the hint; sweeps and ticks make their own."""
    received_at: datetime
    operator: str = ""
    fields: tuple[str, ...] = ()
    """Keys of the changed fields, as far as the event tells."""
    step: Step | None = None
    press: Press | None = None
    """The button of a card that asks for something to be done with the record, or what is to be undone."""
    row: int = 0
    """The inbox row; 0 before it is stored."""


_Kind = Literal["ledger", "card", "notice_row", "patch", "mail", "line", "arrival", "webhook", "post"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Something to be done outside the store, once: a ledger row, a card.

    A ``line`` is not done by itself: it waits for the card that folds it.
    """

    kind: _Kind | Literal["customer", "faq"]
    identity: str
    """Unique for ever within a base; a second put of the same identity is ignored."""
    target: str
    """Table key for rows, open_id for cards and lines, message id for a patch, record_id for mails."""
    body: Json
    not_before: datetime
    covers: tuple[str, ...] = ()
    """Notice identities this card speaks for; each is spoken for once in a lifetime."""
    folds: tuple[int, ...] = ()
    """Rows of the lines that stand in this card: they end in the transaction that stores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEffect:
    """A stored effect that is due, with its delivery history."""

    row: int
    effect: Effect
    tries: int = 0
    batch: str = ""
    """Identity of the batch it was pinned to before the first try; empty before that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One field of a requirement that got another value, as far as it can be laid at a person's door."""

    record_id: str
    field: str
    before: Value
    after: Value
    operator: str
    """open_id; empty when nobody can be named."""
    at: datetime
    event_id: str
    by_rule: bool = False
    """True: the plugin filled it in because this person moved the status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """Everything one round of work changes in the store: all of it in one transaction."""

    closed: Sequence[int] = ()
    """Inbox rows that are done with."""
    accepted: Mapping[tuple[str, str], Accepted] = field(default_factory=dict)
    """(table key, record id) to its new state."""
    forgotten: Sequence[tuple[str, str]] = ()
    """(table key, record id) of deleted records."""
    effects: Sequence[Effect] = ()
    prints: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """record id to the fingerprint of its text (see ``rules.similarity``)."""
    edits: Sequence[Edit] = ()
    """Kept for a while, so that they can be taken back."""
    facts: Mapping[str, Json] = field(default_factory=dict)
    """Facts by name, kept as ``Memory.keep`` does."""


class Inbox(Protocol):
    """Durable hints on their way in."""

    def put(self, hints: Sequence[Hint]) -> int:
        """Stores hints in one transaction; known (event_id, record_id) pairs are ignored."""
        ...

    def put_aside(self, raw: str, cause: str, at: datetime) -> None:
        """Keeps a delivery that cannot be parsed, with its cause."""
        ...


class Work(Protocol):
    """The worker's side of the store, for one base."""

    def pending(self, app_token: str, limit: int) -> Sequence[Hint]:
        """Open hints, oldest first."""

    def newer(self, app_token: str, record_ids: Iterable[str], after_row: int) -> set[str]:
        """Those records that were changed again after inbox row ``after_row`` (a press changes nothing)."""

    def accepted(self, app_token: str, table: str, record_ids: Sequence[str]) -> Mapping[str, Accepted]:
        """The accepted state of the named records."""

    def all_accepted(
        self, app_token: str, table: str, without: Collection[str] = ()
    ) -> Iterator[tuple[str, Accepted]]:
        """Every accepted record of a table, streamed; those in ``without``'s statuses are left out."""

    def look_alikes(self, app_token: str, fingerprint: Sequence[int], limit: int) -> Sequence[str]:
        """Records whose settled fingerprints share numbers with this one, most of them first."""

    def edits(self, app_token: str, begin: datetime, end: datetime) -> Sequence[Edit]:
        """Logged changes of fields made from ``begin`` up to ``end``, oldest first."""

    def settle(self, app_token: str, settlement: Settlement) -> None:
        """Stores the outcome of a round in one transaction."""

    def loads(self, app_token: str, table: str, without: Collection[str]) -> Mapping[str, int]:
        """open_id to how many records the person owns; those in ``without``'s statuses do not count."""

    def draw(self, app_token: str, scope: str, identity: str) -> int:
        """The next number of a scope (1, 2 …); the same identity always gets the same."""

    def draw_all(self, app_token: str, wanted: Sequence[tuple[str, str]]) -> Sequence[int]:
        """``draw`` for each (scope, identity), in one transaction."""

    def told(self, app_token: str, notices: Sequence[str]) -> set[str]:
        """Those notice identities that some stored card already covers."""

    def lines(self, app_token: str, now: datetime) -> Sequence[PendingEffect]:
        """The lines whose time has come and that no card has folded yet, by that time and as stored."""

    def cards_between(
        self,
        app_token: str,
        people: Collection[str],
        begin: datetime,
        end: datetime,
        besides: Collection[str],
    ) -> Mapping[str, int]:
        """open_id to the cards for that person from ``begin`` up to ``end``, but for these identities."""


class Outbox(Protocol):
    """Effects on their way out."""

    def due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        """Unfinished effects without a drain of their own whose time has come, oldest first."""
        ...

    def mails_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        """Unfinished mails whose time has come, oldest first."""
        ...

    def pin(self, rows: Sequence[int], batch: str) -> None:
        """Binds effects to one batch before it is first tried, so that a retry repeats it exactly."""
        ...

    def done(self, rows: Sequence[int], at: datetime, outcome: str = "") -> None:
        """Marks effects as performed (``outcome``: message id, record id)."""
        ...

    def done_each(self, outcomes: Mapping[int, str], at: datetime) -> None:
        """Marks effects (row to its own outcome) as performed, all or none of them."""
        ...

    def failed(self, rows: Sequence[int], next_try: datetime | None, cause: str) -> None:
        """Notes a failed try; ``next_try`` None gives up and keeps the cause."""
        ...


class Memory(Protocol):
    """Small durable facts by (base, name): last good policy, sweep watermark, frozen figures."""

    def recall(self, app_token: str, name: str) -> Json | None:
        """The fact, None when it was never kept."""
        ...

    def keep(self, app_token: str, name: str, fact: Json) -> None:
        """Stores or replaces the fact."""
        ...

    def claim(self, app_token: str, job: str, slot: str) -> bool:
        """Notes a slot of a job as done; True for exactly one caller per (job, slot)."""
        ...

    def claimed(self, app_token: str, job: str, slot: str) -> bool:
        """True once ``claim`` was called for this slot."""
        ...

    def lease(self, app_token: str, holder: str, seconds: float) -> bool:
        """Takes or renews the right to write to a base (or to do something in it, by a longer name).

        False while another holds it.
        """
        ...

    def release(self, app_token: str, holder: str) -> None:
        """Gives the lease back, so that another replica need not wait."""
        ...

    def count_calls(self, month: str, endpoint: str, calls: int) -> None:
        """Adds to the monthly call meter (``month`` is ``yyyy-MM``)."""
        ...

    def calls(self, month: str) -> Mapping[str, int]:
        """Calls of a month by endpoint."""
        ...
