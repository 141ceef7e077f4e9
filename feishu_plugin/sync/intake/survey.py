"""What stands in the columns of a file, after one look at all of it; memory grows with columns, not rows."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from feishu_plugin.sync.adopt import synonyms
from feishu_plugin.sync.adopt.likeness import normal
from feishu_plugin.sync.intake.dates import Tally, is_moment, plain
from feishu_plugin.sync.intake.sheet import headings, is_blank
from feishu_plugin.sync.intake.text_file import Row

MOST_WORDS = 60
"""Different words that a column of options may have."""
_LONGEST_WORD = 40
_NUMBER = re.compile(r"[-+]?[\d,]*\d(?:\.\d+)?%?$")
_OURS = re.compile(r"\d{8}-[^-]+-\d{3,}$")
"""A number as 需求编号 has it: 20260305-客服-001."""
_NAMING = ("id", "编号", "单号", "号", "key", "键", "no")
_SAMPLE = 400
"""Filled cells of a column that say of which kind it is; words and dates are counted to the end."""


@dataclass(slots=True)
class ColumnSurvey:
    """One column: how many cells are filled, and with what."""

    name: str
    filled: int = 0
    looked_at: int = 0
    """Filled cells at the top whose kind was found out; the three counts below are of them."""
    numbers: int = 0
    ours: int = 0
    moments: int = 0
    order: Tally = field(default_factory=Tally)
    """Of all its moments."""
    words: Counter[str] | None = field(default_factory=Counter)
    """How often each word stands there; None when they are too many or too long for options."""
    unique: bool = True
    _seen: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Only cells that may name a row have to be compared with each other."""
        self.unique = is_naming(self.name)

    @property
    def names_rows(self) -> bool:
        """True for a heading such as 工单号, where no word stands twice and most rows have one."""
        return self.unique and self.filled > 0

    def add(self, cell: str) -> None:
        """Counts one cell."""
        text = plain(cell)
        if not text:
            return
        self.filled += 1
        if self.looked_at < _SAMPLE:
            self._look(text)
        if self.moments:
            self.order.add(text)
        if self.words is not None:
            self._count(self.words, text)
        if self.unique:
            self.unique = hash(text) not in self._seen
            self._seen.add(hash(text))

    def _look(self, text: str) -> None:
        self.looked_at += 1
        self.numbers += bool(_NUMBER.match(text))
        self.ours += bool(_OURS.match(text))
        self.moments += is_moment(text)

    def _count(self, words: Counter[str], text: str) -> None:
        words[text] += 1
        if len(words) > MOST_WORDS or len(text) > _LONGEST_WORD:
            self.words = None


@dataclass(slots=True)
class Survey:
    """A whole file."""

    columns: list[ColumnSurvey]
    rows: int = 0
    blank: int = 0

    @property
    def names(self) -> list[str]:
        """The headings."""
        return [column.name for column in self.columns]


def survey(rows: Iterable[Row], heading_row: int) -> Survey:
    """Reads every row once; what stands above the headings is not counted."""
    found = Survey(columns=[])
    for number, cells in rows:
        if number == heading_row:
            found.columns = [ColumnSurvey(name) for name in headings(cells)]
        elif number > heading_row:
            _look(found, cells)
    return found


def _look(found: Survey, cells: Sequence[str]) -> None:
    if is_blank(cells):
        found.blank += 1
        return
    found.rows += 1
    # Cells beyond the headings belong to no column: they go to 备注.
    for column, cell in zip(found.columns, cells, strict=False):
        column.add(cell)


def is_naming(heading: str) -> bool:
    """True for headings whose cells name a row."""
    name = normal(heading)
    known = {normal(word) for word in synonyms.FIELDS["requirement"]["number"]}
    return name in known or name.endswith(_NAMING)
