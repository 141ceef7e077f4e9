"""Requirements leave the register: copied, read back and compared cell by cell, only then deleted.

The order makes every crash harmless. What is about to be copied is noted first, so that its copies
are found again; a row is deleted only while its copy shows exactly what it holds itself; what is
remembered of it is put aside last. Between the comparison and the deletion lies one call to
Feishu: an edit in that moment is lost, which no API of Feishu can rule out.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from feishu_plugin.archived import LONGEST
from feishu_plugin.errors import FeishuError, NotYet
from feishu_plugin.language import Phrase
from feishu_plugin.records import Record, Values
from feishu_plugin.sync import stuck
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.copies import NEEDED
from feishu_plugin.sync.history.copying import LinkedFrom, copies
from feishu_plugin.sync.history.deleting import compare, delete_equal
from feishu_plugin.sync.history.journal import Noted, held, hold, note, noted
from feishu_plugin.sync.history.links import Pointing, pointing
from feishu_plugin.sync.history.own_columns import ARCHIVE, REGISTER, Whole, whole
from feishu_plugin.sync.history.ripe import may_leave, ripe
from feishu_plugin.sync.settling import whole_second

_LAST = "archiving:last"
"""When something was archived for the last time."""
BATCH = 100
"""Rows copied, compared and deleted at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archived:
    """What one run did."""

    archived: int = 0
    stayed: int = 0
    """Rows that somebody still needs or changed meanwhile; a later run looks at them again."""
    differing: int = 0
    """Rows that have no faithful copy; they stay, and the administrators are told."""

    @property
    def data(self) -> dict[str, int]:
        """For machines."""
        return asdict(self)

    def __add__(self, other: "Archived") -> "Archived":
        return Archived(
            archived=self.archived + other.archived,
            stayed=self.stayed + other.stayed,
            differing=self.differing + other.differing,
        )


OnStep = Callable[[Archived], None]


def archive_when_worth_it(desk: Desk) -> Archived:
    """The daily look: nothing, while fewer than a batch are ripe and the last run is not long ago."""
    parameters, now = desk.policy.parameters, desk.clock.now()
    fact = desk.store.recall(desk.app_token, _LAST)
    rests = fact is not None and now - fact["at"] < timedelta(days=parameters.archive_every_days)
    is_full = rests and len(ripe(desk, now, held(desk))) >= parameters.archive_batch > 0
    if rests and not is_full and not noted(desk):
        return Archived()
    done = archive(desk)
    if done != Archived():
        desk.store.keep(desk.app_token, _LAST, {"at": now})
    return done


def archive(desk: Desk, on_step: OnStep = lambda done: None) -> Archived:
    """Finishes what a run before left, then moves what is ripe, at most a day's batch of it.

    NotYet while Feishu does not show a copy that was just made: the next run goes on there.
    """
    if not is_possible(desk):
        return Archived()
    parameters, now = desk.policy.parameters, whole_second(desk.clock.now())
    left = noted(desk)
    ids = ripe(desk, now, held(desk)) if parameters.archive_after_days > 0 else []
    if not left and not ids:
        return Archived()
    base = whole(desk)
    done = _finish(desk, base, left)
    ids = [one for one in ids if one not in left][: int(parameters.archive_batch)]
    done += _move(desk, base, ids, now, on_step)
    desk.saw("archive", **done.data)
    return done


def is_possible(desk: Desk) -> bool:
    """False where the base lacks what holds a copy: an older base before ``apply``."""
    binding = desk.tables.binding
    return {REGISTER, ARCHIVE} <= binding.tables.keys() and not binding.lacks(ARCHIVE, *NEEDED)


def _finish(desk: Desk, base: Whole, left: Noted) -> Archived:
    """Copies noted without their id are looked for: their creation may have been the last thing done."""
    if not left:
        return Archived()
    known = {origin: _with_row(base, origin, one) for origin, one in left.items()}
    lacking = {origin for origin, one in known.items() if not one["row"] and "missed" not in one}
    if lacking:
        # A search may lag behind a creation; copying again at once could leave two copies.
        note(desk, {o: {**one, "missed": "once"} if o in lacking else one for o, one in known.items()})
        raise NotYet(
            Phrase(
                f"{len(lacking)} 行归档可能还在路上",
                f"{len(lacking)} archived rows may still be on their way",
            )
        )
    return _leave(desk, base, {origin: one for origin, one in known.items() if one["row"]})


