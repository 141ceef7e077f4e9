"""The mapping file beside a file that is imported."""

import json
from pathlib import Path
from typing import Any

import pytest

from feishu_plugin.app.import_mapping import Reviewed, mapping_for
from feishu_plugin.app.import_report import ErrorReport
from feishu_plugin.errors import IntakeError, MappingError
from feishu_plugin.sync.intake.perform import Remark
from feishu_plugin.sync.intake.rows import FileRow
from tests import builders
from tests.fakes import bind_schema

TABLE = builders.SCHEMA.table("requirement")
BOUND = bind_schema(builders.SCHEMA).tables["requirement"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "池.csv"
    made.write_text("单号,标题,状态\nT-1,甲,已上线\nT-2,乙,待处理\n", encoding="utf-8")
    return made


def read(file: Path, given: Path | None = None) -> Reviewed:
    return mapping_for(file, given, TABLE, BOUND)


def changed(file: Path, **more: Any) -> Path:
    """The mapping of a file after somebody edited it."""
    data = json.loads(read(file).path.read_text(encoding="utf-8"))
    edited = file.with_name("edited.json")
    edited.write_text(json.dumps({**data, **more}, ensure_ascii=False), encoding="utf-8")
    return edited


def test_the_suggestion_is_written_once_and_then_followed(file: Path) -> None:
    first = read(file)
    second = read(file)

    assert (first.suggested, second.suggested) == (True, False)
    assert (first.mapping, first.rows) == (second.mapping, second.rows)
    assert first.path == second.path == file.with_name("池.csv.mapping.json")
    assert first.mapping.source == "池"


def test_an_edited_file_is_followed(file: Path) -> None:
    edited = changed(file, source="工单系统", key=None)

    found = read(file, edited)

    assert (found.mapping.source, found.mapping.key, found.path) == ("工单系统", None, edited)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([{"name": "没有", "to": "title"}], "the file has no column 没有"),
        ([{"name": "标题", "to": "nowhere"}], "has no field nowhere"),
        ([{"name": "标题", "to": "priority_score"}], "is filled by the service"),
        ([{"name": "标题", "to": "customer"}], "cannot be filled from a file"),
        ([{"name": "标题", "to": "title"}, {"name": "单号", "to": "title"}], "is there twice"),
        ([{"name": "状态", "to": "status", "options": {"已上线": "gone"}}], "has no option gone"),
        ([{"name": "状态", "history": "gone"}], "is no status: gone"),
        ([{"name": "标题", "to": "title", "dates": "dym"}], "$.columns.0.dates"),
    ],
)
def test_every_mistake_is_told_with_its_place(file: Path, columns: list[Any], said: str) -> None:
    with pytest.raises(MappingError) as error:
        read(file, changed(file, key=None, columns=columns))

    assert said in str(error.value)


def test_all_mistakes_are_told_at_once(file: Path) -> None:
    edited = changed(file, key="没有", columns=[{"name": "标题", "to": "nowhere"}])

    with pytest.raises(MappingError, match=r"\$\.key.*\$\.columns\.0\.to"):
        read(file, edited)


def test_a_base_without_the_source_key_has_to_be_mended_first(file: Path) -> None:
    bound = bind_schema(builders.SCHEMA, missing=["requirement.import_key"]).tables["requirement"]

    with pytest.raises(MappingError, match="录入渠道键"):
        mapping_for(file, None, TABLE, bound)


def test_a_sheet_that_became_shorter_than_its_headings_is_told(file: Path) -> None:
    edited = changed(file, layout={"encoding": "utf-8", "heading_row": 9})

    with pytest.raises(IntakeError, match="no row 9"):
        read(file, edited)


def test_the_report_begins_with_its_first_row_and_the_old_one_goes(tmp_path: Path) -> None:
    path = tmp_path / "池.csv.errors.csv"
    path.write_text("of the last run", encoding="utf-8")
    row = FileRow(number=7, cells=("=1+1", "甲"), key="池:1", values={})

    with ErrorReport(path, ["单号", "标题"]) as report:
        assert not path.exists()
        report.add([Remark(row=row, left_out=True, why="因为")])

    lines = path.read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["行号 row,结果 result,原因 reason,单号,标题", "7,未导入 left out,因为,'=1+1,甲"]
