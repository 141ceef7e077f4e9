"""The run: people edit, deliveries arrive, the real receiver, inbox, worker, sweep and outbox do their work.

Only Feishu's table and Feishu's wire are models. The store is a real one on disk. Business time
is the run's own; nobody waits for anything.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from benchmarks.delivery.checker import PutBack
from benchmarks.delivery.oracle import Edit, Life
from benchmarks.delivery.people import Crowd
from benchmarks.delivery.table import BOT, Table
from benchmarks.delivery.wire import Wire
from feishu_plugin.app.compose import keep_binding
from feishu_plugin.app.receiving import receiver_for, taken
from feishu_plugin.gateway.receiving import deliver
from feishu_plugin.gateway.seals import Seal
from feishu_plugin.ports import Json
from feishu_plugin.records import Person, Record
from feishu_plugin.store.store import Store
from feishu_plugin.store.tables import outbox, set_aside
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.handler import work_once
from feishu_plugin.sync.outgoing import send_due
from feishu_plugin.sync.sweep import sweep
from tests.builders import SCHEMA, policy
from tests.fakes import FakeClock, Phonebook

MONDAY = datetime.fromisoformat("2026-09-07T09:00:00+08:00")
SWEEP_S, SEND_S, UPKEEP_S = 600, 60, 6 * 3600
SKIPPED = 0.1
"""Share of the seconds in which the worker has no turn, so that things pile up."""

_BUTTONS = Seal("delivery")


class Post:
    """``ports.Messages`` that only counts."""

    def __init__(self) -> None:
        self.cards: dict[str, int] = {}

    def send(self, open_id: str, card: Json, identity: str) -> str:
        """A card; how often this identity came is remembered."""
        self.cards[identity] = self.cards.get(identity, 0) + 1
        return f"om_{len(self.cards)}"

    def update(self, message_id: str, card: Json) -> None:
        """Nobody presses anything here."""


class World:
    """One base, its people, its wire, and the plugin at its desk."""

    def __init__(self, store: Store, seed: int, lives: int) -> None:
        self._dice = Random(f"delivery:{seed}")
        self.clock = FakeClock(MONDAY)
        self.table, self.wire, self.post = Table(self.clock.now), Wire(self._dice), Post()
        self.store = store
        self.corrections: list[PutBack] = []
        self.recovered = self._echoes = 0
        self._brought: dict[str, int] = {}
        """Record id to the number of the edit whose status is shown."""
        self.crowd = Crowd(self._dice, lives, lambda record_id: str(self.table.rows[record_id].get("status")))
        self.table.written = self._told
        self.desk = Desk(
            app_token=self.table.binding.app_token,
            schema=SCHEMA,
            tables=self.table,
            store=self.store,
            people=Phonebook(*(Person(open_id=one, name=one) for one in self.crowd.people)),
            clock=self.clock,
            link=lambda table, record_id: f"https://example.com/{table}/{record_id}",
            policy=policy(),
            packaged=policy(),
            bot=BOT,
        )
        keep_binding(self.desk)
        self._receiver = receiver_for(self.store, self.clock)
        self._second = 0
        self._busy = False

    @property
    def edits(self) -> Sequence[Edit]:
        """Every edit of a status so far."""
        return self.crowd.edits

    @property
    def lives(self) -> Mapping[str, Life]:
        """What ought to be."""
        return self.crowd.lives

    def begin(self) -> None:
        """What is there already is adopted, so that no life begins with a judgement."""
        for record_id, values in self.crowd.settlers():
            self.table.edit(record_id, values, "ou_u0")
        sweep(self.desk)
        self._rest()

    def play(self, deliveries: int) -> None:
        """Until so many deliveries were made."""
        while len(self.wire) < deliveries:
            self._until(self._next())
            for act in self.crowd.acts(self._second + 1):
                at = self._now_s(act.at)
                before, after = self.table.edit(act.record_id, act.values, act.operator)
                self._noticed(act.edit)
                self.wire.send(at, act.event_id, act.operator, [(act.record_id, before, after)], act.fate)
            self._turn()

    def finish(self) -> None:
        """Everything arrives, a full sweep finds the rest, all that is owed is written."""
        while self.wire.next_at is not None:
            self._until(int(self.wire.next_at - self._began) + 1)
            self._turn()
        self._rest()
        for full in (False, True):
            sweep(self.desk, full=full)
            self._rest()
        while self._send():
            self.clock.advance(60)

    def told(self) -> Iterator[tuple[str, str]]:
        """(kind, notice identity) of everything that is told or waits for a morning."""
        query = select(outbox.c.kind, outbox.c.covers).where(outbox.c.kind.in_(("card", "line")))
        with self.store._database.reading() as connection:
            for kind, covers in connection.execute(query):
                yield from ((kind, identity) for identity in covers)

    def aside(self) -> set[bytes]:
        """Everything that was set aside, as bytes."""
        with self.store._database.reading() as connection:
            kept = connection.scalars(select(set_aside.c.raw))
            return {raw.encode("utf-8", "surrogateescape") for raw in kept}

    def accepted(self) -> dict[str, Record]:
        """What the store holds of every record."""
        found = self.store.all_accepted(self.desk.app_token, "requirement")
        return {record_id: state.record for record_id, state in found}

    @property
    def hours(self) -> float:
        """How much business time went by."""
        return self._second / 3600

    @property
    def _began(self) -> float:
        return MONDAY.timestamp()

    def _now_s(self, second: float) -> float:
        return self._began + second

    def _next(self) -> int:
        """The second in which something happens next."""
        arrives = self.wire.next_at
        coming = [self.crowd.next_at, arrives - self._began if arrives is not None else self.crowd.next_at]
        return self._second + 1 if self._busy else max(self._second + 1, int(min(coming)))

    def _until(self, second: int) -> None:
        """Time passes; what is to be done every so often is done on the way."""
        for name, period in (("_sweep", SWEEP_S), ("_send", SEND_S), ("_upkeep", UPKEEP_S)):
            if second // period > self._second // period:
                self._set(second)
                getattr(self, name)()
        self._set(second)

    def _set(self, second: int) -> None:
        self._second = second
        self.clock.advance((MONDAY + timedelta(seconds=second) - self.clock.now()).total_seconds())

    def _turn(self) -> None:
        """What has arrived is stored; the worker has its turn, most often."""
        for raw in self.wire.arrived(self._now_s(self._second + 1)):
            deliver(raw, lambda envelope: taken(self._receiver, envelope, _BUTTONS), self._receiver.reject)
            self._busy = True
        if self._dice.random() >= SKIPPED:
            self._busy = bool(work_once(self.desk).hints)

    def _rest(self) -> None:
        """The worker works until nothing is left."""
        for _ in range(1000):
            self._until(self._second + 1)
            for raw in self.wire.arrived(self._now_s(self._second)):
                deliver(
                    raw, lambda envelope: taken(self._receiver, envelope, _BUTTONS), self._receiver.reject
                )
            work_once(self.desk)
            if not self.store.pending(self.desk.app_token, 1) and not self._is_soon():
                return
        raise AssertionError("the worker never came to rest")

    def _is_soon(self) -> bool:
        arrives = self.wire.next_at
        return arrives is not None and arrives < self._now_s(self._second + 10)

    def _sweep(self) -> None:
        self.recovered += sweep(self.desk).recovered
        self._busy = True

    def _send(self) -> int:
        done = send_due(self.desk, self.post, lambda: True)
        return done.cards + done.rows

    def _upkeep(self) -> None:
        self.store.sweep_old(self.clock.now())

    def _noticed(self, edit: Edit | None) -> None:
        if edit is not None:
            self._brought[edit.record_id] = edit.number

    def _told(self, changes: Mapping[str, tuple[Record, Record]]) -> None:
        """Our own write: noted when it changes a status, and an event like any other."""
        for record_id, (before, after) in changes.items():
            shown, to = before.get("status"), after.get("status")
            if shown != to and shown is not None:
                brought = self._brought.get(record_id, -1)
                self.corrections.append(PutBack(record_id, str(shown), str(to), brought))
        self._echoes += 1
        rows = [(record_id, before, after) for record_id, (before, after) in changes.items()]
        fate = self.crowd.fate(single=True)
        self.wire.send(self._now_s(self._second), f"echo{self._echoes}", BOT, rows, fate)
