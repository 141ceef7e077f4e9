"""One round of work: what is read, written, remembered and told."""

import pytest

from feishu_plugin.ports import Hint
from feishu_plugin.records import Person
from feishu_plugin.sync import stuck
from feishu_plugin.sync.handler import fitting, work_once
from feishu_plugin.sync.sweep import sweep
from tests import builders
from tests.fakes import MemoryTables
from tests.sync.base import BOT, Base


def settled(base: Base, **values: object) -> str:
    rid = base.add(**values)  # type: ignore[arg-type]
    base.settle()
    return rid


def arrive(base: Base, rid: str) -> None:
    """While the row is being read, a person corrects it and the event comes in."""
    base.tables.during_read = None
    base.edit(rid, status="shelved")
    base.deliver()


def test_a_new_requirement_gets_number_department_priority_and_limits() -> None:
    base = Base()

    rid = settled(base, title="导出很慢", type="complaint", urgency="high")

    record = base.record(rid)
    assert record.get("number") == "20260105-客服-001"
    assert record.get("status") == "pending"
    assert record.get("department") == "support"
    assert record.get("priority") is not None
    assert record.get("resolve_due") is not None


def test_numbers_of_one_day_and_department_count_up_and_are_never_reused() -> None:
    base = Base()
    first = settled(base, title="一", type="inquiry")
    base.tables.delete("requirement", first)
    base.settle()

    second = settled(base, title="二", type="inquiry")

    assert base.record(second).get("number") == "20260105-客服-002"


def test_a_copied_row_gets_a_number_of_its_own() -> None:
    base = Base()
    original = base.record(settled(base, title="一", type="inquiry"))

    copy = settled(base, **{k: original.get(k) for k in ("number", "title", "type")})

    assert base.record(copy).get("number") == "20260105-客服-002"


def test_an_imported_number_is_kept_and_never_given_again() -> None:
    base = Base()
    imported = settled(base, title="旧单", type="inquiry", number="20260105-客服-001")

    fresh = settled(base, title="新单", type="inquiry")

    assert base.record(imported).get("number") == "20260105-客服-001"
    assert base.record(fresh).get("number") == "20260105-客服-002"


def test_owners_take_turns() -> None:
    base = Base()
    routes = [r for r in base.desk.policy.routes if "inquiry" in r.types]
    base.desk.policy = builders.with_owners(base.desk.policy, routes[0], ("ou_a", "ou_b"))

    owners = [base.record(settled(base, title=f"{n}", type="inquiry")).get("owner") for n in range(3)]

    assert owners == [("ou_a",), ("ou_b",), ("ou_a",)]


def test_only_the_offending_field_is_put_back() -> None:
    base = Base()
    rid = settled(base, title="一", type="inquiry")

    base.edit(rid, status="closed", remark="顺手写的")
    base.settle()

    assert base.record(rid).get("status") == "pending"
    assert base.record(rid).get("remark") == "顺手写的"


def test_a_put_back_writes_one_ledger_row_and_tells_the_editor_once() -> None:
    base = Base()
    rid = settled(base, title="一", type="inquiry")

    base.edit(rid, status="closed", operator="ou_li")
    base.deliver(keep=True)
    base.settle()

    assert [row["verdict"] for row in base.ledger()] == ["put_back"]
    assert base.cards() == ["ou_li"]


def test_a_paste_of_a_thousand_rows_costs_ten_reads_and_two_writes() -> None:
    base = Base()
    ids = [base.add(title=str(n), type="inquiry", status="pending") for n in range(1000)]
    base.settle()
    base.tables.calls.clear()

    MemoryTables.update(base.tables, "requirement", {rid: {"status": "closed"} for rid in ids})
    for rid in ids:
        base.changed(rid, "pending", "ou_li")
    base.tables.calls.clear()
    base.deliver_all()
    base.work()

    assert base.tables.calls["read"] == 10
    assert base.tables.calls["update"] == 2
    assert base.cards() == ["ou_li"]


def test_a_correction_that_a_newer_edit_overtakes_is_never_made() -> None:
    base = Base()
    rid = settled(base, title="一", type="inquiry", shelve_reason="排期", follow_up="下月")
    base.edit(rid, status="closed")
    base.deliver()
    base.tables.during_read = lambda: arrive(base, rid)

    overtaken = base.work()
    base.settle()

    assert overtaken.corrected == 0
    assert base.record(rid).get("status") == "shelved"
    assert base.put_backs == []


def test_a_requirement_in_a_lost_status_waits_and_is_mended_when_the_option_is_back() -> None:
    base = Base()
    rid = settled(base, title="一", type="inquiry", shelve_reason="排期", follow_up="下月")
    base.edit(rid, status="shelved")
    base.settle()
    base.tables.lack("requirement.status.shelved")
    base.edit(rid, status=None)
    base.deliver_all()

    base.work()
    assert base.record(rid).get("status") is None
    assert base.work().hints == 0, "what waits must not be looked at again and again"

    base.tables.lack()
    stuck.wake(base.desk)
    base.settle()
    assert base.record(rid).get("status") == "shelved"


