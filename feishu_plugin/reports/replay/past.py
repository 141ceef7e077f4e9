"""The past as far as it is known: the requirements a period concerns and their ledger rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from feishu_plugin.policy import Policy
from feishu_plugin.ports import Tables
from feishu_plugin.records import Requirement, Transition
from feishu_plugin.reports.history import STOOD, History, history_of
from feishu_plugin.reports.periods import Period
from feishu_plugin.reports.requirements import Requirements
from feishu_plugin.reports.statuses import Statuses

_CELLS = (
    "requirement",
    "number",
    "from_status",
    "to_status",
    "operator",
    "at",
    "source",
    "verdict",
    "reason",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a replay looks at; all of it as it stands in the base today."""

    period: Period
    now: datetime
    moves: tuple[Transition, ...]
    """The ledger rows of the period that tell of a person's move, oldest first."""
    records: Mapping[str, Requirement]
    """Requirements by record id; deleted ones are absent."""
    histories: Mapping[str, History]
    """By record id, of every requirement that tells when it came."""


def read_past(tables: Tables, policy: Policy, period: Period, now: datetime) -> Past:
    """Reads the ledger and the register once."""
    rows = [_slim(row) for row in _rows(tables)]
    counting = [row for row in rows if _counts(row, period)]
    moved = {one for row in counting for one in row.requirement or (row.number,)}
    statuses, everybody = Statuses.of(policy.parameters), Requirements(tables)
    records = {
        r.record_id: r for r in everybody if {r.record_id, r.number} & moved or _alive(r, period, statuses)
    }
    by_record: dict[str, list[Transition]] = defaultdict(list)
    for row in (rows := [_linked(row, everybody.archived) for row in rows]):
        for record_id in row.requirement:
            by_record[record_id].append(row)
    moves = sorted((row for row in rows if _counts(row, period)), key=_moment)
    told = {key: history_of(r, _stood(by_record[key]), statuses) for key, r in records.items()}
    histories = {key: history for key, history in told.items() if history is not None}
    return Past(period=period, now=now, moves=tuple(moves), records=records, histories=histories)


def _rows(tables: Tables) -> Iterator[Transition]:
    for page in tables.scan("transition"):
        for row in page:
            yield Transition(record_id=row.record_id, values=row.values, created_at=row.created_at)


def _slim(row: Transition) -> Transition:
    values = {key: row.values[key] for key in (*_CELLS, "effect_key") if key in row.values}
    return Transition(record_id=row.record_id, values=values, created_at=row.created_at)


def _linked(row: Transition, archived: Mapping[str, str]) -> Transition:
    """With the requirement that its number names, where the link is gone because that was archived."""
    known = archived.get(row.number)
    return row if row.requirement or known is None else row.with_values({"requirement": (known,)})


def _counts(row: Transition, period: Period) -> bool:
    # What a rule did (自动流转, 撤销) was nobody's move: no policy would have put it back.
    return row.source != "rule" and bool(row.verdict) and row.at is not None and row.at in period


def _moment(row: Transition) -> tuple[float, str]:
    return row.at.timestamp() if row.at else 0.0, row.record_id


def _alive(record: Requirement, period: Period, statuses: Statuses) -> bool:
    """Open, or touched since the period began."""
    touched = record.modified_at
    rested = touched is not None and touched < period.begin
    return statuses.is_open(record.status or statuses.initial) or not rested


def _stood(rows: list[Transition]) -> list[Transition]:
    return [row for row in rows if row.verdict in STOOD]
