"""Every requirement there is, in the register and in the archive, each once; reads page by page."""

from collections.abc import Iterator

from feishu_plugin.archived import requirement_in
from feishu_plugin.ports import Tables
from feishu_plugin.records import Requirement

_REGISTER, _ARCHIVE = "requirement", "archive"


class Requirements:
    """Read once from the front; then ``archived`` is known.

    While a requirement moves it may stand in both tables: then the register counts.
    """

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.archived: dict[str, str] = {}
        """Number to the record id that it had in the register."""

    def __iter__(self) -> Iterator[Requirement]:
        seen: set[str] = set()
        for page in self._tables.scan(_REGISTER):
            for row in page:
                seen.add(str(row.get("number")))
                yield Requirement.of(row)
        if _ARCHIVE in self._tables.binding.tables:
            yield from self._left(seen)

    def _left(self, seen: set[str]) -> Iterator[Requirement]:
        for page in self._tables.scan(_ARCHIVE):
            for row in page:
                number = str(row.get("number"))
                if number not in seen:
                    seen.add(number)
                    found = requirement_in(row)
                    self.archived[number] = found.record_id
                    yield found
