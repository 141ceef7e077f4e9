"""A report reads every row of the base once, a full page at a time, however many periods it tells of."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from feishu_plugin.records import Record
from feishu_plugin.reports import publish
from tests.builders import SCHEMA, policy
from tests.fakes import MemoryTables
from tests.reports.sample import OCTOBER, add


class WatchedTables(MemoryTables):
    """Notes every page that is read in passing: its table and its row ids."""

    def __init__(self) -> None:
        super().__init__(SCHEMA, now=lambda: OCTOBER)
        self.pages: list[tuple[str, Sequence[str]]] = []

    def scan(self, table: str, *, newest_first: bool = False) -> Iterator[Sequence[Record]]:
        for page in super().scan(table, newest_first=newest_first):
            self.pages.append((table, [row.record_id for row in page]))
            yield page


def base(count: int) -> WatchedTables:
    """So many requirements of September, each with two ledger rows."""
    tables = WatchedTables()
    chain = [("2026-09-02 09:00", "in_progress"), ("2026-09-03 09:00", "done")]
    for number in range(count):
        add(tables, f"rec{number}", "2026-09-01 09:00", chain, number=f"n{number}", status="done")
    return tables


@pytest.mark.parametrize(
    "keys", [("2026-09",), ("2026-08", "2026-09", "2026-Q3"), ("2026-07", "2026-08", "2026-09", "2026-Q3")]
)
def test_every_row_is_read_once_for_any_number_of_periods(keys: tuple[str, ...]) -> None:
    tables = base(501)

    publish.run_all(tables, policy(), keys, OCTOBER)

    read = Counter((table, one) for table, ids in tables.pages for one in ids)
    assert max(read.values()) == 1
    assert {table: sum(name == table for name, _ in read) for table in ("requirement", "transition")} == {
        "requirement": 501,
        "transition": 1002,
    }


def test_pages_are_as_full_as_they_can_be() -> None:
    tables = base(501)

    publish.run(tables, policy(), "2026-09", OCTOBER)

    sizes = [(table, len(ids)) for table, ids in tables.pages if ids]
    assert sizes == [("requirement", 500), ("requirement", 1), *[("transition", 500)] * 2, ("transition", 2)]


def test_nothing_is_looked_up_row_by_row() -> None:
    """The calls of a report do not grow with the requirements it tells of, pages aside."""
    few, many = base(10), base(200)
    for tables in (few, many):
        publish.run(tables, policy(), "2026-09", OCTOBER)

    assert few.calls == many.calls
    assert not few.calls["read"]
