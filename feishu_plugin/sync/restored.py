"""After a restore: what the base itself remembers is taken over, before anything is judged or sent.

The base knows more than an old copy of our state: 状态流转记录 tells which moves were judged,
通知记录 what was told. So rows that changed since are taken as they stand, with the status that the
ledger says was accepted last; moves the ledger does not know are judged as always. What was
written or told is not written or told again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feishu_plugin.ports import Hint, Settlement
from feishu_plugin.records import Accepted, Record
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.sync import sweep
from feishu_plugin.sync.aged import is_aged, is_current
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.relearned import doubt
from feishu_plugin.sync.intake.arrivals import arrived_in
from feishu_plugin.sync.settling import TABLE

_LEDGER, _NOTICES = "transition", "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """The newest move of a requirement that was let stand."""

    status: str
    at: datetime


def reconcile(desk: Desk) -> bool:
    """Brings the state of a restored database up to the base; False when it was not restored.

    May be stopped and done again. Ends with a full sweep, which also finds what was deleted.
    """
    if not is_aged(desk):
        return False
    keys, moves = _ledger(desk)
    told = _told(desk)
    arrived: dict[str, str] = {}
    taken = 0
    for page in _pages(desk, TABLE):
        arrived |= arrived_in(page)
        taken += _take_over(desk, page, moves)
    _retell_mornings(desk, told)
    desk.stop_if_lost()
    sent = dict.fromkeys([*keys, *told, *(f"notice:{identity}" for identity in told)], "") | arrived
    desk.store.note_sent(desk.app_token, sent, desk.clock.now())
    sweep.sweep_anyway(desk, full=True)
    doubt(desk)
    is_current(desk)
    desk.saw("restored", records=taken, sent=len(sent))
    return True


def _ledger(desk: Desk) -> tuple[list[str], Mapping[str, _Move]]:
    """Identities of all rows of the ledger as effects, and the newest standing move of each record."""
    keys: list[str] = []
    moves: dict[str, _Move] = {}
    for row in _rows(desk, _LEDGER):
        if key := row.get("effect_key"):
            keys.append(f"ledger:{key}")
        found = _move(row)
        for record_id in _linked(row):
            known = moves.get(record_id)
            if found and (known is None or found.at >= known.at):
                moves[record_id] = found
    return keys, moves


def _move(row: Record) -> _Move | None:
    """None for what changed no status: a put-back, or another owner."""
    status, at = row.get("to_status"), row.get("at")
    stands = row.get("verdict") != "put_back" and row.get("from_status") != status
    if stands and isinstance(status, str) and isinstance(at, datetime):
        return _Move(status=status, at=at)
    return None


def _linked(row: Record) -> tuple[str, ...]:
    linked = row.get("requirement")
    return tuple(one for one in linked if isinstance(one, str)) if isinstance(linked, tuple) else ()


def _told(desk: Desk) -> Mapping[str, Record]:
    """Identity of everything that 通知记录 shows to its row."""
    rows = _rows(desk, _NOTICES)
    return {identity: row for row in rows if isinstance(identity := row.get("identity"), str) and identity}


def _take_over(desk: Desk, page: Sequence[Record], moves: Mapping[str, _Move]) -> int:
    """Remembers the changed rows of a page as they stand, and has the rules look at them."""
    known = desk.store.accepted(desk.app_token, TABLE, [row.record_id for row in page])
    changed = {row.record_id: row for row in page if sweep.differs(row, known)}
    found = {
        (TABLE, record_id): state
        for record_id, row in changed.items()
        if (state := _state(desk, row, known.get(record_id), moves.get(record_id)))
    }
    by_id = {record_id for _, record_id in found}
    for record_id in by_id - known.keys():
        # A row that was registered since the copy holds its number before anybody is given one.
        desk.store.draw(desk.app_token, f"number:{changed[record_id].get('number')}", record_id)
    desk.stop_if_lost()
    desk.store.settle(desk.app_token, Settlement(accepted=found))
    # What we wrote last was judged before it was written; after an edit by somebody else nobody knows.
    edited = [row for row in changed.values() if row.record_id in by_id and row.modified_by != desk.bot]
    desk.store.put([_hint(desk, row) for row in edited])
    return len(found)


def _state(desk: Desk, row: Record, known: Accepted | None, move: _Move | None) -> Accepted | None:
    """None for a row that nobody registered yet: it is new, and judged so."""
    if known is None and not row.get("number"):
        return None
    if known is None:
        since = move.at if move else row.created_at or desk.clock.now()
        status = move.status if move else row.get("status")
        return Accepted(record=row.with_values({"status": status}), status_since=since)
    if move and move.at > known.status_since:
        record = row.with_values({"status": move.status})
        return replace(known, record=record, status_since=move.at, snoozes=())
    return replace(known, record=row.with_values({"status": known.record.get("status")}))


def _hint(desk: Desk, row: Record) -> Hint:
    now = desk.clock.now()
    changed = row.modified_at.isoformat() if row.modified_at else "unknown"
    return Hint(
        app_token=desk.app_token,
        table_id=desk.tables.binding.tables[TABLE].table_id,
        record_id=row.record_id,
        kind="swept",
        event_id=f"restored:{changed}:{now.isoformat()}",
        received_at=now,
    )


def _retell_mornings(desk: Desk, told: Mapping[str, Record]) -> None:
    """Plans the morning cards since the copy again, each as of its moment, and notes what they said.

    通知记录 knows that a card was sent, not which lines stood in it.
    """
    mornings = _unknown_mornings(desk, told)
    for at in sorted(set(mornings.values())):
        planned = plan_reminders(
            desk.store,
            desk.policy,
            desk.people.person,
            at,
            desk.app_token,
            administrators=desk.administrators,
            packaged=desk.packaged,
        )
        sent = [effect for effect in planned if effect.kind == "card" and effect.identity in told]
        desk.stop_if_lost()
        desk.store.settle(desk.app_token, Settlement(effects=sent))


def _unknown_mornings(desk: Desk, told: Mapping[str, Record]) -> Mapping[str, datetime]:
    """Identity of each morning card that the copy does not know to when the last of its day went out."""
    cards: dict[str, datetime] = {}
    for identity, row in told.items():
        at = row.get("at")
        if isinstance(at, datetime) and identity.startswith("digest:"):
            cards[identity] = at
    known = desk.store.told(desk.app_token, list(cards))
    day = desk.policy.worktime.local_day
    last: dict[object, datetime] = {}
    for identity in cards.keys() - known:
        last[day(cards[identity])] = max(cards[identity], last.get(day(cards[identity]), cards[identity]))
    return {identity: last[day(cards[identity])] for identity in cards.keys() - known}


def _rows(desk: Desk, table: str) -> Iterator[Record]:
    for page in _pages(desk, table):
        yield from page


def _pages(desk: Desk, table: str) -> Iterator[Sequence[Record]]:
    if table in desk.tables.binding.tables:
        yield from desk.tables.scan(table)
