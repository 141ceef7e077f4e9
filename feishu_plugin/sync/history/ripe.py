"""Which requirements may leave the register: ended and left alone for so long, and nothing open on them.

Judged from the accepted state, so that a day with nothing to archive costs no call to Feishu.
"""

import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from feishu_plugin.policy import Parameters
from feishu_plugin.ports import PendingEffect
from feishu_plugin.records import Accepted, Record
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.history.own_columns import GENERATED

_TABLE = "requirement"
_EVER = timedelta(days=3650)
_MOST_WAITING = 10_000
"""Where more waits to be sent, nobody looks through all of it: the archive waits, too."""
_ID = re.compile(r"rec\w+")


def ripe(desk: Desk, now: datetime, held: Collection[str]) -> list[str]:
    """Record ids, those that ended first at the front; without those ``held`` back."""
    since = dict(_ended_long_ago(desk, now))
    for one in held:
        since.pop(one, None)
    if not since:
        return []
    busy = desk.store.newer(desk.app_token, since, 0) | _awaited(desk, now)
    return sorted(since.keys() - busy, key=lambda one: (since[one], one))


def may_leave(row: Record, state: Accepted | None, parameters: Parameters, now: datetime) -> bool:
    """The same asked of the row itself: unjudged edits and late ones keep it in the register."""
    if state is None or row.modified_at is None or row.modified_at > _until(parameters, now):
        return False
    keys = {*row.values, *state.record.values} - {"modified_at", "modified_by", "created_at"}
    # The state knows our own columns only.
    return all(row.get(key) == state.record.get(key) for key in keys if not key.startswith(GENERATED))


def _ended_long_ago(desk: Desk, now: datetime) -> Iterator[tuple[str, datetime]]:
    parameters = desk.policy.parameters
    options = desk.schema.table(_TABLE).field("status").options
    alive = {"", *(option.key for option in options)} - {*parameters.ended_statuses}
    for record_id, state in desk.store.all_accepted(desk.app_token, _TABLE, alive):
        ended = _ended_at(state)
        is_over = state.record.get("status") in parameters.ended_statuses and ended <= _until(parameters, now)
        if is_over and state.record.get("number") and not _is_open(state, now):
            yield record_id, ended


def _ended_at(state: Accepted) -> datetime:
    closed = state.record.get("closed_at")
    return closed if isinstance(closed, datetime) else state.status_since


def _is_open(state: Accepted, now: datetime) -> bool:
    """Something that people agreed on still runs."""
    until = state.record.get("override_until")
    overridden = bool(state.record.get("manual_priority")) and isinstance(until, datetime) and now < until
    return overridden or any(now < waiver.until for waiver in state.waivers)


def _until(parameters: Parameters, now: datetime) -> datetime:
    return now - timedelta(days=parameters.archive_after_days)


def _awaited(desk: Desk, now: datetime) -> set[str]:
    """Everything named like a record in what waits to be written, sent or told."""
    app_token, later = desk.app_token, now + _EVER
    waiting: list[PendingEffect] = []
    for ask in (desk.store.due, desk.store.mails_due, desk.store.webhooks_due):
        waiting += ask(app_token, later, _MOST_WAITING)
    waiting += desk.store.lines(app_token, later)
    told = (f"{one.effect.target} {one.effect.identity} {one.effect.body}" for one in waiting)
    return {found for text in told for found in _ID.findall(text)}
