"""export and restore: a whole base into one file, and such a file into an empty base."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from feishu_plugin import schema as schemas
from feishu_plugin.app.clocks import clock_for
from feishu_plugin.app.compose import administrators
from feishu_plugin.app.provision import ZONE, opened_base
from feishu_plugin.binding import LiveTable
from feishu_plugin.errors import ArchiveError
from feishu_plugin.gateway.bases import base_facts
from feishu_plugin.gateway.extras import BaseExtras
from feishu_plugin.gateway.http import Feishu
from feishu_plugin.gateway.medias import BaseMedias
from feishu_plugin.gateway.sharing import share
from feishu_plugin.gateway.structure import BaseStructure, create_base, list_tables
from feishu_plugin.gateway.tables import BaseTables
from feishu_plugin.identity import recognise
from feishu_plugin.language import Phrase
from feishu_plugin.schema import Schema
from feishu_plugin.settings import Settings
from feishu_plugin.sync.archive import formulas, restoring
from feishu_plugin.sync.archive.bundle import Archive, opened
from feishu_plugin.sync.archive.exporting import Exported, Facts, export
from feishu_plugin.sync.archive.journal import Journal
from feishu_plugin.sync.archive.known import identify, paths_of
from feishu_plugin.sync.archive.same import differences
from feishu_plugin.sync.archive.snapshot import Snapshot, only, snapshot_of
from feishu_plugin.sync.archive.surroundings import look_around
from feishu_plugin.sync.structure.apply import Applied, OnStep, apply
from feishu_plugin.sync.structure.live import Base

_TO_BE_DELETED = "待删除 to be deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A base after ``restore``."""

    base_token: str
    url: str
    created: bool
    rows: Mapping[str, int]
    files: int
    failed: Sequence[str] = ()
    """What the base does not hold as the archive does; empty when every row was read back equal."""
    skipped: Sequence[str] = ()
    """What this tenant cannot have, and what only a person can set."""
    not_shared: Mapping[str, str] = field(default_factory=dict)
    """open_id to Feishu's reason."""

    @property
    def data(self) -> dict[str, Any]:
        """``{"base_token", "url", "created", "tables": {key: rows}, "files", "failed", "skipped", …}``."""
        return {
            "base_token": self.base_token,
            "url": self.url,
            "created": self.created,
            "tables": dict(self.rows),
            "files": self.files,
            "failed": list(self.failed),
            "skipped": list(self.skipped),
            "not_shared": dict(self.not_shared),
        }

    @property
    def text(self) -> str:
        """What was restored, what was not, and what to do next."""
        total = sum(self.rows.values())
        tables, files, token = len(self.rows), self.files, self.base_token
        lines: list[Phrase | str] = [f"{token}  {self.url}"]
        lines.append(
            Phrase(
                f"{tables} 张表，{total} 行，{files} 个附件", f"{tables} tables, {total} rows, {files} files"
            )
        )
        lines += [Phrase(f"  未还原 {line}", f"  NOT RESTORED {line}") for line in self.failed]
        lines += [f"  {line}" for line in self.skipped]
        for open_id, why in self.not_shared.items():
            lines.append(Phrase(f"  没能共享给 {open_id}：{why}", f"  NOT SHARED with {open_id}: {why}"))
        if self.created:
            lines.append(
                Phrase(
                    f"下一步：设置 FEISHU_BASE_TOKEN={token}，再运行 `feishu-plugin plan`",
                    f"next: set FEISHU_BASE_TOKEN={token} and run `feishu-plugin plan`",
                )
            )
        return "\n".join(map(str, lines))