def test_a_deleted_record_is_forgotten() -> None:
    base = Base()
    rid = settled(base, title="一", type="inquiry")
    base.edit(rid, remark="再见")
    base.tables.delete("requirement", rid)

    base.settle()

    assert ("requirement", rid) not in base.store.states
    assert base.store.open == {}


def test_our_own_writes_come_back_as_events_and_change_nothing() -> None:
    base = Base()
    settled(base, title="一", type="inquiry")
    before = base.tables.writes

    base.settle()

    assert base.wire == []
    assert base.tables.writes == before


def test_a_hand_edit_of_a_rule_field_is_restored() -> None:
    base = Base()
    rid = settled(base, title="一", type="complaint", urgency="high")
    number = base.record(rid).get("number")

    base.edit(rid, number="我的编号", priority_score=1.0)
    base.settle()

    assert base.record(rid).get("number") == number
    assert base.record(rid).get("priority_score") != 1.0


def test_a_duplicate_raises_the_count_of_its_original_once() -> None:
    base = Base()
    original = settled(base, title="一", type="problem")
    twin = settled(base, title="二", type="problem", void_reason="duplicate", duplicate_of=(original,))

    base.edit(twin, status="void")
    base.settle()
    base.edit(twin, remark="再碰一次")
    base.settle()

    assert base.record(twin).get("status") == "void"
    assert base.record(original).get("similar_count") == 1.0


def test_a_role_may_do_what_others_may_not() -> None:
    chen = Person(open_id="ou_chen", roles=("product",))
    base = Base(builders.with_roles("pending", "shelved", ("product",)), chen)
    rid = settled(base, title="一", type="inquiry", shelve_reason="排期", follow_up="下月")

    base.edit(rid, operator="ou_zhou", status="shelved")
    base.settle()
    refused = base.record(rid).get("status")
    base.edit(rid, operator="ou_chen", status="shelved")
    base.settle()

    assert refused == "pending"
    assert base.record(rid).get("status") == "shelved"


def test_hints_of_other_tables_are_closed_without_a_read() -> None:
    base = Base()
    base.store.put([builders.hint(base.desk, "channel", "recC")])

    done = work_once(base.desk)

    assert done.hints == 1
    assert base.store.open == {}
    assert base.tables.calls["read"] == 0


def test_a_changed_policy_row_is_noticed() -> None:
    base = Base()
    base.store.put([builders.hint(base.desk, "workflow", "recW")])

    assert work_once(base.desk).policy_changed


def test_the_first_sweep_adopts_what_is_there() -> None:
    base = Base()
    rid = base.add(title="早就在办", type="inquiry", status="testing")
    base.wire.clear()

    found = sweep(base.desk)
    base.settle()

    assert found.adopted == 1
    assert base.record(rid).get("status") == "testing"
    assert base.record(rid).get("number") == "20260105-未分派-001"
    assert base.ledger() == []


def test_a_sweep_finds_an_illegal_move_that_no_event_told() -> None:
    base = Base()
    sweep(base.desk)
    rid = settled(base, title="一", type="inquiry")
    base.edit(rid, status="closed")
    base.wire.clear()

    found = sweep(base.desk)
    base.settle()

    assert found.recovered == 1
    assert base.record(rid).get("status") == "pending"


def test_the_late_event_of_a_swept_move_says_nothing_new() -> None:
    base = Base()
    sweep(base.desk)
    rid = settled(base, title="一", type="inquiry", submitter=("ou_li",))
    base.edit(rid, status="closed", operator="ou_li")
    late = base.wire.pop()
    sweep(base.desk)
    base.settle()

    base.wire.append(late)
    base.settle()

    assert [row["verdict"] for row in base.ledger()] == ["put_back"]
    assert base.cards("put_back") == ["ou_li"]


def test_a_sweep_of_a_settled_base_finds_nothing() -> None:
    base = Base()
    sweep(base.desk)
    settled(base, title="一", type="inquiry", urgency="high")

    assert sweep(base.desk).recovered == 0
    assert sweep(base.desk, full=True).recovered == 0


def test_a_lost_column_turns_the_moves_that_ask_for_it_into_observation() -> None:
    base = Base.lacking("requirement.planned_finish")
    rid = settled(base, title="一", type="feature", department="product", owner=("ou_a",), customer_value=3.0)

    base.edit(rid, status="in_progress")
    base.settle()
    observed = base.record(rid).get("status")
    base.edit(rid, status="closed")
    base.settle()

    assert observed == "in_progress"
    assert base.record(rid).get("status") == "in_progress"


