"""Reads copies back, compares them with the register cell by cell, and deletes what both hold equally.

What is expected is made from the row as it is at this moment, so an edit since it was copied shows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from feishu_plugin.archived import ARCHIVED, Content, content_of
from feishu_plugin.errors import ArchivedRowError, NotYet
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Settlement
from feishu_plugin.records import Accepted, Record, Values
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.copies import differing, unchanged
from feishu_plugin.sync.history.copying import copies
from feishu_plugin.sync.history.journal import Noted, hold, note
from feishu_plugin.sync.history.own_columns import ARCHIVE, REGISTER, Whole
from feishu_plugin.sync.settling import GONE

_CROSS = ("duplicate_of", "similar")
"""Links between requirements: they lose what is deleted."""

Verdict = Literal["equal", "differs", "changed", "gone", "unread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One requirement on its way."""

    origin: str
    number: str
    row: Record | None
    """In the register."""
    copy: Record | None
    content: Content | None = None
    """What the copy keeps, as far as it can be read."""
    columns: tuple[str, ...] = ()
    """Those that differ."""

    @property
    def verdict(self) -> Verdict:
        """What it comes to; ``unread`` when Feishu does not show the copy (yet)."""
        if self.row is None:
            return "gone"
        if self.copy is None:
            return "unread"
        if not self.columns:
            return "equal"
        is_edited = self.content is not None and not unchanged(self.content, self.row)
        return "changed" if is_edited else "differs"


def compare(desk: Desk, base: Whole, noted: Noted) -> list[Compared]:
    """Every noted requirement beside its copy; both are read anew, the register last."""
    found = base.tables.read(ARCHIVE, [one["row"] for one in noted.values()])
    rows = base.registered(list(noted))
    kept = {origin: _content(found.get(one["row"])) for origin, one in noted.items()}
    linked = {origin: one.linked_from for origin, one in kept.items() if one}
    expected = copies(desk, base, list(rows.values()), linked, desk.clock.now())
    return [
        Compared(
            origin=origin,
            number=one["number"],
            row=rows.get(origin),
            copy=(copy := found.get(one["row"])),
            content=kept[origin],
            columns=_columns(base, expected.get(origin, {}), copy),
        )
        for origin, one in noted.items()
    ]


def delete_equal(desk: Desk, base: Whole, compared: Sequence[Compared], noted: Noted) -> tuple[int, int, int]:
    """How many left, how many stay because they were edited, and how many because their copy differs.

    NotYet, when all others are done with, while Feishu does not show some copy.
    """
    by: dict[Verdict, list[Compared]] = {}
    for one in compared:
        by.setdefault(one.verdict, []).append(one)
    gone, differs, unread = by.get("gone", []), by.get("differs", []), by.get("unread", [])
    equal, overtaken = _last_look(base, by.get("equal", []))
    changed = [*by.get("changed", []), *overtaken]
    _tell(desk, differs)
    desk.stop_if_lost()
    base.tables.remove(REGISTER, [one.origin for one in equal])
    base.tables.remove(ARCHIVE, [one.copy.record_id for one in (*changed, *differs) if one.copy])
    _forget(desk, [*equal, *(one for one in gone if one.copy)])
    waiting = {one.origin for one in unread if "missed" not in noted[one.origin]}
    note(desk, {origin: {**noted[origin], "missed": "once"} for origin in waiting})
    if waiting:
        raise NotYet(
            Phrase(
                f"{len(waiting)} 行归档还读不回来", f"{len(waiting)} archived rows cannot be read back yet"
            )
        )
    return len(equal), len(changed) + len(unread), len(differs)


def _last_look(base: Whole, equal: Sequence[Compared]) -> tuple[list[Compared], list[Compared]]:
    """Those whose row is still the one that was compared, and the others."""
    rows = base.registered([one.origin for one in equal])
    still = [one for one in equal if rows.get(one.origin) == one.row]
    return still, [one for one in equal if one not in still]


def _content(copy: Record | None) -> Content | None:
    try:
        return content_of(copy) if copy else None
    except ArchivedRowError:
        return None


def _columns(base: Whole, expected: Values, copy: Record | None) -> tuple[str, ...]:
    return tuple(differing(base.archive, expected, copy)) if copy and expected else ()


def _tell(desk: Desk, differs: Iterable[Compared]) -> None:
    """Rows that differ in the same columns are told together."""
    piles: dict[str, list[Record]] = {}
    for one in differs:
        if one.row:
            piles.setdefault("、".join(one.columns), []).append(one.row)
    for columns, rows in piles.items():
        hold(desk, rows, f"副本与原记录不一致 the copy differs in: {columns}")


def _forget(desk: Desk, left: Sequence[Compared]) -> None:
    """The accepted state goes with them: an event about the deletion has nothing to say."""
    ids = [one.origin for one in left]
    if not ids:
        return
    states = _states(desk, ids)
    kept = {(ARCHIVED, one.origin): states[one.origin] for one in left if one.origin in states}
    forgotten = [(table, id) for id in ids for table in (REGISTER, GONE)]
    accepted = {**kept, **_without(desk, left)}
    desk.store.settle(desk.app_token, Settlement(accepted=accepted, forgotten=forgotten))


def _states(desk: Desk, ids: Sequence[str]) -> Mapping[str, Accepted]:
    """Where the event of the deletion was faster, it is that of a deleted row."""
    known = (desk.store.accepted(desk.app_token, table, ids) for table in (GONE, REGISTER))
    return {id: state for part in known for id, state in part.items()}


def _without(desk: Desk, left: Sequence[Compared]) -> dict[tuple[str, str], Accepted]:
    """Of requirements whose links lose a deleted one: what their cells show from now on."""
    ids = {one.origin for one in left}
    linked = [one.content.linked_from for one in left if one.content]
    pointing = {row for one in linked for key in _CROSS for row in one.get(f"{REGISTER}.{key}", ())}
    states = desk.store.accepted(desk.app_token, REGISTER, sorted(pointing - ids))
    return {(REGISTER, id): _cut(state, ids) for id, state in states.items()}


def _cut(state: Accepted, ids: Collection[str]) -> Accepted:
    links = {key: state.record.get(key) for key in _CROSS}
    kept = {
        key: tuple(one for one in value if one not in ids) or None
        for key, value in links.items()
        if isinstance(value, tuple)
    }
    return replace(state, record=state.record.with_values(kept))
