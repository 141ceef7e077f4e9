"""Formula fields at work: binds a formula to its base once and evaluates it for a record on demand.

References are resolved to field ids when the formula is bound, so that a later rename changes
nothing. A value is never stored: reading it is computing it, and no event tells of it.
"""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from feishu_plugin.sandbox import formula_dates, formula_lists, formula_logic, formula_maths, formula_texts
from feishu_plugin.sandbox import formula_syntax as syntax
from feishu_plugin.sandbox.bases import Base
from feishu_plugin.sandbox.clock import Clock
from feishu_plugin.sandbox.envelope import Refusal
from feishu_plugin.sandbox.field_types import LINKS, Type
from feishu_plugin.sandbox.fields import Field
from feishu_plugin.sandbox.formula_calls import Function, Run, Scope
from feishu_plugin.sandbox.formula_cells import cell_value
from feishu_plugin.sandbox.formula_operators import OPERATORS
from feishu_plugin.sandbox.formula_values import FormulaFault, Rows, is_blank
from feishu_plugin.sandbox.people import People
from feishu_plugin.sandbox.tables import Record, Table
from feishu_plugin.sandbox.world import World

FUNCTIONS: dict[str, Function] = {
    **formula_logic.FUNCTIONS,
    **formula_maths.FUNCTIONS,
    **formula_texts.FUNCTIONS,
    **formula_dates.FUNCTIONS,
    **formula_lists.FUNCTIONS,
}


class Formula:
    """One bound formula."""

    def __init__(self, run: Run, zone: ZoneInfo, clock: Clock) -> None:
        self._run, self._zone, self._clock = run, zone, clock
        self._under_way: set[str] = set()

    def evaluate(self, record: Record) -> Any:
        """The value for a record, None when blank; raises FormulaFault for an error or a circle."""
        if record.record_id in self._under_way:
            raise FormulaFault("the formula refers to itself")
        self._under_way.add(record.record_id)
        try:
            value = self._run(Scope(record=record, now=self._clock.now().astimezone(self._zone)))
            return None if is_blank(value) else value
        except (OverflowError, RecursionError, ValueError) as error:
            raise FormulaFault(str(error)) from None
        finally:
            self._under_way.discard(record.record_id)

    def __call__(self, record: Record) -> Any:
        """The value to show; an error shows as an empty cell."""
        try:
            return self.evaluate(record)
        except FormulaFault:
            return None


class Bound:
    """A bound part of a formula; ``table`` is set when its value is rows of that table."""

    __slots__ = ("run", "table")

    def __init__(self, run: Run, table: Table | None = None) -> None:
        self.run, self.table = run, table


