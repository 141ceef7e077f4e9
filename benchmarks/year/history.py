"""Every row as people saw it after each tick: read through the official API, kept in plain values."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from benchmarks.figures import Json
from benchmarks.year.calendar import of_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What the reminders of a row depend on."""

    record_id: str
    number: str
    status: str
    kind: str
    urgency: str
    priority: str
    department: str
    owner: tuple[str, ...]
    """Names of people, as in all that follows."""
    submitter: tuple[str, ...]
    submitted: datetime | None
    planned: datetime | None
    started: datetime | None
    responded: datetime | None
    finished: datetime | None
    response_due: datetime | None
    start_due: datetime | None
    resolve_due: datetime | None
    progress_at: datetime | None
    progress: str
    risk: str
    confirmation: str
    score: object


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A row as it stood from one tick on until it was seen otherwise."""

    since: datetime
    row: Row
    status_since: datetime


class History:
    """All rows over all time."""

    def __init__(self) -> None:
        self._seen: dict[str, list[Seen]] = {}
        self._modified = 0

    def latest(self, record_id: str) -> Row | None:
        """A row as it was last seen."""
        found = self._seen.get(record_id)
        return found[-1].row if found else None

    def all(self) -> Mapping[str, list[Seen]]:
        """Row by row, each in order of time."""
        return self._seen

    def look(self, now: datetime, pages: Iterator[list[Json]]) -> int:
        """Takes in what changed, given the rows newest first; how many did."""
        newest, changed = self._modified, 0
        for page in pages:
            fresh = [item for item in page if int(item["last_modified_time"]) >= self._modified]
            for item in fresh:
                newest = max(newest, int(item["last_modified_time"]))
                changed += self._take(now, _row(item))
            if len(fresh) < len(page):
                break
        self._modified = newest
        return changed

    def _take(self, now: datetime, row: Row) -> bool:
        known = self._seen.setdefault(row.record_id, [])
        if known and known[-1].row == row:
            return False
        moved = not known or known[-1].row.status != row.status
        known.append(Seen(since=now, row=row, status_since=now if moved else known[-1].status_since))
        return True


def _row(item: Json) -> Row:
    cells = item["fields"]
    values: Json = {key: _text(cells.get(name)) for key, name in _TEXTS.items()}
    values |= {key: of_ms(cells.get(name)) for key, name in _MOMENTS.items()}
    values |= {key: _names(cells.get(name)) for key, name in _PEOPLE.items()}
    return Row(record_id=item["record_id"], score=cells.get("满意度评分"), **values)


_TEXTS = {
    "number": "需求编号",
    "status": "当前状态",
    "kind": "需求类型",
    "urgency": "紧急程度",
    "priority": "优先级",
    "department": "责任部门",
    "progress": "需求进展",
    "risk": "风险提示",
    "confirmation": "客户确认",
}
_MOMENTS = {
    "submitted": "提交时间",
    "planned": "计划完成时间",
    "started": "实际开始时间",
    "responded": "首次响应时间",
    "finished": "实际完成时间",
    "response_due": "响应时限",
    "start_due": "启动时限",
    "resolve_due": "解决时限",
    "progress_at": "最近进展时间",
}
_PEOPLE = {"owner": "负责人", "submitter": "提交人"}
COLUMNS = [*_TEXTS.values(), *_MOMENTS.values(), *_PEOPLE.values(), "满意度评分"]


def _text(cell: Any) -> str:
    if isinstance(cell, list):
        return "".join(str(part.get("text", "")) for part in cell)
    return str(cell or "")


def _names(cell: Any) -> tuple[str, ...]:
    return tuple(str(person["name"]) for person in cell or ())


Look = Callable[[str], Row | None]
