"""Records that cannot be settled now: set apart, told to the administrator, tried again later.

One row that Feishu will not take (an owner who left, a cell that is too long) must not stop
the rows beside it. Its hints stay open in the inbox, so nothing is lost by a restart; only
when to try again is kept in memory. Never used for what concerns the whole base: a network
that is down or a lacking permission is raised, not laid at the door of single records.
"""

import hashlib
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from feishu_plugin.errors import FeishuError, FeishuUnreachable, PluginError
from feishu_plugin.ports import Hint, Settlement
from feishu_plugin.records import Record
from feishu_plugin.reminders.deliver import REFUSED_ROW, TOO_LARGE
from feishu_plugin.rules.actions import Tell
from feishu_plugin.sync.desk import Desk, Stuck
from feishu_plugin.sync.outgoing import cards_of

Hints = Mapping[str, Sequence[Hint]]
"""Open hints by record id."""
T = TypeVar("T")
log = logging.getLogger(__name__)

TOO_LONG_CELL = 1254130
_MOST_TRIED = 50
"""Failures of one round that are looked for one by one: each costs some calls to Feishu."""
_FIRST, _LONGEST = timedelta(minutes=1), timedelta(hours=1)


def is_of_a_record(error: Exception) -> bool:
    """True when other records may well be settled although this one (or one of these) is not.

    Anything but an error of ours is a bug that some value brought about: most rows lack it.
    """
    if isinstance(error, FeishuError):
        refused = error.code in REFUSED_ROW or error.code in (TOO_LARGE, TOO_LONG_CELL)
        return refused and not isinstance(error, FeishuUnreachable)
    return not isinstance(error, PluginError)


def ready(desk: Desk, most: int) -> Sequence[Hint]:
    """The oldest open hints, and some of whom they keep waiting, without the records set apart."""
    resting = sum(one.rows for one in desk.stuck.values())
    hints = desk.store.pending(desk.app_token, most + resting)
    now = desk.clock.now()
    newest = {hint.record_id: hint.row for hint in hints}
    held = {
        record_id: one
        for record_id, one in desk.stuck.items()
        # A newer hint means that somebody edited the row: perhaps it can be settled now.
        if now < one.again_at and newest.get(record_id, 0) <= one.last_row
    }
    return [hint for hint in hints if hint.record_id not in held]


def rest(desk: Desk, hints: Sequence[Hint], until: datetime | None = None) -> None:
    """Lays records aside until something new is heard of them, or the structure is mended (``wake``).

    They are looked at again at ``until``, without it in an hour.
    """
    again_at = until or desk.clock.now() + _LONGEST
    rows: dict[str, list[int]] = {}
    for hint in hints:
        rows.setdefault(hint.record_id, []).append(hint.row)
    for record_id, found in rows.items():
        desk.stuck[record_id] = Stuck(tries=0, again_at=again_at, rows=len(found), last_row=max(found))


def wake(desk: Desk) -> None:
    """Tries every record again that was set apart: what kept it may be mended."""
    for record_id, one in desk.stuck.items():
        desk.stuck[record_id] = replace(one, again_at=desk.clock.now())


def settle_most(desk: Desk, hints: Hints, settle: Callable[[Hints], T]) -> Sequence[T]:
    """Settles all of these records but those that cannot be; answers what each part gave.

    Records that waited for another try come by themselves, not to fail the others again.
    """
    known = {record_id: desk.stuck[record_id].tries for record_id in hints if record_id in desk.stuck}
    found = _Sorted()
    done: list[T] = []
    for part in ([one for one in hints if one not in known], sorted(known, key=known.__getitem__)):
        done += _settle(desk, {record_id: hints[record_id] for record_id in part}, settle, found)
    if found.causes or found.untried:
        _set_apart(desk, hints, found)
    for record_id in known.keys() - found.causes.keys() - found.untried:
        del desk.stuck[record_id]
        log.info("record_id=%s is settled again", record_id)
    return done


@dataclass(slots=True)
class _Sorted:
    """What is known of a round so far."""

    causes: dict[str, Exception] = field(default_factory=dict)
    """Records that failed on their own."""
    untried: set[str] = field(default_factory=set)
    """Records of a failing lot that was not looked through any more."""


def _settle(desk: Desk, hints: Hints, settle: Callable[[Hints], T], found: _Sorted) -> list[T]:
    """Halves find the few that fail in few calls; where many fail, the rest waits for its turn."""
    if not hints:
        return []
    try:
        return [settle(hints)]
    except Exception as error:
        if not is_of_a_record(error):
            raise
        # A store that is down raises here: that is no fault of the records.
        desk.store.pending(desk.app_token, 1)
        ids = list(hints)
        if len(ids) == 1:
            found.causes[ids[0]] = error
            return []
    if len(found.causes) >= _MOST_TRIED:
        found.untried.update(ids)
        return []
    half = len(ids) // 2
    halves = [{one: hints[one] for one in part} for part in (ids[:half], ids[half:])]
    return [done for part in halves for done in _settle(desk, part, settle, found)]


def _set_apart(desk: Desk, hints: Hints, found: _Sorted) -> None:
    """Notes when each record is tried again, and tells the administrator once per cause."""
    now = desk.clock.now()
    for record_id in (*found.causes, *found.untried):
        before = desk.stuck[record_id].tries if record_id in desk.stuck else 0
        tries = before + (record_id in found.causes)
        wait = min(_FIRST * 2 ** min(max(tries - 1, 0), 10), _LONGEST)
        rows, last_row = _held(desk.stuck.get(record_id), [hint.row for hint in hints[record_id]])
        desk.stuck[record_id] = Stuck(tries=tries, again_at=now + wait, rows=rows, last_row=last_row)
        if error := found.causes.get(record_id):
            bug = error if tries == 1 and not isinstance(error, PluginError) else None
            cause = _cause(error)
            log.error(
                "record_id=%s cannot be settled, next try in %s: %s", record_id, wait, cause, exc_info=bug
            )
    if found.untried:
        log.error("%s more records wait, because many of their lot cannot be settled", len(found.untried))
    _tell(desk, found.causes, now)


def _held(before: Stuck | None, rows: Sequence[int]) -> tuple[int, int]:
    """How many hints, and the newest: edits and presses of one record are settled one after the other.

    Forgetting the newer of the two would look like a fresh edit: a reason to try at once, for ever.
    """
    if before is None or before.last_row in rows:
        return len(rows), max(rows)
    return before.rows + len(rows), max(before.last_row, *rows)


def _tell(desk: Desk, causes: Mapping[str, Exception], now: datetime) -> None:
    tells = [(Record(record_id=record_id), _told(record_id, error)) for record_id, error in causes.items()]
    cards = cards_of(desk, tells, now)
    desk.store.settle(desk.app_token, Settlement(effects=cards))


def _told(record_id: str, error: Exception) -> Tell:
    kind = f"{error.code}:{error.endpoint}" if isinstance(error, FeishuError) else repr(error)
    digest = hashlib.sha256(kind.encode("utf-8", "replace")).hexdigest()[:12]
    note = f"一条需求（{record_id}）暂时无法处理，稍后自动重试；其他需求不受影响。原因：{_cause(error)}"
    return Tell(event="trouble", identity=f"stuck:{digest}", facts={"note": note})


def _cause(error: Exception) -> str:
    """What a bug says may hold what people wrote: only its kind is told."""
    return str(error) if isinstance(error, PluginError) else f"内部错误 {type(error).__name__}，详见日志"
