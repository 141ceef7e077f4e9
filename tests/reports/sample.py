"""A small register with a full September 2026, for the tests that go from base to rows and card."""

from datetime import datetime

from feishu_plugin.records import Value
from feishu_plugin.schema import Schema
from tests.builders import SCHEMA, local, moves
from tests.fakes import MemoryTables

OCTOBER = local("2026-10-01 09:00")

_LIVES: tuple[tuple[str, str, str, list[tuple[str, str]], dict[str, Value]], ...] = (
    (
        "rec_fast",
        "20260901-客服-001",
        "2026-09-01 09:00",
        [("2026-09-01 10:00", "in_progress"), ("2026-09-02 18:00", "done"), ("2026-09-03 10:00", "closed")],
        {"source": "phone", "priority": "high", "score": 5.0, "customer_name": "甲公司"},
    ),
    (
        "rec_slow",
        "20260902-产品-001",
        "2026-09-02 09:00",
        [("2026-09-08 10:00", "in_progress"), ("2026-09-22 18:00", "done")],
        {"source": "phone", "priority": "medium", "customer_name": "乙公司"},
    ),
    (
        "rec_again",
        "20260803-研发-001",
        "2026-08-03 09:00",
        [("2026-08-04 09:00", "done"), ("2026-09-07 09:00", "in_progress")],
        {"source": "mail", "priority": "low", "score": 2.0},
    ),
    ("rec_new", "20260930-客服-001", "2026-09-30 17:00", [], {"priority": "low"}),
)


def base(*, page_size: int = 500, schema: Schema = SCHEMA) -> MemoryTables:
    """The four requirements with their ledger; rows count as written in early October."""
    tables = MemoryTables(schema, now=lambda: OCTOBER, page_size=page_size)
    for record_id, number, submitted, chain, values in _LIVES:
        status = chain[-1][1] if chain else "pending"
        add(tables, record_id, submitted, chain, number=number, status=status, **values)
    return tables


def add(
    tables: MemoryTables, record_id: str, submitted: str, chain: list[tuple[str, str]], **values: Value
) -> None:
    """One more requirement with its ledger rows."""
    answered: datetime | None = local(chain[0][0]) if chain else None
    given = {"submitted_at": local(submitted), "first_response_at": answered, **values}
    tables.put("requirement", given, record_id)
    for row in moves(record_id, chain):
        tables.put("transition", row.values)
