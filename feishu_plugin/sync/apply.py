"""Brings a base in line with the schema: perform what the diff says, read back, diff again.

The shell of ``diff`` and ``plan``. It works in rounds: each reads the base, performs every
change that the base allows by then (a link needs its table, a filter its options) and leaves
the rest to the next round. So it may be killed at any point: the next run goes on from what
is there. It must never call a change done that reading back does not show, and never
delete anything but the empty table that Feishu puts into a base made in this very run.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Protocol

from feishu_plugin.binding import LiveTable, find_table
from feishu_plugin.errors import FeishuError, FeishuUnreachable
from feishu_plugin.ports import Structure
from feishu_plugin.schema import Schema, Table, View
from feishu_plugin.sync.changes import (
    AddField,
    AddTable,
    AddView,
    Change,
    ChangeForm,
    ChangeView,
    ExtraTable,
)
from feishu_plugin.sync.diff import Live, default_view, find_view, table_ids
from feishu_plugin.sync.perform import Hand, first_fields
from feishu_plugin.sync.plan import Plan
from feishu_plugin.sync.questions import LiveForm

_ROUNDS_MOST = 12
"""An empty base takes four; more means that what one change does another one undoes."""
_UNSEEN = "Feishu accepted it, but the base reads back without it"
_NEEDS = "what it refers to is not in the base"


class OnStep(Protocol):
    """Told after each performed step; ``total`` may grow when Feishu lost something."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """``what`` is the label of the thing that was changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A wanted change that the base does not show, and why."""

    change: Change
    reason: str

    def __str__(self) -> str:
        return f"{self.change}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a run did, judged by reading back."""

    done: tuple[Change, ...] = ()
    failed: tuple[Failure, ...] = ()
    tables: Mapping[str, str] = field(default_factory=dict)
    """Table key to table id."""


def look(structure: Structure, schema: Schema) -> Live:
    """Reads the base whole, with the forms of the schema's form views."""
    tables = tuple(structure.live())
    forms = {}
    for wanted in schema.tables:
        here = find_table(wanted, tables)
        for view in wanted.views if here else ():
            found = find_view(view, here) if here and view.type == "form" else None
            if here and found and found.type == "form":
                form = structure.form(here.table_id, found.view_id)
                asked = tuple(structure.questions(here.table_id, found.view_id))
                forms[found.view_id] = LiveForm(form=form, questions=asked)
    return Live(tables=tables, forms=forms)


def apply(
    structure: Structure, schema: Schema, *, new_base: bool = False, on_step: OnStep | None = None
) -> Applied:
    """Performs the plan until nothing differs or nothing moves any more.

    ``new_base`` says that this very run created the base: what is in it at the start is the
    empty table that Feishu made, which is deleted once a table of ours stands. Raises
    UnsafePlan before anything is changed; FeishuUnreachable leaves the rest to the next run.
    """
    live = look(structure, schema)
    feishus = {table.table_id for table in live.tables} if new_base else set()
    plan = Plan.of(schema, live)
    plan.raise_if_unsafe()
    work = _Work(structure, schema, on_step or _silent, _steps(schema, plan))
    before: tuple[Change, ...] = ()
    for _ in range(_ROUNDS_MOST):
        if plan.changes == before:
            break
        before = plan.changes
        work.round(live, plan.changes)
        live = look(structure, schema)
        work.drop(live, feishus)
        plan = Plan.of(schema, live)
    return work.outcome(live, plan)


def _silent(done: int, total: int, what: str) -> None:
    return None


def _steps(schema: Schema, plan: Plan) -> int:
    """How many steps a plan takes, with those that only show once a table or view exists."""
    return sum(1 + _follow_ups(schema.table(change.table), change) for change in plan.changes)


def _follow_ups(table: Table, change: Change) -> int:
    if isinstance(change, AddTable):
        first = (_patches(view) for view in table.views if view.zh == default_view(table))
        return len(table.fields) - len(first_fields(table)) + sum(first)
    if isinstance(change, AddView):
        return _patches(next(view for view in table.views if view.key == change.key))
    return 0


def _patches(view: View) -> int:
    return int(bool(view.filter or view.hidden)) + int(view.type == "form")


class _Work:
    """One run: what was performed, what Feishu refused, how far it is."""

    def __init__(self, structure: Structure, schema: Schema, on_step: OnStep, total: int) -> None:
        self.structure, self.schema, self.on_step = structure, schema, on_step
        self.done: dict[Change, None] = {}
        self.refusals: dict[Change, str] = {}
        self.undeleted: tuple[Failure, ...] = ()
        self.steps, self.total = 0, total

    def round(self, live: Live, changes: tuple[Change, ...]) -> None:
        """Performs what the base allows now.

        New tables come alone: a link that had to wait for its table would end up behind
        columns that follow it in the schema. Views and forms come after their columns.
        """
        hand = Hand(self.structure, self.schema, live)
        added = [self._try(hand, change) for change in changes if isinstance(change, AddTable)]
        if any(added):
            return
        new = (change for change in changes if isinstance(change, AddField))
        growing = {change.table for change in new if change not in self.refusals}
        for change in changes:
            early = isinstance(change, ChangeView | ChangeForm) and change.table in growing
            if not early and not isinstance(change, AddTable):
                self._try(hand, change)

    def _try(self, hand: Hand, change: Change) -> bool:
        """True when the change was performed; a refusal is kept as the reason of its failure."""
        try:
            performed = hand.perform(change)
        except FeishuUnreachable:
            raise
        except FeishuError as error:
            self.refusals[change] = str(error)
            return False
        if performed:
            self.refusals.pop(change, None)
            self._step(change)
        else:
            self.refusals[change] = _NEEDS
        return performed

    def _step(self, change: Change) -> None:
        self.done[change] = None
        self.steps += 1
        self.total = max(self.total, self.steps)
        self.on_step(self.steps, self.total, change.name)

    def drop(self, live: Live, feishus: AbstractSet[str]) -> None:
        """Deletes Feishu's own first table as soon as one of ours stands."""
        ours = set(table_ids(self.schema, live).values())
        for table in live.tables if ours else ():
            if table.table_id in feishus - ours:
                self._delete(table)

    def _delete(self, table: LiveTable) -> None:
        kept = ExtraTable(table="", key=table.table_id, name=table.name)
        try:
            self.structure.delete_table(table.table_id)
        except FeishuUnreachable:
            raise
        except FeishuError as error:
            self.undeleted = (Failure(change=kept, reason=str(error)),)
        else:
            self.undeleted = ()

    def outcome(self, live: Live, plan: Plan) -> Applied:
        """Everything that still differs has failed, whatever Feishu answered."""
        left = (*plan.changes, *plan.refused)
        failed = tuple(Failure(change=c, reason=self.refusals.get(c, _UNSEEN)) for c in left)
        done = tuple(change for change in self.done if change not in left)
        return Applied(done=done, failed=failed + self.undeleted, tables=table_ids(self.schema, live))
