"""What would be taken back, and what is left alone because somebody went on from there; pure.

A field goes back to the value before the person's first edit of the window, and only while it
still shows what their last edit left: whatever was done since is nobody's mistake to undo.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from feishu_plugin.ports import Edit
from feishu_plugin.records import Accepted, Record, Transition, Value
from feishu_plugin.reports.history import STOOD
from feishu_plugin.reports.periods import Period

STATUS = "status"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of the records a person touched."""

    moves: Sequence[Transition]
    """Ledger rows, oldest first."""
    edits: Sequence[Edit]
    """Logged edits since the window began, of everybody, oldest first."""
    live: Mapping[str, Record]
    """The rows as they stand; deleted ones are absent."""
    accepted: Mapping[str, Accepted]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Whose edits of when are to be taken back."""

    person: str
    """open_id."""
    period: Period
    fields: tuple[str, ...] = (STATUS,)
    """Keys of 需求台账."""


@dataclass(slots=True, kw_only=True)
class Step:
    """One record and the values that it gets back."""

    record_id: str
    values: dict[str, Value] = field(default_factory=dict)
    """What is to be written."""
    expected: dict[str, Value] = field(default_factory=dict)
    """What the row must still show at that moment."""
    since: datetime | None = None
    """When the record had come into the status it gets back; None: unknown, or the status stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A value that is left alone."""

    record_id: str
    field: str
    why: str
    """``deleted``, ``moved``, ``edited``, or ``unsettled`` (nobody judged the newest edit yet)."""
    by: str = ""
    """open_id of whoever went on from there, as far as known."""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoPlan:
    """Everything that is taken back, and everything that is not."""

    steps: tuple[Step, ...]
    conflicts: tuple[Conflict, ...]

    @property
    def data(self) -> dict[str, Any]:
        """For machines."""
        return {
            "undo": [{"record_id": s.record_id, "from": s.expected, "to": s.values} for s in self.steps],
            "conflicts": [
                {"record_id": c.record_id, "field": c.field, "why": c.why, "by": c.by, "at": c.at}
                for c in self.conflicts
            ],
        }


def plan_undo(wish: Wish, past: Past) -> UndoPlan:
    """The plan; carried out and planned again it is empty."""
    steps: dict[str, Step] = {}
    conflicts: list[Conflict] = []
    if STATUS in wish.fields:
        _statuses(wish, past, steps, conflicts)
    for key in wish.fields:
        if key != STATUS:
            _field(key, wish, past, steps, conflicts)
    return UndoPlan(steps=tuple(steps.values()), conflicts=tuple(conflicts))


def touched(wish: Wish, moves: Iterable[Transition], edits: Iterable[Edit]) -> set[str]:
    """The records with moves or edits of the person in the window."""
    moved = {record_id for row in moves if _is_mine(wish, row) for record_id in row.requirement}
    return moved | {edit.record_id for edit in edits if _is_my_edit(wish, edit) and edit.field in wish.fields}


def _statuses(wish: Wish, past: Past, steps: dict[str, Step], conflicts: list[Conflict]) -> None:
    by_record: dict[str, list[Transition]] = defaultdict(list)
    for row in past.moves:
        for record_id in row.requirement:
            if row.verdict in STOOD:
                by_record[record_id].append(row)
    for record_id, rows in by_record.items():
        mine = [row for row in rows if _is_mine(wish, row)]
        if not mine:
            continue
        before, after = mine[0].from_status, mine[-1].to_status
        others = [row for row in rows[rows.index(mine[0]) :] if row not in mine]
        conflict = _conflict(past, record_id, STATUS, before, after, others)
        if conflict:
            conflicts.append(conflict)
        elif past.live[record_id].get(STATUS) != before:
            step = steps.setdefault(record_id, Step(record_id=record_id, since=_since(rows, mine[0])))
            step.values[STATUS], step.expected[STATUS] = before, after
            _give_back(wish, past, step)


def _conflict(
    past: Past, record_id: str, key: str, before: Value, after: Value, others: Sequence[Transition | Edit]
) -> Conflict | None:
    """What speaks against giving back ``before``; nothing when it is back already."""
    live, known = past.live.get(record_id), past.accepted.get(record_id)
    if live is None:
        return Conflict(record_id=record_id, field=key, why="deleted")
    if live.get(key) == before:
        return None
    if others:
        last = others[-1]
        by = last.operator if isinstance(last, Edit) else next(iter(last.operator), "")
        why = "edited" if isinstance(last, Edit) else "moved"
        return Conflict(record_id=record_id, field=key, why=why, by=by, at=last.at)
    if live.get(key) != after:
        by = live.modified_by or ""
        return Conflict(record_id=record_id, field=key, why="edited", by=by, at=live.modified_at)
    if known is None or known.record.get(key) != after:
        return Conflict(record_id=record_id, field=key, why="unsettled")
    return None


def _since(rows: Sequence[Transition], first: Transition) -> datetime | None:
    earlier = [row.at for row in rows[: rows.index(first)] if row.to_status == first.from_status and row.at]
    return earlier[-1] if earlier else None


def _give_back(wish: Wish, past: Past, step: Step) -> None:
    """The dates and counters that these moves filled, where they still show what was filled."""
    for key, edits in _by_field(past.edits, step.record_id, wish).items():
        live = past.live[step.record_id].get(key)
        if live == edits[-1].after != edits[0].before:
            step.values[key], step.expected[key] = edits[0].before, edits[-1].after


def _by_field(edits: Iterable[Edit], record_id: str, wish: Wish) -> Mapping[str, list[Edit]]:
    found: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.by_rule and edit.record_id == record_id and _is_my_edit(wish, edit):
            found[edit.field].append(edit)
    return found


def _field(key: str, wish: Wish, past: Past, steps: dict[str, Step], conflicts: list[Conflict]) -> None:
    by_record: dict[str, list[Edit]] = defaultdict(list)
    for edit in past.edits:
        if edit.field == key:
            by_record[edit.record_id].append(edit)
    for record_id, edits in by_record.items():
        mine = [edit for edit in edits if _is_my_edit(wish, edit) and not edit.by_rule]
        if not mine:
            continue
        others = [edit for edit in edits[edits.index(mine[0]) :] if edit not in mine]
        before, after = mine[0].before, mine[-1].after
        conflict = _conflict(past, record_id, key, before, after, others)
        if conflict:
            conflicts.append(conflict)
        elif past.live[record_id].get(key) != before:
            step = steps.setdefault(record_id, Step(record_id=record_id))
            step.values[key], step.expected[key] = before, after


def _is_mine(wish: Wish, row: Transition) -> bool:
    made = row.source != "rule" and row.verdict in STOOD and wish.person in row.operator
    return made and row.at is not None and row.at in wish.period


def _is_my_edit(wish: Wish, edit: Edit) -> bool:
    return edit.operator == wish.person and edit.at in wish.period


def names_of(moves: Iterable[Transition], edits: Iterable[Edit], period: Period) -> Collection[str]:
    """Everybody (open_id) who moved or edited something in the window."""
    moved = {one for row in moves if row.at and row.at in period for one in row.operator}
    return sorted(moved | {edit.operator for edit in edits if edit.at in period and edit.operator})
