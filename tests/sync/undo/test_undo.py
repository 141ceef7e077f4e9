"""A bulk mistake taken back: what nobody touched since goes back, the rest is listed and left alone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from feishu_plugin.ports import Edit, Hint
from feishu_plugin.records import Transition, Value
from feishu_plugin.reports.periods import Period
from feishu_plugin.sync.settling import TABLE
from feishu_plugin.sync.sweep import sweep
from feishu_plugin.sync.undo.carry_out import hints_of
from feishu_plugin.sync.undo.plan import Past, UndoPlan, Wish, plan_undo, touched
from tests.builders import local
from tests.fakes import SOME_DAY
from tests.sync.base import Base

LI, WANG = "ou_li", "ou_wang"
READY: dict[str, Value] = {
    "title": "导出很慢",
    "type": "inquiry",
    "department": "support",
    "owner": (WANG,),
    "urgency": "high",
    "planned_finish": local("2026-01-20"),
    "shelve_reason": "排期已满",
    "follow_up": "下月再议",
}
HOUR = 3600.0


def prepared(count: int = 1) -> tuple[Base, list[str]]:
    """Settled requirements, an hour before anybody makes a mistake."""
    base = Base()
    ids = [base.add(**READY) for _ in range(count)]
    base.settle()
    base.clock.advance(HOUR)
    return base, ids


def move(base: Base, rid: str, status: str, by: str = LI, **more: Value) -> None:
    base.edit(rid, by, status=status, **more)
    base.settle()
    assert base.record(rid).get("status") == status


def ledger(base: Base) -> list[Transition]:
    return [Transition(record_id=f"led{n}", values=row) for n, row in enumerate(base.ledger())]


def planned(base: Base, *fields: str, by: str = LI, hours: float = 99) -> tuple[UndoPlan, Past]:
    begin = SOME_DAY + timedelta(minutes=30)
    period = Period(key="test", begin=begin, end=begin + timedelta(hours=hours))
    wish = Wish(person=by, period=period, fields=fields or ("status",))
    edits = base.store.edits("", begin, base.clock.now() + timedelta(seconds=1))
    ids = sorted(touched(wish, ledger(base), edits))
    live, accepted = base.tables.read(TABLE, ids), base.store.accepted("", TABLE, ids)
    past = Past(moves=ledger(base), edits=edits, live=live, accepted=accepted)
    return plan_undo(wish, past), past


def undone(base: Base, *fields: str, by: str = LI) -> UndoPlan:
    plan, past = planned(base, *fields, by=by)
    base.store.put(hints_of(base.desk, plan, past.live, "撤销测试"))
    base.settle()
    return plan


def test_a_move_goes_back_with_the_dates_it_filled_and_nobody_is_judged() -> None:
    base, [rid] = prepared()
    before = dict(base.record(rid).values)
    move(base, rid, "in_progress")
    moved = base.record(rid)
    rows = len(base.ledger())
    cards = len(base.cards())

    undone(base)

    row = base.record(rid)
    assert not moved.is_empty("started_at")
    assert (row.get("status"), row.get("started_at"), row.get("first_response_at")) == ("pending", None, None)
    assert {k: row.get(k) for k in before} == before
    told = base.ledger()[rows:]
    assert [(r["from_status"], r["to_status"], r["source"], r["verdict"], r["rule"]) for r in told] == [
        ("in_progress", "pending", "rule", "pass", "撤销")
    ]
    assert len(base.cards()) == cards


def test_an_undo_that_no_rule_allows_is_not_put_back_even_after_its_events_and_a_sweep() -> None:
    base, [rid] = prepared()
    move(base, rid, "in_progress")
    move(base, rid, "done", result="已处理")
    move(base, rid, "closed", confirmation="solved", score=5.0)

    undone(base)
    base.clock.advance(HOUR)
    swept = sweep(base.desk, full=True)
    base.settle()

    assert swept.recovered == 0
    assert base.record(rid).get("status") == "pending"
    assert base.record(rid).is_empty("closed_at")
    assert base.put_backs == [("closed", "pending")]


def test_an_undo_is_done_once() -> None:
    base, ids = prepared(3)
    for rid in ids:
        move(base, rid, "in_progress")
    plan, past = planned(base)
    hints = hints_of(base.desk, plan, past.live, "撤销测试")

    assert base.store.put(hints) == 3
    assert base.store.put(hints) == 0
    base.settle()

    assert planned(base)[0].steps == ()
    assert planned(base)[0].conflicts == ()


def test_many_records_are_one_write() -> None:
    base, ids = prepared(40)
    for rid in ids:
        move(base, rid, "in_progress")
    writes = base.tables.calls["update"]
    plan, past = planned(base)
    base.store.put(hints_of(base.desk, plan, past.live, "撤销测试"))

    base.work()

    assert base.tables.calls["update"] == writes + 1
    assert {base.record(rid).get("status") for rid in ids} == {"pending"}


def test_what_somebody_moved_on_is_a_conflict_and_left_alone() -> None:
    base, [rid, untouched] = prepared(2)
    move(base, rid, "in_progress")
    move(base, untouched, "in_progress")
    move(base, rid, "waiting_customer", by=WANG, progress="等客户")

    plan = undone(base)

    assert [(c.record_id, c.field, c.why, c.by) for c in plan.conflicts] == [(rid, "status", "moved", WANG)]
    assert base.record(rid).get("status") == "waiting_customer"
    assert base.record(untouched).get("status") == "pending"


def test_a_deleted_record_and_an_unjudged_edit_are_conflicts() -> None:
    base, [gone, fresh] = prepared(2)
    move(base, gone, "in_progress")
    move(base, fresh, "in_progress")
    base.tables.delete(TABLE, gone)
    base.edit(fresh, WANG, status="shelved")

    plan, _ = planned(base)

    assert plan.steps == ()
    assert {(c.record_id, c.why) for c in plan.conflicts} == {(gone, "deleted"), (fresh, "edited")}


def test_an_edit_that_comes_between_preview_and_undo_wins() -> None:
    base, [rid] = prepared()
    move(base, rid, "in_progress")
    plan, past = planned(base)
    base.store.put(hints_of(base.desk, plan, past.live, "撤销测试"))
    base.edit(rid, WANG, status="waiting_customer", progress="等客户")

    base.settle()

    assert base.record(rid).get("status") == "waiting_customer"


def test_only_moves_of_the_person_and_the_window_go_back() -> None:
    base, [mine, theirs, late] = prepared(3)
    move(base, mine, "in_progress")
    move(base, theirs, "in_progress", by=WANG)
    base.clock.advance(10 * HOUR)
    move(base, late, "in_progress")

    assert [step.record_id for step in planned(base, hours=5)[0].steps] == [mine]


def test_a_field_goes_back_to_what_it_was_before_the_first_edit() -> None:
    base, [rid] = prepared()
    for title in ("误改", "又误改"):
        base.edit(rid, LI, title=title)
        base.settle()
    base.edit(rid, LI, status="in_progress")
    base.settle()

    undone(base, "title")

    assert base.record(rid).get("title") == "导出很慢"
    assert base.record(rid).get("status") == "in_progress"
    assert planned(base, "title")[0].steps == ()


def test_a_field_that_somebody_edited_since_is_a_conflict() -> None:
    base, [rid] = prepared()
    base.edit(rid, LI, title="误改")
    base.settle()
    base.edit(rid, WANG, title="改好了")
    base.settle()

    plan = undone(base, "title")

    assert [(c.field, c.why, c.by) for c in plan.conflicts] == [("title", "edited", WANG)]
    assert base.record(rid).get("title") == "改好了"


@pytest.mark.parametrize("by", [LI, WANG])
def test_two_peoples_edits_of_one_round_are_told_apart(by: str) -> None:
    base, [rid] = prepared()
    base.edit(rid, LI, title="李改的")
    base.edit(rid, WANG, description="王改的")
    base.wire[0] = with_fields(base, 0, "title")
    base.wire[1] = with_fields(base, 1, "description")
    base.settle()

    steps = planned(base, "title", "description", by=by)[0].steps

    assert {step.record_id: set(step.values) for step in steps} == {
        rid: {"title"} if by == LI else {"description"}
    }


def with_fields(base: Base, index: int, *fields: str) -> Hint:
    return replace(base.wire[index], fields=fields)


def test_what_only_rules_fill_is_not_logged_as_somebodys_edit() -> None:
    base, [rid] = prepared()
    base.edit(rid, LI, priority_note="我写的", title="改")
    base.settle()

    found: list[Edit] = list(base.store.edits("", SOME_DAY, base.clock.now() + timedelta(days=1)))

    assert [(edit.field, edit.before, edit.after, edit.operator) for edit in found] == [
        ("title", "导出很慢", "改", LI)
    ]