def export_base(feishu: Feishu, settings: Settings, app_token: str, file: Path, on_step: OnStep) -> Exported:
    """Writes a base into an archive; ArchiveError when there is such a file already."""
    facts = base_facts(feishu, app_token)
    schema = schemas.load(settings.schema_file)
    with opened_base(settings, feishu, app_token) as base:
        live = recognise(base.structure.live(), base.identities.known())
        snapshot = snapshot_of(schema, live, look_around(base, facts.name, schema, live))
    told = Facts(
        base_token=app_token,
        name=facts.name,
        time_zone=facts.time_zone,
        exported_at=_iso(clock_for(settings, None).now()),
    )
    return _written(feishu, snapshot, told, file, on_step)


def export_lost(
    feishu: Feishu,
    schema: Schema,
    app_token: str,
    live: Sequence[LiveTable],
    wanted: Mapping[str, Sequence[str]],
    file: Path,
    now: datetime,
) -> Exported:
    """Writes the named columns (table id to field ids) with the primary one of each table.

    For what is about to be deleted. Such an archive is for people to read (``records/``), it
    is no base and ``restore`` refuses it. Raises as ``export_base``.
    """
    snapshot = only(snapshot_of(schema, live), wanted)
    told = Facts(base_token=app_token, name=schema.base.zh, time_zone="", exported_at=_iso(now), partial=True)
    return _written(feishu, snapshot, told, file, lambda done, total, what: None)


def restore_base(
    feishu: Feishu,
    settings: Settings,
    app_token: str | None,
    base_name: str | None,
    file: Path,
    on_step: OnStep,
) -> Restored:
    """Restores an archive into a new base of this name, or into the empty base that is set.

    The archive is read through first; nothing is written when it is damaged or the base holds
    rows. Killed, it goes on where it was when it is run again.
    """
    with opened(file) as archive:
        if archive.manifest.get("partial"):
            raise ArchiveError(
                Phrase(
                    f"{file} 只有部分列：请直接看其中的 records/，不能用来还原",
                    f"{file} holds single columns only: read its records/, it cannot be restored",
                )
            )
        journal = Journal.beside(file, archive.identity)
        return _Restoring(feishu, settings, archive, journal).run(app_token, base_name, on_step)


def build(base: Base, schema: Schema, on_step: OnStep) -> Applied:
    """Makes the structure of an archive.

    Formulas come last: one may refer to a column of a table that is made after its own.
    """
    apply(base, formulas.blank(schema), on_step=on_step)
    ids = {path: id for id, path in paths_of(identify(schema, base.structure.live())).items()}
    return apply(base, formulas.bound(schema, ids), on_step=on_step)


