"""A database that does not know what was archived learns it from the archive, once."""

from feishu_plugin.archived import ARCHIVED
from feishu_plugin.sync.dealings import show_dealings
from feishu_plugin.sync.history.leaving import archive
from feishu_plugin.sync.history.relearned import doubt, relearn
from tests.fakes import MemoryTables
from tests.sync.base import Base
from tests.sync.history.test_leaving import MONTH_S, closed
from tests.sync.history.test_returning import archived, back


def left(*titles: str) -> tuple[Base, str, list[str]]:
    """A base with archived requirements of one customer, and their numbers."""
    base = Base()
    star = base.tables.put("customer", {"name": "星河科技"})
    return base, star, list(archived(base, *titles, customer=(star,)))


def forget(base: Base, *, but: int = 0) -> None:
    """The state is lost, or from before the last ones were archived."""
    for key in [key for key in base.store.states if key[0] == ARCHIVED][but:]:
        del base.store.states[key]


def test_a_new_database_counts_what_was_archived_before_its_time() -> None:
    base, star, [number, _] = left("一", "二")
    before = {key: state for key, state in base.store.states.items() if key[0] == ARCHIVED}
    forget(base)

    assert relearn(base.desk) == 2
    show_dealings(base.desk)

    assert base.tables.peek("customer", star).get("requirement_count") == 2.0
    learned = {key: state for key, state in base.store.states.items() if key[0] == ARCHIVED}
    assert [one.record.values for one in learned.values()] == [one.record.values for one in before.values()]
    assert back(base, number).get("number") == number


def test_it_looks_once_and_not_at_all_where_it_was_there_itself() -> None:
    base, _, _ = left("一")
    scans = base.tables.calls["scan"]
    assert relearn(base.desk) == 0
    assert base.tables.calls["scan"] == scans

    closed(base, "二")
    base.clock.advance(MONTH_S)
    archive(base.desk)
    forget(base)
    assert relearn(base.desk) == 0


def test_after_a_copy_came_back_only_what_it_lacks_is_learned() -> None:
    base, _, _ = left("一", "二")
    relearn(base.desk)
    forget(base, but=1)
    doubt(base.desk)

    assert (relearn(base.desk), relearn(base.desk)) == (1, 0)


def test_an_altered_row_keeps_the_others_from_nothing() -> None:
    base, _, _ = left("一", "二")
    forget(base)
    first, _ = base.tables.rows("archive")
    MemoryTables.update(base.tables, "archive", {first.record_id: {"content": "{}"}})

    assert relearn(base.desk) == 1
