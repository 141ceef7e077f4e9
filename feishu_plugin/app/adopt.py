"""adopt: a table that a team already has becomes one of ours; first a file to review, then the marks."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from feishu_plugin import foreign_json
from feishu_plugin import schema as schemas
from feishu_plugin.app.adopted_text import adopted_text, suggested_text
from feishu_plugin.app.whole_file import write_whole
from feishu_plugin.binding import LiveTable, path_of
from feishu_plugin.errors import MappingError
from feishu_plugin.identity import Known, recognise
from feishu_plugin.language import Phrase
from feishu_plugin.ports import Memory
from feishu_plugin.schema import Schema
from feishu_plugin.schema_format import canonical
from feishu_plugin.settings import Settings, one_base
from feishu_plugin.structure_ports import Structure
from feishu_plugin.sync.adopt import mapping as mappings
from feishu_plugin.sync.adopt.adoption import identities, marks
from feishu_plugin.sync.adopt.fitting import is_overwritten
from feishu_plugin.sync.adopt.mapping import Adoption
from feishu_plugin.sync.adopt.perform import perform
from feishu_plugin.sync.adopt.suggest import suggest
from feishu_plugin.sync.adopt.team_schema import labels_given_way, team_schema
from feishu_plugin.sync.structure.apply import OnStep
from feishu_plugin.sync.structure.remembered import FACT, Remembered

if TYPE_CHECKING:
    from feishu_plugin.gateway.http import Feishu


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggested:
    """A mapping that waits for review."""

    mapping: Adoption
    path: Path

    @property
    def data(self) -> dict[str, Any]:
        """``{"mapping_file", "base", "table", "columns"}``."""
        return {"mapping_file": str(self.path), **self.mapping.model_dump()}

    @property
    def text(self) -> str:
        """Column by column, then what to do next."""
        return suggested_text(self.mapping, self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopted:
    """What was done, or with ``confirmed`` False what would be."""

    mapping: Adoption
    marked: int
    schema_file: Path | None
    """The schema in the team's words; None when the one in use says the same."""
    warnings: Sequence[str]
    confirmed: bool

    @property
    def data(self) -> dict[str, Any]:
        """``{"base_token", "table_id", "mapped": {key: field_id}, "marked", "schema_file", …}``."""
        return {
            "base_token": self.mapping.base,
            "table_id": self.mapping.table.table_id,
            "mapped": {key: column.field_id for key, column in self.mapping.mapped().items()},
            "marked": self.marked,
            "schema_file": str(self.schema_file) if self.schema_file else None,
            "warnings": list(self.warnings),
            "confirmed": self.confirmed,
        }

    @property
    def text(self) -> str:
        """What was done and what to do next."""
        return adopted_text(self.mapping, self.schema_file, self.warnings, confirmed=self.confirmed)


def suggest_mapping(
    settings: Settings, base: str | None, table: str | None, key: str, path: Path | None
) -> Suggested:
    """Reads the base and writes a mapping of one of its tables for review; changes nothing in Feishu.

    ``table`` is a name or an id; ``key`` the table of the schema it should become. A mapping
    file that exists is never written over: MappingError.
    """
    from feishu_plugin.app.compose import gateway
    from feishu_plugin.gateway.wiki import address_of, base_token

    target = path or Path(f"adopt-{key}.json")
    if target.exists():
        raise MappingError(
            Phrase(
                f"{target} 已存在：请直接确认它、把它移走，或用 --output 换个名字",
                f"{target} exists: confirm it, move it away, or name another with --output",
            )
        )
    schema = schemas.load(settings.schema_file)
    if key not in schema.by_key:
        raise MappingError(
            Phrase(
                f"--as {key}：字段定义里有 {', '.join(schema.by_key)}",
                f"--as {key}: the schema has {', '.join(schema.by_key)}",
            )
        )
    address, feishu = address_of(base or one_base(settings)), gateway(settings)
    token = base_token(feishu, address) if base else address.token
    with _opened(settings, feishu, token) as opened:
        here = _table(opened.tables, table or address.table)
    mapping = suggest(token, schema.table(key), here)
    write_whole(target, json.dumps(mapping.model_dump(), ensure_ascii=False, indent=1) + "\n")
    return Suggested(mapping=mapping, path=target)


def _table(tables: Sequence[LiveTable], named: str) -> LiveTable:
    found = [table for table in tables if named and named in (table.table_id, table.name)]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{table.name} ({table.table_id})" for table in tables)
    raise MappingError(
        Phrase(
            f"{f'没有数据表「{named}」' if named else '哪张数据表？'}请用 --table 指明；现有 {there}",
            f"{f'the base has no table {named}' if named else 'which table?'}: name one with --table; "
            f"the base has {there}",
        )
    )