class _Fleeting:
    """Ids by key path for one run: the generated keys of an archive mean nothing afterwards."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def known(self) -> Mapping[str, str]:
        """What was learnt so far."""
        return self._known

    def learn(self, found: Mapping[str, str]) -> None:
        """Adds what is new."""
        self._known |= found


class _Restoring:
    """One run of ``restore``."""

    def __init__(self, feishu: Feishu, settings: Settings, archive: Archive, journal: Journal) -> None:
        self._feishu, self._settings = feishu, settings
        self._archive, self._journal = archive, journal
        self._failed: list[str] = []
        self._skipped: list[str] = []

    def run(self, app_token: str | None, base_name: str | None, on_step: OnStep) -> Restored:
        """The base, its structure, its rows, and a look at whether it is all there."""
        self._choose(app_token, base_name)
        token = str(self._journal.base["token"])
        self._structure(token, on_step)
        tables = self._bound(token)
        filled = restoring.fill(
            self._archive, tables, BaseMedias(self._feishu, token), self._journal, on_step
        )
        self._failed += filled.refused.values()
        self._failed += differences(self._archive, tables, self._journal)
        created = bool(self._journal.base["created"])
        people = administrators(self._feishu, self._settings) if created else ()
        refused = share(self._feishu, token, people)
        if not self._failed:
            self._journal.close()
        return Restored(
            base_token=token,
            url=str(self._journal.base["url"]),
            created=created,
            rows=filled.rows,
            files=filled.files,
            failed=tuple(self._failed),
            skipped=tuple(self._skipped),
            not_shared=refused,
        )

    def _choose(self, app_token: str | None, base_name: str | None) -> None:
        """The base of the run before, else a new one, else the one that is set, when it is empty."""
        begun = self._journal.base.get("token")
        if begun is not None:
            if base_name is None and app_token != begun:
                raise ArchiveError(
                    Phrase(
                        f"{self._journal.path} 记着上次还原到 {begun}：请把 FEISHU_BASE_TOKEN 设为它，"
                        "或移走该文件重新开始",
                        f"{self._journal.path} goes on with base {begun}: set FEISHU_BASE_TOKEN to it, "
                        "or move that file away to begin anew",
                    )
                )
        elif base_name is not None:
            self._create(base_name)
        elif app_token is not None:
            self._refuse_filled(app_token)
            url = f"{self._settings.base_url}/base/{app_token}"
            self._journal.started({"token": app_token, "url": url, "created": False, "leftover": []})

    def _create(self, name: str) -> None:
        """A new base, with the table that Feishu puts into it."""
        zone = self._archive.manifest.get("time_zone") or ZONE
        token, url = create_base(self._feishu, name, zone)
        found = [table.table_id for table in list_tables(self._feishu, token, fresh=True)]
        self._journal.started({"token": token, "url": url, "created": True, "leftover": found})

    def _refuse_filled(self, app_token: str) -> None:
        live = list_tables(self._feishu, app_token)
        schema = snapshot_of(schemas.load(self._settings.schema_file), live).schema
        filled = restoring.first_filled(BaseTables(self._feishu, schema, app_token), schema)
        if filled is not None:
            raise ArchiveError(
                Phrase(
                    f"多维表格 {app_token} 不是空的：{filled} 里有行；请还原到空表格，或用 --base-name 新建",
                    f"the base {app_token} is not empty: {filled} holds rows; "
                    "restore into an empty base, or into a new one with --base-name",
                )
            )

    def _structure(self, token: str, on_step: OnStep) -> None:
        if self._journal.has_structure:
            return
        new = bool(self._journal.base["created"])
        structure = BaseStructure(self._feishu, token, new=new)
        leftover = self._leftover(token)
        for number, table_id in enumerate(leftover, 1):
            # Out of the way of a table of the archive that has the name Feishu gives.
            structure.rename_table(table_id, f"{_TO_BE_DELETED} {number}")
        extras = BaseExtras(self._feishu, token)
        base = Base(structure=structure, extras=extras, identities=_Fleeting())
        applied = build(base, self._archive.schema, on_step)
        self._failed += map(str, applied.failed)
        self._skipped += map(str, applied.skipped)
        self._bound(token)
        for table_id in leftover:
            structure.delete_table(table_id)
        self._journal.structured()

    def _leftover(self, token: str) -> list[str]:
        """The tables of Feishu's own that are still there."""
        made = self._journal.base["leftover"]
        return [table.table_id for table in list_tables(self._feishu, token) if table.table_id in made]

    def _bound(self, token: str) -> BaseTables:
        """The tables of the base; ArchiveError while a column is missing that rows need."""
        tables = BaseTables(self._feishu, self._archive.schema, token, new=True)
        if missing := tables.rebind().missing:
            reasons = "; ".join([", ".join(missing), *self._failed])
            raise ArchiveError(
                Phrase(
                    f"多维表格 {token} 没能做成与归档一样，一行也没有写入：{reasons}",
                    f"the base {token} could not be made like the archive, no row was written: {reasons}",
                )
            )
        return tables


def _written(feishu: Feishu, snapshot: Snapshot, told: Facts, file: Path, on_step: OnStep) -> Exported:
    tables = BaseTables(feishu, snapshot.schema, told.base_token)
    tables.rebind()
    return export(tables, BaseMedias(feishu, told.base_token), snapshot, told, file, on_step)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")
