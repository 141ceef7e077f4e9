"""Every figure counted a second time, by DuckDB in SQL written from docs/kpi.md (``kpi.sql``)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest

from feishu_plugin.policy import Policy
from feishu_plugin.records import Value
from feishu_plugin.reports.breakdown import DIMENSIONS
from feishu_plugin.reports.compute import Computed, compute
from feishu_plugin.reports.gather import gather
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.measures.balance import LINE
from feishu_plugin.reports.periods import period
from feishu_plugin.worktime import WorkTime
from tests.builders import SCHEMA, policy
from tests.fakes import MemoryTables
from tests.reports.counted import PERIODS, counted
from tests.reports.histories import ENTRIES, NOW, STATUSES, Life, Move, lives

ZONES = ("Asia/Shanghai", "UTC", "Europe/London")
DAYS_OFF = (date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 18), date(2026, 5, 1))
BUSY = ("created", "resolved")
Key = tuple[str, str, str, str]
"""(period, dimension, part as people read it, measure)."""


def rules(zone: str) -> Policy:
    """The packaged policy in a zone, with some days off."""
    return replace(policy(), worktime=WorkTime(zone=ZoneInfo(zone), days=dict.fromkeys(DAYS_OFF, False)))


def reported(told: Sequence[Life], rules: Policy) -> list[Computed]:
    """What the plugin makes of these lives, read once as a report run reads them."""
    tables = MemoryTables(SCHEMA, now=lambda: made[-1])
    made = [NOW]
    for entry, since in ENTRIES.items():
        made.append(since)
        tables.put("knowledge", {"question": entry}, entry)
    made.append(NOW)
    for life in told:
        tables.put("requirement", life.values, life.record_id)
        for move in life.moves:
            tables.put("transition", _ledger_row(life, move))
    facts, undated = gather(tables, rules, period("2026", rules.worktime), NOW)
    assert undated == ()
    return [compute(facts.within(period(key, rules.worktime)), {}) for key in PERIODS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Both:
    """The figures of the same lives; what is empty or 0 is left out."""

    plugin: Mapping[Key, float]
    sql: Mapping[Key, float]
    computed: Sequence[Computed]
    pending: Mapping[tuple[str, str], int]
    """What SQL finds pending, by period and measure."""


@cache
def both(zone: str, seed: int, count: int) -> Both:
    """As many lives, told to the plugin and to DuckDB."""
    told, its_rules = lives(seed, count, ZoneInfo(zone)), rules(zone)
    computed, database = reported(told, its_rules), counted(told, its_rules)
    rows = database.execute("SELECT period, dimension, part, measure, value FROM figure").fetchall()
    pending = database.execute("SELECT period, measure, value FROM pending").fetchall()
    return Both(
        plugin=_told(computed),
        sql={
            (key, one, _label(its_rules, one, part), m): value for key, one, part, m, value in rows if value
        },
        computed=computed,
        pending={(key, measure): value for key, measure, value in pending},
    )


def many() -> Both:
    """Ten thousand of them."""
    return both("Asia/Shanghai", 1, 10_000)


@pytest.mark.parametrize(
    ("zone", "seed", "count"),
    [("Asia/Shanghai", 1, 10_000), ("UTC", 2, 1_500), ("Europe/London", 3, 1_500)],
)
def test_every_figure_is_the_one_that_sql_counts(zone: str, seed: int, count: int) -> None:
    found = both(zone, seed, count)
    keys = found.plugin.keys() | _shown(found.sql)
    compared = {key: (found.plugin.get(key), found.sql.get(key)) for key in keys}

    assert {key: pair for key, pair in compared.items() if not _same(*pair)} == {}
    assert len(compared) > 1_000


def test_the_histories_leave_no_measure_without_a_value() -> None:
    plugin = many().plugin

    assert {key[3] for key in plugin if key[1] == "all"} == {measure.key for measure in MEASURES}
    assert {key[1] for key in plugin} == {"all", *DIMENSIONS, "source", "priority", "status"}
    open_or_done = set(STATUSES) - set(policy().parameters.ended_statuses)
    assert {key[2] for key in plugin if key[1] == "status"} == {
        policy().label("status", s) for s in open_or_done
    }


@pytest.mark.parametrize("dimension", [*DIMENSIONS, "source", "priority"])
def test_the_parts_of_ten_thousand_histories_add_up_to_the_whole(dimension: str) -> None:
    flows = (*LINE, "resolved") if dimension in DIMENSIONS else BUSY
    for figures, measures in (
        (many().plugin, flows),
        (many().sql, (*LINE, "resolved", "put_back", "overrides")),
    ):
        for key in PERIODS:
            parts = {measure: _sum(figures, key, dimension, measure) for measure in measures}
            assert parts == {measure: figures.get((key, "all", "", measure), 0) for measure in measures}


def test_what_is_pending_is_what_sql_counts() -> None:
    plugin = {(c.key, f.key): f.pending for c in many().computed for f in c.figures if f.pending}

    assert plugin == many().pending
    assert {measure for _, measure in plugin} == {
        "response_rate",
        "recurrence_rate",
        "cohort_rate",
        "satisfaction",
    }


def test_the_bottleneck_is_the_status_that_takes_most_of_the_time() -> None:
    paused = {policy().label("status", status) for status in policy().parameters.paused_statuses}
    for one in many().computed:
        shares = {
            key[2]: value
            for key, value in many().sql.items()
            if key[0] == one.key and key[3] == "time_share" and key[2] not in paused
        }
        narrow = max(shares, key=lambda status: shares[status])
        assert one.rows["kpi"][0].values["bottleneck"] == f"{narrow} {shares[narrow]:.1%}"


@pytest.mark.parametrize("zone", ZONES)
def test_a_month_ends_at_the_last_millisecond_before_its_midnight(zone: str) -> None:
    """One submitted, answered and finished on either side of the midnight of the zone's own clocks."""
    told = [
        _at_the_edge("rec_before", "2026-03-01 09:00", "2026-03-31 23:59:59.999", zone),
        _at_the_edge("rec_after", "2026-03-01 09:00", "2026-04-01 00:00:00", zone),
        _at_the_edge("rec_last", "2026-03-31 23:59:59.999", "2026-05-31 23:59:59.999", zone),
        _at_the_edge("rec_first", "2026-05-01 00:00:00", "2026-06-01 00:00:00", zone),
    ]
    its_rules = rules(zone)
    plugin = _told(reported(told, its_rules))
    rows = counted(told, its_rules).execute("FROM figure WHERE dimension = 'all' AND value > 0").fetchall()

    whole = {key: value for key, value in plugin.items() if key[1] == "all"}
    shown = {row[:4]: row[4] for row in rows if row[3] in {measure.key for measure in MEASURES}}
    assert whole == pytest.approx(shown, abs=1e-9)
    lines = {
        key: tuple(plugin.get((key, "all", "", m), 0) for m in ("opening", "created", "finished", "closing"))
        for key in PERIODS
    }
    assert lines == {
        "2026-03": (0, 3, 1, 2),
        "2026-05": (1, 1, 1, 1),
        "2026-06": (1, 0, 1, 0),
        "2026-Q1": (0, 3, 1, 2),
    }


