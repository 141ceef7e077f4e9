"""Puts the rows and files of an archive into a base that has its structure and no rows.

Rows come first without links and files, then links in the new record ids, then files. Every
step is in the journal, so it may be killed at any point and run again: nothing is doubled,
nothing left out. It never changes a row that it did not make.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Protocol, TypeVar

from feishu_plugin.errors import FeishuRefused
from feishu_plugin.records import Value, Values
from feishu_plugin.schema import Field, Schema, Table
from feishu_plugin.sync.archive.bundle import Archive
from feishu_plugin.sync.archive.exporting import Rows
from feishu_plugin.sync.archive.journal import Journal
from feishu_plugin.sync.archive.rows import COMPUTED, Row, files, fingerprint, links, row_of, writable
from feishu_plugin.sync.archive.translation import translated
from feishu_plugin.sync.structure.apply import OnStep

BATCH = 500

T = TypeVar("T")


class Target(Rows, Protocol):
    """The base to be filled, bound to the schema of the archive."""

    def create(self, table: str, rows: Sequence[Values], identity: str) -> Sequence[str]:
        """Adds rows, once per identity; returns the record ids."""
        ...

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        """Merges values into rows."""
        ...


class Uploads(Protocol):
    """Where files go."""

    def upload(self, name: str, size: int, content: BinaryIO) -> str:
        """Returns the token for an attachment cell; FeishuError when the file is refused."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What was put into the base; ``refused``: archive file tokens to Feishu's reason."""

    rows: dict[str, int]
    files: int
    refused: dict[str, str]


def first_filled(rows: Rows, schema: Schema) -> str | None:
    """The name of a table in which somebody wrote something; None for an empty base."""
    for table in schema.tables:
        typed = {field.key for field in table.fields if field.type not in COMPUTED}
        for page in rows.scan_cells(table.key):
            if any(typed & record.values.keys() for record, _ in page):
                return table.zh
    return None


def fill(archive: Archive, target: Target, uploads: Uploads, journal: Journal, on_step: OnStep) -> Filled:
    """Puts everything in that is not in yet; FeishuError leaves the rest to the next run."""
    work = _Filling(archive, target, uploads, journal, on_step)
    tables = archive.schema.tables
    for table in tables:
        work.rows(table)
    for step in _LINKING:
        for table in tables:
            work.links(table, step)
    for table in tables:
        work.files(table)
    counts = {table.key: len(journal.made.get(table.key, {})) for table in tables}
    return Filled(rows=counts, files=len(journal.files), refused=work.refused)


_LINKING: Mapping[str, Callable[[Field], bool]] = {
    "own": lambda field: (
        field.type == "single_link" or (field.type == "duplex_link" and field.back is not None)
    ),
    "back": lambda field: field.type == "duplex_link" and field.back is None,
}
"""Step to the columns it writes; Feishu fills ``back`` from ``own``, so only the order is written there."""


def _linked(table: Table, step: str) -> set[str]:
    """The keys of the columns that a step of linking writes."""
    return {field.key for field in table.fields if _LINKING[step](field)}


def _steps(archive: Archive) -> int:
    """How many steps the whole takes: each row once and once per step of linking, each file once."""
    times = {
        table.key: 1 + sum(bool(_linked(table, step)) for step in _LINKING) for table in archive.schema.tables
    }
    return sum(count * times[key] for key, count in archive.counts.items()) + len(archive.files)


