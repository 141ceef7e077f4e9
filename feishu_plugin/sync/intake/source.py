"""A file that is to be imported, whichever kind it is; reads, and understands nothing."""

from collections.abc import Iterator
from pathlib import Path

from feishu_plugin.errors import IntakeError
from feishu_plugin.language import Phrase
from feishu_plugin.schema import Table
from feishu_plugin.sync.intake import text_file, workbook
from feishu_plugin.sync.intake.mapping import Layout
from feishu_plugin.sync.intake.sheet import LOOKED_AT, heading_row
from feishu_plugin.sync.intake.text_file import Row


def rows(path: Path, layout: Layout) -> Iterator[Row]:
    """Every row of the file, from the very first; streamed."""
    try:
        if layout.sheet:
            yield from workbook.rows(path, layout.sheet)
        else:
            yield from text_file.rows(path, layout.encoding, layout.delimiter)
    except OSError as error:
        raise _unreadable(path, error) from error


def layout_of(path: Path, wanted: Table) -> Layout:
    """How the file is to be read; of several sheets the first that holds something."""
    try:
        found = _layouts(path)
    except OSError as error:
        raise _unreadable(path, error) from error
    for layout in found:
        first = [row for _, row in zip(range(LOOKED_AT), rows(path, layout), strict=False)]
        if heading := heading_row(first, wanted):
            return layout.model_copy(update={"heading_row": heading})
    raise IntakeError(
        Phrase(f"{path}：一行也没有；是这个文件吗？", f"{path}: holds no row; is it the right file?")
    )


def _layouts(path: Path) -> list[Layout]:
    if workbook.is_workbook(path):
        return [Layout(sheet=name) for name in workbook.sheets(path)]
    encoding = text_file.encoding_of(path)
    return [Layout(encoding=encoding, delimiter=text_file.delimiter_of(path, encoding))]


def _unreadable(path: Path, error: OSError) -> IntakeError:
    return IntakeError(
        Phrase(
            f"{path}：读不了（{error.strerror}）；请给出存在的 .csv 或 .xlsx 文件",
            f"{path}: cannot be read ({error.strerror}); pass an existing .csv or .xlsx file",
        )
    )
