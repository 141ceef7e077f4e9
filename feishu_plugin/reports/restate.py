"""A closed period that says something else now gets rows in 更正记录: old, new, why and who; pure."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from feishu_plugin.records import Values
from feishu_plugin.reports import custom
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.figures import Unit
from feishu_plugin.reports.frozen import Difference, differences
from feishu_plugin.reports.history import Change, History
from feishu_plugin.reports.measures import (
    BREAKDOWN_MEASURES,
    CHANNEL_MEASURES,
    MEASURES,
    STAGE_MEASURES,
    TIMELINESS_MEASURES,
)
from feishu_plugin.reports.periods import span_of
from feishu_plugin.reports.result import MOST_LINKS, Row, Snapshot
from feishu_plugin.reports.wording import NOTHING, amount

TABLE = "restatement"
COLUMNS = ("key", "month", "span", "kpi", "old", "new", "cause", "people", "records", "at")
TABLES: Mapping[str, str] = {
    "channel": "渠道需求分布",
    "timeliness": "优先级响应时效",
    "breakdown": "维度统计",
    "stage_time": "环节耗时",
}
"""The parts, as their tables are called; a test compares them with the schema."""
_MOST_LINES = 20
_REDEFINED = "报表定义改过（维度、指标或筛选）"
_SHOWN = (MEASURES, CHANNEL_MEASURES, TIMELINESS_MEASURES, BREAKDOWN_MEASURES, STAGE_MEASURES)
_KNOWN: Mapping[str, tuple[str, Unit]] = {
    measure.key: (measure.zh, measure.unit) for measures in _SHOWN for measure in measures
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """Something that somebody did to a requirement."""

    record_id: str
    text: str
    """For example ``实际完成时间 09-02 → 09-05``."""
    person: str = ""
    """open_id; empty when nobody can be named."""
    at: datetime


Touches = Callable[[Sequence[str], datetime], Iterable[Touch]]
"""What was done to these requirements since an instant, oldest first."""


def together(edits: Touches, moves: Touches) -> Touches:
    """Edits and moves, in the order of their time."""

    def found(record_ids: Sequence[str], since: datetime) -> list[Touch]:
        some = [*edits(record_ids, since), *moves(record_ids, since)]
        return sorted(some, key=lambda touch: (touch.at, touch.record_id))

    return found


def moves_of(facts: Facts) -> Touches:
    """The moves that the ledger tells."""

    def found(record_ids: Sequence[str], since: datetime) -> Iterator[Touch]:
        wanted = set(record_ids)
        for history in facts.histories:
            if history.record_id in wanted:
                yield from (_move(facts, history, c) for c in history.changes if c.recorded and c.at >= since)

    return found


def _move(facts: Facts, history: History, change: Change) -> Touch:
    was, now = (facts.policy.label("status", s) for s in (change.from_status, change.to_status))
    shown = change.at.astimezone(facts.policy.worktime.zone)
    text = f"状态 {was} → {now}（{shown:%m-%d %H:%M}）"
    return Touch(record_id=history.record_id, text=text, person=change.operator, at=change.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What people call things."""

    requirement: Callable[[str], str]
    """Of a record id."""
    person: Callable[[str], str]
    """Of an open_id."""
    reports: Mapping[str, str] = field(default_factory=dict)
    """Of custom reports, by the key of their table."""


def restatements(old: Snapshot, new: Snapshot, touches: Touches, names: Names) -> tuple[Row, ...]:
    """One row for each figure of KPI月报 that changed, and one for each other table in which any did.

    The same change found twice has the same key.
    """
    piles: dict[str, list[Difference]] = {}
    for found in differences(old, new):
        pile = next(iter(found.numbers)) if found.table == "kpi" else found.table
        piles.setdefault(pile, []).append(found)
    told = (pile for pile in piles.values() if any(found.row for found in pile))
    return tuple(_row(old, new, pile, touches, names) for pile in told)


def _row(old: Snapshot, new: Snapshot, found: Sequence[Difference], touches: Touches, names: Names) -> Row:
    pile = [one for one in found if one.row]
    ids = tuple(sorted({one for found in pile for one in found.record_ids}))
    done = list(touches(ids, old.at)) if ids else []
    label = _label(old.key, pile, names)
    was, now = _side(pile, 0), _side(pile, 1)
    key = f"{label} {_digest(old, was, now)}"
    values: Values = {
        "key": key,
        "month": old.key,
        "span": span_of(old.key),
        "kpi": label,
        "old": was,
        "new": now,
        "cause": _REDEFINED if len(pile) < len(found) else _cause(old, new, ids, done, names),
        "people": tuple(dict.fromkeys(touch.person for touch in done if touch.person)) or None,
        "records": ids[:MOST_LINKS] or None,
        "at": new.at,
    }
    return Row(table=TABLE, key=key, values=values)


def _label(period: str, pile: Sequence[Difference], names: Names) -> str:
    first = pile[0]
    if first.table == "kpi":
        return f"{period} {_name(next(iter(first.numbers)))}"
    return f"{period} {TABLES.get(first.table) or names.reports[first.table]}"


def _side(pile: Sequence[Difference], place: int) -> str:
    """The old (0) or the new (1) numbers, a line for each row of a part."""
    return _listed([_shown(found, place) for found in pile])


def _shown(found: Difference, place: int) -> str:
    if found.table == "kpi":
        return "".join(_amount(column, pair[place]) for column, pair in found.numbers.items())
    parts = (f"{_name(column)} {_amount(column, pair[place])}" for column, pair in found.numbers.items())
    return f"{found.row}：{'；'.join(parts)}"


def _name(column: str) -> str:
    base = column.removesuffix("_target")
    if base in custom.NUMBERS:
        return custom.NUMBERS[base]
    zh = _KNOWN.get(base, (base, "count"))[0]
    return f"{zh}目标" if base != column else zh


def _amount(column: str, value: float | None) -> str:
    if column in custom.NUMBERS:
        return NOTHING if value is None else f"{value:g}"
    return amount(value, _KNOWN.get(column.removesuffix("_target"), ("", "count"))[1], "zh")


def _cause(old: Snapshot, new: Snapshot, ids: Sequence[str], done: Sequence[Touch], names: Names) -> str:
    if done:
        return _listed([_line(touch, names) for touch in done])
    if ids:
        return f"时间推移或记录有变动，涉及：{'、'.join(map(names.requirement, ids[:_MOST_LINES]))}"
    if old.version != new.version:
        return f"规则版本 {old.version or '–'} → {new.version or '–'}"
    return "未找到改动" if span_of(old.key) == "month" else "见各月的更正"


def _line(touch: Touch, names: Names) -> str:
    who = names.person(touch.person) if touch.person else "系统"
    return f"{names.requirement(touch.record_id)}：{touch.text}，{who}"


def _listed(lines: Sequence[str]) -> str:
    left = len(lines) - _MOST_LINES
    return "\n".join([*lines[:_MOST_LINES], *([f"另有 {left} 处"] if left > 0 else [])])


def _digest(old: Snapshot, was: str, now: str) -> str:
    whole = f"{old.at.isoformat()}\n{was}\n{now}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:8]
