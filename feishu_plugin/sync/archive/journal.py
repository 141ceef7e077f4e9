"""How far a restore has come, on disk beside the archive: one line of JSON per thing done.

A line is on disk before the next call is made, so a restore that was killed goes on where it
was: the ids that Feishu gave to rows and files are in no other place. A line that was cut off
by the kill counts as not written.
"""

import json
import os
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, TypeAdapter, ValidationError

from feishu_plugin.errors import ArchiveError
from feishu_plugin.foreign_json import NotJson, parsed
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Json


class Journal:
    """The way from the ids of one archive to those of one base."""

    def __init__(self, path: Path, archive: str) -> None:
        self._path, self._archive = path, archive
        self.base: Json = {}
        """``{"token", "url", "created", "leftover"}``; empty before the start.

        ``leftover`` are the ids of the tables that Feishu itself puts into a new base.
        """
        self.has_structure = False
        self.is_resumed = False
        """True when an earlier run may have made rows that no line tells of."""
        self.made: dict[str, dict[str, str]] = {}
        """Table key to record ids, old to new."""
        self.files: dict[str, str] = {}
        """File tokens, old to new."""
        self.linked: dict[str, int] = {}
        """Step of linking to how many rows of it are done."""

    @classmethod
    def beside(cls, file: Path, archive: str) -> Self:
        """The journal of an archive; ArchiveError when it is about another content of that file."""
        journal = cls(file.with_name(f"{file.name}.restore"), archive)
        for fact in journal._facts():
            journal._take(fact)
        journal.is_resumed = journal.has_structure
        return journal

    @property
    def path(self) -> Path:
        """Where it is kept."""
        return self._path

    def started(self, base: Json) -> None:
        """The base is chosen."""
        self._note({"archive": self._archive, "base": base})

    def structured(self) -> None:
        """Tables and columns are there."""
        self._note({"structure": True})

    def created(self, table: str, ids: dict[str, str]) -> None:
        """Rows are there."""
        self._note({"table": table, "made": ids})

    def uploaded(self, old: str, new: str) -> None:
        """A file is there."""
        self._note({"files": {old: new}})

    def linked_to(self, step: str, rows: int) -> None:
        """So many rows of a step have their links."""
        self._note({"linked": {step: rows}})

    def close(self) -> None:
        """The restore is complete: there is nothing to go on with."""
        self._path.unlink(missing_ok=True)

    def _note(self, fact: Json) -> None:
        text = json.dumps(fact) + "\n"
        try:
            # The newline first ends a line that a kill cut off.
            with self._path.open("a", encoding="ascii") as out:
                out.write(f"\n{text}")
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise ArchiveError(
                Phrase(
                    f"{self._path}：写不了（{error.strerror}）：还原的进度记在那里",
                    f"{self._path}: cannot be written ({error.strerror}): the restore keeps its "
                    "progress there",
                )
            ) from error
        self._take(fact)

    def _facts(self) -> list[Json]:
        try:
            lines = self._path.read_text(encoding="ascii").splitlines()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise ArchiveError(
                Phrase(f"{self._path}：读不了（{error}）", f"{self._path}: cannot be read ({error})")
            ) from error
        found = (_object(line) for line in lines)
        facts = [fact for fact in found if fact]
        try:
            _FACTS.validate_python(facts)
        except ValidationError as error:
            raise ArchiveError(
                Phrase(
                    f"{self._path}：不是还原写的（{error.errors()[0]['msg']}）：请先把它移走",
                    f"{self._path}: no restore wrote this ({error.errors()[0]['msg']}): move it away first",
                )
            ) from error
        return facts

    def _take(self, fact: Json) -> None:
        if fact.get("archive", self._archive) != self._archive:
            raise ArchiveError(
                Phrase(
                    f"{self._path} 记的是另一份同名归档的还原：请先把它移走",
                    f"{self._path} tells of the restore of another archive of this name: move it away first",
                )
            )
        self.base = fact.get("base", self.base)
        self.has_structure = fact.get("structure", self.has_structure)
        self.files |= fact.get("files", {})
        self.linked |= fact.get("linked", {})
        if "table" in fact:
            self.made.setdefault(fact["table"], {}).update(fact.get("made", {}))


class _Base(BaseModel, strict=True):
    token: str
    url: str
    created: bool
    leftover: list[str]


class _Fact(BaseModel, strict=True, extra="forbid"):
    """What a line may hold."""

    archive: str = ""
    base: _Base | None = None
    structure: bool = False
    files: dict[str, str] = {}
    linked: dict[str, int] = {}
    table: str = ""
    made: dict[str, str] = {}


_FACTS = TypeAdapter(list[_Fact])


def _object(line: str) -> dict[str, Any]:
    try:
        found = parsed(line)
    except NotJson:
        return {}
    return found if isinstance(found, dict) else {}
