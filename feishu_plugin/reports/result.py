"""What a report run hands back: rows, what changed in the base, and the figures behind them."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

from feishu_plugin.policy import Definition
from feishu_plugin.records import Values
from feishu_plugin.reports.figures import Figure

MOST_LINKS = 500
"""Feishu's limit of linked records per cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a report table; ``key`` is the text of its primary field."""

    table: str
    key: str
    values: Values
    figures: tuple[Figure, ...] = ()
    once: Values = field(default_factory=dict)
    """Cells that are filled when the row is new and belong to people from then on."""


def linkable(row: Row, archived: Set[str]) -> Row:
    """The row without links to requirements that are in the archive: Feishu refuses them."""
    if not archived:
        return row
    cells = {
        key: tuple(one for one in value if one not in archived) or None if isinstance(value, tuple) else value
        for key, value in row.values.items()
    }
    return replace(row, values=cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """A row that the run wrote: only the fields that differ, before and after."""

    table: str
    key: str
    before: Values | None
    """None when the row is new."""
    after: Values


Contribution = Mapping[str, float]
"""Figure key (with ``!`` where the requirement pulls it down; ``table/row key`` where it is counted
in a row) to what a requirement adds: its workdays, hours or points, else 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A closed period as it was told."""

    key: str
    at: datetime
    version: str
    """Of the policy."""
    rows: Mapping[str, Mapping[str, float]]
    """``table/row key`` to its numbers by column."""
    given: Mapping[str, Contribution]
    """Record id to its contribution; empty for quarters and years, which their months explain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportResult:
    """A month's figures and rows, and what the run changed in the base."""

    month: str
    figures: tuple[Figure, ...]
    """One per measure of KPI月报, in column order."""
    rows: Mapping[str, tuple[Row, ...]]
    """By table key."""
    changed_rows: tuple[RowChange, ...] = ()
    trend: tuple[Values, ...] = ()
    """Rows of 月度需求趋势 up to this month, oldest first, at most six."""
    kpis: tuple[Values, ...] = ()
    """Rows of KPI月报 of the same months."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """Status to how many requirements of the period had it at its end: see ``standing``."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Record id to 需求编号 of the requirements that failed a target."""
    numbers: Mapping[str, str] = field(default_factory=dict)
    """Record id to 需求编号 of every requirement that a row links."""
    undated: tuple[str, ...] = ()
    """Requirements that tell no date at all and are therefore in no figure."""
    running: bool = False
    """True when the month was not over yet."""
    snapshot: Snapshot | None = None
    """What is to be kept of a closed period."""
    restated: tuple[Row, ...] = ()
    """Rows of 更正记录 that the run added."""
    definitions: tuple[Definition, ...] = ()
    """The custom reports among ``rows``."""


def linked(figures: Iterable[Figure]) -> tuple[str, ...] | None:
    """The requirements that a row counts as new or resolved, as far as one cell takes them."""
    found = {one for figure in figures if figure.key in ("created", "resolved") for one in figure.record_ids}
    return tuple(sorted(found))[:MOST_LINKS] or None


def cells(figures: Iterable[Figure]) -> dict[str, float | None]:
    """Figures as the values of their columns."""
    return {figure.key: figure.rounded for figure in figures}
