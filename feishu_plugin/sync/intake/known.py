"""What stands in the base already, found by source keys: the truth is the base, not our memory."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from feishu_plugin.ports import Tables
from feishu_plugin.records import Record
from feishu_plugin.sync.intake.cells import spelled
from feishu_plugin.sync.intake.mapping import KEY
from feishu_plugin.sync.settling import TABLE

_ARCHIVE = "archive"


class Register(Tables, Protocol):
    """Tables that can be read without all of their columns."""

    def scan_columns(self, table: str, keys: Collection[str]) -> Iterator[Sequence[Record]]:
        """All rows, a page of up to 500 at a time, with these fields only."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The rows of one source, and everybody who stands in a row of the base."""

    records: Mapping[str, str]
    """Source key to record id."""
    people: Collection[str]
    """open_ids."""
    archived: Collection[str] = frozenset()
    """Source keys of requirements that have left the register for the archive."""


def known(tables: Register, source: str, persons: Collection[str]) -> Known:
    """Reads the whole table once; ``persons`` are the fields whose people are wanted."""
    records: dict[str, str] = {}
    people: set[str] = set()
    for page in tables.scan_columns(TABLE, (KEY, *persons)):
        for record in page:
            key = record.get(KEY)
            if isinstance(key, str) and key.startswith(f"{source}:"):
                records.setdefault(key, record.record_id)
            people.update(_people(record, persons))
    return Known(records=records, people=people, archived=frozenset(_archived(tables)))


def _archived(tables: Register) -> Iterator[str]:
    bound = tables.binding.tables.get(_ARCHIVE)
    if bound is None or KEY not in bound.fields:
        return
    for page in tables.scan_columns(_ARCHIVE, (KEY,)):
        yield from (key for record in page if isinstance(key := record.get(KEY), str))


def _people(record: Record, persons: Collection[str]) -> Iterator[str]:
    for key in persons:
        ids = record.get(key)
        yield from ids if isinstance(ids, tuple) else ()


def by_name(open_ids: Collection[str], name: Callable[[str], str]) -> dict[str, str]:
    """Name to open_id; a name that two people have stands for nobody."""
    found: dict[str, str] = {}
    twice = set()
    for open_id in sorted(open_ids):
        called = spelled(name(open_id))
        if called and found.setdefault(called, open_id) != open_id:
            twice.add(called)
    return {called: open_id for called, open_id in found.items() if called not in twice}