def test_without_a_status_column_nothing_is_judged_and_nothing_is_lost() -> None:
    base = Base.lacking("requirement.status")
    rid = base.add(title="一", type="inquiry")
    base.deliver_all()

    work_once(base.desk)

    assert len(base.store.open) == 1
    assert base.record(rid).values == {"title": "一", "type": "inquiry"}


def test_the_bot_is_never_a_submitter() -> None:
    base = Base()
    people = [base.tables.put("requirement", {"title": who}, created_by=who) for who in ("ou_li", BOT)]
    sweep(base.desk)
    base.settle()

    assert [base.record(rid).get("submitter") for rid in people] == [("ou_li",), None]


def test_an_empty_row_is_no_requirement_until_somebody_types_into_it() -> None:
    base = Base()
    rid = base.add()
    base.settle()
    untouched = dict(base.record(rid).values)

    base.edit(rid, title="现在有内容了", type="inquiry")
    base.settle()

    assert untouched == {}
    assert base.record(rid).get("number") == "20260105-客服-001"
    assert base.record(rid).get("status") == "pending"


def test_a_type_that_comes_after_the_title_routes_the_row_again() -> None:
    base = Base()
    rid = settled(base, title="先写标题")
    first = base.record(rid).get("department")

    base.edit(rid, type="feature")
    base.settle()

    assert (first, base.record(rid).get("department")) == ("support", "product")
    assert base.record(rid).get("number") == "20260105-客服-001"


def test_a_department_chosen_by_hand_stays_when_the_type_changes() -> None:
    base = Base()
    rid = settled(base, title="先写标题")
    base.edit(rid, department="engineering")
    base.settle()

    base.edit(rid, type="feature")
    base.settle()

    assert base.record(rid).get("department") == "engineering"


def test_adopted_rows_keep_their_numbers_whoever_comes_first() -> None:
    base = Base()
    late = base.tables.put("requirement", {"title": "没有编号", "department": "support", "status": "pending"})
    old = base.tables.put(
        "requirement", {"title": "有编号", "number": "20260105-客服-001", "status": "pending"}
    )

    sweep(base.desk)
    base.settle()

    assert base.record(old).get("number") == "20260105-客服-001"
    assert base.record(late).get("number") == "20260105-客服-002"


def test_a_deleted_row_that_comes_back_is_taken_as_it_was() -> None:
    base = Base()
    rid = settled(base, title="一", type="inquiry", owner=("ou_a",))
    base.edit(rid, status="in_progress", planned_finish=base.clock.now())
    base.settle()
    base.edit(rid, status="testing", solution="改了", progress="好了")
    base.settle()
    before = base.record(rid)
    base.tables.delete("requirement", rid)
    sweep(base.desk, full=True)
    base.settle()

    base.tables.put("requirement", before.values, rid)
    sweep(base.desk)
    base.settle()

    assert before.get("status") == "testing"
    assert base.record(rid).get("status") == "testing"
    assert base.put_backs == []


def test_who_manages_is_what_the_team_wrote_into_its_parameters() -> None:
    policy = builders.with_roles("pending", "shelved", ("manager",))
    boss = Person(open_id="ou_boss", departments=("总裁办",))
    base = Base(builders.with_parameters(policy, manager_departments=("总裁办",)), boss)
    rid = settled(base, title="一", type="inquiry", shelve_reason="排期", follow_up="下月")

    base.edit(rid, operator="ou_boss", status="shelved")
    base.settle()

    assert base.record(rid).get("status") == "shelved"


@pytest.mark.parametrize(
    ("fields", "rules"),
    [
        (("load",), False),
        (("check_result",), False),
        (("owners", "load"), True),
        (("owners",), True),
        ((), True),
    ],
)
def test_what_the_plugin_writes_into_policy_tables_does_not_have_them_read_again(
    fields: tuple[str, ...], rules: bool
) -> None:
    base = Base()
    hint = Hint(
        app_token=base.desk.app_token,
        table_id=base.tables.binding.tables["routing"].table_id,
        record_id="recRoute",
        kind="edited",
        event_id="event-of-a-rule",
        received_at=base.clock.now(),
        fields=fields,
    )
    base.store.put([hint])

    assert base.work().policy_changed == rules


@pytest.mark.parametrize(
    ("most", "hints", "took_s", "then"),
    [
        (1000, 1000, 5.0, 500),
        (150, 150, 5.0, 100),
        (100, 100, 5.0, 100),
        (125, 125, 0.2, 250),
        (800, 800, 0.2, 1000),
        (250, 3, 0.01, 250),
        (1000, 1000, 1.0, 1000),
    ],
)
def test_a_round_takes_fewer_hints_where_rounds_take_long(
    most: int, hints: int, took_s: float, then: int
) -> None:
    assert fitting(most, hints, took_s) == then
