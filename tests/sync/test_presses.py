"""Buttons of cards in a whole base in memory: completed, asked, granted, denied; once, by who may."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feishu_plugin.errors import BindingError, FeishuRefused
from feishu_plugin.ports import Effect, Hint, Settlement
from feishu_plugin.records import Person, Press, Record, Values
from tests.fakes import MemoryStore
from tests.sync.base import Base, WatchedTables

LI, BOSS = "ou_li", "ou_boss"
MANAGER = Person(open_id=BOSS, name="沈国栋", departments=("管理部",))
FILLED = {"shelve_reason": "排期", "follow_up": "下月再看"}


def refused(**values: Any) -> tuple[Base, str]:
    """A requirement whose move to 已搁置 was just put back."""
    base = Base(None, Person(open_id=LI, name="李雷"), MANAGER)
    base.desk.policy = replace(base.desk.policy, routes=with_manager(base))
    rid = base.add(title="导出报表", type="inquiry", **values)
    base.settle()
    base.edit(rid, status="shelved", operator=LI)
    base.settle()
    assert base.record(rid).get("status") == "pending"
    return base, rid


def with_manager(base: Base) -> Any:
    return tuple(replace(route, managers=(BOSS,)) for route in base.desk.policy.routes)


def card(base: Base, event: str, to: str) -> Effect:
    waiting = [p.effect for p in base.store.outbox.waiting.values()]
    return next(e for e in waiting if e.kind == "card" and e.body["event"] == event and e.target == to)


def button(found: Effect, do: str) -> dict[str, str]:
    """What the named button of a card carries."""
    forms = [e for e in found.body["card"]["body"]["elements"] if e["tag"] == "form"]
    buttons = [e for form in forms for e in form["elements"] if e["tag"] == "button" and e["name"] == do]
    value: dict[str, str] = buttons[0]["behaviors"][0]["value"]
    return value


_PRESSES = iter(range(1, 10_000))


def press(base: Base, value: dict[str, str], by: str, **form: Any) -> None:
    """A person presses; the press comes in and is worked off."""
    base.store.put([hint_of(base, value, by, **form)])
    base.work()
    base.settle()


def hint_of(base: Base, value: dict[str, str], by: str, **form: Any) -> Hint:
    """A press as it comes into the inbox."""
    event_id = f"press{next(_PRESSES)}"
    pressed = Press(
        do=value["do"],
        operator=by,
        at=base.clock.now(),
        event_id=event_id,
        message_id="om_1",
        asked=value,
        form=form,
    )
    return Hint(
        app_token=base.desk.app_token,
        table_id="",
        record_id=pressed.record_id,
        kind="pressed",
        event_id=event_id,
        received_at=base.clock.now(),
        operator=by,
        press=pressed,
    )


def patches(base: Base) -> list[str]:
    """What pressed cards show afterwards."""
    found = [p.effect for p in base.store.outbox.waiting.values() if p.effect.kind == "patch"]
    return [effect.body["card"]["body"]["elements"][0]["content"] for effect in found]


def test_completing_fills_the_fields_and_makes_the_move_in_one_write() -> None:
    base, rid = refused()
    value = button(card(base, "put_back", LI), "retry")
    base.tables.calls.clear()

    press(base, value, LI, **FILLED)

    row = base.record(rid)
    assert (row.get("status"), row.get("shelve_reason"), row.get("follow_up")) == (
        "shelved",
        "排期",
        "下月再看",
    )
    assert base.tables.calls["update"] == 1
    assert [(r["verdict"], r["operator"]) for r in base.ledger()] == [("put_back", (LI,)), ("pass", (LI,))]
    (shown,) = patches(base)
    assert "已补全并改为「已搁置」" in shown
    assert "李雷" in shown


def test_pressing_twice_changes_nothing_more() -> None:
    base, rid = refused()
    value = button(card(base, "put_back", LI), "retry")
    press(base, value, LI, **FILLED)
    base.tables.calls.clear()

    press(base, value, LI, **FILLED)

    assert base.record(rid).get("status") == "shelved"
    assert base.tables.calls["update"] == 0
    assert len(base.ledger()) == 2
    assert "已经是「已搁置」" in patches(base)[-1]


def test_half_filled_forms_write_nothing_and_say_what_is_missing() -> None:
    base, rid = refused()
    value = button(card(base, "put_back", LI), "retry")

    press(base, value, LI, shelve_reason="排期")

    assert base.record(rid).get("status") == "pending"
    assert base.record(rid).get("shelve_reason") is None
    assert patches(base) == []
    told = card(base, "press_refused", LI)
    assert "请先填写：后续跟进计划" in str(told.body["card"])


def test_a_form_cannot_smuggle_in_other_fields() -> None:
    base, rid = refused()
    value = button(card(base, "put_back", LI), "retry")

    press(base, value, LI, **FILLED, number="偷改", title="偷改")

    assert base.record(rid).get("title") == "导出报表"


def test_a_manager_grants_what_was_asked_for_and_the_move_is_made_for_the_asker() -> None:
    base, rid = refused()
    press(base, button(card(base, "put_back", LI), "ask"), LI, reason="客户急")
    asked = card(base, "release_asked", BOSS)
    assert "客户急" in str(asked.body["card"])

    until = f"{base.clock.now() + timedelta(days=7):%Y-%m-%d} +0800"
    press(base, button(asked, "grant"), BOSS, reason="老客户", until=until)

    assert base.record(rid).get("status") == "shelved"
    passed = base.ledger()[-1]
    assert (passed["verdict"], passed["operator"], passed["reason"]) == ("pass", (LI,), "沈国栋放行：老客户")
    assert "已放行" in str(card(base, "release_answered", LI).body["card"])


def test_within_its_days_a_waiver_lets_the_same_move_pass_again_and_then_no_more() -> None:
    base, rid = refused()
    press(base, button(card(base, "put_back", LI), "ask"), LI)
    until = f"{base.clock.now() + timedelta(days=7):%Y-%m-%d} +0800"
    press(base, button(card(base, "release_asked", BOSS), "grant"), BOSS, reason="老客户", until=until)
    base.edit(rid, status="pending", operator=LI)
    base.settle()

    base.edit(rid, status="shelved", operator=LI)
    base.settle()
    assert base.record(rid).get("status") == "shelved"

    base.edit(rid, status="pending", operator=LI)
    base.settle()
    base.clock.advance(9 * 86400)
    base.edit(rid, status="shelved", operator=LI)
    base.settle()
    assert base.record(rid).get("status") == "pending"


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"reason": "好"}, "放行需要填写理由和有效期"),
        ({"until": "2030-01-01 +0800", "reason": "好"}, "放行需要填写理由和有效期"),
        ({"until": "昨天", "reason": "好"}, "放行需要填写理由和有效期"),
    ],
)
def test_a_grant_without_reason_or_day_does_nothing(form: dict[str, str], says: str) -> None:
    base, rid = refused()
    press(base, button(card(base, "put_back", LI), "ask"), LI)

    press(base, button(card(base, "release_asked", BOSS), "grant"), BOSS, **form)

    assert base.record(rid).get("status") == "pending"
    assert says in str(card(base, "press_refused", BOSS).body["card"])


def test_who_is_no_manager_grants_nothing() -> None:
    base, rid = refused()
    press(base, button(card(base, "put_back", LI), "ask"), LI)
    until = f"{base.clock.now() + timedelta(days=7):%Y-%m-%d} +0800"

    press(base, button(card(base, "release_asked", BOSS), "grant"), LI, reason="我自己批", until=until)

    assert base.record(rid).get("status") == "pending"
    assert "只有管理者可以放行" in str(card(base, "press_refused", LI).body["card"])


def test_a_denied_release_is_told_with_its_reason() -> None:
    base, rid = refused()
    press(base, button(card(base, "put_back", LI), "ask"), LI)

    press(base, button(card(base, "release_asked", BOSS), "deny"), BOSS, reason="先补原因")

    assert base.record(rid).get("status") == "pending"
    assert "未放行：先补原因" in str(card(base, "release_answered", LI).body["card"])
    assert "未放行" in patches(base)[-1]


def test_asking_twice_asks_the_manager_once() -> None:
    base, _ = refused()
    value = button(card(base, "put_back", LI), "ask")
    press(base, value, LI)
    press(base, value, LI)

    waiting = [p.effect for p in base.store.outbox.waiting.values()]
    assert [e.target for e in waiting if e.body.get("event") == "release_asked"] == [BOSS]


def test_a_manager_is_offered_the_release_himself() -> None:
    base, rid = refused()
    base.edit(rid, status="done", operator=BOSS)
    base.settle()
    value = button(card(base, "put_back", BOSS), "grant")
    until = f"{base.clock.now() + timedelta(days=1):%Y-%m-%d} +0800"

    press(base, value, BOSS, reason="特批", until=until)

    assert base.record(rid).get("status") == "done"


def test_a_card_whose_record_went_on_or_is_gone_says_so() -> None:
    base, rid = refused()
    value = button(card(base, "put_back", LI), "retry")
    base.edit(rid, **FILLED, status="shelved", operator=LI)
    base.settle()
    base.edit(rid, status="pending", operator=LI)
    base.settle()
    base.edit(rid, void_reason="invalid", status="void", operator=LI)
    base.settle()
    press(base, value, LI, **FILLED)
    assert "状态已是「已作废」" in patches(base)[-1]

    base.tables.delete("requirement", rid)
    press(base, value, LI, **FILLED)
    assert "已被删除" in patches(base)[-1]


class Mortal(MemoryStore):
    """The process ends at the next settlement, when it is told to."""

    dies = False

    def settle(self, app_token: str, settlement: Settlement) -> None:
        if self.dies:
            self.dies = False
            raise KeyboardInterrupt
        super().settle(app_token, settlement)


def test_a_press_that_was_written_but_not_settled_is_settled_by_its_repetition() -> None:
    """Only managers may make the move: judged as the app's own edit it would be put back."""
    store = Mortal()
    base = Base(None, replace(MANAGER, open_id=LI, name="李雷"), store=store)
    moves = tuple(replace(move, roles=("manager",)) for move in base.desk.policy.moves)
    base.desk.policy = replace(base.desk.policy, moves=moves)
    rid = base.add(title="导出报表", type="inquiry")
    base.settle()
    base.edit(rid, status="shelved", operator=LI)
    base.settle()
    value = button(card(base, "put_back", LI), "retry")
    base.put_backs.clear()

    store.dies = True
    with pytest.raises(KeyboardInterrupt):
        press(base, value, LI, **FILLED)
    assert base.record(rid).get("status") == "shelved"
    base.settle()

    assert base.record(rid).get("status") == "shelved"
    assert [(r["verdict"], r["operator"]) for r in base.ledger()] == [("put_back", (LI,)), ("pass", (LI,))]
    assert base.put_backs == [("pending", "shelved")], "its own write, and nothing after it"


