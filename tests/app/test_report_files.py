"""What people outside Feishu open: read back as Excel, a CSV reader and a Markdown reader would."""

import csv
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from feishu_plugin.app.report_files import Format, Paper, Wish, document, wish_of, write
from feishu_plugin.app.report_sheets import Column, Names, Sheet, sheets_of
from feishu_plugin.app.report_text import data_of, text_of
from feishu_plugin.errors import ReportError
from feishu_plugin.policy import Definition
from feishu_plugin.reports import publish
from feishu_plugin.reports.columns import COLUMNS
from tests.builders import SCHEMA, local, policy
from tests.reports.sample import OCTOBER, add, base

EVIL = '=HYPERLINK("http://example.com","点我")'


@pytest.fixture(scope="module")
def paper() -> Paper:
    """September of the sample, with an industry that somebody wrote as a formula, and one overdue."""
    tables = base()
    add(tables, "rec_evil", "2026-09-03 09:00", [], industry=EVIL, resolve_due=local("2026-09-04 18:00"))
    result = publish.run(tables, policy(), "2026-09", OCTOBER)
    names = Names(person=str, requirements=result.numbers, zone=policy().worktime.zone)
    return Paper(key="2026-09", sheets=sheets_of(result, SCHEMA, names), data=data_of(result), now=OCTOBER)


def test_a_custom_report_is_a_sheet_like_the_others(tmp_path: Path) -> None:
    rate = Definition(name="各渠道响应率", dimension="source", measure="需求响应率")
    rules = replace(policy(), definitions=(rate,))
    result = publish.run(base(), rules, "2026-09", OCTOBER, write=False)
    names = Names(person=str, requirements=result.numbers, zone=rules.worktime.zone)
    sheets, data = sheets_of(result, SCHEMA, names), data_of(result)
    asked = Paper(key="2026-09", sheets=sheets, data=data, now=OCTOBER)

    _, [path] = write(asked, Wish(form=Format.xlsx, output=tmp_path))

    page = load_workbook(path)["各渠道响应率"]
    assert (column(page, "取值"), column(page, "数值"), column(page, "分母")) == (["电话"], [0.5], [2])
    assert page["E2"].number_format == "0.00%"
    [key] = data["custom"]
    assert (data["custom"][key], data["rows"][key][0]["amount"]) == ("各渠道响应率", 0.5)
    assert "  各渠道响应率: 1 rows" in text_of(result)


def column(page: Worksheet, title: str) -> list[object]:
    """The cells under a heading."""
    [place] = [cell.column for cell in page[1] if cell.value == title]
    return [row[place - 1].value for row in page.iter_rows(min_row=2)]


def test_a_workbook_has_a_sheet_for_every_report_table(paper: Paper, tmp_path: Path) -> None:
    text, [path] = write(paper, Wish(form=Format.xlsx, output=tmp_path))
    book = load_workbook(path)

    assert (path.name, text) == ("report-2026-09.xlsx", f"written to {path}")
    assert book.sheetnames == [SCHEMA.table(table).zh for table in COLUMNS]
    for page in book.worksheets:
        assert (page.freeze_panes, page["A1"].font.bold) == ("B2", True)
        widths = [page.column_dimensions[get_column_letter(n)].width for n in range(1, page.max_column + 1)]
        assert all(8 <= width <= 40 for width in widths)


def test_numbers_of_a_workbook_are_numbers_shown_as_in_the_base(paper: Paper, tmp_path: Path) -> None:
    _, [path] = write(paper, Wish(form=Format.xlsx, output=tmp_path / "out" / "september.xlsx"))
    page = load_workbook(path)["渠道需求分布"]

    assert column(page, "渠道") == ["未填", "电话"]
    assert column(page, "新增") == [2, 2]
    assert column(page, "占比") == [0.5, 0.5]
    assert [one.number_format for one in page[2]][[one.value for one in page[1]].index("占比")] == "0.00%"
    assert column(page, "相关需求") == ["rec_evil、20260930-客服-001", "20260901-客服-001、20260902-产品-001"]


def test_moments_of_a_workbook_are_told_by_the_clock_of_the_team(paper: Paper, tmp_path: Path) -> None:
    _, [path] = write(paper, Wish(form=Format.xlsx, output=tmp_path))

    due = column(load_workbook(path)["超期复盘"], "应完成时间")
    assert datetime(2026, 9, 4, 18) in due  # noqa: DTZ001 - a workbook knows no zones


@pytest.mark.parametrize("words", [EVIL, "=1+1", "+1", "-1", "@cmd", "\t=1", "＝1", " =1", "\r=1"])
def test_words_that_look_like_a_formula_stay_words(words: str, tmp_path: Path) -> None:
    sheet = Sheet(
        key="s", title="表", columns=(Column(title="甲"), Column(title="乙")), rows=((words, -1.5),)
    )
    paper = Paper(key="2026-09", sheets=(sheet,), data={}, now=OCTOBER)

    _, [book] = write(paper, Wish(form=Format.xlsx, output=tmp_path))
    _, [table] = write(paper, Wish(form=Format.csv, output=tmp_path))

    cell, number = load_workbook(book)["表"][2]
    assert (cell.data_type, cell.quotePrefix, number.value) == ("s", True, -1.5)
    [_, row] = read(table)
    assert row == [f"'{words}", "-1.5"]


