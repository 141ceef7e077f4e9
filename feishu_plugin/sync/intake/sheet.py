"""Where the headings of a sheet stand, and what they are; pure."""

from collections.abc import Iterable, Sequence

from feishu_plugin.schema import Table
from feishu_plugin.sync.adopt import matching, synonyms
from feishu_plugin.sync.adopt.likeness import normal
from feishu_plugin.sync.intake.text_file import Row

LOOKED_AT = 50
"""Rows at the top of a sheet among which the headings are looked for."""


def heading_row(rows: Sequence[Row], wanted: Table) -> int | None:
    """The number of the row that names the columns; None when nothing stands in any of them.

    It is the row with most headings that we know; where none is known, the first of the rows that
    fill as many cells as any (a title above the table fills one).
    """
    filled = [(number, [cell.strip() for cell in cells if cell.strip()]) for number, cells in rows]
    filled = [(number, cells) for number, cells in filled if cells]
    if not filled:
        return None
    known = _known(wanted)
    counts = {number: len(known & {normal(cell) for cell in cells}) for number, cells in filled}
    if max(counts.values()) >= min(2, max(len(cells) for _, cells in filled)):
        return max(counts, key=lambda number: (counts[number], -number))
    widest = max(len(cells) for _, cells in filled)
    return next(number for number, cells in filled if len(cells) * 2 > widest)


def _known(wanted: Table) -> set[str]:
    others = synonyms.FIELDS.get(wanted.key, {})
    words = (word for f in wanted.fields for word in (*matching.labels(f), *others.get(f.key, ())))
    return {normal(word) for word in words}


def headings(cells: Iterable[str]) -> list[str]:
    """What the columns are called; one without a name is called by its place, 列3."""
    return [" ".join(cell.split()) or f"列{place}" for place, cell in enumerate(cells, start=1)]


def padded(cells: Sequence[str], width: int) -> tuple[str, ...]:
    """The row as wide as the headings; cells beyond them, which nobody named, come after."""
    return (*cells, *("" for _ in range(width - len(cells))))


def is_blank(cells: Iterable[str]) -> bool:
    """True for a row in which a person would see nothing."""
    return not any(cell.strip() for cell in cells)
