"""An archived requirement comes back into the register: the same content, number, links and status.

What is remembered of it is put where the judge looks before the row is made, so that nobody takes
the row for a new one. The archive's row goes last, after the new one was read back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from feishu_plugin.archived import ARCHIVED, Content, content_of
from feishu_plugin.errors import ArchivedRowError, NotYet
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Settlement
from feishu_plugin.records import Accepted, Record, Value
from feishu_plugin.schema import Field
from feishu_plugin.sync.archive.rows import COMPUTED, LINKS
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.journal import ids_now, note_returned, noted
from feishu_plugin.sync.history.links import pointing_again
from feishu_plugin.sync.history.own_columns import ARCHIVE, REGISTER, Whole, fitting

RETURNING = "requirement:returning"
"""Where the accepted state of requirements on their way back is kept, by number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """One requirement that is back."""

    number: str
    record_id: str
    left_out: tuple[str, ...] = ()
    """Columns that could not be filled again: gone, of another type, or their linked rows are gone."""


def bring_back(desk: Desk, base: Whole, archived_row: str) -> Returned | None:
    """Restores a row of 历史需求数据表 by its record id; None when it is gone already.

    ArchivedRowError when it was altered or is just being archived.
    """
    row = base.tables.read(ARCHIVE, [archived_row]).get(archived_row)
    return _bring_back(desk, base, row) if row else None


def returning(desk: Desk, rows: Iterable[Record]) -> dict[str, Accepted]:
    """Of rows that nobody knows: what is remembered of those that are on their way back."""
    numbers = {str(row.get("number")): row.record_id for row in rows if row.get("number")}
    states = desk.store.accepted(desk.app_token, RETURNING, list(numbers)) if numbers else {}
    return {
        numbers[number]: replace(state, record=replace(state.record, record_id=numbers[number]))
        for number, state in states.items()
    }


def find_archived(desk: Desk, number: str) -> str | None:
    """The record id of the archive's row of a number; None without one."""
    if ARCHIVE not in desk.tables.binding.tables:
        return None
    return next((row.record_id for row in desk.tables.find(ARCHIVE, "number", number)), None)


def _bring_back(desk: Desk, base: Whole, row: Record) -> Returned:
    content, number = content_of(row), str(row.get("number"))
    if content.record.record_id in noted(desk):
        raise ArchivedRowError(
            Phrase(
                f"{number}：正在归档，请稍后再试", f"{number}: is just being archived; try again in a moment"
            )
        )
    cells = _cells(desk, base, content)
    state = state_of(desk, content, number)
    returning = replace(state, record=replace(state.record, values={**_ours(desk, cells)}))
    desk.store.settle(desk.app_token, Settlement(accepted={(RETURNING, number): returning}))
    desk.stop_if_lost()
    made = _made(base, number, cells, f"return:{row.record_id}")
    new, record = made.record_id, replace(made, values=_ours(desk, made.values))
    settled = Settlement(
        accepted={(REGISTER, new): replace(state, record=record)},
        forgotten=[(RETURNING, number), (ARCHIVED, content.record.record_id)],
    )
    desk.store.settle(desk.app_token, settled)
    note_returned(desk, content.record.record_id, new)
    _point_again(desk, base, content, new)
    base.tables.remove(ARCHIVE, [row.record_id])
    desk.saw("returned", because=number)
    return Returned(number=number, record_id=new, left_out=tuple(_left_out(desk, base, content, cells)))


def _point_again(desk: Desk, base: Whole, content: Content, new: str) -> None:
    """Links of other requirements are accepted before they are set: nobody is to put them back."""
    linked = {
        path: ids_now(desk, ids) if path.startswith(f"{REGISTER}.") else ids
        for path, ids in content.linked_from.items()
    }
    changes = pointing_again(base.schema, base.tables, linked, new)
    ours = changes.get(REGISTER, {})
    states = desk.store.accepted(desk.app_token, REGISTER, list(ours))
    accepted = {
        (REGISTER, id): replace(state, record=state.record.with_values(_ours(desk, ours[id])))
        for id, state in states.items()
    }
    desk.store.settle(desk.app_token, Settlement(accepted=accepted))
    for table, rows in changes.items():
        desk.stop_if_lost()
        base.tables.update(table, rows)


