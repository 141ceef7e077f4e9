"""The property of plan and apply, for any base: in memory and over HTTP alike.

From a base as schema *a* wants it, with cells in it and after people's hands were on it, to
schema *b*: nothing is touched without consent, nothing is lost but what was named, and
afterwards nothing differs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from feishu_plugin.binding import LiveField, LiveTable, options_of
from feishu_plugin.errors import UnsafePlan
from feishu_plugin.schema import Schema
from feishu_plugin.sync.structure.apply import Consent, apply
from feishu_plugin.sync.structure.live import Base, look
from feishu_plugin.sync.structure.plan import Plan
from tests.sync.structure.filled import Cells, Snapshot, fill, snapshot
from tests.sync.structure.people import Deed, Made, act


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A new base: what plan and apply work on, its cells, and how to forget its ids."""

    base: Base
    cells: Cells
    forget: Callable[[], None]

    def live(self) -> Sequence[LiveTable]:
        """The base as it is."""
        return tuple(self.base.structure.live())

    def state(self) -> tuple[object, Snapshot]:
        """Everything that a refused run must leave as it is."""
        return self.live(), snapshot(self.live(), self.cells)


def prove(ground: Ground, a: Schema, b: Schema, done: Sequence[Deed], *, forgets: bool) -> str:
    """Goes from *a* to *b* and checks; answers how it ended."""
    assert [str(failure) for failure in apply(ground.base, a).failed] == []
    fill(ground.live(), ground.cells)
    assert snapshot(ground.live(), ground.cells), "the cells must be seen"
    names = paths_by_name(a, ground.live())
    made = act(ground.base.structure, done)
    if forgets:
        ground.forget()
    plan = Plan.of(b, look(ground.base, b))
    if plan.refused or plan.forbidden:
        _refuses_whole(ground, b, plan)
    if plan.refused:
        return "refused"
    ended = _applies(ground, b, plan, made, names)
    if not forgets:
        _names_follow(b, ground.live(), names)
    return ended


def paths_by_name(schema: Schema, tables: Sequence[LiveTable]) -> dict[str, str]:
    """Id of table, column and option to key path, found by nothing but today's names."""
    live, found = {table.name: table for table in tables}, {}
    for table in schema.tables:
        here = live[table.zh]
        found[here.table_id] = table.key
        columns = {column.name: column for column in here.fields}
        for field in table.fields:
            column = columns[field.zh]
            found[column.field_id] = f"{table.key}.{field.key}"
            ids = {option["name"]: str(option["id"]) for option in options_of(column)}
            found |= {ids[option.zh]: f"{table.key}.{field.key}.{option.key}" for option in field.options}
    return found


def _refuses_whole(ground: Ground, b: Schema, plan: Plan) -> None:
    """Without consent nothing changes, and every reason is named."""
    before = ground.state()
    with pytest.raises(UnsafePlan) as refusal:
        apply(ground.base, b)
    for change in (*plan.refused, *plan.forbidden):
        assert change.path in str(refusal.value)
    assert ground.state() == before


def _applies(ground: Ground, b: Schema, plan: Plan, made: Made, names: Mapping[str, str]) -> str:
    tables = ground.live()
    before = snapshot(tables, ground.cells)
    costs = frozenset(change.path for change in plan.forbidden)
    result = apply(ground.base, b, consent=Consent(paths=costs))
    assert [str(failure) for failure in result.failed] == []
    left = Plan.of(b, look(ground.base, b))
    assert not left, str(left)
    lost = _named_ids(tables, plan, names)
    _cells_are_kept(before, snapshot(ground.live(), ground.cells), lost)
    _peoples_are_there(ground.live(), made, lost)
    return "applied, named" if costs else "applied"


def _named_ids(tables: Sequence[LiveTable], plan: Plan, names: Mapping[str, str]) -> set[str]:
    """Ids of what a destructive change names, with everything inside it.

    What was ours from the start is known by its path, what people made by its label: a copy of
    a column becomes ours when the column itself is gone.
    """
    paths = {change.path for change in plan.forbidden}
    labels = {change.name.rpartition(".")[2] for change in plan.forbidden}

    def named(id: str, label: str) -> bool:
        return names[id] in paths if id in names else label in labels

    found = set()
    for table in tables:
        found |= {table.table_id, *_inside(table)} if named(table.table_id, table.name) else set()
        found |= {view.view_id for view in table.views if named(view.view_id, view.name)}
        for column in table.fields:
            options = {str(option["id"]): str(option["name"]) for option in options_of(column)}
            whole = named(column.field_id, column.name) or _leads_to(column, names, paths)
            found |= {column.field_id, *options} if whole else set()
            found |= {id for id, label in options.items() if named(id, label)}
    return found


def _leads_to(column: LiveField, names: Mapping[str, str], paths: set[str]) -> bool:
    """True for a link that goes with the other end of it."""
    ends = (column.property.get("table_id"), column.property.get("back_field_id"))
    return any(names.get(str(end)) in paths for end in ends)


def _inside(table: LiveTable) -> set[str]:
    """Whatever people have in a table goes with it."""
    options = {str(option["id"]) for column in table.fields for option in options_of(column)}
    return options | {column.field_id for column in table.fields} | {view.view_id for view in table.views}


def _cells_are_kept(before: Snapshot, after: Snapshot, lost: set[str]) -> None:
    for place, value in before.items():
        if lost.isdisjoint(place):
            kept = value - lost if isinstance(value, frozenset) else value
            if kept and kept not in lost:
                assert after.get(place) == kept, place


def _peoples_are_there(tables: Sequence[LiveTable], made: Made, lost: set[str]) -> None:
    columns = [column for table in tables for column in table.fields]
    there = {table.table_id for table in tables} | {column.field_id for column in columns}
    there |= {view.view_id for table in tables for view in table.views}
    there |= {str(option["id"]) for column in columns for option in options_of(column)}
    gone = made.tables | made.columns | made.options | made.views
    assert gone - there - lost == set()


def _names_follow(b: Schema, tables: Sequence[LiveTable], names: Mapping[str, str]) -> None:
    """What is there under its old id is called as the new schema says: nothing was confused."""
    labels = {table.key: table.zh for table in b.tables}
    for table in b.tables:
        for field in table.fields:
            labels[f"{table.key}.{field.key}"] = field.zh
            labels |= {f"{table.key}.{field.key}.{option.key}": option.zh for option in field.options}
    now = {table.table_id: table.name for table in tables}
    columns = [column for table in tables for column in table.fields]
    now |= {column.field_id: column.name for column in columns}
    now |= {str(option["id"]): str(option["name"]) for column in columns for option in options_of(column)}
    wrong = {
        path: now[id] for id, path in names.items() if id in now and labels.get(path, now[id]) != now[id]
    }
    assert wrong == {}