@pytest.mark.parametrize("words", [EVIL, "+1", "@cmd", "\t=1"])
def test_headings_that_a_team_chose_are_words_too(words: str, tmp_path: Path) -> None:
    sheet = Sheet(key="s", title="表", columns=(Column(title=words),), rows=(("甲",),))
    paper = Paper(key="2026-09", sheets=(sheet,), data={}, now=OCTOBER)

    _, [book] = write(paper, Wish(form=Format.xlsx, output=tmp_path))
    _, [table] = write(paper, Wish(form=Format.csv, output=tmp_path))

    heading = load_workbook(book)["表"]["A1"]
    assert (heading.data_type, heading.quotePrefix, heading.font.bold) == ("s", True, True)
    assert read(table)[0] == [f"'{words}"]


@pytest.mark.parametrize(
    "title", ["../../outside", "/tmp/outside", "..\\outside", "a:b*c?", ".hidden", "长" * 60]
)
def test_no_name_of_a_table_leads_out_of_the_folder(title: str, tmp_path: Path) -> None:
    sheet = Sheet(key="s", title=title, columns=(Column(title="甲"),), rows=(("乙",),))
    paper = Paper(key="2026-09", sheets=(sheet,), data={}, now=OCTOBER)
    inside = tmp_path / "inside"

    _, [table] = write(paper, Wish(form=Format.csv, output=inside))
    write(paper, Wish(form=Format.xlsx, output=inside))

    assert table.parent == inside
    assert {path.parent for path in tmp_path.rglob("*") if path.is_file()} == {inside}


def test_letters_that_a_workbook_cannot_hold_are_left_out(tmp_path: Path) -> None:
    sheet = Sheet(key="s", title="表", columns=(Column(title="甲"),), rows=(("a\x07b" + "长" * 40_000,),))
    _, [path] = write(
        Paper(key="x", sheets=(sheet,), data={}, now=OCTOBER), Wish(form=Format.xlsx, output=tmp_path)
    )

    told = load_workbook(path)["表"]["A2"].value
    assert (told[:3], len(told)) == ("ab长", 32_767)


def test_csv_is_a_file_per_table_that_excel_opens(paper: Paper, tmp_path: Path) -> None:
    _, paths = write(paper, Wish(form=Format.csv, output=tmp_path / "september"))

    assert [path.stem for path in paths] == [SCHEMA.table(table).zh for table in COLUMNS]
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in paths)
    assert not any("rec_fast" in path.read_text(encoding="utf-8") for path in paths)
    [kpi] = [path for path in paths if path.stem == "KPI月报"]
    [headings, row] = read(kpi)
    september = dict(zip(headings, row, strict=True))
    assert (september["月份"], september["新增"], september["周期"]) == ("2026-09", "4", "月")
    assert float(september["解决率"]) == 0.5
    [breakdown] = [path for path in paths if path.stem == "维度统计"]
    assert any(f"2026-09 所属行业 {EVIL}" in line for line in read(breakdown))
    assert any(f"'{EVIL}" in line for line in read(breakdown))


def test_a_document_shows_figures_as_people_write_them(paper: Paper) -> None:
    text = document(paper)

    assert text.startswith("# 月报 2026-09 · Monthly report\n\n## KPI月报\n\n| 项目 | 数值 |")
    assert "| 解决率 | 50.00% |" in text
    assert "| 2026-09 电话 | 2026-09 | 月 | 电话 | 2 |" in text
    assert '=HYPERLINK("http://example.com","点我")' in text


def test_a_document_keeps_its_tables_whatever_people_wrote() -> None:
    rows = (("a|b\nc", 1.0), ("<b>*x*", None))
    sheet = Sheet(
        key="s", title="表", columns=(Column(title="甲"), Column(title="乙", pattern="0")), rows=rows
    )
    text = document(Paper(key="2026", sheets=(sheet, replace(sheet, rows=())), data={}, now=OCTOBER))

    assert "| 甲 | 乙 |\n|---|---:|\n| a\\|b c | 1 |\n| \\<b\\>\\*x\\* |  |" in text
    assert text.endswith("## 表\n\n无 · none\n")


def test_json_is_what_the_machine_reads_and_is_printed_unless_a_file_is_named(
    paper: Paper, tmp_path: Path
) -> None:
    printed, none = write(paper, Wish(form=Format.json))
    _, [path] = write(paper, Wish(form=Format.json, output=tmp_path))

    assert none == ()
    assert json.loads(printed) == json.loads(path.read_text(encoding="utf-8"))
    assert json.loads(printed)["figures"]["created"]["value"] == 4


def test_of_several_bases_each_has_its_own_folder(tmp_path: Path) -> None:
    assert wish_of(None, None) is None
    assert wish_of("md", None, "bascn1") == Wish(form=Format.md)
    assert wish_of("xlsx", tmp_path, "bascn1") == Wish(form=Format.xlsx, output=tmp_path / "bascn1")


def test_a_place_that_cannot_be_written_is_named(paper: Paper, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("", encoding="utf-8")

    with pytest.raises(ReportError, match=r"taken.*choose another --output"):
        write(paper, Wish(form=Format.csv, output=taken))


def read(path: Path) -> list[list[str]]:
    """The rows of a CSV file."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.reader(file))
