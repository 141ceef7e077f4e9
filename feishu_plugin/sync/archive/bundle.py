"""The archive file: a zip of ``manifest.json``, ``schema.json``, ``records/``, ``files.json``, ``files/``.

It is written under a temporary name beside the wanted one and renamed when it is whole. It is
read only after every member was compared with the sum that the manifest holds and every row
was parsed; nothing is ever unpacked to disk, and no file makes us hold more than it may.
"""

import contextlib
import hashlib
import json
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, BinaryIO, Self, cast

from feishu_plugin import schema as schemas
from feishu_plugin.errors import ArchiveError, SchemaError
from feishu_plugin.foreign_json import NotJson, parsed
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json
from feishu_plugin.schema import Schema
from feishu_plugin.schema_format import canonical
from feishu_plugin.sync.archive import told
from feishu_plugin.sync.archive.rows import Row, row_in

FORMAT = 1
MANIFEST, SCHEMA, FILES = "manifest.json", "schema.json", "files.json"
_CHUNK = 1 << 20
_Z = zipfile.ZIP_DEFLATED
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error),
    *(EOFError, OSError, RuntimeError, ValueError, IndexError),
)
"""What the standard library raises for a zip whose bytes are not what they were."""
_MOST_WHOLE, _MOST_LINE = 64 << 20, 32 << 20
"""Bytes of a member that is read at once, and of one row (Feishu's largest has some 30 MB)."""
_DENSEST = 1100
"""Deflate packs a byte into a thousandth: whatever claims more has members on top of each other."""


def records(table: str) -> str:
    """The member that holds the rows of a table."""
    return f"records/{table}.jsonl"


def content(file_token: str) -> str:
    """The member that holds the bytes of a file."""
    return f"files/{file_token}"


class Bundle:
    """An archive while it is written; the sums of its members are kept for the manifest."""

    def __init__(self, out: zipfile.ZipFile) -> None:
        self._out = out
        self._sums: dict[str, str] = {}

    @contextlib.contextmanager
    def member(self, name: str) -> Iterator["Member"]:
        """One member, to be written piece by piece; the members come one after another."""
        with self._out.open(name, "w", force_zip64=True) as sink:
            member = Member(sink)
            yield member
        self._sums[name] = member.sum

    def text(self, name: str, text: str) -> None:
        """A small member whole; JSON, where half a surrogate pair stays an escape."""
        with self.member(name) as member:
            member.write(text.encode("utf-8", "backslashreplace"))

    def schema(self, schema: Schema) -> None:
        """The schema in the layout of ``field_schema.json``."""
        self.text(SCHEMA, canonical(schema.model_dump(mode="json", exclude_defaults=True)))

    def finish(self, manifest: Json) -> None:
        """The manifest, with the sums of everything before it."""
        self.text(MANIFEST, _json({"format": FORMAT, **manifest, "sha256": self._sums}))