def test_a_press_waits_for_an_edit_that_is_still_to_be_judged() -> None:
    base, rid = refused()
    value = button(card(base, "put_back", LI), "retry")
    base.edit(rid, status="closed", operator=LI)
    base.deliver_all()

    press(base, value, LI, **FILLED)

    assert base.record(rid).get("status") == "shelved"


class Refusing(WatchedTables):
    """Feishu refuses every write, as for a value that no column takes; a lost table is not read."""

    error: Exception | None = None

    def read(self, table: str, record_ids: Sequence[str]) -> Mapping[str, Record]:
        if table not in self.binding.tables:
            raise BindingError(f"{table} is missing")
        return super().read(table, record_ids)

    def update(self, table: str, changes: Mapping[str, Values]) -> None:
        if self.error:
            raise self.error
        super().update(table, changes)


def on_refusing_tables(base: Base) -> Refusing:
    """The same rows behind tables that may refuse."""
    tables = Refusing(base, ())
    tables.__dict__.update(base.tables.__dict__)
    base.tables = base.desk.tables = tables
    return tables


def test_values_that_feishu_refuses_are_told_to_whoever_filled_them_in() -> None:
    base, rid = refused()
    value = button(card(base, "put_back", LI), "retry")
    tables = on_refusing_tables(base)
    tables.error = FeishuRefused(code=1254066, msg="UserFieldConvFail", endpoint="batch_update")

    press(base, value, LI, **FILLED)

    assert "UserFieldConvFail" in str(card(base, "press_refused", LI).body["card"])
    tables.error = None
    press(base, value, LI, **FILLED)
    assert base.record(rid).get("status") == "shelved"


