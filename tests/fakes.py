"""Small honest stand-ins for the ports; each behaves as its protocol says and counts its calls.

They refuse what Feishu refuses (unknown columns, wrong types, a token used twice with
another body) and know nothing of what a test expects.
"""

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Literal

from feishu_plugin.binding import Binding, BoundField, BoundTable, LiveTable
from feishu_plugin.errors import BindingError, FeishuError, FeishuRefused
from feishu_plugin.ports import Accepted, Edit, Effect, Hint, Json, PendingEffect, Settlement
from feishu_plugin.records import Person, Record, Requirement, Url, Value, Values
from feishu_plugin.rules.dealings import Dealings, dealings_of
from feishu_plugin.schema import Field, Schema, Table
from feishu_plugin.sync.intake.arrivals import Outcome

SOME_DAY = datetime(2026, 1, 5, 1, tzinfo=UTC)
MOST_ROWS = 500

_NUMBERS = frozenset({"number", "currency", "progress", "rating"})
_IDS = frozenset({"multi_select", "user", "attachment", "single_link", "duplex_link", "group_chat"})
_COMPUTED = frozenset(
    {"formula", "auto_number", "created_time", "modified_time", "created_user", "modified_user"}
)


def bind_schema(schema: Schema, *, missing: Sequence[str] = ()) -> Binding:
    """A base that has every table, field and option of the schema but the ``missing`` keys."""
    tables = {
        table.key: _bound(number, table, frozenset(missing))
        for number, table in enumerate(schema.tables)
        if table.key not in missing
    }
    return Binding(app_token="bascnMemory", tables=tables, missing=tuple(sorted(missing)))


def _bound(number: int, table: Table, missing: frozenset[str]) -> BoundTable:
    fields = {
        wanted.key: BoundField(
            key=wanted.key,
            field_id=f"fld{number:02d}{place:03d}",
            name=wanted.zh,
            type=wanted.type,
            option_names={option.key: option.zh for option in wanted.options},
            option_ids={f"opt{option.key}": option.key for option in wanted.options},
        )
        for place, wanted in enumerate(table.fields)
        if f"{table.key}.{wanted.key}" not in missing
    }
    return BoundTable(key=table.key, table_id=f"tblMemory{number:02d}", name=table.zh, fields=fields)


