"""Look-alikes in a whole base in memory: hints, merging from the card, and what many duplicates do."""

from dataclasses import replace
from typing import Any

import pytest

from feishu_plugin.records import Person
from feishu_plugin.reminders.card import MOST_BYTES, size_of
from tests import builders
from tests.sync.base import Base
from tests.sync.test_presses import MANAGER, Mortal, button, card, patches, press

LI = "ou_li"
TITLE = "收银台扫码支付后订单状态不更新"
REWORDED = "收银台扫码支付后，订单状态没有更新"


def two(**more: Any) -> tuple[Base, str, str]:
    """An original and, later, a look-alike by 李雷."""
    base = Base(None, Person(open_id=LI, name="李雷"))
    original = base.add(title=TITLE, type="problem")
    base.settle()
    duplicate = base.add(title=REWORDED, type="problem", submitter=(LI,), **more)
    base.settle()
    return base, original, duplicate


def hints(base: Base) -> list[str]:
    """Who was told of look-alikes."""
    waiting = [p.effect for p in base.store.outbox.waiting.values() if p.effect.kind == "card"]
    return [effect.target for effect in waiting if effect.body["event"] == "similar"]


def test_a_look_alike_is_named_with_its_score_and_linked() -> None:
    base, original, duplicate = two()

    shown = str(card(base, "similar", LI).body["card"])
    assert TITLE in shown
    assert "相似度 8" in shown
    assert base.record(duplicate).get("similar") == (original,)
    assert base.record(original).get("similar") is None


def test_the_owner_is_told_as_well() -> None:
    base, _, _ = two(owner=("ou_owner",))

    assert sorted(hints(base)) == [LI, "ou_owner"]


def test_rows_of_one_paste_are_compared_with_each_other() -> None:
    base = Base()
    first, second = (base.add(title=title, submitter=(LI,)) for title in (TITLE, REWORDED))
    base.settle()

    assert base.record(second).get("similar") == (first,)
    assert hints(base) == [LI]


def test_merging_voids_the_duplicate_and_counts_it_at_the_original() -> None:
    base, original, duplicate = two()

    press(base, button(card(base, "similar", LI), "merge"), LI, original=original)

    row = base.record(duplicate)
    assert (row.get("status"), row.get("void_reason")) == ("void", "duplicate")
    assert row.get("duplicate_of") == (original,)
    assert base.record(original).get("similar_count") == 1.0
    assert [(r["from_status"], r["to_status"], r["verdict"]) for r in base.ledger()] == [
        ("pending", "void", "pass")
    ]
    assert "已合并到" in patches(base)[-1]


def test_pressing_merge_twice_counts_once() -> None:
    base, original, _ = two()
    value = button(card(base, "similar", LI), "merge")
    press(base, value, LI, original=original)
    press(base, value, LI, original=original)

    assert base.record(original).get("similar_count") == 1.0
    assert "已经合并过了" in patches(base)[-1]


def test_a_merger_that_was_written_but_not_settled_is_settled_by_its_repetition() -> None:
    """Only managers may void: judged as the app's own edit it would be put back."""
    store = Mortal()
    base = Base(None, replace(MANAGER, open_id=LI, name="李雷"), store=store)
    moves = tuple(replace(move, roles=("manager",)) for move in base.desk.policy.moves)
    base.desk.policy = replace(base.desk.policy, moves=moves)
    original, duplicate = (base.add(title=title, submitter=(LI,)) for title in (TITLE, REWORDED))
    base.settle()
    value = button(card(base, "similar", LI), "merge")

    store.dies = True
    with pytest.raises(KeyboardInterrupt):
        press(base, value, LI, original=original)
    assert base.record(duplicate).get("status") == "void"
    base.settle()

    assert base.record(duplicate).get("status") == "void"
    assert [(r["verdict"], r["operator"]) for r in base.ledger()] == [("pass", (LI,))]
    assert base.record(original).get("similar_count") == 1.0
    assert "已合并到" in patches(base)[-1]


