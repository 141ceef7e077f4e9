"""The file that people review between ``import --dry-run`` and ``import --mapping``; pure.

Headings decide; where two columns have the same one, their order does. What is wrong is told at once.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pydantic import Field as Attribute

from feishu_plugin.binding import BoundTable
from feishu_plugin.schema import Field, FieldType, Table
from feishu_plugin.schema_parts import Strict
from feishu_plugin.sync.adopt.fitting import is_overwritten
from feishu_plugin.sync.adopt.mapping import Alternative, Problem, twice

TEXTS: frozenset[FieldType] = frozenset({"text", "email", "barcode", "phone"})
NUMBERS: frozenset[FieldType] = frozenset({"number", "currency", "progress", "rating"})
FILLABLE: frozenset[FieldType] = TEXTS | NUMBERS | {"single_select", "multi_select", "datetime", "user"}
KEY, REMARK = "import_key", "remark"
"""Where the source key of a row stands, and where everything goes that has no column of ours."""


class Layout(Strict):
    """How the file is to be read."""

    encoding: str = ""
    delimiter: str = Attribute(default=",", min_length=1, max_length=1)
    sheet: str = ""
    """Of a workbook; empty for a CSV file."""
    heading_row: int = Attribute(default=1, ge=1)
    """Number of the row that names the columns; what stands above is left out."""


class FileColumn(Strict):
    """One column of the file."""

    name: str
    to: str | None = None
    """Key of the field that its cells fill; null: see ``keep``."""
    keep: bool = True
    """A column without a field: true puts its cells into 备注 with the heading, false leaves them out."""
    dates: Literal["", "ymd", "dmy", "mdy"] = ""
    """How its moments are written; empty for a column without moments."""
    history: str | None = None
    """Key of a status: the column tells when the requirement came into it, for the ledger."""
    score: float = 0.0
    note: str = ""
    """What the suggestion wants to say to the person who reviews it."""
    alternatives: tuple[Alternative, ...] = ()
    options: Mapping[str, str | None] = Attribute(default_factory=dict)
    """Word in a cell to the key of an option; null: the word goes to 备注."""


class FileMapping(Strict):
    """What a mapping file holds."""

    source: str = Attribute(min_length=1, max_length=80)
    """Begins the source key of every row: keep it, and the next version of the file finds its rows."""
    key: str | None = None
    """Heading of the column whose cells name a row; null: its own words do."""
    layout: Layout = Layout()
    columns: tuple[FileColumn, ...]

    def mapped(self) -> Mapping[str, FileColumn]:
        """Field key to the column that fills it."""
        return {column.to: column for column in self.columns if column.to is not None}


def obstacle(field: Field) -> str:
    """Why no file may fill this field; empty when it may."""
    if field.key == KEY or is_overwritten(field) or field.filled_by == "feishu":
        return f"{field.zh} 由系统填写 is filled by the service"
    if field.type not in FILLABLE:
        return f"{field.zh}（{field.type}）不能从文件填写 cannot be filled from a file"
    return ""


def check(mapping: FileMapping, wanted: Table, bound: BoundTable, names: Sequence[str]) -> list[Problem]:
    """What stands against a mapping for a file with these headings; empty when nothing does."""
    problems: list[Problem] = []
    if lacking := Counter(column.name for column in mapping.columns) - Counter(names):
        problems.append(("$.columns", f"the file has no column {'、'.join(lacking)}"))
    if mapping.key is not None and mapping.key not in {column.name for column in mapping.columns}:
        problems.append(("$.key", f"is no column: {mapping.key}"))
    keys, statuses = list[str](), list[str]()
    for n, column in enumerate(mapping.columns):
        path = f"$.columns.{n}"
        problems += twice(f"{path}.to", column.to, keys)
        problems += twice(f"{path}.history", column.history, statuses)
        problems += _column(path, column, wanted, bound)
    return problems


def _column(path: str, column: FileColumn, wanted: Table, bound: BoundTable) -> Iterator[Problem]:
    if column.history is not None and column.history not in _options(wanted.by_key.get("status")):
        yield f"{path}.history", f"is no status: {column.history}"
    if column.to is None:
        return
    field = wanted.by_key.get(column.to)
    if field is None:
        yield f"{path}.to", f"{wanted.key} has no field {column.to}"
        return
    if reason := obstacle(field):
        yield f"{path}.to", reason
    if column.to not in bound.fields:
        yield f"{path}.to", f"the base has no column {field.zh}; run apply"
    for word, key in column.options.items():
        if key is not None and key not in _options(field):
            yield f"{path}.options.{word}", f"{field.key} has no option {key}"


def _options(field: Field | None) -> set[str]:
    return {option.key for option in field.options} if field else set()


def placed(mapping: FileMapping, names: Sequence[str]) -> list[FileColumn]:
    """The column for each heading of the file; a heading that the mapping lacks is kept in 备注."""
    left = list(mapping.columns)
    found = []
    for name in names:
        column = next((one for one in left if one.name == name), None)
        if column is not None:
            left.remove(column)
        found.append(column or FileColumn(name=name))
    return found