def _with_row(base: Whole, origin: str, one: Mapping[str, str]) -> Mapping[str, str]:
    """The copy of an original; of two, which only a lost answer can leave, the other goes."""
    if one["row"]:
        return one
    found = sorted(copy.record_id for copy in base.tables.find(ARCHIVE, "origin", origin))
    base.tables.remove(ARCHIVE, found[1:])
    return {**one, "row": next(iter(found), "")}


def _move(desk: Desk, base: Whole, ids: Sequence[str], now: datetime, on_step: OnStep) -> Archived:
    """Rows that others point at as their original stay until those have left."""
    if not ids:
        return Archived()
    states = desk.store.accepted(desk.app_token, REGISTER, ids)
    numbers = {one: str(state.record.get("number")) for one, state in states.items()}
    found = pointing(base.schema, base.tables, numbers)
    free = [one for one in ids if one in numbers and _is_free(one, numbers[one], found)]
    _number_ledger(desk, base, found, {numbers[one] for one in free})
    done = Archived(stayed=len(ids) - len(free))
    for start in range(0, len(free), BATCH):
        done += _copy(desk, base, free[start : start + BATCH], found.at, now)
        on_step(done)
    return done


def _is_free(record_id: str, number: str, found: Pointing) -> bool:
    is_original = found.at.get(record_id, {}).get(f"{REGISTER}.duplicate_of")
    return not is_original and number not in found.surveyed


def _number_ledger(desk: Desk, base: Whole, found: Pointing, leaving: set[str]) -> None:
    """Once the link is gone, only the number says whose move it was."""
    wanted: dict[str, Values] = {
        row: {"number": number} for row, number in found.numberless.items() if number in leaving
    }
    if wanted:
        desk.stop_if_lost()
        base.tables.update("transition", wanted)


def _copy(desk: Desk, base: Whole, ids: Sequence[str], at: LinkedFrom, now: datetime) -> Archived:
    states = desk.store.accepted(desk.app_token, REGISTER, ids)
    rows = base.registered(ids)
    parameters = desk.policy.parameters
    leaving = [row for id, row in rows.items() if may_leave(row, states.get(id), parameters, now)]
    cells = copies(desk, base, leaving, at, now)
    long = [id for id, values in cells.items() if len(str(values["content"])) > LONGEST]
    hold(desk, [rows[id] for id in long], "内容超过一个单元格的上限 its content is too long for a cell")
    cells = {id: values for id, values in cells.items() if id not in long}
    numbers = {id: str(rows[id].get("number")) for id in cells}
    note(desk, {id: {"number": number, "row": ""} for id, number in numbers.items()})
    made = _create(desk, base, cells, rows)
    known = {id: {"number": numbers[id], "row": row} for id, row in made.items()}
    note(desk, known)
    refused = Archived(stayed=len(ids) - len(leaving), differing=len(leaving) - len(made))
    return refused + _leave(desk, base, known)


def _create(
    desk: Desk, base: Whole, cells: Mapping[str, Values], rows: Mapping[str, Record]
) -> dict[str, str]:
    """Record id to the id of its copy; a row that Feishu refuses stays and keeps no other."""
    if not cells:
        return {}
    desk.stop_if_lost()
    try:
        made = base.tables.create(ARCHIVE, list(cells.values()), _identity(cells))
    except FeishuError as error:
        if not stuck.is_of_a_record(error):
            raise
        if len(cells) == 1:
            hold(desk, [rows[id] for id in cells], f"飞书不接受 Feishu refuses it: {error.code}")
            return {}
        return {k: v for id in cells for k, v in _create(desk, base, {id: cells[id]}, rows).items()}
    return dict(zip(cells, made, strict=True))


def _identity(cells: Mapping[str, Values]) -> str:
    """The same for the same copies: a call whose answer got lost makes no second ones."""
    told = "\n".join(f"{id} {values['checksum']} {values['archived_at']}" for id, values in cells.items())
    return f"archive:{hashlib.sha256(told.encode()).hexdigest()[:24]}"


def _leave(desk: Desk, base: Whole, known: Noted) -> Archived:
    compared = compare(desk, base, known)
    archived, stayed, differing = delete_equal(desk, base, compared, known)
    return Archived(archived=archived, stayed=stayed, differing=differing)
