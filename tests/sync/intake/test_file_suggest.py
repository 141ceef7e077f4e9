"""What a file's columns are taken for before anybody reviews it."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.real_rows import FOLDER, missing
from feishu_plugin.sync.intake import source
from feishu_plugin.sync.intake.mapping import FileMapping, Layout
from feishu_plugin.sync.intake.suggest import suggest
from feishu_plugin.sync.intake.survey import survey
from tests import builders

TABLE = builders.SCHEMA.table("requirement")


def suggested(headings: Sequence[str], *rows: Sequence[str]) -> FileMapping:
    numbered = list(enumerate((tuple(headings), *map(tuple, rows)), start=1))
    return suggest(TABLE, survey(numbered, 1), "pool", Layout())


def to(mapping: FileMapping) -> dict[str, str | None]:
    return {column.name: column.to for column in mapping.columns}


def test_english_headings_and_options_are_known() -> None:
    found = suggested(
        [
            "ID",
            "Title",
            "Description",
            "Status",
            "Priority",
            "Assignee",
            "Created",
            "Due",
            "Customer",
            "Source",
        ],
        ["T-1", "Slow", "export", "In Progress", "P0", "李雷", "2026-03-05", "2026-04-01", "中信", "Email"],
        ["T-2", "Dark", "theme", "Resolved", "P1", "", "2026-03-06", "", "平安", "Phone"],
    )

    assert to(found) == {
        "ID": None,
        "Title": "title",
        "Description": "description",
        "Status": "status",
        "Priority": "urgency",
        "Assignee": "owner",
        "Created": "submitted_at",
        "Due": "planned_finish",
        "Customer": "customer_name",
        "Source": "source",
    }
    assert found.key == "ID"
    assert found.mapped()["status"].options == {"In Progress": "in_progress", "Resolved": "done"}
    assert found.mapped()["source"].options == {"Email": "mail", "Phone": "phone"}


def test_an_unknown_option_word_is_listed_for_review() -> None:
    found = suggested(["需求标题", "需求来源"], ["甲", "电话"], ["乙", "飞鸽传书"])

    assert found.mapped()["source"].options == {"电话": "phone", "飞鸽传书": None}


def test_an_order_that_nothing_decides_is_said_in_the_review() -> None:
    found = suggested(["需求标题", "提交时间"], ["甲", "3/5/2026"], ["乙", "5/4/2026"])

    assert "请确认" in found.mapped()["submitted_at"].note


def test_a_column_that_leaves_no_doubt_decides_for_the_others() -> None:
    found = suggested(["需求标题", "提交时间", "计划完成时间"], ["甲", "3/5/2026", "25/5/2026"])

    assert found.mapped()["submitted_at"].dates == "dmy"
    assert "请确认" not in found.mapped()["submitted_at"].note


def test_a_status_with_a_time_is_history() -> None:
    found = suggested(["需求标题", "处理中时间", "已关闭日期"], ["甲", "2026-03-05", "2026-03-09"])

    assert [column.history for column in found.columns] == [None, "in_progress", "closed"]
    assert [column.to for column in found.columns] == ["title", None, None]


def test_a_date_at_the_end_of_a_long_column_still_decides() -> None:
    found = suggested(
        ["需求标题", "提交时间"], *(["甲", "3/5/2026"] for _ in range(600)), ["乙", "13/5/2026"]
    )

    assert found.mapped()["submitted_at"].dates == "dmy"


def test_numbers_are_not_taken_for_departments() -> None:
    assert (
        to(suggested(["title", "reassignment_count"], ["a", "1"], ["b", "2"]))["reassignment_count"] is None
    )


@pytest.mark.skipif(
    bool(missing(FOLDER)),
    reason="the real data is not beside the repository: its files carry no licence to travel with it",
)
@pytest.mark.parametrize(
    ("name", "rows", "wanted"),
    [
        ("requirement_pool_10.csv", 3, {"事项": "title", "详细说明": "description", "完成状态": "status"}),
        ("requirement_pool_27.csv", 27, {"需求描述": "description", "提交时间": "submitted_at"}),
        ("requirement_pool_30.csv", 30, {"需求名称": "title", "需求提出日期": "submitted_at"}),
        ("zh_messages_with_replies.csv.gz", 1420, {"title": "title", "asked_at": "submitted_at"}),
        ("zh_request_types.csv.gz", 1774, {"text": "description", "label": "type"}),
        ("servicenow_sample_2000.csv.gz", 11422, {"opened_at": "submitted_at", "assigned_to": "owner"}),
    ],
)
def test_the_real_files_are_understood(tmp_path: Path, name: str, rows: int, wanted: dict[str, str]) -> None:
    file = FOLDER / name
    if file.suffix == ".gz":
        file = tmp_path / file.stem
        file.write_bytes(gzip.decompress((FOLDER / name).read_bytes()))
    layout = source.layout_of(file, TABLE)
    found = survey(source.rows(file, layout), layout.heading_row)

    assert found.rows == rows
    assert to(suggest(TABLE, found, "real", layout)).items() >= wanted.items()
