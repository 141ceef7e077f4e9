"""What a customer had of us stands on their new requirement, and on 客户档案 from day to day."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feishu_plugin.records import Value
from feishu_plugin.sync.dealings import show_dealings
from feishu_plugin.sync.history.leaving import archive
from feishu_plugin.sync.sweep import sweep
from tests import builders
from tests.sync.base import Base
from tests.sync.history.test_leaving import MONTH_S, closed
from tests.sync.history.test_returning import back
from tests.sync.test_customers import changed, write_rows

FIGURES = ("requirement_count", "open_count", "satisfaction")


@pytest.fixture
def base() -> Base:
    found = Base()
    sweep(found.desk)
    found.settle()
    return found


def customer(base: Base, name: str = "星河科技") -> tuple[str]:
    return (base.tables.put("customer", {"name": name}),)


def history(base: Base, rid: str) -> Value:
    return base.record(rid).get("customer_history")


def figures(base: Base, who: tuple[str]) -> list[Value]:
    row = base.tables.peek("customer", who[0])
    return [row.get(key) for key in FIGURES]


def test_a_new_requirement_says_how_many_its_customer_had_and_how_content_they_were(base: Base) -> None:
    star = customer(base)
    closed(base, "一", customer=star)
    base.add(title="二", customer_name="星河科技")
    base.settle()
    last = base.add(title="三", customer_name="星河 科技")
    base.settle()

    assert history(base, last) == "第 3 条 · 未完成 2 · 满意度 5.0"


def test_it_is_written_together_with_the_number(base: Base) -> None:
    base.add(title="一", customer=customer(base))
    before = base.tables.writes
    base.settle()

    assert base.tables.writes - before == 1


def test_several_at_once_count_in_the_order_in_which_they_were_submitted(base: Base) -> None:
    star, at = customer(base), base.clock.now()
    late = base.add(title="二", customer=star, submitted_at=at)
    early = base.add(title="一", customer=star, submitted_at=at - timedelta(days=1))
    base.settle()

    assert [history(base, rid) for rid in (early, late)] == ["第 1 条 · 未完成 1", "第 2 条 · 未完成 2"]


def test_who_is_added_to_the_register_has_their_first(base: Base) -> None:
    rid = base.add(title="一", customer_name="北斗学校")
    base.settle()
    assert history(base, rid) == "第 1 条 · 未完成 1"

    [new] = write_rows(base)
    changed(base, new)
    base.settle()
    assert history(base, rid) == "第 1 条 · 未完成 1"


def test_another_customer_is_another_history(base: Base) -> None:
    star, north = customer(base), customer(base, "北斗学校")
    base.add(title="一", customer=north)
    rid = base.add(title="二", customer=star)
    base.settle()

    base.edit(rid, customer=north)
    base.settle()
    assert history(base, rid) == "第 2 条 · 未完成 2"

    base.edit(rid, customer=None, customer_name=None)
    base.settle()
    assert history(base, rid) is None


def test_an_edit_by_hand_goes_back(base: Base) -> None:
    rid = base.add(title="一", customer=customer(base))
    base.settle()
    base.edit(rid, customer_history="第 99 条")
    base.settle()

    assert history(base, rid) == "第 1 条 · 未完成 1"


def test_other_edits_and_our_own_writes_leave_it(base: Base) -> None:
    star = customer(base)
    rid = base.add(title="一", customer=star)
    base.settle()
    base.add(title="二", customer=star)
    base.settle()
    base.edit(rid, remark="看看")
    base.settle()

    assert history(base, rid) == "第 1 条 · 未完成 1"


def test_the_owner_reads_it_on_the_card(base: Base) -> None:
    base.add(title="一", customer=customer(base), owner=("ou_owner",), planned_finish=base.clock.now())
    base.settle()

    [card] = [c for c in base.store.outbox.cards if c.body["event"] == "assigned"]
    assert "星河科技（第 1 条 · 未完成 1）" in str(card.body["card"])


def test_a_base_without_the_column_goes_on() -> None:
    base = Base.lacking("requirement.customer_history", "customer.open_count")
    rid = base.add(title="一", customer=(base.tables.put("customer", {"name": "星河科技"}),))
    base.settle()
    base.edit(rid, remark="看看")
    before = base.tables.writes
    base.settle()

    assert show_dealings(base.desk) == 0
    assert base.tables.writes == before


def test_the_register_is_brought_up_to_date_in_one_call_and_only_when_something_changed(base: Base) -> None:
    star, north = customer(base), customer(base, "北斗学校")
    for title in ("一", "二"):
        base.add(title=title, customer=star)
    closed(base, "三", customer=north)
    base.settle()
    before = base.tables.calls["update"]

    assert show_dealings(base.desk) == 2
    assert base.tables.calls["update"] - before == 1
    assert figures(base, star) == [2.0, 2.0, None]
    assert figures(base, north) == [1.0, 0.0, 5.0]
    assert show_dealings(base.desk) == 0


def test_figures_go_through_the_archive_and_back(base: Base) -> None:
    star = customer(base)
    rid = closed(base, "一", customer=star)
    number = str(base.record(rid).get("number"))
    show_dealings(base.desk)
    base.clock.advance(MONTH_S)
    assert archive(base.desk).archived == 1

    assert (show_dealings(base.desk), figures(base, star)) == (0, [1.0, 0.0, 5.0])
    late = base.add(title="二", customer=star)
    base.settle()
    assert history(base, late) == "第 2 条 · 未完成 1 · 满意度 5.0"

    row = back(base, number)
    base.settle()
    assert (show_dealings(base.desk), figures(base, star)) == (1, [2.0, 1.0, 5.0])
    assert row.get("customer_history") == "第 1 条 · 未完成 1"


def test_one_of_two_customers_takes_over_what_the_other_had(base: Base) -> None:
    star, twin = customer(base), customer(base, "星河公司")
    base.add(title="一", customer=star)
    rid = base.add(title="二", customer=twin)
    base.settle()
    show_dealings(base.desk)

    base.edit(rid, customer=star)
    base.settle()

    assert show_dealings(base.desk) == 2
    assert (figures(base, star), figures(base, twin)) == ([2.0, 2.0, None], [None, None, None])


def test_what_we_write_into_the_register_is_no_news(base: Base) -> None:
    star = customer(base)
    base.add(title="一", customer=star)
    base.settle()
    hint = replace(builders.hint(base.desk, "customer", star[0]), fields=FIGURES)
    before = base.tables.calls["read"]
    base.store.put([hint])
    base.settle()

    assert base.tables.calls["read"] == before
