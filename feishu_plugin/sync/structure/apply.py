"""Brings a base in line with the schema: perform what the diff says, read back, diff again.

The shell of ``diff`` and ``plan``. It works in rounds: each reads the base, performs every
change that the base allows by then (a link needs its table, a filter its options) and leaves
the rest to the next round. So it may be killed at any point: the next run goes on from what
is there. It must never call a change done that reading back does not show, and never delete
anything that was not allowed by name but the empty table that Feishu puts into a new base.
"""

from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, field
from typing import Protocol

from feishu_plugin.binding import LiveTable
from feishu_plugin.errors import FeishuRefused
from feishu_plugin.identity import seen
from feishu_plugin.language import Phrase
from feishu_plugin.schema import Schema, View
from feishu_plugin.sync.structure.changes import Change
from feishu_plugin.sync.structure.diff import default_view, table_ids
from feishu_plugin.sync.structure.diff_extras import extras_seen
from feishu_plugin.sync.structure.live import Base, Live, look
from feishu_plugin.sync.structure.perform import Hand, first_fields
from feishu_plugin.sync.structure.plan import Plan

_ROUNDS_MOST = 16
"""An empty base takes three; more means that what one change does another one undoes."""
_UNSEEN = Phrase("飞书接受了，读回来却没有", "Feishu accepted it, but the base reads back without it")
_NEEDS = Phrase("它引用的东西多维表格里没有", "what it refers to is not in the base")
_LATE = frozenset({"view", "form", "role", "dashboard", "chart"})
"""What speaks of columns comes after them."""
_EVERYWHERE = frozenset({"role", "dashboard", "chart"})
"""What speaks of columns of any table."""

BeforeLoss = Callable[[Live, tuple[Change, ...]], None]
"""Told once, before the first destructive change: saves what would be lost, or raises."""


class OnStep(Protocol):
    """Told after each performed step; ``total`` may grow when Feishu lost something."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """``what`` is the label of the thing that was changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A wanted change that the base does not show, and why."""

    change: Change
    reason: Phrase

    def __str__(self) -> str:
        return f"{self.change}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a run did, judged by reading back."""

    done: tuple[Change, ...] = ()
    failed: tuple[Failure, ...] = ()
    skipped: tuple[Change, ...] = ()
    """What this tenant cannot have; never called done."""
    tables: Mapping[str, str] = field(default_factory=dict)
    """Table key to table id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What an administrator agreed to lose, by path, and what keeps it safe first."""

    paths: Set[str] = frozenset()
    before: BeforeLoss = lambda live, changes: None


def apply(
    base: Base,
    schema: Schema,
    *,
    new_base: bool = False,
    consent: Consent | None = None,
    on_step: OnStep | None = None,
) -> Applied:
    """Performs the plan until nothing differs or nothing moves any more.

    ``new_base`` says that this very run created the base: what is in it at the start is the
    empty table that Feishu made, which is deleted once a table of ours stands. Raises
    UnsafePlan before anything is changed; FeishuUnreachable leaves the rest to the next run.
    """
    allowed = consent or Consent()
    live = look(base, schema)
    feishus = {table.table_id for table in live.tables} if new_base else set()
    plan = Plan.of(schema, live, allowed.paths)
    plan.raise_if_unknown(allowed.paths)
    plan.raise_if_unsafe()
    if costly := tuple(change for change in plan.changes if change.is_destructive):
        allowed.before(live, costly)
    _learn(base, schema, live)
    work = _Work(base, schema, on_step or _silent, _steps(schema, plan))
    before: tuple[Change, ...] = ()
    for _ in range(_ROUNDS_MOST):
        stuck = plan.changes == before
        if not plan.changes or (stuck and work.pushed):
            break
        before = plan.changes
        work.round(live, plan.changes, pushing=stuck)
        live = look(base, schema)
        work.drop(live, feishus)
        _learn(base, schema, live)
        plan = Plan.of(schema, live, allowed.paths)
    return work.outcome(live, plan)


def _learn(base: Base, schema: Schema, live: Live) -> None:
    """Also what only marks tell: a copy must not take over the mark once its original is dropped."""
    found = seen(schema, tuple(live.tables)) | extras_seen(schema, live)
    base.identities.learn({**live.known, **found})


