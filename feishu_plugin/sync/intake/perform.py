"""Writes what an import planned, batch by batch; killed anywhere and run again it neither doubles nor loses.

Before rows are created, what they are to hold is remembered; the batch is created under an identity
of its content; then it is remembered that they are there. Rows are found again by their source key.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from feishu_plugin.errors import FeishuError, FeishuUnreachable
from feishu_plugin.ports import Clock, Hint
from feishu_plugin.records import Values
from feishu_plugin.sync.desk import Store
from feishu_plugin.sync.intake import remembered
from feishu_plugin.sync.intake.known import Register
from feishu_plugin.sync.intake.mapping import KEY
from feishu_plugin.sync.intake.plan import Change, Imported, compare, print_of, prints_of, verdict
from feishu_plugin.sync.intake.rows import FileRow
from feishu_plugin.sync.settling import TABLE

BATCH = 500
_OF_ONE_ROW = frozenset({1254002, 1254015, 1254130, *range(1254060, 1254077)})
"""Codes that one bad cell brings upon a batch (too large, not what the column holds)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One row that was left out, or not taken as it stands."""

    row: FileRow
    left_out: bool
    why: str


@dataclass(slots=True, kw_only=True)
class Tally:
    """What became of the rows so far; every row of the file is in exactly one of the four counts."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    left_out: int = 0
    remarks: list[Remark] = field(default_factory=list)

    def take_remarks(self) -> list[Remark]:
        """The remarks since the last time: they must not heap up with the rows of a large file."""
        taken, self.remarks = self.remarks, []
        return taken

    def leave(self, row: FileRow, why: str) -> None:
        """A row that is not in the base when the import is over."""
        self.left_out += 1
        self.remarks.append(Remark(row=row, left_out=True, why=why))

    def doubt(self, row: FileRow, why: str) -> None:
        """A row that was taken in part."""
        self.remarks.append(Remark(row=row, left_out=False, why=why))


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Where the rows go."""

    app_token: str
    tables: Register
    store: Store
    clock: Clock
    labels: Mapping[str, str]
    """Field key to what people call it."""


class Importing:
    """One import of one file into one base."""

    def __init__(
        self,
        base: Base,
        records: Mapping[str, str],
        file: str,
        *,
        archived: Collection[str] = frozenset(),
        dry_run: bool = False,
        batch: int = BATCH,
    ) -> None:
        self._base, self._records, self._file, self._archived = base, records, file, archived
        self._dry, self._batch = dry_run, batch
        self._seen: dict[str, int] = {}
        self.tally = Tally()

    def run(self, rows: Iterable[FileRow]) -> Iterator[int]:
        """Takes a batch at a time; yields how many rows it held."""
        source = iter(rows)
        while batch := list(islice(source, self._batch)):
            self._take(self._once(batch))
            yield len(batch)

    def _once(self, batch: Sequence[FileRow]) -> list[FileRow]:
        """Without the rows whose key an earlier row of the file has."""
        found = []
        for row in batch:
            first = self._seen.setdefault(row.key, row.number)
            if first == row.number:
                found.append(row)
            else:
                self.tally.leave(row, f"键与第 {first} 行相同 has the key of row {first}")
        return found

    def _take(self, rows: Sequence[FileRow]) -> None:
        last = remembered.recall(self._base.store, self._base.app_token, [row.key for row in rows])
        sorted_out: dict[str, list[FileRow]] = {"create": [], "same": [], "look": [], "deleted": []}
        for row in rows:
            memory = last.get(row.key)
            known = self._records.get(row.key)
            left = known is None and row.key in self._archived
            sorted_out["deleted" if left else verdict(row, known, memory)].append(row)
        self.tally.unchanged += len(sorted_out["same"])
        for row in sorted_out["deleted"]:
            self.tally.leave(row, self._gone(row))
        for row in (*sorted_out["create"], *sorted_out["same"], *sorted_out["look"]):
            if row.doubts:
                self.tally.doubt(row, "；".join(row.doubts))
        self._create(sorted_out["create"])
        self._look(sorted_out["look"], last)

    def _gone(self, row: FileRow) -> str:
        if row.key in self._archived:
            return "已归档，不再写入 is in the archive: it is not written again"
        return "导入后已从表中删除，不再写入 was deleted since: it is not written again"

    def _create(self, rows: Sequence[FileRow]) -> None:
        if not rows or self._dry:
            self.tally.created += len(rows)
            return
        intent = {row.key: self._imported(row) for row in rows}
        self._remember(intent)
        for row, record_id in self._created(rows):
            intent[row.key] = replace(intent[row.key], record_id=record_id)
        made = {key: one for key, one in intent.items() if one.record_id}
        self.tally.created += len(made)
        self._base.store.put([self._hint(one.record_id, key) for key, one in made.items()])
        self._remember(made)

    def _created(self, rows: Sequence[FileRow]) -> Iterator[tuple[FileRow, str]]:
        """Rows with their new ids; where Feishu refuses a batch for one row's sake, without that row."""
        cells = [self._cells(row) for row in rows]
        content = "\n".join(f"{row.key} {sorted(prints_of(row.values).items())}" for row in rows)
        digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
        try:
            ids = self._base.tables.create(TABLE, cells, f"import:{self._base.app_token}:{digest}")
            yield from zip(rows, ids, strict=True)
        except FeishuError as error:
            if not _is_about_one_row(error):
                raise
            if len(rows) == 1:
                self.tally.leave(rows[0], f"飞书拒收 Feishu refused it: {error}")
                return
            half = len(rows) // 2
            for part in (rows[:half], rows[half:]):
                yield from self._created(part)

    def _cells(self, row: FileRow) -> Values:
        return {**{key: value for key, value in row.values.items() if value is not None}, KEY: row.key}

    def _look(self, rows: Sequence[FileRow], last: Mapping[str, Imported]) -> None:
        """Rows that are there already: what the file says anew is written, the rest kept."""
        here = self._base.tables.read(TABLE, [self._records[row.key] for row in rows]) if rows else {}
        changes: dict[str, tuple[FileRow, Change]] = {}
        for row in rows:
            record = here.get(self._records[row.key])
            if record is None:
                self.tally.leave(row, "刚刚被删除 was deleted just now")
                continue
            change = compare(row, record, last.get(row.key))
            changes[record.record_id] = (row, change)
            if change.kept:
                names = "、".join(self._base.labels.get(key, key) for key in change.kept)
                self.tally.doubt(row, f"表中已有人改过，保留：{names} was edited since, kept")
        self._update(changes, last)

    def _update(self, changes: Mapping[str, tuple[FileRow, Change]], last: Mapping[str, Imported]) -> None:
        wanted = {record_id: change.values for record_id, (_, change) in changes.items() if change.values}
        self.tally.unchanged += len(changes) - len(wanted)
        if self._dry or not changes:
            self.tally.updated += len(wanted)
            return
        refused = dict(self._write(wanted))
        self.tally.updated += len(wanted) - len(refused)
        news: dict[str, Imported] = {}
        for record_id, (row, change) in changes.items():
            if error := refused.get(record_id):
                self.tally.leave(row, f"飞书拒收 Feishu refused it: {error}")
            else:
                before = last.get(row.key) or self._imported(row)
                news[row.key] = replace(before, prints=change.prints, record_id=record_id)
        # Created by a run that was killed before it could say so.
        orphans = [key for key in news if key in last and not last[key].record_id]
        self._base.store.put([self._hint(news[key].record_id, key) for key in orphans])
        self._remember(news)

    def _write(self, changes: Mapping[str, Values]) -> Iterator[tuple[str, FeishuError]]:
        """Writes rows; those that Feishu refuses come back with the reason, the others are written."""
        try:
            if changes:
                self._base.tables.update(TABLE, changes)
        except FeishuError as error:
            if not _is_about_one_row(error):
                raise
            if len(changes) == 1:
                yield from ((record_id, error) for record_id in changes)
                return
            ids = list(changes)
            for part in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
                yield from self._write({record_id: changes[record_id] for record_id in part})

    def _imported(self, row: FileRow) -> Imported:
        return Imported(
            prints=prints_of(row.values),
            history=tuple((status, at.isoformat()) for status, at in row.history),
            place=f"{self._file} 第 {row.number} 行",
        )

    def _remember(self, rows: Mapping[str, Imported]) -> None:
        if rows:
            remembered.remember(self._base.store, self._base.app_token, rows, self._now())

    def _hint(self, record_id: str, key: str) -> Hint:
        return Hint(
            app_token=self._base.app_token,
            table_id=self._base.tables.binding.tables[TABLE].table_id,
            record_id=record_id,
            kind="swept",
            event_id=f"import:{print_of(key)}",
            received_at=self._now(),
        )

    def _now(self) -> datetime:
        return self._base.clock.now()


def _is_about_one_row(error: FeishuError) -> bool:
    return error.code in _OF_ONE_ROW and not isinstance(error, FeishuUnreachable)