class MemoryTables:
    """``ports.Tables`` in memory.

    ``calls`` counts what would go over the wire (a read of 250 rows is three calls). Rows
    are kept as a person would see them: empty values vanish, numbers are floats, moments
    are cut to the millisecond. Changes of rows that are gone are left out. Duplex links are
    kept only on the side that was written.
    """

    def __init__(
        self,
        schema: Schema,
        *,
        now: Callable[[], datetime] = lambda: SOME_DAY,
        page_size: int = MOST_ROWS,
        missing: Sequence[str] = (),
    ) -> None:
        self.calls: Counter[str] = Counter()
        self._schema, self._now, self.page_size = schema, now, page_size
        self._binding = bind_schema(schema, missing=missing)
        self._rows: dict[str, dict[str, Record]] = {key: {} for key in self._binding.tables}
        self._created: dict[tuple[str, str], tuple[str, Sequence[str]]] = {}
        self._count = 0

    @property
    def writes(self) -> int:
        """How many calls would have changed something."""
        return self.calls["create"] + self.calls["update"]

    @property
    def binding(self) -> Binding:
        return self._binding

    def lack(self, *missing: str) -> None:
        """People delete these columns or options; without any, everything is back."""
        self._binding = bind_schema(self._schema, missing=missing)

    @property
    def live(self) -> Sequence[LiveTable]:
        return ()

    def rebind(self) -> Binding:
        self.calls["rebind"] += 1
        return self._binding

    def read(self, table: str, record_ids: Sequence[str]) -> Mapping[str, Record]:
        self.calls["read"] += ceil(len(record_ids) / 100)
        rows = self._table(table)
        return {record_id: rows[record_id] for record_id in record_ids if record_id in rows}

    def scan(self, table: str, *, newest_first: bool = False) -> Iterator[Sequence[Record]]:
        rows = list(self._table(table).values())
        if newest_first and any(
            f.type == "modified_time" for f in self.binding.tables[table].fields.values()
        ):
            rows.sort(key=lambda row: row.modified_at or SOME_DAY, reverse=True)
        for begin in range(0, len(rows) or 1, self.page_size):
            self.calls["scan"] += 1
            yield rows[begin : begin + self.page_size]

    def scan_columns(self, table: str, keys: Collection[str]) -> Iterator[Sequence[Record]]:
        for key in keys:
            self._field(table, key)
        for page in self.scan(table):
            yield [replace(row, values={k: row.values[k] for k in keys if k in row.values}) for row in page]

    def find(self, table: str, key: str, value: str) -> Sequence[Record]:
        self.calls["find"] += 1
        wanted = self._field(table, key)
        if wanted.type not in ("text", "single_select", "email"):
            raise _refused(1254018, f"{table}.{key} is {wanted.type}: it cannot be compared with a text")
        return [row for row in self._table(table).values() if row.get(key) == value]

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        self.calls["update"] += ceil(len(changes) / MOST_ROWS)
        rows = self._table(table)
        checked = {key: self._checked(table, values) for key, values in changes.items() if key in rows}
        for record_id, values in checked.items():
            merged = {
                key: value for key, value in {**rows[record_id].values, **values}.items() if value is not None
            }
            rows[record_id] = replace(rows[record_id], values=merged, modified_at=self._now())

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        self.calls["create"] += ceil(len(rows) / MOST_ROWS)
        body = json.dumps([dict(row) for row in rows], default=repr, sort_keys=True)
        known_body, known_ids = self._created.get((table, identity), (body, ()))
        if known_body != body:
            raise _refused(1255006, "client_token conflict, please generate a new client_token")
        if not known_ids:
            for row in rows:
                self._checked(table, row)  # all or nothing, as Feishu's batch calls
            known_ids = [self.put(table, row) for row in rows]
            self._created[table, identity] = (body, known_ids)
        return known_ids

    def remove(self, table: str, record_ids: Sequence[str]) -> None:
        self.calls["remove"] += ceil(len(record_ids) / MOST_ROWS)
        for record_id in record_ids:
            self._table(table).pop(record_id, None)

    def put(
        self, table: str, values: Values, record_id: str | None = None, created_by: str | None = None
    ) -> str:
        """Adds or replaces a row as if a person had; not counted as a call."""
        given = {key: value for key, value in self._checked(table, values).items() if value is not None}
        self._count += 1
        found = record_id or f"rec{table[:4]}{self._count:06d}"
        now = self._now()
        self._table(table)[found] = Record(
            record_id=found, values=given, created_at=now, created_by=created_by, modified_at=now
        )
        return found

    def delete(self, table: str, record_id: str) -> None:
        """Removes a row as if a person had; not counted as a call."""
        del self._table(table)[record_id]

    def peek(self, table: str, record_id: str) -> Record:
        """One row as a person sees it; not counted as a call."""
        return self._table(table)[record_id]

    def rows(self, table: str) -> list[Record]:
        """Everything in a table, oldest first; not counted as a call."""
        return list(self._table(table).values())

    def _table(self, table: str) -> dict[str, Record]:
        if table not in self._rows:
            raise BindingError(f"the base has no table {table}")
        return self._rows[table]

    def _field(self, table: str, key: str) -> Field:
        self._table(table)
        if key not in self._binding.tables[table].fields:
            raise BindingError(f"the base has no field {table}.{key}")
        return self._schema.table(table).field(key)

    def _checked(self, table: str, values: Values) -> dict[str, Value]:
        return {key: _cell(table, self._field(table, key), value) for key, value in values.items()}