def test_an_edit_and_a_press_that_both_fail_do_not_keep_the_worker_spinning() -> None:
    base, rid = refused()
    value = button(card(base, "put_back", LI), "retry")
    on_refusing_tables(base).error = ValueError("a bug")
    base.edit(rid, priority="urgent")
    base.deliver_all()
    base.store.put([hint_of(base, value, LI, **FILLED)])
    base.work()

    assert base.work().hints == 0


def test_a_press_waits_for_the_register_and_stops_no_news_of_the_structure() -> None:
    base, _ = refused()
    value = button(card(base, "put_back", LI), "retry")
    on_refusing_tables(base).lack("requirement")
    structure = Hint(
        app_token=base.desk.app_token,
        table_id="tbl",
        record_id="",
        kind="edited",
        event_id="field",
        received_at=base.clock.now(),
    )
    base.store.put([hint_of(base, value, LI, **FILLED), structure])

    assert base.work().structure_changed
    assert [hint.kind for hint in base.store.open.values()] == ["pressed"]


def test_a_press_never_makes_a_deleted_status_anew() -> None:
    base, rid = refused()
    press(base, button(card(base, "put_back", LI), "ask"), LI)
    until = f"{base.clock.now() + timedelta(days=7):%Y-%m-%d} +0800"
    base.tables.lack("requirement.status.shelved")

    press(base, button(card(base, "release_asked", BOSS), "grant"), BOSS, reason="老客户", until=until)

    assert base.record(rid).get("status") == "pending"
    assert "选项已被删除" in str(card(base, "press_refused", BOSS).body["card"])
