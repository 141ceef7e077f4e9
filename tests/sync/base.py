"""A whole base in memory with the plugin at its desk: people edit, events travel, the worker works."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Self

from feishu_plugin.errors import FeishuRefused
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Hint
from feishu_plugin.records import Person, Record, Step, Value, Values
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.handler import Round, work_once
from tests import builders
from tests.fakes import FakeClock, MemoryStore, MemoryTables, Phonebook

BOT = "ou_bot"


class WatchedTables(MemoryTables):
    """Tables whose every write to the register becomes an event, as Feishu sends them."""

    def __init__(self, base: "Base", missing: Sequence[str]) -> None:
        super().__init__(builders.SCHEMA, now=base.clock.now, missing=missing)
        self._base = base
        self.during_read: Callable[[], None] | None = None
        self.refused_link = ""
        """A row of 知识库 that is gone: Feishu refuses every link to it."""

    def read(self, table: str, record_ids: Sequence[str]) -> Mapping[str, Record]:
        """Reads; something may happen on the way."""
        found = super().read(table, record_ids)
        if self.during_read:
            self.during_read()
        return found

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        if any(values.get("knowledge") == (self.refused_link,) for values in changes.values()):
            raise FeishuRefused(code=1254067, msg="LinkFieldConvFail", endpoint="memory")
        there = {record.record_id: record.get("status") for record in self.rows(table)}
        super().update(table, changes)
        self.written_by(BOT, table, changes)
        if table == "requirement":
            for rid in changes.keys() & there.keys():
                self._base.changed(rid, there[rid], BOT)

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        """As Feishu names the app as creator and tells of new rows of the register."""
        there = {record.record_id for record in self.rows(table)}
        made = super().create(table, rows, identity)
        if table == "requirement":
            for rid in [rid for rid in made if rid not in there]:
                held = self._table(table)
                held[rid] = replace(held[rid], created_by=BOT)
                self._base.added(rid, BOT)
        return made

    def written_by(self, open_id: str, table: str, changes: Mapping[str, Values]) -> None:
        """As Feishu tells in ``last_modified_by`` who wrote a row last, the app or a person."""
        rows = self._table(table)
        rows.update({rid: replace(rows[rid], modified_by=open_id) for rid in changes if rid in rows})


class Base:
    """One base under test; ``wire`` holds the events that were sent and not yet delivered."""

    def __init__(
        self,
        policy: Policy | None = None,
        *people: Person,
        missing: Sequence[str] = (),
        store: MemoryStore | None = None,
    ) -> None:
        self.clock = FakeClock()
        self.store = store or MemoryStore()
        self.wire: list[Hint] = []
        self.put_backs: list[tuple[Value, Value]] = []
        """Statuses that the plugin's own writes changed: (from, to)."""
        self.tables = WatchedTables(self, missing)
        self.desk = Desk(
            app_token="bascnMemory",
            schema=builders.SCHEMA,
            tables=self.tables,
            store=self.store,
            people=Phonebook(*people),
            clock=self.clock,
            link=lambda table, record_id: f"https://example.com/{table}/{record_id}",
            policy=policy or builders.policy(),
            packaged=builders.policy(),
            bot=BOT,
        )
        self._revision = 0

    @classmethod
    def lacking(cls, *missing: str) -> Self:
        """A base without some tables, columns or options."""
        return cls(missing=missing)

    def add(self, **values: Value) -> str:
        """A person adds a requirement."""
        rid = self.tables.put("requirement", values)
        self.added(rid, "ou_person")
        return rid

    def added(self, rid: str, operator: str) -> None:
        """A row is there: its event goes onto the wire."""
        self._event(rid, None, self.record(rid).get("status"), operator, "added")

    def edit(self, rid: str, operator: str = "ou_person", **values: Value) -> None:
        """A person edits cells."""
        before = self.record(rid).get("status")
        self.clock.advance(1)
        MemoryTables.update(self.tables, "requirement", {rid: values})
        self.tables.written_by(operator, "requirement", {rid: values})
        self.changed(rid, before, operator)

    def changed(self, rid: str, before: Value, operator: str) -> None:
        """A row was written: its event goes onto the wire."""
        after = self.record(rid).get("status")
        if operator == BOT and before not in (None, after):
            self.put_backs.append((before, after))
        self._event(rid, before, after, operator, "edited")

    def deliver(self, index: int = 0, *, keep: bool = False) -> None:
        """One event arrives; with ``keep`` it will arrive again."""
        hint = self.wire[index] if keep else self.wire.pop(index)
        self.store.put([replace(hint, received_at=self.clock.now())])

    def deliver_all(self) -> None:
        """Everything on the wire arrives."""
        while self.wire:
            self.deliver()

    def work(self) -> Round:
        """One round of the worker."""
        return work_once(self.desk)

    def settle(self) -> None:
        """Everything arrives and is judged until nothing is left to do."""
        for _ in range(100):
            self.deliver_all()
            if not self.store.open:
                return
            if not self.work().judged:
                self.clock.advance(self.desk.policy.parameters.grace_seconds)
        raise AssertionError("the worker never came to rest")

    def record(self, rid: str) -> Record:
        """The row as people see it."""
        return self.tables.peek("requirement", rid)

    def ledger(self) -> list[Mapping[str, Value]]:
        """Bodies of the ledger rows in the outbox."""
        return [p.effect.body for p in self.store.outbox.waiting.values() if p.effect.kind == "ledger"]

    def cards(self, event: str = "") -> list[str]:
        """Who is to get a card, of any event or of one."""
        waiting = (p.effect for p in self.store.outbox.waiting.values())
        return [e.target for e in waiting if e.kind == "card" and event in ("", e.body["event"])]

    def _event(self, rid: str, before: Value, after: Value, operator: str, kind: str) -> None:
        self._revision += 1
        event_id, at = f"event{self._revision}", self.clock.now()
        step = Step(
            before=before if isinstance(before, str) else None,
            after=after if isinstance(after, str) else None,
            operator=operator,
            at=at,
            revision=self._revision,
            event_id=event_id,
        )
        self.wire.append(
            Hint(
                app_token=self.desk.app_token,
                table_id=self.tables.binding.tables["requirement"].table_id,
                record_id=rid,
                kind="added" if kind == "added" else "edited",
                event_id=event_id,
                received_at=at,
                operator=operator,
                step=step if before != after else None,
            )
        )
