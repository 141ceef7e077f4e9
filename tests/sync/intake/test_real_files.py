"""The real files, read as an import reads them: every row is taken, and every cell of it is somewhere."""

import gzip
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.real_rows import FOLDER, missing
from feishu_plugin.sync.intake import source
from feishu_plugin.sync.intake.cells import Around
from feishu_plugin.sync.intake.mapping import FileMapping, placed
from feishu_plugin.sync.intake.rows import FileRow, Reader
from feishu_plugin.sync.intake.sheet import headings, is_blank
from feishu_plugin.sync.intake.suggest import suggest
from feishu_plugin.sync.intake.survey import survey
from tests import builders

pytestmark = pytest.mark.skipif(
    bool(missing(FOLDER)),
    reason="the real data is not beside the repository: its files carry no licence to travel with it",
)

TABLE = builders.SCHEMA.table("requirement")
FILES = {
    "requirement_pool_10.csv": 3,
    "requirement_pool_27.csv": 27,
    "requirement_pool_30.csv": 30,
    "zh_messages_with_replies.csv.gz": 1420,
    "zh_request_types.csv.gz": 1774,
    "servicenow_sample_2000.csv.gz": 11422,
}


def plain_file(name: str, folder: Path) -> Path:
    if not name.endswith(".gz"):
        return FOLDER / name
    file = folder / name.removesuffix(".gz")
    file.write_bytes(gzip.decompress((FOLDER / name).read_bytes()))
    return file


def lost(row: FileRow, mapping: FileMapping, names: list[str]) -> list[str]:
    """Headings of filled cells that are neither a value nor told in 备注 nor the key."""
    told = str(row.values["remark"])
    return [
        column.name
        for column, cell in zip(placed(mapping, names), row.cells, strict=False)
        if cell.strip()
        and not (column.to and row.values.get(column.to) is not None)
        and f"{column.name}：{cell.strip()}".replace("\r\n", "\n") not in told
        and row.key != f"{mapping.source}:{cell.strip()}"
    ]


@pytest.mark.parametrize(("name", "rows"), FILES.items())
def test_every_row_and_every_cell_is_accounted_for(name: str, rows: int, tmp_path: Path) -> None:
    file = plain_file(name, tmp_path)
    layout = source.layout_of(file, TABLE)
    found = survey(source.rows(file, layout), layout.heading_row)
    mapping = suggest(TABLE, found, "real", layout)
    numbered = list(source.rows(file, layout))
    names = headings(dict(numbered)[layout.heading_row])
    reader, around = Reader(mapping, TABLE, names), Around(zone=ZoneInfo("Asia/Shanghai"), people={})

    read = [reader.row(r, around) for r in numbered if r[0] > layout.heading_row and not is_blank(r[1])]

    assert len(read) == len({row.key for row in read}) == rows
    assert [(row.number, gone) for row in read if (gone := lost(row, mapping, names))] == []
