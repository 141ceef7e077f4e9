"""Feishu's table behind the port, as small as it can be: the truth of the run.

The register keeps its rows; of the ledger only what the checker asks for is kept, because a
million whole rows would be memory of the benchmark and not of the product. Every write of the
plugin to the register becomes an event, as Feishu sends one, and is noted for the checker.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feishu_plugin.binding import Binding, LiveTable
from feishu_plugin.records import Record, Value, Values
from tests.builders import SCHEMA
from tests.fakes import bind_schema

BOT = "ou_bot"
REGISTER, LEDGER = "requirement", "transition"
PAGE = 500
Written = Callable[[Mapping[str, tuple[Record, Record]]], None]
"""Told of each write of the plugin: record id to the row before and after it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the ledger, as far as anybody here asks."""

    record_id: str
    before: str
    after: str
    verdict: str
    source: str
    key: str


class Table:
    """``ports.Tables`` of one base."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._binding = bind_schema(SCHEMA)
        self.rows: dict[str, Record] = {}
        self.ledger: list[Row] = []
        self.others: Counter[str] = Counter()
        """Rows of other tables, only counted."""
        self.calls: Counter[str] = Counter()
        self.written: Written = lambda changes: None
        self._created: dict[str, list[str]] = {}
        self._made = 0

    @property
    def binding(self) -> Binding:
        """Everything is there."""
        return self._binding

    @property
    def live(self) -> Sequence[LiveTable]:
        """Nobody asks."""
        return ()

    def rebind(self) -> Binding:
        """Nothing ever changes."""
        return self._binding

    def read(self, table: str, record_ids: Sequence[str]) -> Mapping[str, Record]:
        """The named rows of the register."""
        self.calls["read"] += -(-len(record_ids) // 100)
        return {one: self.rows[one] for one in record_ids if table == REGISTER and one in self.rows}

    def scan(self, table: str, *, newest_first: bool = False) -> Iterator[Sequence[Record]]:
        """The register, a page at a time."""
        found = list(self.rows.values()) if table == REGISTER else []
        if newest_first:
            found.sort(key=lambda row: row.modified_at or self._now(), reverse=True)
        for begin in range(0, len(found) or 1, PAGE):
            self.calls["scan"] += 1
            yield found[begin : begin + PAGE]

    def find(self, table: str, key: str, value: str) -> Sequence[Record]:
        """Rows of the register by a value."""
        self.calls["find"] += 1
        return [row for row in self.rows.values() if table == REGISTER and row.get(key) == value]

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        """As the plugin writes."""
        self.calls["update"] += -(-len(changes) // PAGE)
        if table != REGISTER:
            return
        told = {}
        for record_id, values in changes.items():
            before = self.rows[record_id]
            self.rows[record_id] = self._changed(before, values, BOT)
            told[record_id] = before, self.rows[record_id]
        self.written(told)

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        """Once per identity, as Feishu's ``client_token`` does."""
        self.calls["create"] += -(-len(rows) // PAGE)
        known = self._created.get(identity)
        if known is None:
            known = self._created[identity] = [self._keep(table, row) for row in rows]
        return known

    def remove(self, table: str, record_ids: Sequence[str]) -> None:
        """The plugin never removes a row here."""
        raise AssertionError(f"{table}: {record_ids} were to be removed")

    def edit(self, record_id: str, values: Values, operator: str) -> tuple[Record | None, Record]:
        """A person edits or adds a row; before and after."""
        before = self.rows.get(record_id)
        blank = Record(record_id=record_id, created_at=self._now(), created_by=operator)
        self.rows[record_id] = self._changed(before or blank, values, operator)
        return before, self.rows[record_id]

    def _changed(self, row: Record, values: Mapping[str, Value], by: str) -> Record:
        kept = {key: value for key, value in {**row.values, **values}.items() if value is not None}
        return replace(row, values=kept, modified_at=self._now(), modified_by=by)

    def _keep(self, table: str, row: Values) -> str:
        self._made += 1
        if table == LEDGER:
            told = row.get("requirement")
            whose = told[0] if isinstance(told, tuple) and told else ""
            names = ("from_status", "to_status", "verdict", "source", "effect_key")
            self.ledger.append(Row(whose, *(str(row.get(name) or "") for name in names)))
        else:
            self.others[table] += 1
        return f"rec{table}{self._made}"
