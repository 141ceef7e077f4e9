"""What a closed period said, kept so that it never changes silently; pure.

A snapshot holds every figure of every row as it was written, and what each requirement
contributed to it, so that a later difference can name the requirements that made it.
"""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feishu_plugin.binding import is_custom
from feishu_plugin.ports import Json
from feishu_plugin.reports.figures import Figure
from feishu_plugin.reports.result import Row, Snapshot

NOT_FROZEN = frozenset({"trend", "figure", "review"})
"""Tables that only repeat what KPI月报 says, or that people go on writing."""
_DERIVED = frozenset({"share", "time_share"})
"""Columns that change with every other row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Numbers of one row (of KPI月报: one number) that are not what they were."""

    table: str
    row: str
    numbers: Mapping[str, tuple[float | None, float | None]]
    """Column to its old and new value."""
    record_ids: tuple[str, ...] = ()
    """The requirements that give something else to these numbers than before."""


def snapshot(
    key: str,
    at: datetime,
    version: str,
    rows: Mapping[str, tuple[Row, ...]],
    *,
    with_records: bool,
    custom: Mapping[str, float] | None = None,
) -> Snapshot:
    """The period as these rows tell it; ``custom``: fingerprints of custom reports by table key."""
    kept = [row for table, some in rows.items() if table not in NOT_FROZEN for row in some]
    return Snapshot(
        key=key,
        at=at.astimezone(UTC),
        version=version,
        rows={**_told(custom or {}), **{_place(row): _numbers(row) for row in kept}},
        given=_given(kept) if with_records else {},
    )


def differences(old: Snapshot, new: Snapshot) -> Iterator[Difference]:
    """What the period says differently now; of KPI月报 each figure by itself.

    A difference without a row says that a custom report is defined otherwise than before.
    """
    for place in dict.fromkeys([*old.rows, *new.rows]):
        if not _is_told(place, old) or not _is_told(place, new):
            continue
        was, now = old.rows.get(place, {}), new.rows.get(place, {})
        columns = [c for c in dict.fromkeys([*was, *now]) if was.get(c) != now.get(c)]
        table, _, row = place.partition("/")
        for some in ([c] for c in columns) if table == "kpi" else [columns] if columns else ():
            yield Difference(
                table=table,
                row=row,
                numbers={column: (was.get(column), now.get(column)) for column in some},
                record_ids=_changed(old, new, "" if table == "kpi" else place, some),
            )


def to_json(snapshot: Snapshot) -> Json:
    """For the store; packed, because a month of 10,000 requirements makes megabytes."""
    content = json.dumps([snapshot.rows, snapshot.given], ensure_ascii=False, separators=(",", ":"))
    packed = base64.b85encode(zlib.compress(content.encode("utf-8", "surrogatepass"))).decode()
    return {
        "key": snapshot.key,
        "at": snapshot.at.isoformat(),
        "version": snapshot.version,
        "content": packed,
    }


def from_json(fact: Mapping[str, Any]) -> Snapshot:
    """What ``to_json`` made."""
    rows, given = json.loads(zlib.decompress(base64.b85decode(fact["content"])))
    return Snapshot(
        key=fact["key"],
        at=datetime.fromisoformat(fact["at"]),
        version=fact["version"],
        rows=rows,
        given=given,
    )


def _told(custom: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """The row without a name of every custom report: it was told, even without any other row."""
    return {f"{table}/": {"definition": mark} for table, mark in custom.items()}


def _is_told(place: str, snapshot: Snapshot) -> bool:
    """False for a custom report that was not defined then: its first figures correct nothing."""
    table = place.partition("/")[0]
    return not is_custom(table) or f"{table}/" in snapshot.rows


def _place(row: Row) -> str:
    return f"{row.table}/{row.key}"


def _numbers(row: Row) -> dict[str, float]:
    numbers = {key: value for key, value in row.values.items() if isinstance(value, int | float)}
    return {key: float(value) for key, value in numbers.items() if key not in _DERIVED}


def _given(rows: list[Row]) -> dict[str, dict[str, float]]:
    given: dict[str, dict[str, float]] = {}
    for row in rows:
        if row.table == "kpi":
            for figure in row.figures:
                _add(given, figure)
        else:
            place = _place(row)
            for record_id in {one for figure in row.figures for one in figure.record_ids}:
                given.setdefault(record_id, {})[place] = 1.0
    return given


def _add(given: dict[str, dict[str, float]], figure: Figure) -> None:
    for record_id in figure.record_ids:
        given.setdefault(record_id, {})[figure.key] = round(figure.amounts.get(record_id, 1.0), 4)
    failing = f"{figure.key}!"
    for record_id in figure.failed:
        given.setdefault(record_id, {})[failing] = 1.0


def _changed(old: Snapshot, new: Snapshot, place: str, columns: Sequence[str]) -> tuple[str, ...]:
    """Who gives something else to these columns; of a part only those that are or were in it."""
    keys = [place, *columns, *(f"{column}!" for column in columns)]
    both = ((one, old.given.get(one, {}), new.given.get(one, {})) for one in sorted({*old.given, *new.given}))
    return tuple(
        one
        for one, was, now in both
        if (not place or place in was or place in now) and any(was.get(k) != now.get(k) for k in keys)
    )
