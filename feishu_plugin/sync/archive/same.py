"""Whether a restored base holds what the archive holds: every row read back and compared.

Cells that Feishu fills itself are not compared, and of links only which rows they name.
"""

from collections.abc import Iterator

from feishu_plugin.records import Value, Values
from feishu_plugin.schema import Table
from feishu_plugin.sync.archive.bundle import Archive
from feishu_plugin.sync.archive.exporting import Rows
from feishu_plugin.sync.archive.journal import Journal
from feishu_plugin.sync.archive.rows import LINKS, files, fingerprint, links, row_of, writable
from feishu_plugin.sync.archive.translation import translated

_SEEN = ""


def comparable(table: Table, values: Values) -> dict[str, Value]:
    """The values in a form in which equal cells are equal."""
    return {
        key: tuple(sorted(value)) if isinstance(value, tuple) and table.field(key).type in LINKS else value
        for key, value in values.items()
    }


def differences(archive: Archive, rows: Rows, journal: Journal) -> Iterator[str]:
    """What differs, a line per table; empty when the base holds exactly what the archive holds."""
    for table in archive.schema.tables:
        wanted = _wanted(archive, table, journal)
        found = set(_different(table, rows, wanted))
        if lost := [id for id, state in wanted.items() if state != _SEEN]:
            yield f"{table.zh}: {len(lost)} 行没有写入 rows are not in the base (first {lost[0]})"
        if found:
            first = min(found)
            yield f"{table.zh}: {len(found)} 行与归档不一致 rows differ from the archive (first {first})"


def _wanted(archive: Archive, table: Table, journal: Journal) -> dict[str, str]:
    """New record id to what the row should look like."""
    made = journal.made.get(table.key, {})
    return {
        made.get(row.record_id, row.record_id): fingerprint(
            comparable(table, {**writable(table, row.values), **translated(table, row.values, journal)})
        )
        for row in archive.rows(table.key)
    }


def _different(table: Table, rows: Rows, wanted: dict[str, str]) -> Iterator[str]:
    """Ids of rows that look otherwise; every row that is there is marked as seen."""
    for page in rows.scan_cells(table.key):
        for record, cells in page:
            if expected := wanted.get(record.record_id):
                wanted[record.record_id] = _SEEN
                now = comparable(table, _compared(table, row_of(table, record, cells).values))
                if fingerprint(now) != expected:
                    yield record.record_id


def _compared(table: Table, values: Values) -> dict[str, Value]:
    return {**writable(table, values), **links(table, values), **files(table, values)}
