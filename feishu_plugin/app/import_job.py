"""``import FILE``: rows of a CSV or XLSX file become requirements, or are brought up to date."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Self, cast

from feishu_plugin.app.compose import Office, desk_for
from feishu_plugin.app.import_mapping import Reviewed, mapping_for
from feishu_plugin.app.import_report import ErrorReport
from feishu_plugin.app.import_text import Result
from feishu_plugin.app.jobs import drain, join_customers, work_off
from feishu_plugin.errors import BindingError, FeishuRefused
from feishu_plugin.language import Phrase
from feishu_plugin.schema import Table
from feishu_plugin.sync.desk import Desk
from feishu_plugin.sync.intake import source
from feishu_plugin.sync.intake.cells import Around, addresses, spelled
from feishu_plugin.sync.intake.known import Register, by_name, known
from feishu_plugin.sync.intake.mapping import FileMapping
from feishu_plugin.sync.intake.perform import BATCH, Base, Importing
from feishu_plugin.sync.intake.rows import FileRow, Reader
from feishu_plugin.sync.intake.sheet import is_blank
from feishu_plugin.sync.intake.text_file import Row
from feishu_plugin.sync.settling import TABLE
from feishu_plugin.sync.structure.apply import OnStep

log = logging.getLogger(__name__)


def import_file(
    office: Office, app_token: str, file: Path, given: Path | None, *, dry_run: bool, on_step: OnStep
) -> Result:
    """Imports the file, or with ``dry_run`` only says what it would do; then judges what is new.

    May be killed at any point and run again. Raises MappingError and IntakeError before anything
    is written to the base.
    """
    desk = desk_for(office, app_token)
    wanted, bound = office.schema.table(TABLE), desk.tables.binding.tables.get(TABLE)
    if bound is None:
        raise BindingError(
            Phrase(
                f"多维表格 {app_token} 没有数据表「{wanted.zh}」；请运行 `feishu-plugin apply`",
                f"the base {app_token} has no table {wanted.zh}; run `feishu-plugin apply`",
            )
        )
    reviewed = mapping_for(file, given, wanted, bound)
    people = _Persons.of(reviewed.mapping, wanted)
    found = known(cast(Register, desk.tables), reviewed.mapping.source, people.keys)
    if people.keys:
        people.known |= by_name({*found.people, *_named(desk)}, lambda one: desk.people.person(one).name)
    reader = Reader(reviewed.mapping, wanted, reviewed.names)
    work = Importing(_base(desk, wanted), found.records, file.name, archived=found.archived, dry_run=dry_run)
    with ErrorReport(file.with_name(f"{file.name}.errors.csv"), reviewed.names) as report:
        for done in _counted(work.run(_understood(office, desk, reader, people, _rows(file, reviewed)))):
            report.add(work.tally.take_remarks())
            on_step(done, max(reviewed.rows, done), file.name)
    left = 0 if dry_run else _judged(office, desk)
    return Result(
        base=app_token,
        wanted=wanted,
        reviewed=reviewed,
        tally=work.tally,
        report=report.path if report.rows else None,
        in_part=report.rows - work.tally.left_out,
        left=left,
        dry_run=dry_run,
    )


def _judged(office: Office, desk: Desk) -> int:
    """Numbers, priorities and limits for what is new; how many rows are left to the running service."""
    judged, _, left = work_off(desk)
    drain(office, desk)
    if judged and join_customers(desk):
        _, _, left = work_off(desk)
        drain(office, desk)
    return left


def _base(desk: Desk, wanted: Table) -> Base:
    return Base(
        app_token=desk.app_token,
        tables=cast(Register, desk.tables),
        store=desk.store,
        clock=desk.clock,
        labels={one.key: one.zh for one in wanted.fields},
    )


@dataclass(slots=True, kw_only=True)
class _Persons:
    """Whom the cells of a file may name."""

    keys: tuple[str, ...]
    """The mapped fields that hold people."""
    known: dict[str, str] = field(default_factory=dict)
    """Name or address as ``spelled`` to open_id."""
    asked: set[str] = field(default_factory=set)
    """Addresses that the phone book was asked for."""

    @classmethod
    def of(cls, mapping: FileMapping, wanted: Table) -> Self:
        return cls(keys=tuple(key for key in mapping.mapped() if wanted.field(key).type == "user"))


def _named(desk: Desk) -> Iterable[str]:
    """Everybody the rules know."""
    routed = (one for r in desk.policy.routes for one in (*r.owners, *r.backup, *r.managers))
    return {*routed, *desk.administrators}


def _rows(file: Path, reviewed: Reviewed) -> Iterator[Row]:
    layout = reviewed.mapping.layout
    found = source.rows(file, layout)
    return ((n, cells) for n, cells in found if n > layout.heading_row and not is_blank(cells))


def _understood(
    office: Office, desk: Desk, reader: Reader, people: _Persons, rows: Iterator[Row]
) -> Iterator[FileRow]:
    """A batch at a time, so that addresses are looked up together."""
    while batch := list(islice(rows, BATCH)):
        if people.keys:
            _look_up(office, people, batch)
        around = Around(zone=desk.policy.worktime.zone, people=people.known)
        yield from (reader.row(row, around) for row in batch)


def _look_up(office: Office, people: _Persons, batch: Sequence[Row]) -> None:
    wanted = {one for _, cells in batch for cell in cells if "@" in cell for one in addresses(cell)}
    new = sorted(wanted - people.asked)
    people.asked.update(new)
    try:
        found = office.people.by_email(new)
    except FeishuRefused as error:
        # Without the scope nobody is found by address: the cells go to 备注, and the report says so.
        log.warning("addresses cannot be looked up: %s", error)
        return
    people.known |= {spelled(one): open_id for one, open_id in found.items()}


def _counted(sizes: Iterable[int]) -> Iterator[int]:
    total = 0
    for size in sizes:
        total += size
        yield total