def _silent(done: int, total: int, what: str) -> None:
    return None


def _steps(schema: Schema, plan: Plan) -> int:
    """How many steps a plan takes, with those that only show once a table or view exists."""
    return sum(1 + _follow_ups(schema, change) for change in plan.changes)


def _follow_ups(schema: Schema, change: Change) -> int:
    table = schema.by_key.get(change.table)
    if table and change.kind == "add_table":
        first = (_patches(view) for view in table.views if view.zh == default_view(table))
        return len(table.fields) - len(first_fields(table)) + sum(first)
    if table and change.kind == "add_view":
        return _patches(next(view for view in table.views if view.key == change.key))
    return 0


def _comes_first(change: Change) -> bool:
    """New tables, and what gives up its name; options are dropped by the update of their column."""
    return change.kind == "add_table" or (change.verb == "drop" and change.what != "option")


def _is_early(change: Change, growing: Set[str]) -> bool:
    """True for what speaks of columns while columns still come; an empty view or dashboard does not."""
    if change.kind in ("add_view", "add_dashboard"):
        return False
    return change.what in _LATE and bool(growing) and (change.table in growing or change.what in _EVERYWHERE)


def _patches(view: View) -> int:
    settings = view.filter or view.hidden or view.sort or view.group or view.bars
    return int(bool(settings)) + int(view.type == "form")


class _Work:
    """One run: what was performed, what Feishu refused, how far it is."""

    def __init__(self, base: Base, schema: Schema, on_step: OnStep, total: int) -> None:
        self.base, self.schema, self.on_step = base, schema, on_step
        self.done: dict[Change, None] = {}
        self.refusals: dict[Change, Phrase] = {}
        self.undeleted: tuple[Failure, ...] = ()
        self.steps, self.total = 0, total
        self.pushed = False

    def round(self, live: Live, changes: tuple[Change, ...], *, pushing: bool) -> None:
        """Performs what the base allows now.

        New tables come alone: a link that had to wait for its table would end up behind
        columns that follow it in the schema. What speaks of columns comes after them; views are
        made together with them, because every round costs the reading of the whole base.
        """
        hand = Hand(self.base, self.schema, live, pushing=pushing)
        hand.dropped = frozenset(change.path for change in changes if change.kind == "drop_option")
        self.pushed = pushing
        first = [self._try(hand, change) for change in changes if _comes_first(change)]
        if any(first):
            return
        new = (change for change in changes if change.kind == "add_field")
        growing = {change.table for change in new if change not in self.refusals}
        for change in changes:
            if not (_comes_first(change) or _is_early(change, growing)):
                self._try(hand, change)

    def _try(self, hand: Hand, change: Change) -> bool:
        """True when the change was performed; a refusal is kept as the reason of its failure."""
        try:
            performed = hand.perform(change)
        except FeishuRefused as error:
            self.refusals[change] = error.phrase
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

    def drop(self, live: Live, feishus: Set[str]) -> None:
        """Deletes Feishu's own first table as soon as one of ours stands."""
        ours = set(table_ids(self.schema, live).values())
        for table in live.tables if ours else ():
            if table.table_id in feishus - ours:
                self._delete(table)

    def _delete(self, table: LiveTable) -> None:
        kept = Change(verb="keep", what="table", table="", key=table.table_id, name=table.name)
        try:
            self.base.structure.delete_table(table.table_id)
        except FeishuRefused as error:
            self.undeleted = (Failure(change=kept, reason=error.phrase),)
        else:
            self.undeleted = ()

    def outcome(self, live: Live, plan: Plan) -> Applied:
        """Everything that still differs has failed, whatever Feishu answered."""
        left = (*plan.changes, *plan.forbidden, *plan.refused)
        failed = tuple(Failure(change=c, reason=self.refusals.get(c, _UNSEEN)) for c in left)
        done = tuple(change for change in self.done if change not in left)
        return Applied(
            done=done,
            failed=failed + self.undeleted,
            skipped=plan.skipped,
            tables=table_ids(self.schema, live),
        )
