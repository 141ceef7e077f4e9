"""Published entries of 知识库 answer new requirements: linked in the same write, told on the card."""

from dataclasses import replace

import pytest

from feishu_plugin.errors import FeishuRefused
from feishu_plugin.records import Value
from feishu_plugin.sync.faq import TABLE, compare
from tests import builders
from tests.fakes import MemoryTables
from tests.sync.base import Base

QUESTION, ALIKE = "怎么导出上个月的销售报表", "怎样导出上个月的销售报表？"
ANSWER = "打开「报表 → 导出」，选择月份后点下载。"


@pytest.fixture
def base() -> Base:
    return Base()


def shelve(base: Base, **values: Value) -> str:
    """A person writes an entry, and its event arrives."""
    given: dict[str, Value] = {"question": QUESTION, "answer": ANSWER, "published": True, **values}
    rid = base.tables.put(TABLE, given)
    tell(base, rid)
    return rid


def tell(base: Base, rid: str) -> None:
    """Feishu tells that an entry changed."""
    base.clock.advance(1)
    hint = builders.hint(base.desk, TABLE, rid)
    base.store.put([replace(hint, event_id=f"{hint.event_id}:{base.clock.now()}")])
    base.settle()


def link(base: Base, rid: str) -> Value:
    return base.record(rid).get("knowledge")


def card(base: Base, event: str = "assigned") -> str:
    waiting = (p.effect for p in base.store.outbox.waiting.values())
    return str([e.body["card"] for e in waiting if e.kind == "card" and e.body["event"] == event][-1])


def test_a_like_requirement_is_linked_in_the_same_write_and_its_owner_reads_the_answer(base: Base) -> None:
    entry = shelve(base)
    before = base.tables.writes
    calls = base.tables.calls["read"] + base.tables.calls["scan"]
    other = Base()
    plain = other.add(title=ALIKE, type="inquiry", owner=("ou_li",))
    other.settle()
    rid = base.add(title=ALIKE, type="inquiry", owner=("ou_li",))
    base.settle()

    assert link(base, rid) == (entry,)
    assert link(other, plain) is None
    assert base.tables.writes - before == other.tables.writes
    asked = base.tables.calls["read"] + base.tables.calls["scan"] - calls
    assert asked == other.tables.calls["read"] + other.tables.calls["scan"]
    assert "打开「报表 → 导出」" in card(base)
    assert "FAQ" in card(base)
    assert "FAQ" not in card(other)


def test_an_owner_who_is_found_later_reads_it_too(base: Base) -> None:
    shelve(base)
    rid = base.add(title=ALIKE, department="support")
    base.settle()
    base.edit(rid, owner=("ou_li",))
    base.settle()

    assert ANSWER in card(base)


def test_what_was_typed_in_an_answer_is_shown_as_it_is(base: Base) -> None:
    shelve(base, answer="**加粗** <at id=all></at> [点我](https://evil.example)")
    base.add(title=ALIKE, owner=("ou_li",))
    base.settle()

    shown = card(base)
    assert "<at" not in shown
    assert "[点我](https" not in shown


@pytest.mark.parametrize(
    "values", [{"published": None}, {"answer": None}, {"question": "登录不了怎么办，请看一看"}]
)
def test_what_is_not_published_or_not_alike_is_not_suggested(base: Base, values: dict[str, Value]) -> None:
    shelve(base, **values)
    rid = base.add(title=ALIKE)
    base.settle()

    assert link(base, rid) is None


def test_a_link_that_a_person_set_or_took_away_stays_so(base: Base) -> None:
    entry = shelve(base)
    own = base.tables.put(TABLE, {"question": "别的问题"})
    by_hand = base.add(title=ALIKE, knowledge=(own,))
    taken = base.add(title=ALIKE)
    base.settle()
    assert (link(base, by_hand), link(base, taken)) == ((own,), (entry,))

    base.edit(taken, knowledge=None)
    base.settle()
    base.edit(taken, remark="看过了", urgency="high")
    base.settle()

    assert link(base, taken) is None


def test_an_entry_that_is_withdrawn_or_deleted_is_suggested_no_more(base: Base) -> None:
    entry = shelve(base)
    MemoryTables.update(base.tables, TABLE, {entry: {"published": None}})
    tell(base, entry)
    one = base.add(title=ALIKE)
    base.settle()
    MemoryTables.update(base.tables, TABLE, {entry: {"published": True}})
    tell(base, entry)
    two = base.add(title=ALIKE)
    base.settle()
    base.tables.delete(TABLE, entry)
    tell(base, entry)
    three = base.add(title=ALIKE)
    base.settle()

    assert [link(base, rid) for rid in (one, two, three)] == [None, (entry,), None]


def test_the_daily_comparison_finds_what_no_event_told(base: Base) -> None:
    gone = shelve(base, question="电子发票在哪里下载")
    base.tables.delete(TABLE, gone)
    entry = base.tables.put(TABLE, {"question": QUESTION, "answer": ANSWER, "published": True})
    base.tables.put(TABLE, {"question": "草稿", "answer": "草稿"})

    assert compare(base.desk) == 2
    base.settle()
    assert compare(base.desk) == 0
    rid, other = base.add(title=ALIKE), base.add(title="电子发票在哪里下载")
    base.settle()
    assert (link(base, rid), link(base, other)) == ((entry,), None)


def test_what_is_remembered_survives_a_restart(base: Base) -> None:
    entry = shelve(base)
    base.desk.faq = None
    rid = base.add(title=ALIKE)
    base.settle()

    assert link(base, rid) == (entry,)


def test_killed_between_write_and_memory_the_same_link_and_card_follow(base: Base) -> None:
    entry = shelve(base)
    rid = base.add(title=ALIKE, owner=("ou_li",))
    base.deliver_all()
    checks = iter((True, False))
    base.desk.may_write = lambda: next(checks)
    with pytest.raises(Exception, match="lease"):
        base.work()
    assert link(base, rid) == (entry,)
    base.desk.may_write = lambda: True
    base.desk.faq = None
    base.settle()

    assert link(base, rid) == (entry,)
    assert base.cards("assigned") == ["ou_li"]
    assert ANSWER in card(base)


def test_an_entry_that_is_gone_without_an_event_holds_nobody_up(base: Base) -> None:
    gone = shelve(base)
    base.tables.delete(TABLE, gone)
    base.tables.refused_link = gone
    rid = base.add(title=ALIKE, type="inquiry")
    base.deliver_all()

    assert base.work().judged == 1
    assert (link(base, rid), base.record(rid).get("number")) == (None, "20260105-客服-001")
    assert not base.desk.stuck


@pytest.mark.parametrize("missing", ["knowledge", "requirement.knowledge"])
def test_a_base_without_the_table_or_the_column_goes_on(missing: str) -> None:
    base = Base.lacking(missing)
    rid = base.add(title=ALIKE, owner=("ou_li",))
    base.settle()
    compare(base.desk)

    assert base.record(rid).get("number")


def test_entries_that_may_not_be_read_keep_nobody_waiting(base: Base) -> None:
    def refuse() -> None:
        raise FeishuRefused(code=1254302, msg="RolePermNotAllow", endpoint="read")

    base.store.put([builders.hint(base.desk, TABLE, "recX")])
    base.tables.during_read = refuse
    base.work()

    assert not base.store.open
