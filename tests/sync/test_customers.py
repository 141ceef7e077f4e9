"""What 客户档案 says reaches the requirements: linked, taken over, renewed, and added once."""

from collections.abc import Iterator, Sequence

import pytest

from feishu_plugin.errors import FeishuRefused
from feishu_plugin.ports import Hint
from feishu_plugin.records import Record, Value
from feishu_plugin.sync.customers import TABLE
from feishu_plugin.sync.sweep import sweep
from tests import builders
from tests.fakes import MemoryTables
from tests.sync.base import Base


@pytest.fixture
def base() -> Base:
    found = Base()
    found.tables.put(
        TABLE, {"name": "星河科技有限公司", "level": "vip", "industry": "制造", "email": "li@star.example"}
    )
    return found


def star(base: Base) -> str:
    return next(row.record_id for row in base.tables.rows(TABLE) if "星河" in str(row.get("name")))


def changed(base: Base, record_id: str, *fields: str) -> Hint:
    """Feishu tells that a customer changed."""
    hint = builders.hint(base.desk, TABLE, record_id)
    base.store.put([hint])
    return hint


def write_rows(base: Base) -> list[str]:
    """Customers that wait in the outbox are written, as the deliverer would."""
    waiting = [(n, p.effect) for n, p in base.store.outbox.waiting.items() if p.effect.kind == "customer"]
    ids = [base.tables.put(TABLE, effect.body) for _, effect in waiting]
    base.store.done([n for n, _ in waiting], base.clock.now(), "")
    return ids


def cells(base: Base, rid: str, *keys: str) -> list[Value]:
    return [base.record(rid).get(key) for key in keys]


def test_a_new_requirement_is_linked_and_knows_how_important_its_customer_is(base: Base) -> None:
    rid = base.add(title="导出", customer_name="星河科技", urgency="high")
    base.settle()

    assert cells(base, rid, "customer", "customer_level", "industry") == [(star(base),), "vip", "制造"]
    assert "VIP" in str(base.record(rid).get("priority_note"))


def test_reading_the_register_costs_one_list_for_many_requirements(base: Base) -> None:
    for n in range(5):
        base.add(title=f"导出 {n}", customer_name="星河科技")
        base.settle()

    assert base.tables.calls["scan"] == 1


def test_it_is_read_again_after_a_day(base: Base) -> None:
    base.add(title="一", customer_name="南山医院")
    base.settle()
    base.tables.put(TABLE, {"name": "东海集团", "level": "important"})
    base.clock.advance(86_400)
    rid = base.add(title="二", customer_name="东海")
    base.settle()

    assert cells(base, rid, "customer_level") == ["important"]


def test_a_linked_customer_that_nobody_told_of_is_read(base: Base) -> None:
    base.add(title="一", customer_name="星河科技")
    base.settle()
    new = base.tables.put(TABLE, {"name": "东海集团", "level": "important"})
    rid = base.add(title="二", customer=(new,))
    base.settle()

    assert cells(base, rid, "customer_level", "customer_name") == ["important", "东海集团"]


def test_what_changes_about_a_customer_reaches_open_requirements_that_took_it_over(base: Base) -> None:
    open_one = base.add(title="一", customer=(star(base),))
    by_hand = base.add(title="二", customer=(star(base),), customer_level="normal")
    over = base.add(title="三", customer=(star(base),))
    base.settle()
    base.edit(over, status="void", void_reason="invalid")
    base.settle()

    MemoryTables.update(base.tables, TABLE, {star(base): {"level": "important"}})
    changed(base, star(base))
    base.settle()

    levels = [cells(base, rid, "customer_level")[0] for rid in (open_one, by_hand, over)]
    assert levels == ["important", "normal", "vip"]


def test_a_new_name_becomes_one_customer_that_all_its_requirements_are_linked_to(base: Base) -> None:
    way = "wang@north.example"
    rids = [base.add(title=name, customer_name=name, contact_way=way) for name in ("北斗学校", "北斗 学校")]
    base.settle()
    [new] = write_rows(base)
    changed(base, new)
    base.settle()

    assert [cells(base, rid, "customer")[0] for rid in rids] == [(new,), (new,)]
    assert base.tables.peek(TABLE, new).get("email") == "wang@north.example"
    late = base.add(title="又来", customer_name="北斗学校")
    base.settle()
    assert cells(base, late, "customer") == [(new,)]
    assert write_rows(base) == []


def test_a_kill_before_it_is_remembered_links_all_the_same(base: Base) -> None:
    rid = base.add(title="导出", customer_name="北斗学校")
    base.settle()
    [new] = write_rows(base)
    changed(base, new)
    base.desk.may_write = lambda: False
    with pytest.raises(Exception, match="lease"):
        base.work()
    base.desk.may_write = lambda: True
    base.desk.register = None
    base.settle()

    assert cells(base, rid, "customer") == [(new,)]


def test_who_may_be_meant_is_asked_once(base: Base) -> None:
    rid = base.add(title="导出", customer_name="星河", owner=("ou_owner",), submitter=("ou_me",))
    base.settle()
    base.edit(rid, remark="看看")
    base.settle()

    assert cells(base, rid, "customer") == [None]
    assert sorted(base.cards("customer_like")) == ["ou_me", "ou_owner"]


def test_a_link_that_was_taken_away_stays_away(base: Base) -> None:
    rid = base.add(title="导出", customer_name="星河科技")
    base.settle()
    base.edit(rid, customer=None)
    base.settle()

    assert cells(base, rid, "customer") == [None]


def test_rows_that_were_there_before_us_add_no_customer() -> None:
    base = Base()
    base.tables.put("requirement", {"title": "旧", "customer_name": "北斗学校", "status": "pending"})

    sweep(base.desk)
    base.settle()

    assert write_rows(base) == []


def test_a_base_without_a_register_goes_on() -> None:
    base = Base.lacking(TABLE)
    rid = base.add(title="导出", customer_name="星河科技")
    base.settle()

    assert base.record(rid).get("number")


def test_a_register_that_the_app_may_not_read_keeps_no_move_from_being_judged() -> None:
    base = Base()
    rid = base.add(title="导出", customer_name="星河科技", status="closed")
    readable = base.tables.scan

    def scan(table: str, *, newest_first: bool = False) -> Iterator[Sequence[Record]]:
        if table == TABLE:
            raise FeishuRefused(code=1254302, msg="no permission", endpoint="search")
        return readable(table, newest_first=newest_first)

    base.tables.scan = scan  # type: ignore[method-assign]
    base.settle()

    assert cells(base, rid, "status") == ["pending"]
