"""Writes a base into an archive: its structure as it is, every row, every attachment.

It reads a base that people go on working in: an edit during the export is in it or not, row by
row. It changes nothing in the base, and leaves no file behind when it cannot finish.
"""

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from feishu_plugin import __version__
from feishu_plugin.binding import Binding
from feishu_plugin.errors import ArchiveError, FeishuRefused
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.records import Record
from feishu_plugin.schema import Table
from feishu_plugin.sync.archive import bundle
from feishu_plugin.sync.archive.rows import Row, files, line, row_of
from feishu_plugin.sync.archive.snapshot import Snapshot
from feishu_plugin.sync.structure.apply import OnStep

_IN_MEMORY = 8 << 20
_CHUNK = 1 << 20


class Rows(Protocol):
    """The rows of a base with all that Feishu tells of them."""

    @property
    def binding(self) -> Binding:
        """How the schema's keys map to the base."""
        ...

    def scan_cells(self, table: str) -> Iterator[Sequence[tuple[Record, Mapping[str, Any]]]]:
        """All rows with their cells by field key, a page at a time."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a file hangs: Feishu asks for it in a base with advanced permissions."""

    table_id: str
    field_id: str
    record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """Name, MIME type and size in bytes of a file."""

    name: str
    mime: str
    size: int


class Downloads(Protocol):
    """Where attachments come from."""

    def download(self, file_token: str, place: Place, sink: BinaryIO) -> FileFacts:
        """Writes the bytes of a file; FeishuError when it cannot be read."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the manifest says of the base; ``exported_at`` is ISO in UTC."""

    base_token: str
    name: str
    time_zone: str
    exported_at: str
    partial: bool = False
    """True for a selection of columns: people can read it, it cannot be restored as a base."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What is in an archive that was written."""

    file: Path
    rows: Mapping[str, int]
    """By table key."""
    names: Mapping[str, str]
    """Table key to the name people read."""
    files: int
    left_out: Mapping[str, str] = field(default_factory=dict)
    """What could not be taken along, and why."""

    @property
    def data(self) -> Json:
        """``{"file", "tables": {key: rows}, "files", "left_out": {what: reason}}``."""
        return {
            "file": str(self.file),
            "tables": dict(self.rows),
            "files": self.files,
            "left_out": dict(self.left_out),
        }

    @property
    def text(self) -> str:
        """What was written, and what was not."""
        total = sum(self.rows.values())
        tables, files = len(self.rows), self.files
        counts = Phrase(
            f"{tables} 张表，{total} 行，{files} 个附件", f"{tables} tables, {total} rows, {files} files"
        )
        head = f"{self.file}: {counts}"
        lines = [f"  {self.names[key]}: {count}" for key, count in self.rows.items()]
        lines += [
            f"  {Phrase('未导出', 'LEFT OUT')} {what}: {reason}" for what, reason in self.left_out.items()
        ]
        return "\n".join([head, *lines])


def export(
    rows: Rows, downloads: Downloads, snapshot: Snapshot, facts: Facts, file: Path, on_step: OnStep
) -> Exported:
    """Writes the archive of a snapshot; ``rows`` are bound to the snapshot's schema.

    Raises ArchiveError when the file cannot be written or somebody changed the structure of
    the base meanwhile, FeishuError when it cannot be read.
    """
    with bundle.writing(file) as out:
        work = _Export(rows, downloads, snapshot, out, on_step)
        work.run()
        out.finish({**_head(facts), **work.told})
    names = {table.key: table.zh for table in snapshot.schema.tables}
    return Exported(file=file, rows=work.counts, names=names, files=len(work.files), left_out=work.left_out)


def _head(facts: Facts) -> Json:
    return {
        "plugin": __version__,
        "base_token": facts.base_token,
        "name": facts.name,
        "time_zone": facts.time_zone,
        "exported_at": facts.exported_at,
        "partial": facts.partial,
    }


class _Export:
    def __init__(
        self, rows: Rows, downloads: Downloads, snapshot: Snapshot, out: bundle.Bundle, on_step: OnStep
    ) -> None:
        self._rows, self._downloads, self._out, self._on_step = rows, downloads, out, on_step
        self._tables = snapshot.schema.tables
        self._snapshot = snapshot
        self._places: dict[str, Place] = {}
        self.counts: dict[str, int] = {}
        self.files: dict[str, FileFacts] = {}
        self.left_out = dict(snapshot.left_out)

    @property
    def told(self) -> Json:
        """The part of the manifest that is known at the end."""
        tables = {
            table.key: {"name": table.zh, "rows": self.counts[table.key], "columns": len(table.fields)}
            for table in self._tables
        }
        return {"tables": tables, "files": len(self.files), "left_out": self.left_out}

    def run(self) -> None:
        """Structure, rows, then files."""
        self._out.schema(self._snapshot.schema)
        for done, table in enumerate(self._tables, 1):
            self._table(table, done)
        for done, (token, place) in enumerate(self._places.items(), len(self._tables) + 1):
            self._file(token, place)
            self._step(done, self.files[token].name if token in self.files else token)
        facts = {
            token: {"name": file.name, "mime": file.mime, "size": file.size}
            for token, file in self.files.items()
        }
        self._out.text(bundle.FILES, json.dumps(facts, ensure_ascii=False, indent=1) + "\n")

    def _step(self, done: int, what: str) -> None:
        self._on_step(done, len(self._tables) + len(self._places), what)

    def _table(self, table: Table, done: int) -> None:
        self.counts[table.key] = 0
        with self._out.member(bundle.records(table.key)) as member:
            for page in self._rows.scan_cells(table.key):
                found = [row_of(table, record, cells) for record, cells in page]
                member.write(b"".join(map(line, found)))
                self.counts[table.key] += len(found)
                self._remember_files(table, found)
                self._step(done - 1, f"{table.zh} {self.counts[table.key]}")
        self._still_bound(table)
        self._step(done, table.zh)

    def _still_bound(self, table: Table) -> None:
        """A column renamed or deleted meanwhile would be missing in silence."""
        if lost := self._rows.binding.lacks(table.key, *table.by_key):
            raise ArchiveError(
                Phrase(
                    f"{table.zh}：导出时列发生了变化（{lost[0]}）；请再运行一次",
                    f"{table.zh}: its columns changed during the export ({lost[0]}); run it again",
                )
            )

    def _remember_files(self, table: Table, found: Sequence[Row]) -> None:
        bound = self._rows.binding.tables[table.key]
        for row in found:
            for key, tokens in files(table, row.values).items():
                place = Place(
                    table_id=bound.table_id, field_id=bound.fields[key].field_id, record_id=row.record_id
                )
                for token in tokens:
                    self._places.setdefault(token, place)

    def _file(self, token: str, place: Place) -> None:
        """A file that Feishu no longer gives is told, not fatal: the rows are worth more."""
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as kept:
            try:
                facts = self._downloads.download(token, place, kept)  # type: ignore[arg-type]
            except FeishuRefused as error:
                self.left_out[f"files/{token}"] = str(error)
                return
            kept.seek(0)
            with self._out.member(bundle.content(token)) as member:
                while piece := kept.read(_CHUNK):
                    member.write(piece)
        self.files[token] = facts