def read(path: Path) -> Adoption:
    """The mapping file; MappingError when it cannot be read."""
    try:
        return mappings.parse(foreign_json.parsed(path.read_text(encoding="utf-8")), str(path))
    except OSError as error:
        raise MappingError(
            Phrase(
                f"{path}：读不了（{error.strerror}）；请用 --table 先生成一个",
                f"{path}: cannot be read ({error.strerror}); write one with --table",
            )
        ) from error
    except (foreign_json.NotJson, UnicodeDecodeError) as error:
        raise MappingError(Phrase(f"{path}：不是 JSON（{error}）", f"{path}: not JSON ({error})")) from error


def confirm(
    settings: Settings, path: Path, *, dry_run: bool = False, on_step: OnStep | None = None
) -> Adopted:
    """Makes a reviewed mapping so: the team's schema file, what is remembered, the marks. Cells stay.

    May be stopped at any point and repeated. Raises MappingError, before anything is changed,
    naming all that is wrong; and when Feishu kept something else than it was told.
    """
    from feishu_plugin.app.compose import gateway

    schema, mapping = schemas.load(settings.schema_file), read(path)
    with _opened(settings, gateway(settings), mapping.base) as base:
        here = _checked(mapping, schema, base.tables, str(path))
        words = _Words.of(settings, schema, mapping, base.tables, path)
        bodies = marks(mapping, words.schema, here)
        if not dry_run:
            words.write()
            base.memory.keep(mapping.base, FACT, identities(base.known, mapping, here))
            perform(base.structure, here, bodies, on_step)
    return Adopted(
        mapping=mapping,
        marked=len(bodies),
        schema_file=words.file if words.differ else None,
        warnings=(*words.given_way, *_warnings(mapping, schema)),
        confirmed=not dry_run,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """A base as it was read, with what is remembered of its ids."""

    structure: Structure
    memory: Memory
    known: Known
    tables: Sequence[LiveTable]


@contextmanager
def _opened(settings: Settings, feishu: "Feishu", app_token: str) -> Iterator[_Base]:
    from feishu_plugin.gateway.structure import BaseStructure
    from feishu_plugin.store.store import Store

    structure, store = BaseStructure(feishu, app_token), Store(settings.database)
    try:
        known = Remembered(store, app_token).known()
        tables = recognise(structure.live(), known)
        yield _Base(structure=structure, memory=store, known=known, tables=tables)
    finally:
        store.close()


def _checked(mapping: Adoption, schema: Schema, tables: Sequence[LiveTable], source: str) -> LiveTable:
    problems = mappings.check(mapping, schema, tables)
    key = mapping.table.to
    for other in tables:
        theirs = {other.key, *(found[0] for field in other.fields if (found := path_of(field)))}
        if other.table_id != mapping.table.table_id and key in theirs:
            there = f"“{other.name}” ({other.table_id})"
            told = Phrase(
                f"{there} 已经是 {key}：请在第一次 apply 之前接入；那张表若是空的，也可在飞书里删除",
                f"{there} is {key} already: adopt before the first apply, "
                "or delete that table in Feishu if it is empty",
            )
            problems.append(("$.table.to", str(told)))
    if problems:
        raise mappings.refusal(source, problems)
    return next(table for table in tables if table.table_id == mapping.table.table_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """The schema in the team's words: as a value, as a file, and whether it says anything new."""

    schema: Schema
    file: Path
    text: str
    differ: bool
    given_way: Sequence[str]

    @classmethod
    def of(
        cls, settings: Settings, schema: Schema, mapping: Adoption, tables: Sequence[LiveTable], path: Path
    ) -> Self:
        source = settings.schema_file or schemas.default_path()
        before = json.loads(source.read_text(encoding="utf-8"))
        after = team_schema(before, schema, mapping, tables)
        file = path.with_suffix(".schema.json").absolute()
        # Reading a schema fills in its option lists: the file is written from what was not read.
        parsed = schemas.parse(json.loads(json.dumps(after)), str(file))
        ways = labels_given_way(before, after, mapping.table.to)
        return cls(
            schema=parsed,
            file=file,
            text=canonical(after),
            differ=after != before,
            given_way=[
                str(Phrase(f"系统的“{old}”改称“{new}”", f"ours, “{old}”, is called “{new}” beside yours"))
                for old, new in ways
            ],
        )

    def write(self) -> None:
        if self.differ:
            write_whole(self.file, self.text)


def _warnings(mapping: Adoption, schema: Schema) -> list[str]:
    table = schema.table(mapping.table.to)
    return [
        str(
            Phrase(
                f"“{column.name}” → {key}：系统会改写这一列的值",
                f"“{column.name}” → {key}: the service writes over the values of this column",
            )
        )
        for key, column in mapping.mapped().items()
        if is_overwritten(table.field(key))
    ]
