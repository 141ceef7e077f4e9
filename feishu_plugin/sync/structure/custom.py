"""Makes what custom reports need in a base: a table each, its missing columns, a chart.

It only adds: names, looks and further columns are people's, and what no definition asks for any
more stays. What Feishu refuses is told, and stands in nobody else's way.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from feishu_plugin.binding import LiveField, LiveTable, find_field, find_table, is_custom
from feishu_plugin.errors import FeishuRefused
from feishu_plugin.identity import CHART
from feishu_plugin.ports import Json, Tables
from feishu_plugin.schema import Chart, Dashboard, Field, Schema, Table
from feishu_plugin.sync.structure import bodies
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.chart_bodies import chart_config
from feishu_plugin.sync.structure.diff import diff
from feishu_plugin.sync.structure.diff_extras import find_dashboard
from feishu_plugin.sync.structure.live import Base, Live, LiveDashboard, look_at_boards
from feishu_plugin.sync.structure.perform import Hand

_ADDING = frozenset({"add_table", "add_field", "merge_options"})
_ROUNDS_MOST = 4
"""A new table takes two: its columns, then the link that had to wait for it."""
_NO_TABLE = "没有建成，另一张表已叫这个名称 was not made, another table has this name"
_INCOMPLETE = "缺少列或列的类型被改过 lacks columns, or their types were changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What a base offers to tables that no schema file names."""

    base: Base
    tables: Callable[[Schema], Tables]
    """The base by a wider schema; by itself it makes nothing."""


def make(base: Base, tables: Tables, schema: Schema) -> tuple[str, ...]:
    """Adds what the custom tables and charts of a schema still need; what went wrong, in words."""
    maker = _Maker(base, tables, schema)
    for _ in range(_ROUNDS_MOST):
        if not maker.add():
            break
        tables.rebind()
    maker.format()
    for board in schema.dashboards:
        maker.draw(board)
    return (*maker.told, *maker.incomplete())


class _Maker:
    def __init__(self, base: Base, tables: Tables, schema: Schema) -> None:
        self.base, self.tables, self.schema = base, tables, schema
        self.wanted = {table.key: table for table in schema.tables if is_custom(table.key)}
        self.refused: set[str] = set()
        self.told: list[str] = []

    def add(self) -> bool:
        """One round of tables, columns and options; True when something was added."""
        live = self._live()
        hand = Hand(self.base, self.schema, live)
        done = [self._try(c.table, partial(hand.perform, c)) for c in self._missing(live)]
        return any(done)

    def format(self) -> None:
        """Once the definition asks for another figure, the columns say so: a share is no count."""
        for table in self.wanted.values():
            numbers = [column for column in self._columns(table) if column[1].type == "number"]
            if any(_says_another(table, field, live) for _, field, live in numbers):
                for here, field, live in numbers:
                    if _says_another(table, field, live) or _is_shown_otherwise(field, live):
                        self._try(table.key, partial(self._update, here, table, field, live))

    def draw(self, board: Dashboard) -> None:
        """The charts on a dashboard that is there, as far as the tenant has base v3."""
        boards = look_at_boards(self.base, self.schema)
        live = Live(tables=self.tables.live, dashboards=boards, known=self.base.identities.known())
        there = find_dashboard(board, live)
        for chart in board.charts if there else ():
            if there and (config := chart_config(chart, self.schema, live.tables)):
                self._try(chart.table, partial(self._place, board, there, chart, config))

    def incomplete(self) -> Iterator[str]:
        """Tables that cannot be written although nothing was refused."""
        binding = self.tables.binding
        for key, table in self.wanted.items():
            if key not in self.refused and binding.lacks(key, *table.by_key):
                yield f"「{table.zh}」{_INCOMPLETE if key in binding.tables else _NO_TABLE}"

    def _live(self) -> Live:
        return Live(tables=self.tables.live, known=self.base.identities.known())

    def _missing(self, live: Live) -> list[Change]:
        found = [c for c in diff(self.schema, live) if c.kind in _ADDING and c.table in self.wanted]
        return [change for change in found if change.table not in self.refused]

    def _columns(self, table: Table) -> Iterator[tuple[LiveTable, Field, LiveField]]:
        here = find_table(table, self.tables.live)
        for field in table.fields:
            if here and (live := find_field(table.key, field, here.fields)):
                yield here, field, live

    def _update(self, here: LiveTable, table: Table, field: Field, live: LiveField) -> None:
        body = {**bodies.changed_field(table.key, field, live, {}), "field_name": live.name}
        self.base.structure.update_field(here.table_id, live.field_id, body)

    def _place(self, board: Dashboard, there: LiveDashboard, chart: Chart, config: Json) -> None:
        """Once; another kind of chart takes the place of ours, never that of one that people made."""
        path, known = f"{CHART}{board.key}.{chart.key}", self.base.identities.known()
        ours = [block for block in there.blocks if known.get(block["block_id"]) == path]
        if any(block["type"] == chart.type for block in ours):
            return
        for block in ours:
            self.base.extras.delete_block(there.dashboard_id, block["block_id"])
        body = {"name": chart.zh, "type": chart.type, "data_config": config}
        made = self.base.extras.create_block(there.dashboard_id, body)
        self.base.identities.learn({made: path})

    def _try(self, table: str, act: Callable[[], object]) -> bool:
        """True when it was done; a refusal is told, and of this table nothing more is tried."""
        try:
            return act() is not False
        except FeishuRefused as error:
            self.refused.add(table)
            self.told.append(f"「{self.wanted[table].zh}」{error}")
            return False


def _is_shown_otherwise(field: Field, live: LiveField) -> bool:
    return bool(field.property.get("formatter") != live.property.get("formatter"))


def _says_another(table: Table, field: Field, live: LiveField) -> bool:
    return live.description != bodies.description(table.key, field)