class Member:
    """Bytes on their way into the archive, and their sum."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink, self._sum = sink, hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Adds a piece."""
        self._sink.write(piece)
        self._sum.update(piece)

    @property
    def sum(self) -> str:
        """SHA-256 of what was written so far."""
        return self._sum.hexdigest()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Bundle]:
    """A new archive; after any error there is no file of this name, and no other one either.

    Raises ArchiveError when the file exists already or its folder cannot be written.
    """
    if path.exists():
        raise ArchiveError(
            Phrase(
                f"{path} 已存在：请换个名字，或先移走它",
                f"{path} exists already: choose another name, or move it away first",
            )
        )
    with _beside(path) as temporary:
        with temporary.open("wb") as raw:
            with zipfile.ZipFile(raw, "w", compression=_Z) as out:
                yield Bundle(out)
            raw.flush()
            os.fsync(raw.fileno())
        temporary.replace(path)


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A file of ours alone (it holds what customers said), gone afterwards unless it was renamed."""
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise ArchiveError(
            Phrase(
                f"{path}：写不了（{error.strerror}）；请换个文件夹",
                f"{path}: cannot be written ({error.strerror}); choose another folder",
            )
        ) from error
    os.close(number)
    try:
        yield Path(name)
    except OSError as error:
        raise ArchiveError(
            Phrase(f"{path}：写不了（{error.strerror}）", f"{path}: cannot be written ({error.strerror})")
        ) from error
    finally:
        Path(name).unlink(missing_ok=True)


class Archive:
    """An archive that was checked whole; use it as a context, it keeps the file open."""

    def __init__(self, path: Path, opened: zipfile.ZipFile) -> None:
        self.path, self._zip = path, opened
        self._refuse_bombs()
        raw = self._read(MANIFEST)
        self.identity = hashlib.sha256(raw).hexdigest()
        """Equal for equal content: the manifest holds the sums of everything else."""
        self.manifest: Json = self._object(MANIFEST, raw)
        if self.manifest.get("format") != FORMAT:
            found = self.manifest.get("format")
            raise ArchiveError(
                Phrase(
                    f"{path}：格式是 {found}，本版本只读 {FORMAT}",
                    f"{path}: its format is {found}, this version reads {FORMAT}",
                )
            )
        with self._naming(MANIFEST):
            self.counts, self._sums = told.counts(self.manifest), told.sums(self.manifest)
        """Rows by table key."""
        self._compare()
        self.schema = self._schema()
        with self._naming(FILES):
            self.files = told.files(self._object(FILES, self._read(FILES)))
        """``{name, mime, size}`` by file token."""
        self._look_through()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table, one at a time."""
        wanted, number = self.schema.table(table), 0
        with self._member(records(table)) as lines:
            while text := lines.readline(_MOST_LINE):
                number += 1
                with self._naming(f"{records(table)}:{number}"):
                    yield row_in(wanted, text)

    def open_file(self, file_token: str) -> BinaryIO:
        """The bytes of one file."""
        return cast(BinaryIO, self._zip.open(content(file_token)))

    def _refuse_bombs(self) -> None:
        """Nothing of the archive is read yet: only what its directory claims."""
        members, size = self._zip.infolist(), self.path.stat().st_size
        if any(one.compress_type not in (zipfile.ZIP_STORED, _Z) for one in members):
            raise ArchiveError(
                Phrase(
                    f"{self.path}：打包方式不是 `feishu-plugin export` 会用的",
                    f"{self.path}: packed in a way that `feishu-plugin export` never does",
                )
            )
        claimed = sum(one.file_size for one in members)
        if claimed > _DENSEST * size:
            raise ArchiveError(
                Phrase(
                    f"{self.path}：{size:,} 字节自称含有 {claimed:,} 字节，不予读取",
                    f"{self.path}: claims to hold {claimed:,} bytes in {size:,}: it is not read",
                )
            )

    def _compare(self) -> None:
        for name, wanted in self._sums.items():
            found = hashlib.sha256()
            with self._member(name) as member:
                while piece := member.read(_CHUNK):
                    found.update(piece)
            if found.hexdigest() != wanted:
                raise self._damaged(name)

    def _look_through(self) -> None:
        """Before a base is touched: every row fits its columns, none is missing, all were compared."""
        needed = [SCHEMA, FILES, *map(content, self.files)]
        for table in self.schema.tables:
            needed.append(records(table.key))
            ids = [row.record_id for row in self.rows(table.key)]
            if len(set(ids)) != self.counts.get(table.key) or len(ids) != len(set(ids)):
                raise self._damaged(records(table.key))
        if unsummed := sorted(set(needed) - self._sums.keys()):
            raise ArchiveError(
                Phrase(
                    f"{self.path}：{MANIFEST} 没有登记 {', '.join(unsummed[:5])}",
                    f"{self.path}: {MANIFEST} does not vouch for {', '.join(unsummed[:5])}",
                )
            )

    def _schema(self) -> Schema:
        try:
            return schemas.parse(self._object(SCHEMA, self._read(SCHEMA)), f"{self.path}: {SCHEMA}")
        except SchemaError as error:
            raise ArchiveError(str(error)) from error

    @contextlib.contextmanager
    def _naming(self, place: str) -> Iterator[None]:
        """What does not fit is told with its place in the archive."""
        try:
            yield
        except ValueError as error:
            raise ArchiveError(f"{self.path}: {place}: {error}") from error

    def _object(self, name: str, raw: bytes) -> Json:
        try:
            found = parsed(raw)
        except NotJson:
            raise self._damaged(name) from None
        if not isinstance(found, dict):
            raise self._damaged(name)
        return found

    def _read(self, name: str) -> bytes:
        with self._member(name) as member:
            found = member.read(_MOST_WHOLE + 1)
        if len(found) > _MOST_WHOLE:
            raise ArchiveError(
                Phrase(
                    f"{self.path}：{name} 比 `feishu-plugin export` 会写的都大",
                    f"{self.path}: {name} is larger than any that `feishu-plugin export` writes",
                )
            )
        return found

    @contextlib.contextmanager
    def _member(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._zip.open(name) as member:
                yield member
        except KeyError:
            raise ArchiveError(
                Phrase(
                    f"{self.path}：里面没有 {name}：不是 `feishu-plugin export` 的归档，或已损坏",
                    f"{self.path}: {name} is not in it: no archive of `feishu-plugin export`, or damaged",
                )
            ) from None
        except _BROKEN:
            raise self._damaged(name) from None

    def _damaged(self, name: str) -> ArchiveError:
        return ArchiveError(
            Phrase(
                f"{self.path}：{name} 已损坏：请用另一份归档",
                f"{self.path}: {name} is damaged: use another copy of the archive",
            )
        )


def opened(path: Path) -> Archive:
    """The archive, checked member by member; ArchiveError says what is wrong with it."""
    try:
        found = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, RuntimeError, ValueError):
        raise ArchiveError(
            Phrase(
                f"{path}：不是 `feishu-plugin export` 的归档，或已损坏",
                f"{path}: not an archive of `feishu-plugin export`, or damaged",
            )
        ) from None
    except OSError as error:
        raise ArchiveError(
            Phrase(
                f"{path}：读不了（{error.strerror}）；请给出存在的文件",
                f"{path}: cannot be read ({error.strerror}); pass an existing file",
            )
        ) from error
    try:
        return Archive(path, found)
    except BaseException:
        found.close()
        raise


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
