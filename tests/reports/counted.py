"""The same lives in DuckDB, which knows nothing of the plugin: lines in, figures of ``kpi.sql`` out."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from feishu_plugin.policy import Policy
from tests.reports.histories import ENTRIES, NOW, Life

SQL = Path(__file__).with_name("kpi.sql")
PERIODS = {
    "2026-03": (date(2026, 3, 1), date(2026, 4, 1)),
    "2026-05": (date(2026, 5, 1), date(2026, 6, 1)),
    "2026-06": (date(2026, 6, 1), date(2026, 7, 1)),
    "2026-Q1": (date(2026, 1, 1), date(2026, 4, 1)),
}
"""First day and the day after the last; June still runs."""

_TEXTS = (
    *("status", "type", "department", "customer_level", "industry", "source", "priority", "customer_name"),
    *("confirmation", "manual_priority", "override_reason", "void_reason", "classified_by"),
)
_FIRSTS = ("owner", "customer", "duplicate_of", "knowledge")
_TIMES = (
    *("submitted_at", "first_response_at", "started_at", "finished_at", "closed_at", "resolve_due"),
    *("planned_finish", "override_until"),
)
_NUMBERS = ("score", "paused_hours", "classified_confidence")
_REQUIREMENT = {
    "id": "TEXT",
    **dict.fromkeys((*_TEXTS, *_FIRSTS), "TEXT"),
    **dict.fromkeys(_TIMES, "TIMESTAMPTZ"),
    **dict.fromkeys(_NUMBERS, "DOUBLE"),
}
_LEDGER = {
    **{"line": "INT", "id": "TEXT", "moment": "TIMESTAMPTZ", "from_status": "TEXT", "to_status": "TEXT"},
    **{"verdict": "TEXT", "score": "DOUBLE", "effect_key": "TEXT"},
}
_MEANING = {"status": "TEXT", **dict.fromkeys(("is_open", "is_finished", "is_ended", "is_paused"), "BOOLEAN")}

_MEANINGS = (
    ("pending", True, False, False, False),
    ("in_progress", True, False, False, False),
    ("testing", True, False, False, False),
    ("waiting_customer", True, False, False, True),
    ("shelved", False, False, False, True),
    ("done", False, True, False, False),
    ("closed", False, True, True, False),
    ("void", False, False, True, False),
)

Lines = tuple[str, dict[str, str], Iterable[Sequence[object]]]


def counted(
    told: Sequence[Life],
    rules: Policy,
    periods: Mapping[str, tuple[date, date]] = PERIODS,
    now: datetime = NOW,
) -> duckdb.DuckDBPyConnection:
    """A database with the tables ``figure`` and ``pending`` for these lives."""
    database = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    parameters = rules.parameters
    given = {
        "zone": str(rules.worktime.zone),
        "within_hours": int(parameters.response_within_hours),
        "recurrence_days": int(parameters.recurrence_days),
        "target_high": parameters.target_resolution_days_high,
        "target_medium": parameters.target_resolution_days_medium,
        "target_low": parameters.target_resolution_days_low,
    }
    for name, value in given.items():
        database.execute(f"SET VARIABLE {name} = {value!r}")
    database.execute(f"SET VARIABLE now = TIMESTAMPTZ '{now.isoformat()}'")
    with TemporaryDirectory() as folder:
        for name, columns, rows in _lines(told, rules, periods):
            _load(database, Path(folder) / name, columns, rows)
    database.execute(SQL.read_text(encoding="utf-8"))
    return database


def _lines(told: Sequence[Life], its_rules: Policy, periods: Mapping[str, tuple[date, date]]) -> list[Lines]:
    """(table, its columns and their types, its rows)."""
    moves = [(life.record_id, move) for life in told for move in life.moves]
    ledger = [
        (n, key, m.at, m.before, m.after, m.verdict, m.score, m.key) for n, (key, m) in enumerate(moves)
    ]
    people = [
        (life.record_id, *(_plain(life.values.get(key)) for key in [*_REQUIREMENT][1:])) for life in told
    ]
    return [
        ("requirement", _REQUIREMENT, people),
        ("ledger", _LEDGER, ledger),
        ("meaning", _MEANING, _MEANINGS),
        (
            "wanted",
            {"key": "TEXT", "first": "DATE", "after": "DATE"},
            [(key, *days) for key, days in periods.items()],
        ),
        ("entry", {"key": "TEXT", "since": "TIMESTAMPTZ"}, [*ENTRIES.items()]),
        ("day_off", {"day": "DATE"}, [(day,) for day in its_rules.worktime.days]),
    ]


def _plain(value: object) -> object:
    return (value[0] if value else None) if isinstance(value, tuple) else value


def _load(
    database: duckdb.DuckDBPyConnection, path: Path, columns: dict[str, str], rows: Iterable[Sequence[object]]
) -> None:
    """Through a file, because row by row takes minutes."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    typed = "{" + ", ".join(f"'{key}': '{kind}'" for key, kind in columns.items()) + "}"
    database.execute(
        f"CREATE TABLE {path.name} AS FROM read_csv('{path}', auto_detect = false, delim = ',', quote = '\"',"
        f" escape = '\"', columns = {typed})"
    )