def _made(base: Whole, number: str, cells: Mapping[str, Value], identity: str) -> Record:
    """The row in the register, read back; one that a killed run made is found by its number."""
    there = base.tables.find(REGISTER, "number", number)
    new = there[0].record_id if there else base.tables.create(REGISTER, [cells], identity)[0]
    made = base.tables.read(REGISTER, [new]).get(new)
    if made is None:
        raise NotYet(Phrase(f"{number}：新行还读不回来", f"{number}: its new row cannot be read back yet"))
    if wrong := [base.register.fields[k].name for k, v in cells.items() if not _same(made.get(k), v)]:
        raise ArchivedRowError(
            Phrase(
                f"{number}：台账中同编号的行与归档不一致（{'、'.join(wrong)}）；两边都保留，请看哪边是对的",
                f"{number}: the row of this number in the register differs from the archive in "
                f"{'、'.join(wrong)}; both are kept, look which one is right",
            )
        )
    return made


def _cells(desk: Desk, base: Whole, content: Content) -> dict[str, Value]:
    """Everything that can be written again; links only to rows that are there."""
    fields = desk.schema.table(REGISTER).by_key
    ours = {
        key: _linked(desk, base, fields[key], value)
        for key, value in content.record.values.items()
        if key in base.register.fields and fields[key].type not in COMPUTED
    }
    found = {**fitting(desk.schema, base.register, content.own), **ours}
    return {key: value for key, value in found.items() if value is not None}


def _linked(desk: Desk, base: Whole, field: Field, value: Value) -> Value:
    if field.type not in LINKS or not isinstance(value, tuple) or field.table is None:
        return value
    wanted = ids_now(desk, value) if field.table == REGISTER else value
    there = base.tables.read(field.table, wanted)
    return tuple(one for one in wanted if one in there) or None


def state_of(desk: Desk, content: Content, number: str) -> Accepted:
    """As it was when it left; a database that does not know it any more learns it from the content."""
    origin = content.record.record_id
    known = desk.store.accepted(desk.app_token, ARCHIVED, [origin]).get(origin)
    if known is None:
        known = desk.store.accepted(desk.app_token, RETURNING, [number]).get(number)
    if known is not None:
        return known
    moments = (content.record.get("closed_at"), content.record.modified_at, desk.clock.now())
    since = next(at for at in moments if isinstance(at, datetime))
    return Accepted(record=content.record, status_since=since, policy_version=desk.policy.version)


def _ours(desk: Desk, values: Mapping[str, Value]) -> dict[str, Value]:
    keys = desk.schema.table(REGISTER).by_key
    return {key: value for key, value in values.items() if key in keys}


def _same(shown: Value, wanted: Value) -> bool:
    if isinstance(shown, tuple) and isinstance(wanted, tuple):
        return sorted(shown) == sorted(wanted)
    return shown == wanted


def _left_out(desk: Desk, base: Whole, content: Content, cells: Mapping[str, Value]) -> list[str]:
    fields = desk.schema.table(REGISTER).by_key
    held = content.record.values
    ours = [fields[key].zh for key, value in held.items() if _is_lost(fields[key], value, cells.get(key))]
    own = fitting(desk.schema, base.register, content.own)
    there = {base.register.fields[key].name for key in own}
    lost = [name for name, one in content.own.items() if name not in there and one.type not in COMPUTED]
    return [*ours, *lost]


def _is_lost(field: Field, value: Value, written: Value) -> bool:
    """Of links only how many there are: requirements that came back have other ids."""
    if field.type in LINKS and isinstance(value, tuple):
        return not isinstance(written, tuple) or len(written) < len(value)
    return field.type not in COMPUTED and not _same(written, value)
