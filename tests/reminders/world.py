"""One base with its outbox, tables and messages; a test moves its time by hand."""

from dataclasses import dataclass, field
from datetime import datetime

from feishu_plugin import schema
from feishu_plugin.policy import Policy
from feishu_plugin.ports import Effect
from feishu_plugin.records import Requirement, Values
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.cards import cards_of, effects_of_tells
from feishu_plugin.reminders.deliver import Delivered, deliver
from feishu_plugin.reminders.fallback import Fallback
from tests.fakes import MemoryOutbox, MemoryTables, RecordingMessages
from tests.reminders.samples import APP, POLICY, at, notice, people, requirement

NOW = at("09-02 10:00")
SCHEMA = schema.load()


@dataclass
class World:
    """One base and its outbox; ``now`` moves by hand."""

    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)
    tables: MemoryTables = field(default_factory=lambda: MemoryTables(SCHEMA))
    messages: RecordingMessages = field(default_factory=RecordingMessages)
    now: datetime = NOW
    policy: Policy = POLICY
    administrators: tuple[str, ...] = ("ou_cs",)
    records: tuple[Requirement, ...] = (requirement(),)

    def deliver(self) -> Delivered:
        """Drains the outbox, with everything that follows from what cannot be delivered."""
        return deliver(
            *(self.outbox, self.outbox.put, self.tables, self.messages, people, self.now, APP),
            fallback=self.fallback(),
        )

    def fallback(self) -> Fallback:
        circle = Circle(policy=self.policy, people=people, administrators=self.administrators)
        return Fallback(
            circle=circle,
            records=lambda ids: [record for record in self.records if record.record_id in ids],
            say=lambda tells: effects_of_tells(
                self.policy, tells, people, self.now, administrators=self.administrators
            ),
            now=self.now,
        )

    def notices(self) -> list[Values]:
        return [row.values for row in self.tables.rows("notice")]


def card(identity: str = "assigned:rec1:o:ou_dev", target: str = "ou_dev") -> Effect:
    facts = {"number": "N-1", "title": "导出报表"}
    told = notice(identity, event="assigned", kind="instant", open_id=target, facts=facts)
    (effect,) = cards_of(POLICY, [told], NOW)
    return effect


def ledger(number: int, **values: object) -> Effect:
    row = {"name": f"行{number}", "at": NOW, "from_status": "pending", "verdict": "pass", **values}
    return Effect(kind="ledger", identity=f"move-{number}", target="transition", body=row, not_before=NOW)