class _Filling:
    def __init__(
        self, archive: Archive, target: Target, uploads: Uploads, journal: Journal, on_step: OnStep
    ) -> None:
        self._archive, self._target, self._uploads = archive, target, uploads
        self._journal, self._on_step = journal, on_step
        self._done, self._total = 0, _steps(archive)
        self.refused: dict[str, str] = {}

    def rows(self, table: Table) -> None:
        """Adds the rows that are not in yet."""
        made = self._journal.made.get(table.key, {})
        left = self._archive.counts[table.key] - len(made)
        strays = self._strays(table) if left and self._journal.is_resumed else {}
        todo = (row for row in self._archive.rows(table.key) if row.record_id not in made)
        for batch in _batches(todo):
            self._journal.created(table.key, self._create(table, batch, strays))
            self._step(len(batch), table.zh)

    def _strays(self, table: Table) -> dict[str, list[str]]:
        """Rows of ours that a kill kept out of the journal, by what they hold; alike ones are alike."""
        known = set(self._journal.made.get(table.key, {}).values())
        found: dict[str, list[str]] = defaultdict(list)
        for page in self._target.scan_cells(table.key):
            for record, cells in page:
                if record.record_id not in known:
                    row = row_of(table, record, cells)
                    found[fingerprint(writable(table, row.values))].append(record.record_id)
        return found

    def _create(self, table: Table, batch: Sequence[Row], strays: dict[str, list[str]]) -> dict[str, str]:
        """Old to new id of each row of a batch."""
        made: dict[str, str] = {}
        for row in batch:
            if same := strays.get(fingerprint(writable(table, row.values))):
                made[row.record_id] = same.pop(0)
        rest = [row for row in batch if row.record_id not in made]
        if rest:
            named = hashlib.sha256(json.dumps([row.record_id for row in rest]).encode()).hexdigest()
            identity = f"restore:{self._archive.identity}:{self._journal.base['token']}:{table.key}:{named}"
            new = self._target.create(table.key, [writable(table, row.values) for row in rest], identity)
            made |= {row.record_id: id for row, id in zip(rest, new, strict=True)}
        return made

    def links(self, table: Table, step: str) -> None:
        """Writes the links of one step, row by row in the order of the archive."""
        name, keys = f"{table.key}:{step}", _linked(table, step)
        done = self._journal.linked.get(name, 0)
        for batch in _batches(islice(self._archive.rows(table.key) if keys else (), done, None)):
            changes = {row.record_id: self._links_of(table, row, keys, step) for row in batch}
            self._update(table, {id: values for id, values in changes.items() if values})
            done += len(batch)
            self._journal.linked_to(name, done)
            self._step(len(batch), table.zh)

    def _links_of(self, table: Table, row: Row, keys: set[str], step: str) -> Values:
        found = {key: row.values[key] for key in links(table, row.values) if key in keys}
        new = translated(table, found, self._journal)
        # What the other side made is right already, but for the order of several.
        return {key: ids for key, ids in new.items() if step == "own" or len(tuple(_ids(ids))) > 1}

    def files(self, table: Table) -> None:
        """Uploads what is not there yet and hangs it into its cells."""
        if not any(field.type == "attachment" for field in table.fields):
            return
        with_files = (row for row in self._archive.rows(table.key) if files(table, row.values))
        for batch in _batches(with_files):
            for row in batch:
                for token in (one for cell in files(table, row.values).values() for one in cell):
                    self._upload(token)
            cells = {row.record_id: files(table, row.values) for row in batch}
            self._update(
                table, {id: translated(table, values, self._journal) for id, values in cells.items()}
            )

    def _upload(self, token: str) -> None:
        """A file that Feishu refuses is told, and the rest goes on."""
        facts = self._archive.files.get(token)
        if facts is None or token in self._journal.files or token in self.refused:
            return
        try:
            with self._archive.open_file(token) as content:
                new = self._uploads.upload(str(facts["name"]), int(facts["size"]), content)
        except FeishuRefused as error:
            self.refused[token] = f"{facts['name']}: {error}"
        else:
            self._journal.uploaded(token, new)
        self._step(1, str(facts["name"]))

    def _update(self, table: Table, changes: dict[str, Values]) -> None:
        made = self._journal.made.get(table.key, {})
        if wanted := {made[id]: values for id, values in changes.items() if values}:
            self._target.update(table.key, wanted)

    def _step(self, count: int, what: str) -> None:
        self._done += count
        self._total = max(self._total, self._done)
        self._on_step(self._done, self._total, what)


def _ids(value: Value) -> Iterable[str]:
    return value if isinstance(value, tuple) else ()


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    source = iter(items)
    while batch := list(islice(source, BATCH)):
        yield batch
