"""超期复盘 beside the report that makes its rows: what the base shows of them, and what is to be written.

Reads only; people write into these rows, too, so they are not simply replaced.
"""

from collections.abc import Sequence

from feishu_plugin.ports import Tables
from feishu_plugin.records import Values
from feishu_plugin.reports import periods
from feishu_plugin.reports.columns import PRIMARY
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.result import Row, linkable
from feishu_plugin.reports.review import CAUSE, overdue_causes, withdrawn
from feishu_plugin.reports.upsert import Write, after, writes

TABLE = "review"


class Reviews:
    """The reviews of the months that a run looks at; each month is read once."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._shown: dict[str, Sequence[Values]] = {}
        self.planned: dict[str, Sequence[Write]] = {}
        """Period key to what is to be written; of past months only."""

    def causes(self, facts: Facts, rows: Sequence[Row]) -> str | None:
        """超期原因 of a period from the reviews of its months, ``rows`` being those it makes itself."""
        key = facts.period.key
        if facts.is_past_month:
            existing = self._tables.find(TABLE, "month", key)
            wanted = [linkable(row, facts.archived) for row in rows]
            self.planned[key] = writes(TABLE, PRIMARY[TABLE], wanted, existing, withdrawn)
            self._shown[key] = after(existing, self.planned[key])
        names = self._tables.binding.tables[TABLE].fields[CAUSE].option_names
        return overdue_causes((one for month in periods.months_of(key) for one in self._of(month)), names)

    def _of(self, month: str) -> Sequence[Values]:
        if month not in self._shown:
            self._shown[month] = [row.values for row in self._tables.find(TABLE, "month", month)]
        return self._shown[month]