def _at_the_edge(record_id: str, submitted: str, done: str, zone: str) -> Life:
    born, at = (datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)) for text in (submitted, done))
    move = Move(at.astimezone(UTC), "pending", "done", "pass", None, record_id)
    return Life(record_id, {"status": "done", "submitted_at": born, "finished_at": at}, [move])


def _same(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= 1e-9 * max(1.0, abs(one))


def _shown(sql: Mapping[Key, float]) -> set[Key]:
    """Those for which there is a row: channels and priorities in which something came or was finished."""
    busy = {key[:3] for key in sql if key[3] in BUSY}
    columns = {(key[1], key[3]) for key in many().plugin}
    return {
        key
        for key in sql
        if (key[1], key[3]) in columns and (key[1] not in ("source", "priority") or key[:3] in busy)
    }


def _sum(figures: Mapping[Key, float], key: str, dimension: str, measure: str) -> float:
    return sum(
        value for found, value in figures.items() if (*found[:2], found[3]) == (key, dimension, measure)
    )


def _told(computed: Iterable[Computed]) -> dict[Key, float]:
    found: dict[Key, float] = {}
    for one in computed:
        rows = [(row, *_place(row.table, row.values)) for table in _PLACES for row in one.rows[table]]
        for row, dimension, part in rows:
            found |= {(one.key, dimension, part, f.key): f.value for f in row.figures if f.value}
    return found


_PLACES = {
    "kpi": ("all", None),
    "channel": ("source", "channel"),
    "timeliness": ("priority", "priority"),
    "stage_time": ("status", "stage"),
    "breakdown": (None, "value"),
}


def _place(table: str, values: Mapping[str, object]) -> tuple[str, str]:
    dimension, column = _PLACES[table]
    return dimension or str(values["dimension"]), str(values[column]) if column else ""


def _label(its_rules: Policy, dimension: str, part: str) -> str:
    if dimension == "all":
        return ""
    return its_rules.label(dimension, part) if part else "未填"


def _ledger_row(life: Life, move: Move) -> dict[str, Value]:
    return {
        "requirement": (life.record_id,),
        "at": move.at,
        "from_status": move.before,
        "to_status": move.after,
        "verdict": move.verdict,
        "score": move.score,
        "effect_key": move.key,
    }
