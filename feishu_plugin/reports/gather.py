"""Reads the register and the ledger once, page by page, and keeps only what a period needs.

The half of the shell that reads; it writes nothing. In memory stay the requirements that
were alive in the period, without their long texts, and a few cells of each of
their ledger rows.
"""

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import datetime, timedelta

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Tables
from feishu_plugin.records import Record, Requirement, Transition
from feishu_plugin.reports.custom import asked_fields
from feishu_plugin.reports.facts import Facts, confirmed_duplicates
from feishu_plugin.reports.history import PUT_BACK, STOOD, history_of
from feishu_plugin.reports.periods import Period
from feishu_plugin.reports.requirements import Requirements
from feishu_plugin.reports.statuses import Statuses
from feishu_plugin.rules import override

UNMEASURED = frozenset(
    {
        *("description", "scenario", "customer_words", "expectation", "history", "attachments"),
        *("solution", "acceptance", "result", "progress", "risk", "feedback", "follow_up"),
        *("priority_note", "limit_basis", "rule_hint", "remark", "similar"),
    }
)
"""Long cells that no measure reads; forgetting one costs memory, never a wrong figure. Custom
reports may ask for them: then they stay."""
_MOVE = ("from_status", "to_status", "at", "verdict", "score", "effect_key", "operator")


def gather(tables: Tables, policy: Policy, period: Period, now: datetime) -> tuple[Facts, tuple[str, ...]]:
    """The facts of a period, and the ids of the requirements that tell no date at all.

    One reading serves every shorter period inside: see ``Facts.within``.
    """
    statuses = Statuses.of(policy.parameters)
    horizon = period.end + timedelta(days=policy.parameters.recurrence_days)
    rows = Requirements(tables)
    left_out = UNMEASURED - asked_fields(policy.definitions)
    alive = {r.record_id: _slim(r, left_out) for r in rows if _matters(r, period, horizon, statuses)}
    moves = _moves(tables, alive, rows.archived, period)
    told = {key: history_of(r, moves.pop(key, ()), statuses) for key, r in alive.items()}
    histories = tuple(history for history in told.values() if history is not None)
    facts = Facts(
        period=period,
        now=now,
        policy=policy,
        statuses=statuses,
        histories=histories,
        duplicates=confirmed_duplicates(histories, statuses),
        archived=frozenset(rows.archived.values()),
        entries=_entries(tables) if any(r.get("knowledge") for r in alive.values()) else {},
    )
    return facts, tuple(key for key, history in told.items() if history is None)


def _entries(tables: Tables) -> dict[str, datetime]:
    if "knowledge" not in tables.binding.tables:
        return {}
    rows = (row for page in tables.scan("knowledge") for row in page)
    return {row.record_id: row.created_at for row in rows if row.created_at}


def _slim(requirement: Requirement, left_out: Set[str]) -> Requirement:
    """Of 优先级说明 only the sentence that tells of an override that has ended."""
    known = {key: value for key, value in requirement.values.items() if key not in left_out}
    ended = override.said_before(requirement.get("priority_note")) if "priority_note" in left_out else ""
    return replace(requirement, values={**known, "priority_note": ended} if ended else known)


def _matters(requirement: Requirement, period: Period, horizon: datetime, statuses: Statuses) -> bool:
    """False when it came too late, or rested (not open, untouched) before the period began.

    Up to the horizon a new one may still be the duplicate of one finished in the period.
    """
    touched = requirement.modified_at
    rested = touched is not None and touched < period.begin
    if rested and not statuses.is_open(requirement.status or statuses.initial):
        return False
    born = requirement.submitted_at or requirement.created_at
    return born is None or born <= horizon


def _moves(
    tables: Tables, alive: dict[str, Requirement], archived: Mapping[str, str], period: Period
) -> dict[str, list[Transition]]:
    moves: dict[str, list[Transition]] = defaultdict(list)
    wanted = alive.keys()
    for page in tables.scan("transition"):
        for row in page:
            # Asked first, for most tell of others, and without a call, for there are a million.
            link = row.values.get("requirement")
            told_of = link if isinstance(link, tuple) else _lost_link(row, archived)
            if wanted.isdisjoint(told_of):
                continue
            known = _move(row)
            if known.verdict in STOOD or _was_undone_in(known, period):
                for record_id in wanted & told_of:
                    moves[record_id].append(known)
    return moves


def _lost_link(row: Record, archived: Mapping[str, str]) -> tuple[str, ...]:
    """The link of a row of the ledger is gone once its requirement is archived; its number stays."""
    known = archived.get(str(row.values.get("number")))
    return (known,) if known else ()


def _was_undone_in(row: Transition, period: Period) -> bool:
    at = row.at or row.created_at
    return row.verdict == PUT_BACK and at is not None and at in period


def _move(row: Record) -> Transition:
    values = {key: row.values[key] for key in _MOVE if key in row.values}
    return Transition(record_id=row.record_id, values=values, created_at=row.created_at)