class Binder:
    """Binds one formula of one table."""

    def __init__(self, world: World, base: Base, table: Table, references: Mapping[str, str]) -> None:
        self.references = dict(references)
        """Names already resolved; they keep their meaning whatever was renamed since."""
        self._people: People = world.people
        self._base, self._table = base, table
        self._iterating: list[Table | None] = []
        """The table that CurrentValue is a row of, innermost last; None for a list."""

    def bind(self, node: syntax.Node) -> Bound:
        """The part as a function of the scope; SyntaxFault for names and functions nobody knows."""
        match node:
            case syntax.Constant():
                value = node.value
                return Bound(lambda _: value)
            case syntax.Name():
                return self._name(node.name)
            case syntax.TableById():
                return self._table_rows(self._base.tables.get(node.table_id), node.table_id)
            case syntax.Current():
                return self._current()
            case syntax.Member():
                return self._member(node)
            case syntax.Apply():
                return self._apply(node)
            case syntax.Operation():
                left, right = self.bind(node.left).run, self.bind(node.right).run
                return Bound(OPERATORS[node.sign](left, right))

    def _name(self, name: str) -> Bound:
        field = self._named(self._table, name)
        if field is not None:
            return self._own(field)
        known = self.references.get(f"|{name}")
        table = self._base.tables.get(known) if known else self._base.named(name)
        if table is not None:
            self.references[f"|{name}"] = table.table_id
        return self._table_rows(table, name)

    def _named(self, table: Table, name: str) -> Field | None:
        """The column that the name means, or meant when the formula was written."""
        key = f"{table.table_id}|{name}"
        known = self.references.get(key)
        field = table.fields.get(known) if known else table.field_named(name)
        if field is not None:
            self.references[key] = field.field_id
        return field

    def _own(self, field: Field) -> Bound:
        """A column of the record that the formula is in."""
        base, people, table, field_id = self._base, self._people, self._table, field.field_id

        def run(scope: Scope) -> Any:
            return cell_value(base, people, _there(table, field_id), scope.record)

        return Bound(run, self._linked(field))

    def _linked(self, field: Field) -> Table | None:
        return self._base.tables.get(field.setting("table_id", "")) if field.type in LINKS else None

    def _table_rows(self, table: Table | None, name: str) -> Bound:
        if table is None:
            _unknown(f"no field and no table {name!r}")
        return Bound(lambda _: Rows(table=table, records=tuple(table.records.values())), table)

    def _current(self) -> Bound:
        if not self._iterating:
            _unknown("CurrentValue stands outside FILTER, MAP, COUNTIF and SUMIF")
        return Bound(lambda scope: scope.current, self._iterating[-1])

    def _member(self, node: syntax.Member) -> Bound:
        if isinstance(node.of, syntax.TableById) and node.of.table_id == self._table.table_id and node.by_id:
            return self._own(self._field(self._table, node))
        of = self.bind(node.of)
        if of.table is None:
            _unknown(f"[{node.name}] follows something that has no columns")
        table, field = of.table, self._field(of.table, node)
        base, people, field_id, rows = self._base, self._people, field.field_id, of.run
        is_row = isinstance(node.of, syntax.Current)

        def run(scope: Scope) -> Any:
            records, column = rows(scope).records, _there(table, field_id)
            values = [cell_value(base, people, column, record) for record in records]
            if is_row:
                return values[0]
            return _joined_rows(values) if values and isinstance(values[0], Rows) else values

        return Bound(run, self._linked(field))

    def _field(self, table: Table, node: syntax.Member) -> Field:
        field = table.fields.get(node.name) if node.by_id else self._named(table, node.name)
        if field is None:
            _unknown(f"table {table.name!r} has no field {node.name!r}")
        return field

    def _apply(self, node: syntax.Apply) -> Bound:
        function, count = FUNCTIONS.get(node.function), len(node.arguments)
        if function is None:
            _unknown(f"this sandbox does not know the function {node.function}")
        if count < function.least or (function.most is not None and count > function.most):
            _unknown(f"{node.function} does not take {count} arguments")
        first = self.bind(node.arguments[0]) if count else Bound(lambda _: None)
        rest = self._rest(node, function, first)
        arguments, call = ([first.run, *rest] if count else []), function.run
        return Bound(lambda scope: call(scope, arguments), first.table if function.keeps_rows else None)

    def _rest(self, node: syntax.Apply, function: Function, first: Bound) -> list[Run]:
        if not function.iterates:
            return [self.bind(argument).run for argument in node.arguments[1:]]
        if self._iterating:
            _unknown(f"{node.function} stands inside another FILTER, MAP, COUNTIF or SUMIF")
        self._iterating.append(first.table)
        try:
            return [self.bind(argument).run for argument in node.arguments[1:]]
        finally:
            self._iterating.pop()


def _unknown(message: str) -> NoReturn:
    raise syntax.SyntaxFault(message)


def _there(table: Table, field_id: str) -> Field:
    field = table.fields.get(field_id)
    if field is None:
        raise FormulaFault("a column of this formula was deleted")
    return field


def _joined_rows(values: list[Rows]) -> Rows:
    records = dict.fromkeys(record for rows in values if rows is not None for record in rows.records)
    return Rows(table=values[0].table, records=tuple(records))


def bind_formula(world: World, base: Base, table: Table, field: Field) -> None:
    """Makes a formula field able to compute itself; 1254091 with the reason for a text that is no formula."""
    try:
        field.formula = _bound(world, base, table, field)
    except syntax.SyntaxFault as fault:
        raise Refusal(1254091, "FormulaFieldPropertyError", detail=f"{field.name}: {fault}") from None


def prepare_formulas(world: World, base: Base) -> None:
    """Binds what is not bound yet, after a restart or a copy; a formula that broke stays empty."""
    for table in base.tables.values():
        for field in table.of_types((Type.FORMULA,)):
            if field.formula is None:
                try:
                    bind_formula(world, base, table, field)
                except Refusal:
                    field.formula = Formula(lambda _: None, ZoneInfo(base.time_zone), world.clock)


def _bound(world: World, base: Base, table: Table, field: Field) -> Formula:
    text = str(field.setting("formula_expression", "")).strip()
    run: Callable[[Scope], Any] = lambda _: None  # noqa: E731 - an empty formula is an empty column
    if text:
        binder = Binder(world, base, table, field.references)
        run = binder.bind(syntax.parse(text)).run
        field.references = binder.references
    return Formula(run, ZoneInfo(base.time_zone), world.clock)
