"""Questions to the submitter in a whole base in memory: once, calm, and gone when answered."""

from typing import Any

from feishu_plugin.sync.ticks import hint_at_due
from tests.sync.base import Base

SUN = "ou_sun"
CLEAR = "每月初导出三个月的对账报表，等十分钟后提示超时"


def asked(base: Base) -> list[str]:
    """The cards to the submitter, by their notes."""
    waiting = [p.effect for p in base.store.outbox.waiting.values() if p.effect.kind == "card"]
    return [str(e.body["card"]) for e in waiting if e.body["event"] == "vague" and e.target == SUN]


def added(**values: Any) -> tuple[Base, str]:
    base = Base()
    rid = base.add(title="导出报表", submitter=(SUN,), **values)
    base.settle()
    return base, rid


def test_a_vague_text_is_asked_about_once_and_again_when_it_is_vague_anew() -> None:
    base, rid = added(description="不好用", source="phone")
    base.edit(rid, remark="急")
    base.settle()
    assert len(asked(base)) == 1

    base.edit(rid, description="还是有问题")
    base.settle()
    assert len(asked(base)) == 2

    base.edit(rid, description=CLEAR)
    base.settle()
    assert len(asked(base)) == 2
    assert base.record(rid).get("rule_hint") is None


def test_one_card_names_everything_that_is_missing() -> None:
    base, _ = added(description="不好用", contact_way="1380013800")

    (shown,) = asked(base)
    assert all(words in shown for words in ("描述看不出具体情况", "1380013800", "请填写需求来源"))


def test_whoever_is_still_typing_is_left_alone() -> None:
    base, rid = added()
    base.edit(rid, description=CLEAR)
    base.settle()
    base.edit(rid, source="phone")
    base.settle()
    base.clock.advance(3600)
    hint_at_due(base.desk)
    base.settle()

    assert asked(base) == []
    assert base.record(rid).get("rule_hint") is None


def test_what_nobody_fills_in_is_asked_for_after_a_while_and_once() -> None:
    base, rid = added(description=CLEAR)
    assert base.record(rid).get("rule_hint") == "待补充：请填写需求来源"
    for _ in range(3):
        base.clock.advance(700)
        hint_at_due(base.desk)
        base.settle()

    (shown,) = asked(base)
    assert "请填写需求来源" in shown


def test_many_vague_rows_at_once_are_one_card() -> None:
    base = Base()
    for n in range(5):
        base.add(title=f"导入 {n}", description="有问题", source="phone", submitter=(SUN,))
    base.settle()

    assert len(asked(base)) == 1


def test_why_a_move_was_put_back_is_not_written_over() -> None:
    base, rid = added(description="不好用", source="phone")
    base.edit(rid, status="done")
    base.settle()
    base.edit(rid, description="还是不好用")
    base.settle()

    assert "已退回" in str(base.record(rid).get("rule_hint"))