def _cell(table: str, field: Field, value: Value) -> Value:
    if field.type in _COMPUTED:
        raise _refused(1254302, f"{table}.{field.key} is {field.type}: Feishu fills it")
    if value is None or value is False or value in ("", ()):
        return None
    if not _fits(field, value):
        raise _refused(1254060, f"{table}.{field.key} is {field.type}: {value!r} does not fit")
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(microsecond=value.microsecond // 1000 * 1000)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _fits(field: Field, value: Value) -> bool:
    if field.type in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if field.type in _IDS:
        return isinstance(value, tuple) and all(isinstance(part, str) for part in value)
    if field.type == "datetime":
        return isinstance(value, datetime) and value.tzinfo is not None
    if field.type == "checkbox":
        return value is True
    return isinstance(value, Url) if field.type == "url" else isinstance(value, str)


def _refused(code: int, msg: str) -> FeishuError:
    return FeishuRefused(code=code, msg=msg, endpoint="memory")


class MemoryOutbox:
    """``ports.Outbox`` of one base in memory; ``put`` is what settling does with effects."""

    def __init__(self) -> None:
        self.waiting: dict[int, PendingEffect] = {}
        self.outcomes: dict[int, str] = {}
        """Row to message id, record id or the last cause."""
        self.given_up: dict[int, Effect] = {}
        self.told: set[str] = set()
        self.cards: list[Effect] = []
        """Every card that was ever stored."""
        self._next: dict[int, datetime] = {}
        self._known: set[str] = set()
        self._stored: dict[str, tuple[int, Effect]] = {}

    def put(self, effects: Iterable[Effect]) -> None:
        """Stores effects whose identity is new and that have something left to tell."""
        for effect in effects:
            told = bool(effect.covers) and self.told.issuperset(effect.covers)
            if effect.identity not in self._known and not told:
                row = len(self._known) + 1
                self._known.add(effect.identity)
                self._stored[effect.identity] = row, effect
                self.told.update(effect.covers)
                stored = replace(effect, folds=())
                self.waiting[row], self._next[row] = PendingEffect(row=row, effect=stored), effect.not_before
                self.cards += [stored] if effect.kind == "card" else []
                for line in effect.folds:
                    self.waiting.pop(line, None)

    def note_sent(self, outcomes: Mapping[str, str]) -> None:
        """These were performed, by whoever."""
        self._known.update(outcomes)
        for row in [row for row, one in self.waiting.items() if one.effect.identity in outcomes]:
            self.outcomes[row] = outcomes[self.waiting.pop(row).effect.identity]

    def lines(self, now: datetime) -> list[PendingEffect]:
        """The lines whose time has come, by that time and as they were stored."""
        rows = [p for p in self.waiting.values() if p.effect.kind == "line" and self._is_due(p, now)]
        return sorted(rows, key=lambda p: (self._next[p.row], p.row))

    def _is_due(self, pending: PendingEffect, now: datetime) -> bool:
        return self._next[pending.row] <= now

    def due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        first = [p for p in self._ripe(now) if p.effect.kind not in ("mail", "webhook", "post", "line")][
            :limit
        ]
        batches = {p.batch for p in first if p.batch}
        rest = (p for p in self.waiting.values() if p.batch in batches and p not in first)
        return [*first, *rest]

    def mails_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        return [p for p in self._ripe(now) if p.effect.kind == "mail"][:limit]

    def webhooks_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        return [p for p in self._ripe(now) if p.effect.kind == "webhook"][:limit]

    def posts_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        return [p for p in self._ripe(now) if p.effect.kind == "post"][:limit]

    def outcome_of(self, app_token: str, identity: str) -> Outcome | None:
        row, effect = self._stored.get(identity, (0, None))
        if effect is None:
            return None
        ended: Literal["", "done", "given_up"] = "given_up" if row in self.given_up else "done"
        ended = "" if row in self.waiting else ended
        return Outcome(ended=ended, outcome=self.outcomes.get(row, ""), covers=effect.covers)

    def _ripe(self, now: datetime) -> list[PendingEffect]:
        rows = sorted((r for r in self.waiting if self._next[r] <= now), key=lambda r: (self._next[r], r))
        return [self.waiting[row] for row in rows]

    def pin(self, rows: Sequence[int], batch: str) -> None:
        if any(self.waiting[row].batch not in ("", batch) for row in rows):
            raise ValueError(f"batch {batch}: some of the effects {rows} belong to another batch")
        for row in rows:
            self.waiting[row] = replace(self.waiting[row], batch=batch)

    def done(self, rows: Sequence[int], at: datetime, outcome: str = "") -> None:
        for row in rows:
            self.waiting.pop(row, None)
            self.outcomes[row] = outcome

    def done_each(self, outcomes: Mapping[int, str], at: datetime) -> None:
        for row, outcome in outcomes.items():
            self.done([row], at, outcome)

    def failed(self, rows: Sequence[int], next_try: datetime | None, cause: str) -> None:
        for row in rows:
            pending = self.waiting[row]
            self.outcomes[row] = cause
            if next_try is None:
                self.given_up[row] = self.waiting.pop(row).effect
            else:
                self.waiting[row], self._next[row] = replace(pending, tries=pending.tries + 1), next_try


class MemoryWork:
    """``ports.Work`` of one base in memory; its effects go to ``outbox``."""

    def __init__(self, outbox: MemoryOutbox | None = None) -> None:
        self.outbox = outbox or MemoryOutbox()
        self.open: dict[int, Hint] = {}
        self.states: dict[tuple[str, str], Accepted] = {}
        self._known: set[tuple[str, str]] = set()
        self._numbers: dict[str, dict[str, int]] = {}
        self.prints: dict[str, set[int]] = {}
        self._edits: dict[tuple[str, str, str], Edit] = {}

    def put(self, hints: Sequence[Hint]) -> int:
        """What the inbox does: known (event_id, record_id) pairs are ignored."""
        before = len(self._known)
        for hint in hints:
            if (hint.event_id, hint.record_id) not in self._known:
                self._known.add((hint.event_id, hint.record_id))
                self.open[len(self._known)] = replace(hint, row=len(self._known))
        return len(self._known) - before

    def pending(self, app_token: str, limit: int) -> Sequence[Hint]:
        return [self.open[row] for row in sorted(self.open)][:limit]

    def newer(self, app_token: str, record_ids: Iterable[str], after_row: int) -> set[str]:
        later = (h for row, h in self.open.items() if row > after_row and h.kind not in ("pressed", "undo"))
        return {hint.record_id for hint in later} & set(record_ids)

    def accepted(self, app_token: str, table: str, record_ids: Sequence[str]) -> Mapping[str, Accepted]:
        return {r: self.states[table, r] for r in record_ids if (table, r) in self.states}

    def all_accepted(
        self, app_token: str, table: str, without: Collection[str] = ()
    ) -> Iterator[tuple[str, Accepted]]:
        for key, state in sorted(self.states.items()):
            if key[0] == table and state.record.get("status") not in without:
                yield key[1], state

    def look_alikes(self, app_token: str, fingerprint: Sequence[int], limit: int) -> Sequence[str]:
        shared = {one: len(found & set(fingerprint)) for one, found in self.prints.items()}
        return sorted((one for one, count in shared.items() if count), key=lambda one: -shared[one])[:limit]

    def fingerprints(self, app_token: str, record_ids: Sequence[str]) -> Mapping[str, Sequence[int]]:
        return {one: sorted(self.prints[one]) for one in record_ids if one in self.prints}

    def settle(self, app_token: str, settlement: Settlement) -> None:
        for row in settlement.closed:
            self.open.pop(row, None)
        self.states.update(settlement.accepted)
        self.prints |= {record_id: set(found) for record_id, found in settlement.prints.items()}
        for key in settlement.forgotten:
            self.states.pop(key, None)
        self.outbox.put(settlement.effects)
        for edit in settlement.edits:
            self._edits.setdefault((edit.event_id, edit.record_id, edit.field), edit)

    def edits(self, app_token: str, begin: datetime, end: datetime) -> Sequence[Edit]:
        return sorted((e for e in self._edits.values() if begin <= e.at < end), key=lambda edit: edit.at)

    def loads(self, app_token: str, table: str, without: Collection[str]) -> Mapping[str, int]:
        states = (state for _, state in self.all_accepted(app_token, table, without))
        owned = (state.record.get("owner") for state in states)
        return Counter(person for people in owned if isinstance(people, tuple) for person in people)

    def dealings(
        self,
        app_token: str,
        table: str,
        over: str,
        without: Collection[str],
        customers: Collection[str] | None = None,
    ) -> Mapping[str, Dealings]:
        found: dict[str, Dealings] = {}
        for (where, _), state in self.states.items():
            one = Requirement.of(state.record)
            named = one.customer[:1] if where in (table, over) else ()
            for customer in named if customers is None else set(named) & set(customers):
                is_open = where == table and one.status not in without
                found[customer] = found.get(customer, Dealings()) + dealings_of(one, is_open=is_open)
        return found

    def draw(self, app_token: str, scope: str, identity: str) -> int:
        drawn = self._numbers.setdefault(scope, {})
        return drawn.setdefault(identity, len(drawn) + 1)

    def draw_all(self, app_token: str, wanted: Sequence[tuple[str, str]]) -> Sequence[int]:
        return [self.draw(app_token, *one) for one in wanted]

    def told(self, app_token: str, notices: Sequence[str]) -> set[str]:
        return self.outbox.told & set(notices)

    def lines(self, app_token: str, now: datetime) -> Sequence[PendingEffect]:
        return self.outbox.lines(now)

    def cards_between(
        self,
        app_token: str,
        people: Collection[str],
        begin: datetime,
        end: datetime,
        besides: Collection[str],
    ) -> Mapping[str, int]:
        cards = (c for c in self.outbox.cards if c.identity not in besides and begin <= c.not_before < end)
        return Counter(card.target for card in cards if card.target in people)


class RecordingMessages:
    """``ports.Messages``: keeps what was sent; the same identity is one message for ever.

    ``refusals`` names people whom no card reaches, with Feishu's code.
    """

    def __init__(self, refusals: Mapping[str, int] | None = None) -> None:
        self.refusals = dict(refusals or {})
        self.sent: list[tuple[str, Json]] = []
        """(open_id, card), oldest first."""
        self.tries: Counter[str] = Counter()
        """open_id to how often a card was tried."""
        self._ids: dict[str, str] = {}
        self.patched: list[tuple[str, Json]] = []
        """(message id, card), oldest first."""

    def update(self, message_id: str, card: Json) -> None:
        self.patched.append((message_id, card))

    def send(self, open_id: str, card: Json, identity: str) -> str:
        self.tries[open_id] += 1
        if open_id in self.refusals:
            raise _refused(self.refusals[open_id], f"no card for {open_id}")
        if identity not in self._ids:
            self.sent.append((open_id, card))
            self._ids[identity] = f"om_{len(self.sent):06d}"
        return self._ids[identity]

    def to(self, open_id: str) -> list[Json]:
        """The cards a person has got."""
        return [card for receiver, card in self.sent if receiver == open_id]


class MemoryStore(MemoryWork):
    """All sides of the store in memory: hints, effects, facts, claims and one lease per base."""

    def settle(self, app_token: str, settlement: Settlement) -> None:
        super().settle(app_token, settlement)
        self.facts |= settlement.facts

    def __init__(self) -> None:
        super().__init__()
        self.aside: list[tuple[str, str]] = []
        self.facts: dict[str, Json] = {}
        self.holders: dict[str, str] = {}
        self.meter: Counter[tuple[str, str]] = Counter()
        self._claims: set[tuple[str, str]] = set()

    def put_aside(self, raw: str, cause: str, at: datetime) -> None:
        self.aside.append((raw, cause))

    def due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        return self.outbox.due(app_token, now, limit)

    def mails_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        return self.outbox.mails_due(app_token, now, limit)

    def webhooks_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        return self.outbox.webhooks_due(app_token, now, limit)

    def posts_due(self, app_token: str, now: datetime, limit: int) -> Sequence[PendingEffect]:
        return self.outbox.posts_due(app_token, now, limit)

    def outcome_of(self, app_token: str, identity: str) -> Outcome | None:
        return self.outbox.outcome_of(app_token, identity)

    def pin(self, rows: Sequence[int], batch: str) -> None:
        self.outbox.pin(rows, batch)

    def done(self, rows: Sequence[int], at: datetime, outcome: str = "") -> None:
        self.outbox.done(rows, at, outcome)

    def done_each(self, outcomes: Mapping[int, str], at: datetime) -> None:
        self.outbox.done_each(outcomes, at)

    def failed(self, rows: Sequence[int], next_try: datetime | None, cause: str) -> None:
        self.outbox.failed(rows, next_try, cause)

    def recall(self, app_token: str, name: str) -> Json | None:
        return self.facts.get(name)

    def keep(self, app_token: str, name: str, fact: Json) -> None:
        self.facts[name] = fact

    def tally(self, app_token: str, name: str, key: str, count: int) -> None:
        counts = self.facts.get(name, {})
        self.facts[name] = {**counts, key: counts.get(key, 0) + count}

    def note_sent(self, app_token: str, outcomes: Mapping[str, str], at: datetime) -> None:
        self.outbox.note_sent(outcomes)

    def claim(self, app_token: str, job: str, slot: str) -> bool:
        new = (job, slot) not in self._claims
        self._claims.add((job, slot))
        return new

    def claimed(self, app_token: str, job: str, slot: str) -> bool:
        return (job, slot) in self._claims

    def lease(self, app_token: str, holder: str, seconds: float) -> bool:
        return self.holders.setdefault(app_token, holder) == holder

    def release(self, app_token: str, holder: str) -> None:
        if self.holders.get(app_token) == holder:
            del self.holders[app_token]

    def count_calls(self, month: str, endpoint: str, calls: int) -> None:
        self.meter[month, endpoint] += calls

    def calls(self, month: str) -> Mapping[str, int]:
        return {endpoint: count for (when, endpoint), count in self.meter.items() if when == month}


class FakeClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: datetime = SOME_DAY) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self._now += timedelta(seconds=seconds)


class Phonebook:
    """``ports.People`` from a dict; unknown people have no roles."""

    def __init__(self, *people: Person) -> None:
        self._people = {person.open_id: person for person in people}

    def person(self, open_id: str) -> Person:
        return self._people.get(open_id, Person(open_id=open_id))
