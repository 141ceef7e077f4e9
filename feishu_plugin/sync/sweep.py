"""Finds what no event told: compares the table with the accepted state, and only hints.

An incremental sweep reads the newest rows down to its watermark; a full one reads all and
also finds deletions. Differences go through the same inbox as events. The very first sweep
of a base adopts what is there: nobody's work is put back for having begun before us.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from feishu_plugin.language import Phrase
from feishu_plugin.ports import Hint
from feishu_plugin.records import Accepted, Record
from feishu_plugin.rules.blank import is_blank
from feishu_plugin.sync import recovered
from feishu_plugin.sync.aged import is_aged
from feishu_plugin.sync.desk import Desk

_FACT = "sweep"
_TABLE, _ARCHIVE = "requirement", "archive"
_OVERLAP = timedelta(minutes=5)
"""Read again a little before the watermark: rows of one moment may come on either side of it."""
_NOT_COMPARED = frozenset({"modified_at", "modified_by", "created_at"})


_WHAT = {"read": "读", "recovered": "找回", "adopted": "接纳", "deleted": "删除"}
"""Counts of a sweep in Chinese; their keys are the English words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a sweep read and found."""

    read: int = 0
    recovered: int = 0
    """Changed rows that no pending event speaks of."""
    adopted: int = 0
    deleted: int = 0

    @property
    def data(self) -> dict[str, int]:
        """For machines."""
        return asdict(self)

    @property
    def text(self) -> str:
        """For people."""
        return str(
            Phrase(
                "，".join(f"{_WHAT[what]} {count}" for what, count in self.data.items()),
                ", ".join(f"{count} {what}" for what, count in self.data.items()),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    swept: Swept
    hints: Sequence[Hint]
    numbers: Sequence[tuple[str, str]]
    """(record id, number) of the rows a first sweep adopts, and of those in the archive."""
    newest: datetime | None


def sweep(desk: Desk, *, full: bool = False) -> Swept:
    """Hints at every row that differs from what was accepted; returns what it found.

    Nothing in a base whose state was put back from a copy: everything would differ. What holds
    the lease compares them first (``restored``).
    """
    return Swept() if is_aged(desk) else sweep_anyway(desk, full=full)


def sweep_anyway(desk: Desk, *, full: bool) -> Swept:
    """The same, whatever the age of the state."""
    found = _find(desk, full=full)
    if found is None:
        return Swept()
    # Rows that were there before us hold their numbers before anybody is given one.
    desk.store.draw_all(desk.app_token, [(f"number:{number}", row) for row, number in found.numbers])
    news = desk.store.put(found.hints)
    swept = found.swept
    fact = {"modified_at": found.newest, "at": desk.clock.now(), "found": swept.data}
    desk.store.keep(desk.app_token, _FACT, fact)
    if swept.recovered or swept.deleted:
        recovered.count(desk, news)
    if swept.recovered or swept.deleted or swept.adopted:
        desk.saw("sweep", **swept.data)
    return swept


def look(desk: Desk, *, full: bool = False) -> Swept:
    """What a sweep would find; stores nothing."""
    found = _find(desk, full=full)
    return found.swept if found else Swept()


def _find(desk: Desk, *, full: bool) -> _Found | None:
    if _TABLE not in desk.tables.binding.tables:
        return None
    fact = desk.store.recall(desk.app_token, _FACT)
    first = fact is None
    newest = fact.get("modified_at") if fact else None
    now, there, hints = desk.clock.now(), set[str](), list[Hint]()
    numbers: list[tuple[str, str]] = []
    for page in _pages(desk, None if full else newest):
        there.update(record.record_id for record in page)
        newest = max(filter(None, [newest, *(record.modified_at for record in page)]), default=None)
        hints += _hints(desk, page, now, adopt=first)
        numbers += [(r.record_id, str(r.get("number"))) for r in page if first and r.get("number")]
    numbers += _archived(desk) if first else []
    gone = _deleted(desk, there, now) if full else []
    swept = Swept(
        read=len(there),
        recovered=0 if first else len(hints),
        adopted=len(hints) if first else 0,
        deleted=len(gone),
    )
    return _Found(swept=swept, hints=[*hints, *gone], numbers=numbers, newest=newest)


def _archived(desk: Desk) -> list[tuple[str, str]]:
    """Their numbers are taken, too: they may come back."""
    if _ARCHIVE not in desk.tables.binding.tables:
        return []
    rows = (row for page in desk.tables.scan(_ARCHIVE) for row in page)
    return [(str(row.get("origin") or row.record_id), str(row.get("number"))) for row in rows]


def _pages(desk: Desk, since: datetime | None) -> Iterator[Sequence[Record]]:
    # Without 最后修改时间 Feishu cannot give the newest first: then every page may hold some.
    ordered = "modified_at" in desk.tables.binding.tables[_TABLE].fields
    for page in desk.tables.scan(_TABLE, newest_first=since is not None):
        if since is None:
            yield page
            continue
        fresh = [r for r in page if r.modified_at is None or r.modified_at >= since - _OVERLAP]
        yield fresh
        if len(fresh) < len(page) and ordered:
            return


def _hints(desk: Desk, page: Sequence[Record], now: datetime, *, adopt: bool) -> Iterable[Hint]:
    ids = [record.record_id for record in page]
    accepted = desk.store.accepted(desk.app_token, _TABLE, ids)
    different = [record for record in page if differs(record, accepted)]
    spoken_of = desk.store.newer(desk.app_token, [r.record_id for r in different], 0)
    return [
        _hint(
            desk,
            record.record_id,
            _identity(record, now),
            now,
            adopt=adopt and record.record_id not in accepted,
        )
        for record in different
        if record.record_id not in spoken_of
    ]


def differs(record: Record, accepted: Mapping[str, Accepted]) -> bool:
    """True when a row shows something else than what was accepted; new rows differ unless they are blank."""
    known = accepted.get(record.record_id)
    if known is None:
        return not is_blank(record)
    keys = {*record.values, *known.record.values} - _NOT_COMPARED
    return any(record.get(key) != known.record.get(key) for key in keys)


def _identity(record: Record, now: datetime) -> str:
    # With the time: a difference that lasts (an open breaker) is hinted at again later.
    changed = record.modified_at.isoformat() if record.modified_at else "unknown"
    return f"sweep:{changed}:{now:%Y%m%d%H}{now.minute // 10}"


def _hint(desk: Desk, record_id: str, event_id: str, now: datetime, *, adopt: bool) -> Hint:
    return Hint(
        app_token=desk.app_token,
        table_id=desk.tables.binding.tables[_TABLE].table_id,
        record_id=record_id,
        kind="adopted" if adopt else "swept",
        event_id=event_id,
        received_at=now,
    )


def _deleted(desk: Desk, there: Set[str], now: datetime) -> list[Hint]:
    # By the pages just read: one that slipped between two of them is read again before it counts as gone.
    lost = [r for r, _ in desk.store.all_accepted(desk.app_token, _TABLE) if r not in there]
    return [_hint(desk, r, f"sweep:gone:{now.isoformat()}", now, adopt=False) for r in lost]
