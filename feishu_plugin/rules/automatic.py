"""Moves that the plugin makes itself (自动流转): when their workdays are over, or when an answer comes.

Pure. A row with 停留工作日 looks at the clock: it is due whenever its condition holds. A row
without looks at edits: it is called for when an edit changes what it asks about so that all of
it holds. What held before (rows that are older than the plugin, or than the rule) stirs nothing,
and a move that was made is not called for again by the same answer.
"""

from collections.abc import Iterator
from datetime import datetime

from feishu_plugin.policy import Move, Policy
from feishu_plugin.records import Person, Record, Requirement
from feishu_plugin.rules.moves import condition_in_words, obstacles

_NOBODY = Person(open_id="")
"""A row that names who may make the move leaves it to them."""


def timed_move(
    policy: Policy, record: Requirement, status: str, since: datetime | None, now: datetime
) -> Move | None:
    """The first row whose workdays in ``status`` are over by now and whose condition holds.

    That nothing was filled in says something only of who came into the status under our eyes: a
    row that is older than the plugin has stood there since it was made.
    """
    seen = record.created_at is None or (since is not None and since > record.created_at)
    rows = (
        move for move in _rows(policy, status) if move.after_days and (seen or not _asks_for_nothing(move))
    )
    return next((row for row in rows if not obstacles(policy, row, record, _NOBODY, since, now)), None)


def called_for(policy: Policy, record: Requirement, known: Record, status: str, now: datetime) -> Move | None:
    """The first row without workdays that holds now by what differs from the ``known`` record."""
    rows = (move for move in _rows(policy, status) if not move.after_days and _is_news(move, record, known))
    return next((row for row in rows if not obstacles(policy, row, record, _NOBODY, None, now)), None)


def may_reopen(policy: Policy, status: str) -> bool:
    """True where an answer of the customer can move a requirement on that stands in this status."""
    return any(not move.after_days for move in _rows(policy, status))


def in_words(policy: Policy, move: Move) -> str:
    """Why the plugin made the move, for the ledger."""
    stayed = [f"停留满 {move.after_days:g} 个工作日"] if move.after_days else []
    return "；".join([*(condition_in_words(policy, c) for c in move.conditions), *stayed])


def _rows(policy: Policy, status: str) -> Iterator[Move]:
    return (m for m in policy.moves if m.automatic and m.from_status == status and m.mode != "off")


def _asks_for_nothing(move: Move) -> bool:
    return any(condition.compare == "empty" and not condition.negate for condition in move.conditions)


def _is_news(move: Move, record: Requirement, known: Record) -> bool:
    asked = {condition.field for condition in move.conditions} | set(move.required)
    return any(record.get(key) != known.get(key) for key in asked)
