"""Killed at every boundary of the way out and back: nothing is lost, nothing is there twice, nobody hears."""

from feishu_plugin.archived import content_of
from feishu_plugin.errors import NotYet
from feishu_plugin.records import Record, Value
from feishu_plugin.sync.history import asked
from feishu_plugin.sync.history.leaving import archive
from feishu_plugin.sync.history.returning import find_archived
from feishu_plugin.sync.sweep import sweep
from tests import builders
from tests.sync.base import Base
from tests.sync.history.crossings import CrossingStore, CrossingTables, Killed, KilledAt
from tests.sync.history.test_leaving import MONTH_S, closed

TITLES = ("一", "二", "三")
MOST = 60
"""More boundaries than there are."""


def ready() -> Base:
    base = Base()
    sweep(base.desk)
    for title in TITLES:
        closed(base, title, remark="别丢了")
    base.clock.advance(MONTH_S)
    return base


def killed(base: Base, at: int) -> KilledAt:
    """From now on the process dies at that boundary."""
    crossing = KilledAt(at)
    base.desk.tables = CrossingTables(base.tables, crossing)
    base.desk.store = CrossingStore(base.store, crossing)
    return crossing


def restarted(base: Base) -> None:
    base.desk.tables, base.desk.store = base.tables, base.store
    base.clock.advance(60)


def archive_all(base: Base) -> None:
    """As the job does: what is still on its way is tried again in a moment."""
    for _ in range(4):
        try:
            archive(base.desk)
        except NotYet:
            continue


def contents(base: Base) -> list[dict[str, Value]]:
    """Every requirement there is, by number; of one that is in both tables, the register's."""
    here = {row.get("number"): row for row in base.tables.rows("requirement")}
    there = [content_of(row).record for row in base.tables.rows("archive") if row.get("number") not in here]
    rows = sorted([*here.values(), *there], key=lambda row: str(row.get("number")))
    return [plain(row) for row in rows]


def plain(row: Record) -> dict[str, Value]:
    return {key: value for key, value in row.values.items() if key not in ("modified_at", "created_at")}


def events(base: Base) -> None:
    """Feishu tells of everything that the kill left; the worker judges it."""
    gone = {str(row.get("origin")) for row in base.tables.rows("archive")}
    here = {row.record_id for row in base.tables.rows("requirement")}
    base.store.put([builders.hint(base.desk, "requirement", rid) for rid in sorted(here | gone)])
    base.settle()


def test_killed_on_the_way_out() -> None:
    wanted, crossed = contents(ready()), 0
    for at in range(1, MOST):
        base = ready()
        cards, crossing = len(base.store.outbox.cards), killed(base, at)
        try:
            archive(base.desk)
        except Killed:
            crossed += 1
        else:
            break
        assert contents(base) == wanted, crossing.crossed[-1]
        restarted(base)
        events(base)
        archive_all(base)
        assert base.tables.rows("requirement") == [], crossing.crossed[-1]
        assert len(base.tables.rows("archive")) == len(TITLES), crossing.crossed[-1]
        assert contents(base) == wanted, crossing.crossed[-1]
        assert len(base.store.outbox.cards) == cards, crossing.crossed[-1]
    assert crossed >= 10


def test_killed_on_the_way_back() -> None:
    wanted, crossed = contents(ready()), 0
    for at in range(1, MOST):
        base = ready()
        archive_all(base)
        cards = len(base.store.outbox.cards)
        numbers = [str(one["number"]) for one in wanted]
        asked.ask(base.desk, [find_archived(base.desk, number) or "" for number in numbers])
        crossing = killed(base, at)
        try:
            base.work()
        except Killed:
            crossed += 1
        else:
            break
        assert contents(base) == wanted, crossing.crossed[-1]
        restarted(base)
        events(base)
        assert base.tables.rows("archive") == [], crossing.crossed[-1]
        assert contents(base) == wanted, crossing.crossed[-1]
        assert len(base.store.outbox.cards) == cards, crossing.crossed[-1]
        assert not base.store.outbox.waiting
    assert crossed >= 20
