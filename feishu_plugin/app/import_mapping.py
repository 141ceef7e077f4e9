"""The mapping file of ``import``: read when it is there, else suggested and written for review."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from feishu_plugin import foreign_json
from feishu_plugin.app.whole_file import write_whole
from feishu_plugin.binding import BoundTable
from feishu_plugin.errors import IntakeError, MappingError
from feishu_plugin.language import Phrase
from feishu_plugin.schema import Table
from feishu_plugin.sync.adopt.mapping import refusal, validated
from feishu_plugin.sync.intake import mapping as mappings
from feishu_plugin.sync.intake import source
from feishu_plugin.sync.intake.mapping import KEY, REMARK, FileMapping, Layout
from feishu_plugin.sync.intake.sheet import headings, is_blank
from feishu_plugin.sync.intake.suggest import suggest
from feishu_plugin.sync.intake.survey import survey


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """How a file is to be understood."""

    mapping: FileMapping
    path: Path
    names: Sequence[str]
    """The headings of the file as it is now."""
    rows: int
    """Rows that hold something; 0 for a workbook that was not surveyed: counting costs a whole reading."""
    suggested: bool
    """True when nobody reviewed it yet."""


def mapping_for(file: Path, given: Path | None, wanted: Table, bound: BoundTable) -> Reviewed:
    """The mapping ``given``, else the one beside the file, else a new one that is written there.

    Raises MappingError naming everything that is wrong with it, IntakeError for the file itself.
    """
    path = given or file.with_name(f"{file.name}.mapping.json")
    if lacking := [wanted.field(key).zh for key in (KEY, REMARK) if key not in bound.fields]:
        raise MappingError(
            Phrase(
                f"多维表格没有这些列：{'、'.join(lacking)}；请运行 `feishu-plugin apply`",
                f"the base has no column {'、'.join(lacking)}; run `feishu-plugin apply`",
            )
        )
    if given is None and not path.exists():
        return _suggested(file, path, wanted)
    mapping = _read(path)
    names = _headings(file, mapping.layout)
    if problems := mappings.check(mapping, wanted, bound, names):
        raise refusal(str(path), problems)
    return Reviewed(
        mapping=mapping, path=path, names=names, rows=_count(file, mapping.layout), suggested=False
    )


def _suggested(file: Path, path: Path, wanted: Table) -> Reviewed:
    layout = source.layout_of(file, wanted)
    found = survey(source.rows(file, layout), layout.heading_row)
    mapping = suggest(wanted, found, file.stem[:80], layout)
    text = json.dumps(mapping.model_dump(), ensure_ascii=False, indent=1)
    try:
        write_whole(path, f"{text}\n")
    except OSError as error:
        raise MappingError(
            Phrase(
                f"{path}：写不了（{error.strerror}）；请把文件复制到别处",
                f"{path}: cannot be written ({error.strerror}); copy the file elsewhere",
            )
        ) from error
    names = _headings(file, layout)
    return Reviewed(mapping=mapping, path=path, names=names, rows=found.rows, suggested=True)


def _read(path: Path) -> FileMapping:
    try:
        return validated(FileMapping, foreign_json.parsed(path.read_text(encoding="utf-8")), str(path))
    except OSError as error:
        raise MappingError(
            Phrase(
                f"{path}：读不了（{error.strerror}）；--dry-run 会生成一个",
                f"{path}: cannot be read ({error.strerror}); --dry-run writes one",
            )
        ) from error
    except (foreign_json.NotJson, UnicodeDecodeError) as error:
        raise MappingError(Phrase(f"{path}：不是 JSON（{error}）", f"{path}: not JSON ({error})")) from error


def _headings(file: Path, layout: Layout) -> list[str]:
    for number, cells in source.rows(file, layout):
        if number == layout.heading_row:
            return headings(cells)
    raise IntakeError(
        Phrase(
            f"{file}：第 {layout.heading_row} 行没有标题；请改正 layout.heading_row",
            f"{file}: has no row {layout.heading_row} with headings; correct layout.heading_row",
        )
    )


def _count(file: Path, layout: Layout) -> int:
    if layout.sheet:
        return 0
    return sum(n > layout.heading_row and not is_blank(cells) for n, cells in source.rows(file, layout))
