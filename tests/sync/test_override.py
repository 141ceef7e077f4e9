"""A priority set by people: beside the computed one, only with reason and day, gone when the day is over."""

from feishu_plugin.ports import Effect
from feishu_plugin.records import Value
from feishu_plugin.sync.ticks import hint_at_due
from tests.builders import local
from tests.sync.base import Base


def go(base: Base, to: str) -> None:
    base.clock.advance((local(to) - base.clock.now()).total_seconds())


def base_with(**values: Value) -> tuple[Base, str]:
    base = Base()
    go(base, "2026-09-01 10:00")
    rid = base.add(title="怎样导出", type="inquiry", **values)
    base.settle()
    return base, rid


def asked(base: Base) -> list[Effect]:
    waiting = (pending.effect for pending in base.store.outbox.waiting.values())
    return [effect for effect in waiting if effect.body.get("event") == "override_waiting"]


def note(base: Base, rid: str) -> str:
    return str(base.record(rid).get("priority_note"))


def test_who_fills_the_three_cells_one_by_one_is_asked_once_and_then_obeyed() -> None:
    base, rid = base_with()
    computed = base.record(rid).get("priority")

    base.edit(rid, "ou_wang", manual_priority="high")
    base.settle()
    assert base.record(rid).get("priority") == computed
    base.edit(rid, "ou_wang", override_reason="老客户")
    base.settle()
    base.edit(rid, "ou_wang", override_until=local("2026-09-10"))
    base.settle()

    assert base.record(rid).get("priority") == "high"
    assert note(base, rid).endswith("人工改为高，至 2026-09-10：老客户")
    [card] = asked(base)
    assert card.target == "ou_wang"
    assert "还需要填写：改写理由、改写有效期" in str(card.body["card"])


def test_it_holds_to_the_end_of_its_last_day_and_falls_away_by_itself() -> None:
    base, rid = base_with()
    computed = base.record(rid).get("priority")
    base.edit(rid, manual_priority="high", override_reason="老客户", override_until=local("2026-09-10"))
    base.settle()

    go(base, "2026-09-10 23:59")
    hint_at_due(base.desk)
    base.settle()
    assert base.record(rid).get("priority") == "high"

    go(base, "2026-09-11 00:00")
    assert hint_at_due(base.desk) == 1
    base.settle()

    row = base.record(rid)
    assert [row.get(k) for k in ("manual_priority", "override_reason", "override_until")] == [None] * 3
    assert row.get("priority") == computed
    assert note(base, rid).endswith("人工优先级（高）2026-09-10 到期，已恢复为计算的优先级")
    assert asked(base) == []
    assert hint_at_due(base.desk) == 0, "it has gone: nothing to look at again"


def test_the_end_is_said_once_and_stays_readable_until_the_next_override() -> None:
    base, rid = base_with()
    base.edit(rid, manual_priority="high", override_reason="老客户", override_until=local("2026-09-01"))
    base.settle()
    go(base, "2026-09-02 10:00")
    hint_at_due(base.desk)
    base.settle()

    base.edit(rid, title="改了标题")
    base.settle()
    assert note(base, rid).count("到期，已恢复") == 1

    base.edit(rid, manual_priority="low", override_reason="延后", override_until=local("2026-09-05"))
    base.settle()
    assert "到期" not in note(base, rid)
    assert note(base, rid).endswith("人工改为低，至 2026-09-05：延后")


def test_a_day_that_is_over_already_is_answered_and_emptied() -> None:
    base, rid = base_with()

    base.edit(rid, manual_priority="high", override_reason="老客户", override_until=local("2026-08-01"))
    base.settle()

    assert base.record(rid).get("manual_priority") is None
    [card] = asked(base)
    assert "有效期已经过去" in str(card.body["card"])
