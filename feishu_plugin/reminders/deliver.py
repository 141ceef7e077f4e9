"""Drains the outbox: cards to people, ledger and notice rows to the base; decides nothing else.

Every effect is repeated until it is done or refused for good, and repeating it changes
nothing: cards carry their identity as ``uuid``, rows are pinned to a batch before its first
try. What is done is noted only after it happened.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from feishu_plugin.errors import BindingError, FeishuError, FeishuUnreachable
from feishu_plugin.ports import Effect, Messages, Outbox, PendingEffect, Tables
from feishu_plugin.records import Value, Values
from feishu_plugin.reminders.card import NAMES
from feishu_plugin.reminders.fallback import Fallback
from feishu_plugin.reminders.notice import Directory
from feishu_plugin.witness import NOBODY, Witness

Put = Callable[[Sequence[Effect]], None]
"""Stores new effects, once per identity."""

MOST_ROWS = 500
_PAGE = 1000
_MOST_CARD_TRIES = 72  # about three days; a reminder that old helps nobody

UNREACHABLE_PERSON = frozenset(
    {230013, 230029, 230034, 230035, 230053, 99992351, 99992360, 99992361, 99992363, 99992364}
)
"""No card will ever reach this person: out of the bot's range, resigned, stopped the bot, unknown id.
Source: open.feishu.cn, "Send message", error codes, and the common codes."""
REFUSED_CARD = frozenset({230001, 230022, 230025, 230028, 230099})
"""This card will never be taken: bad, sensitive or too long content."""
REFUSED_ROW = frozenset({1254000, 1254001, 1254007, 1254010, 1254015, 1254043, *range(1254060, 1254075)})
"""A value that Feishu will never take; other refusals end when somebody mends the base."""
TOO_LARGE = 1254002
"""A batch that may be too large: nothing of it was written."""

_SENT = frozenset({"card", "patch"})
"""Effects that go to people; the others become rows."""
_GONE: Mapping[int, frozenset[str]] = {
    1254066: frozenset({"operator", "to", "owner"}),
    1254067: frozenset({"requirement", "sources"}),
    1254043: frozenset({"requirement", "sources"}),
}
"""What to leave out when Feishu no longer knows a person, or a linked record was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one draining of the outbox came to."""

    cards: int = 0
    rows: int = 0
    later: int = 0
    """Effects that are to be tried again."""
    given_up: int = 0


def deliver(
    outbox: Outbox,
    put: Put,
    tables: Tables,
    messages: Messages,
    people: Directory,
    now: datetime,
    app_token: str,
    go_on: Callable[[], bool] = lambda: True,
    fallback: Fallback | None = None,
    witness: Witness = NOBODY,
) -> Delivered:
    """Performs every due effect of a base, oldest first, and says what came of it.

    Feishu's refusals are noted with the effect and never raised. What follows when a card can
    never reach its reader, ``fallback`` knows. Asks ``go_on`` before each card and batch: a long
    outbox must not keep a service from stopping.
    """
    post = _Post(outbox, put, tables, messages, people, now, app_token, fallback, witness)
    counts = post.drain(go_on)
    while fallback and post.refused:
        # Together, so that an app that nobody may see is one card for the administrators.
        put(fallback.unreachable(post.refused))
        post.refused.clear()
        counts.update(post.drain(go_on))
    return Delivered(**counts)


@dataclass(frozen=True, slots=True)
class _Post:
    outbox: Outbox
    put: Put
    tables: Tables
    messages: Messages
    people: Directory
    now: datetime
    app_token: str
    fallback: Fallback | None
    witness: Witness
    refused: list[tuple[str, FeishuError]] = field(default_factory=list)
    """(open_id, refusal) of everybody whom no card will ever reach."""

    def drain(self, go_on: Callable[[], bool]) -> Counter[str]:
        """Performs what is due, and what comes of that, until nothing is left that was not tried."""
        counts: Counter[str] = Counter()
        seen: set[int] = set()
        while pending := [p for p in self.outbox.due(self.app_token, self.now, _PAGE) if p.row not in seen]:
            seen.update(p.row for p in pending)
            for batch in _batches(pending):
                if go_on():
                    counts.update(self.write(batch))
            for one in pending:
                if one.effect.kind in _SENT and go_on():
                    counts.update(self.send(one) if one.effect.kind == "card" else self.patch(one))
            if not go_on():
                break
        return counts

    def send(self, card: PendingEffect) -> Mapping[str, int]:
        effect = card.effect
        try:
            # The uuid is one for the whole app, identities are one for a base.
            content = effect.body.get("card", effect.body)
            message_id = self.messages.send(effect.target, content, f"{self.app_token}:{effect.identity}")
        except FeishuError as error:
            return self._not_sent(card, error)
        # Stored first: a crash in between sends again, which Feishu's uuid takes as the same message.
        self.put([self._notice_row(effect, "sent", "")])
        self.outbox.done([card.row], self.now, message_id)
        self._tell(effect, "sent")
        return {"cards": 1}

    def patch(self, one: PendingEffect) -> Mapping[str, int]:
        """Replaces a card; one that Feishu no longer changes (230031 after 14 days) stays as it was."""
        try:
            self.messages.update(one.effect.target, one.effect.body["card"])
        except FeishuError as error:
            if not isinstance(error, FeishuUnreachable) or one.tries >= _MOST_CARD_TRIES:
                return self._give_up(one, error)
            self.outbox.failed([one.row], self._next_try(one.tries), str(error))
            return {"later": 1}
        self.outbox.done([one.row], self.now)
        return {"cards": 1}

    def write(self, batch: Sequence[PendingEffect]) -> Mapping[str, int]:
        """Creates the rows of one batch; a batch with a refused row is written row by row."""
        name = batch[0].batch or _batch_name(self.app_token, batch)
        if not batch[0].batch:
            self.outbox.pin([p.row for p in batch], name)
        # What is left of a batch that was split must not be tried as that batch again.
        if len(batch) == _rows_in(name) > 1:
            outcome = self._create(batch, name)
            if not isinstance(outcome, FeishuError):
                return outcome
        counts: Counter[str] = Counter()
        for one in batch:
            counts.update(self._alone(one, f"{name}/{one.row}"))
        return counts

    def _alone(self, one: PendingEffect, identity: str) -> Mapping[str, int]:
        """One row; without the person or record that is gone, rather than not at all."""
        outcome = self._create([one], identity)
        if isinstance(outcome, FeishuError) and (
            gone := _GONE.get(outcome.code, frozenset()) & one.effect.body.keys()
        ):
            rest = {key: value for key, value in one.effect.body.items() if key not in gone}
            outcome = self._create([replace(one, effect=replace(one.effect, body=rest))], f"{identity}/rest")
        return self._give_up(one, outcome) if isinstance(outcome, FeishuError) else outcome

    def _create(self, batch: Sequence[PendingEffect], identity: str) -> Mapping[str, int] | FeishuError:
        """What came of it; the refusal when Feishu will never take these rows so, and wrote none."""
        rows: list[Values] = [p.effect.body for p in batch]
        numbers = [p.row for p in batch]
        try:
            record_ids = self.tables.create(batch[0].effect.target, rows, identity)
        except (FeishuError, BindingError) as error:
            if isinstance(error, FeishuError) and _must_split(error, batch):
                return error
            self.outbox.failed(numbers, self._next_try(batch[0].tries), str(error))
            return {"later": len(batch)}
        if batch[0].effect.kind == "arrival":
            # Who brought them asks what became of each.
            self.outbox.done_each(dict(zip(numbers, record_ids, strict=True)), self.now)
        else:
            self.outbox.done(numbers, self.now, record_ids[0] if len(record_ids) == 1 else "")
        return {"rows": len(batch)}

    def _give_up(self, row: PendingEffect, refusal: FeishuError) -> Mapping[str, int]:
        if row.effect.kind == "arrival" and self.fallback:
            # Stored first, as with cards: a crash in between tells it again, which is the same card.
            self.put(self.fallback.refused_arrival(row.effect, refusal))
        self.outbox.failed([row.row], None, str(refusal))
        return {"given_up": 1}

    def _not_sent(self, card: PendingEffect, error: FeishuError) -> Mapping[str, int]:
        no_person = _is_refused(error, UNREACHABLE_PERSON)
        if not no_person and not _is_refused(error, REFUSED_CARD) and card.tries < _MOST_CARD_TRIES:
            self.outbox.failed([card.row], self._next_try(card.tries), str(error))
            self._tell(card.effect, "later", error)
            return {"later": 1}
        instead = self.fallback.instead(card.effect) if no_person and self.fallback else []
        if no_person:
            self.refused.append((card.effect.target, error))
        self.put([*instead, self._notice_row(card.effect, "failed", str(error))])
        self.outbox.failed([card.row], None, str(error))
        self._tell(card.effect, "failed", error)
        return {"given_up": 1}

    def _tell(self, effect: Effect, outcome: str, refusal: FeishuError | None = None) -> None:
        self.witness.saw(
            "card",
            base=self.app_token,
            event=effect.body.get("event", ""),
            identity=effect.identity,
            to=effect.target,
            outcome=outcome,
            because=str(refusal or ""),
        )

    def _notice_row(self, effect: Effect, state: str, cause: str) -> Effect:
        records, event = effect.body.get("requirements", ()), effect.body.get("event", "")
        row: dict[str, Value] = {
            "name": effect.body.get("name") or NAMES.get(event, (effect.identity,))[0],
            "requirement": tuple(records) if len(records) == 1 else None,
            "event": event if event in NAMES else None,
            # A person column refuses somebody who left; the cause names them instead.
            "to": (effect.target,) if state == "sent" else None,
            "at": self.now,
            "state": state,
            "cause": self._cause(effect, cause),
            "identity": effect.identity,
        }
        return Effect(
            kind="notice_row",
            identity=f"notice:{effect.identity}",
            target="notice",
            body=row,
            not_before=self.now,
        )

    def _cause(self, effect: Effect, refusal: str) -> str | None:
        if refusal:
            return f"{self._name(effect.target)}: {refusal}"
        replaced, stands_for = effect.body.get("in_place_of", ""), effect.body.get("stands_for", "")
        parts = [f"代 {stands_for}处理"] if stands_for else []
        return "；".join([*parts, *([f"代 {self._name(replaced)} 接收"] if replaced else [])]) or None

    def _name(self, open_id: str) -> str:
        return self.people(open_id).name or open_id

    def _next_try(self, tries: int) -> datetime:
        return self.now + timedelta(seconds=min(60 * 2 ** min(tries, 10), 3600))


def _batches(pending: Iterable[PendingEffect]) -> list[list[PendingEffect]]:
    """Rows by table in the order they were stored; a pinned batch stays exactly as it was."""
    pinned: dict[str, list[PendingEffect]] = defaultdict(list)
    free: dict[str, list[PendingEffect]] = defaultdict(list)
    for row in sorted(pending, key=lambda p: p.row):
        if row.effect.kind not in _SENT:
            pile = pinned[row.batch] if row.batch else free[row.effect.target]
            pile.append(row)
    chunks = [rows[at : at + MOST_ROWS] for rows in free.values() for at in range(0, len(rows), MOST_ROWS)]
    return [*pinned.values(), *chunks]


def _batch_name(app_token: str, batch: Sequence[PendingEffect]) -> str:
    content = "\n".join([app_token, *(p.effect.identity for p in batch)])
    return f"{hashlib.sha256(content.encode()).hexdigest()[:32]}:{len(batch)}"


def _rows_in(batch: str) -> int:
    return int(batch.rpartition(":")[2])


def _must_split(error: FeishuError, batch: Sequence[PendingEffect]) -> bool:
    return _is_refused(error, REFUSED_ROW) or (error.code == TOO_LARGE and len(batch) > 1)


def _is_refused(error: FeishuError, codes: frozenset[int]) -> bool:
    return error.code in codes and not isinstance(error, FeishuUnreachable)