def test_nothing_is_merged_into_a_requirement_that_was_voided_meanwhile() -> None:
    base, original, duplicate = two()
    value = button(card(base, "similar", LI), "merge")
    base.edit(original, status="void", void_reason="invalid")
    base.settle()

    press(base, value, LI, original=original)

    assert base.record(duplicate).get("status") == "pending"
    assert "已作废，不能合并到它" in str(card(base, "press_refused", LI).body["card"])


def test_endless_titles_still_make_a_card_that_feishu_takes() -> None:
    base = Base(None, Person(open_id=LI, name="李雷"))
    base.add(title=TITLE * 2000)
    base.settle()
    base.add(title=TITLE * 2000, submitter=(LI,))
    base.settle()

    assert size_of(card(base, "similar", LI).body["card"]) <= MOST_BYTES


def test_what_a_press_is_told_has_a_short_identity_however_long_a_title_is() -> None:
    base, original, duplicate = two()
    value = button(card(base, "similar", LI), "merge")
    base.edit(original, title=TITLE * 2000, status="void", void_reason="duplicate", duplicate_of=(duplicate,))
    base.settle()

    press(base, value, LI, original=original)

    assert len(card(base, "press_refused", LI).identity) < 200


def test_only_an_offered_original_can_be_chosen() -> None:
    base, _, duplicate = two()
    stranger = base.add(title="希望支持微信登录")
    base.settle()

    press(base, button(card(base, "similar", LI), "merge"), LI, original=stranger)

    assert base.record(duplicate).get("status") == "pending"


def test_what_is_in_work_is_not_merged_past_the_workflow() -> None:
    base, original, duplicate = two(department="support", owner=(LI,))
    value = button(card(base, "similar", LI), "merge")
    base.edit(duplicate, status="in_progress", planned_finish=builders.local("2026-12-01"))
    base.settle()

    press(base, value, LI, original=original)

    assert base.record(duplicate).get("status") == "in_progress"
    assert "不能合并" in str(card(base, "press_refused", LI).body["card"])


def test_two_duplicates_of_each_other_do_not_both_vanish() -> None:
    base, original, duplicate = two()
    value = button(card(base, "similar", LI), "merge")
    base.edit(original, status="void", void_reason="duplicate", duplicate_of=(duplicate,))
    base.settle()

    press(base, value, LI, original=original)

    assert base.record(duplicate).get("status") == "pending"


def test_no_duplicate_leaves_both_and_is_not_asked_again() -> None:
    base, _, duplicate = two()
    press(base, button(card(base, "similar", LI), "distinct"), LI)
    base.edit(duplicate, description="下单后刷新也没有变化")
    base.settle()

    assert base.record(duplicate).get("status") == "pending"
    assert hints(base) == [LI]
    assert "已确认不是重复" in patches(base)[-1]


@pytest.mark.parametrize(("status", "days", "told"), [
    ({"status": "void", "void_reason": "invalid"}, 0, False),
    ({"status": "pending"}, 400, True),
])  # fmt: skip
def test_void_ones_are_not_compared_and_open_ones_always(status: Any, days: int, told: bool) -> None:
    base = Base()
    original = base.add(title=TITLE)
    base.settle()
    base.edit(original, **status)
    base.settle()
    base.clock.advance(days * 86400)
    base.add(title=REWORDED, submitter=(LI,))
    base.settle()

    assert bool(hints(base)) == told


def test_many_duplicates_within_a_week_make_the_original_urgent_and_later_no_more() -> None:
    base = Base(builders.policy(similar_from=3.0))
    original = base.add(title=TITLE)
    base.settle()
    before = base.record(original).get("priority")
    for n in range(3):
        rid = base.add(title=f"{REWORDED}（{'甲乙丙'[n]}）")
        base.settle()
        base.edit(rid, status="void", void_reason="duplicate", duplicate_of=(original,))
    base.settle()

    assert (before, base.record(original).get("priority")) == ("medium", "high")
    assert base.record(original).get("similar_count") == 3.0

    base.clock.advance(8 * 86400)
    base.edit(original, remark="再看一次")
    base.settle()
    assert base.record(original).get("priority") == "medium"
