"""decide(): told moves, put-backs, the breaker, what the plugin does itself, new and adopted rows."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from feishu_plugin.policy import Move, Route
from feishu_plugin.records import Person, Requirement, Value
from feishu_plugin.rules.actions import (
    AssignNumber,
    AssignOwner,
    CountDuplicate,
    FindLookAlikes,
    Tell,
    WriteLedger,
)
from feishu_plugin.rules.decide import RULES, Decision, Question, decide
from tests.builders import local, policy
from tests.rules.questions import NOW, accepted, edited, record, step, with_moves

POLICY = policy()
PENDING = record(status="pending", number="20260901-客服-001", submitted_at=NOW)
DONE = record(
    status="done",
    number="20260801-客服-001",
    submitted_at=local("2026-08-20 10:00"),
    finished_at=local("2026-08-21"),
)


def ledger(decision: Decision) -> list[WriteLedger]:
    return [action for action in decision.actions if isinstance(action, WriteLedger)]


def told(decision: Decision) -> list[Tell]:
    return [action for action in decision.actions if isinstance(action, Tell)]


def settled(found: Requirement) -> Requirement:
    """The record as the plugin leaves it when nothing happens."""
    return decide(Question(policy=POLICY, record=found, accepted=None, now=NOW, adopt=True)).record


def test_the_order_of_the_rules() -> None:
    """Numbers need the department; limits need the priority; the guard comes before all that computes."""
    order = list(RULES)

    assert order.index("guard") < order.index("workflow") < order.index("effects")
    assert order.index("routing") < order.index("numbering")
    assert order.index("priority") < order.index("limits")


def test_a_legal_move_stands_with_its_effects_and_its_row() -> None:
    found = edited(PENDING, to="in_progress", policy=POLICY)

    assert (found.status, found.corrected, found.waiting) == ("in_progress", False, False)
    assert "status" not in found.changes
    assert found.changes["started_at"] == found.changes["first_response_at"] == NOW
    [row] = ledger(found)
    assert (row.from_status, row.to_status, row.verdict, row.operator) == (
        "pending",
        "in_progress",
        "pass",
        "ou_li",
    )
    assert (row.rule, row.reason, row.source) == ("待处理→处理中", "", "person")


def test_an_illegal_move_is_put_back_and_explained_and_other_edits_stay() -> None:
    question = Question(
        policy=POLICY,
        record=PENDING.with_values({"status": "closed", "title": "改过的标题"}),
        accepted=accepted(PENDING),
        steps=[step("pending", "closed")],
        now=NOW,
    )

    found = decide(question)

    assert (found.status, found.corrected) == ("pending", True)
    assert found.changes["status"] == "pending"
    assert "title" not in found.changes
    assert found.record.title == "改过的标题"
    assert [row.verdict for row in ledger(found)] == ["put_back"]
    [card] = told(found)
    assert (card.event, card.to) == ("put_back", ("ou_li",))
    assert card.facts["reason"] == "「待处理」之后只能改为：处理中、已搁置、已作废"


def test_what_is_missing_and_who_may_is_told() -> None:
    move = Move(from_status="pending", to_status="shelved", required=("risk",), roles=("product", "manager"))

    [card] = told(edited(PENDING, to="shelved", policy=with_moves(move)))

    assert (card.facts["missing"], card.facts["who_may"]) == ("风险提示", "产品、管理者")


def test_a_person_with_the_role_may() -> None:
    move = Move(from_status="pending", to_status="shelved", roles=("product",))
    people = {"ou_li": Person(open_id="ou_li", roles=("product",))}

    assert edited(PENDING, to="shelved", policy=with_moves(move), people=people).status == "shelved"


def test_an_observed_row_lets_the_move_stand_and_says_what_would_have_been() -> None:
    rules = with_moves(Move(from_status="pending", to_status="shelved", required=("risk",), mode="observe"))

    found = edited(PENDING, to="shelved", policy=rules)

    assert (found.status, found.corrected, told(found)) == ("shelved", False, [])
    assert [(row.verdict, row.reason) for row in ledger(found)] == [("observe", "请先填写：风险提示")]


def test_a_row_that_is_off_forbids_like_none() -> None:
    rules = with_moves(Move(from_status="pending", to_status="shelved", mode="off"))

    assert edited(PENDING, to="shelved", policy=rules).status == "pending"


def test_a_cleared_status_comes_back() -> None:
    found = edited(PENDING, to=None, policy=POLICY)

    assert (found.changes["status"], found.status, found.corrected) == ("pending", "pending", True)
    assert [row.rule for row in ledger(found)] == ["待处理→（空）"]


def test_the_decision_waits_for_a_step_that_nobody_told_yet() -> None:
    question = Question(
        policy=POLICY, record=PENDING.with_values({"status": "closed"}), accepted=accepted(PENDING), now=NOW
    )

    waiting, judged = decide(question), decide(replace(question, grace_over=True))

    assert (waiting.waiting, waiting.actions, waiting.changes) == (True, (), {})
    assert (judged.waiting, judged.corrected) == (False, True)


def test_the_decision_is_pure() -> None:
    question = Question(
        policy=POLICY, record=PENDING.with_values({"status": "closed"}), accepted=accepted(PENDING),
        steps=[step("pending", "closed")], now=NOW,
    )  # fmt: skip

    assert decide(question) == decide(question)


def test_what_was_decided_and_written_is_at_rest() -> None:
    """The record as the plugin left it asks for nothing more."""
    found = edited(PENDING, to="in_progress", policy=POLICY)

    again = decide(Question(policy=POLICY, record=found.record, accepted=accepted(found.record), now=NOW))

    assert (again.actions, again.changes) == ((), {})


def test_the_same_move_judged_again_has_the_same_identity() -> None:
    [first] = ledger(edited(PENDING, to="closed", policy=POLICY))
    [again] = ledger(edited(PENDING, to="closed", policy=POLICY, now=NOW + timedelta(minutes=1)))

    assert first.identity == again.identity != ""


# The breaker


def times(*minutes_ago: float) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(minutes=minutes) for minutes in minutes_ago)


@pytest.mark.parametrize(
    ("corrections", "opens"),
    [
        (times(), False),
        (times(1, 2, 3, 4), False),
        (times(1, 2, 3, 4, 9.9), True),
        (times(1, 2, 3, 4, 10), False),
        (times(11, 12, 13, 14, 15, 16), False),
    ],
)
def test_the_breaker_opens_after_five_corrections_in_ten_minutes_and_closes_itself(
    corrections: tuple[datetime, ...], opens: bool
) -> None:
    known = accepted(PENDING, corrections=corrections)

    found = edited(PENDING, to="closed", policy=POLICY, accepted=known)

    assert found.corrected is not opens
    assert found.record.status == ("closed" if opens else "pending")
    assert found.status == "pending", "what is accepted never is what was refused"


def test_an_open_breaker_shows_in_the_row_and_tells_the_administrator_only() -> None:
    known = accepted(PENDING, corrections=times(1, 1, 1, 1, 1))

    found = edited(PENDING, to="closed", policy=POLICY, accepted=known)

    assert "status" not in found.changes
    assert found.changes["rule_hint"] == "10 分钟内多次退回，已暂停对该记录的自动退回；稍后自动恢复"
    assert [card.event for card in told(found)] == ["trouble"]


def test_a_row_that_is_only_looked_at_again_while_the_breaker_is_open_gets_no_second_ledger_row() -> None:
    known = accepted(PENDING, corrections=times(1, 1, 1, 1, 1))
    closed = PENDING.with_values({"status": "closed"})

    by_event = edited(PENDING, to="closed", policy=POLICY, accepted=known)
    by_sight = decide(Question(policy=POLICY, record=closed, accepted=known, now=NOW, grace_over=True))

    assert [row.verdict for row in ledger(by_event)] == ["put_back"]
    assert (by_sight.left_alone, ledger(by_sight)) == (True, [])


def test_an_open_breaker_is_told_once_an_hour() -> None:
    def identity(minute: int) -> str:
        now = NOW.replace(minute=minute)
        known = accepted(PENDING, corrections=(now,) * 5)
        found = told(edited(PENDING, to="closed", policy=POLICY, accepted=known, now=now))
        return next(tell.identity for tell in found if tell.event == "trouble")

    assert identity(1) == identity(59)


def test_a_legal_move_passes_while_the_breaker_is_open() -> None:
    known = accepted(PENDING, corrections=times(1, 1, 1, 1, 1))

    found = edited(PENDING, to="in_progress", policy=POLICY, accepted=known)

    assert (found.status, told(found)) == ("in_progress", [])


# What the plugin does itself


def at_rest(found: Requirement, since: str, now: str) -> Decision:
    question = Question(policy=POLICY, record=found, accepted=accepted(found, local(since)), now=local(now))
    return decide(question)


@pytest.mark.parametrize(
    ("since", "closes"), [("2026-08-25 10:00", True), ("2026-08-25 10:01", False), ("2026-08-01 09:00", True)]
)
@pytest.mark.parametrize("answer", ["no_reply", None])
def test_a_requirement_nobody_answered_is_closed_after_five_workdays(
    since: str, closes: bool, answer: str | None
) -> None:
    silent = DONE.with_values({"confirmation": answer, "score": None})

    found = at_rest(silent, since, "2026-09-01 10:00")

    assert found.status == ("closed" if closes else "done")
    assert found.record.confirmation == ("no_reply" if closes else answer or "")
    assert [(row.source, row.operator, row.verdict) for row in ledger(found)] == (
        [("rule", "", "pass")] if closes else []
    )
    if closes:
        assert found.changes["status"] == "closed"
        assert found.changes["closed_at"] == NOW
        assert not found.corrected


def test_a_requirement_that_was_done_before_the_plugin_came_is_not_closed_for_want_of_an_answer() -> None:
    """It has stood in its status since the row was made, as far as anybody knows."""
    made = local("2026-08-01 09:00")
    old = replace(DONE.with_values({"confirmation": None, "score": None}), created_at=made)

    assert at_rest(old, "2026-08-01 09:00", "2026-09-01 10:00").status == "done"
    assert at_rest(old, "2026-08-03 09:00", "2026-09-01 10:00").status == "closed"


@pytest.mark.parametrize("confirmation", ["solved", "unsolved"])
def test_a_requirement_with_another_answer_is_never_closed_by_time(confirmation: str | None) -> None:
    found = at_rest(DONE.with_values({"confirmation": confirmation}), "2026-08-01 09:00", "2026-09-01 10:00")

    assert (found.status, ledger(found)) == ("done", [])


def test_a_requirement_reopened_and_left_again_is_closed_by_a_row_of_its_own() -> None:
    silent = DONE.with_values({"confirmation": "no_reply"})

    [first] = ledger(at_rest(silent, "2026-08-03 10:00", "2026-08-20 10:00"))
    [second] = ledger(at_rest(silent, "2026-08-24 10:00", "2026-09-01 10:00"))

    assert first.identity != second.identity


def test_a_stay_that_began_a_moment_ago_is_not_lengthened_by_the_status_before() -> None:
    """Weeks in 测试验证 are no weeks in 已完成 when both moves are judged together."""
    testing = record(status="testing", confirmation="no_reply", number="1", submitted_at=NOW)
    question = Question(
        policy=POLICY,
        record=testing.with_values({"status": "closed"}),
        accepted=accepted(testing, local("2026-08-01 10:00")),
        steps=[step("testing", "done", 1), step("done", "closed", 2)],
        now=NOW,
    )

    found = decide(question)

    assert [(row.to_status, row.verdict) for row in ledger(found)] == [
        ("done", "pass"),
        ("closed", "put_back"),
    ]
    assert found.changes["status"] == "done"


def test_the_stay_in_a_status_begins_with_the_move_that_passed() -> None:
    since = local("2026-08-31 10:00")

    assert edited(PENDING, to="in_progress", policy=POLICY, since=since).status_since == NOW
    assert edited(PENDING, to="closed", policy=POLICY, since=since).status_since == since


def test_the_ledger_says_how_long_the_status_before_lasted_in_working_hours() -> None:
    [row] = ledger(edited(PENDING, to="in_progress", policy=POLICY, since=local("2026-08-31 17:00")))

    assert row.hours_in_previous == 2.0


# New and adopted rows


def new(values: Mapping[str, Value], **more: object) -> Decision:
    question = Question(
        policy=POLICY,
        record=Requirement(record_id="rec1", values=values, created_at=NOW),
        accepted=None,
        now=NOW,
    )
    return decide(replace(question, **more))  # type: ignore[arg-type]


def test_a_new_row_gets_its_status_its_department_and_a_number() -> None:
    found = new({"title": "导出报表很慢", "type": "inquiry"})

    assert (found.status, found.corrected) == ("pending", False)
    assert (found.record.department, found.record.submitted_at) == ("support", NOW)
    assert found.actions == (
        AssignNumber(prefix="20260901-客服"),
        FindLookAlikes(tell=True),
        Tell(event="unassigned", identity="created"),  # no rule of the packaged policy names people
    )


def test_a_new_row_that_a_rule_gives_to_somebody_waits_for_nobody() -> None:
    route = Route(order=1, department="support", owners=("ou_li",))

    found = new({"title": "导出报表很慢", "type": "inquiry"}, policy=replace(POLICY, routes=(route,)))

    assert AssignOwner(candidates=("ou_li",), scope="owner:1:support") in found.actions
    assert [action for action in found.actions if isinstance(action, Tell)] == []


@pytest.mark.parametrize("steps", [[], [step(None, "closed")]])
def test_a_new_row_with_an_illegal_start_is_judged_from_the_initial_status(steps: list[object]) -> None:
    found = new({"title": "导出", "status": "closed"}, steps=steps, grace_over=True)

    assert (found.changes["status"], found.status, found.corrected) == ("pending", "pending", True)
    assert [row.rule for row in ledger(found)] == ["待处理→已关闭"]
    assert str(found.record.get("rule_hint")).startswith("待处理→已关闭 已退回：")


def test_a_new_row_with_a_legal_start_needs_what_the_move_needs() -> None:
    ready = new({**PENDING.values, "status": "in_progress"}, steps=[step(None, "in_progress")])
    bare = new({"title": "导出", "status": "in_progress"}, steps=[step(None, "in_progress")])

    assert (ready.status, ready.changes["started_at"]) == ("in_progress", NOW)
    assert (bare.status, bare.corrected) == ("pending", True)


@pytest.mark.parametrize("status", ["in_progress", "testing", "done", "closed", "void"])
def test_a_row_that_was_there_before_us_is_taken_as_it_is(status: str) -> None:
    found = new({"title": "早就在办", "status": status}, adopt=True)

    assert (found.status, found.corrected, ledger(found), told(found)) == (status, False, [], [])
    assert "status" not in found.changes


def test_an_adopted_row_without_a_status_begins_at_the_start() -> None:
    found = new({"title": "没有状态"}, adopt=True)

    assert (found.status, found.changes["status"]) == ("pending", "pending")


def test_a_row_we_know_is_not_adopted_again() -> None:
    found = edited(PENDING, to="closed", policy=POLICY, adopt=True)

    assert (found.status, found.corrected) == ("pending", True)


def test_a_duplicate_is_counted_at_its_original_when_it_is_voided() -> None:
    twice = PENDING.with_values({"void_reason": "duplicate", "duplicate_of": ("recOriginal",)})

    found = edited(twice, to="void", policy=POLICY)

    assert found.status == "void"
    assert CountDuplicate(original="recOriginal") in found.actions
    assert CountDuplicate(original="recOriginal") not in edited(PENDING, to="void", policy=POLICY).actions


def test_reopening_counts_and_clears_what_was_finished() -> None:
    unhappy = DONE.with_values({"confirmation": "unsolved", "reopen_count": 1.0, "closed_at": NOW})

    found = edited(unhappy, to="in_progress", policy=POLICY)

    assert found.changes["reopen_count"] == 2.0
    assert (found.changes["finished_at"], found.changes["closed_at"]) == (None, None)


def test_rule_fields_edited_by_hand_are_restored_and_the_rest_is_left() -> None:
    known = settled(PENDING)
    question = Question(
        policy=POLICY,
        record=known.with_values({"priority": "low", "number": "1", "remark": "新的备注"}),
        accepted=accepted(known),
        now=NOW,
    )

    assert decide(question).changes == {"priority": known.priority, "number": known.number}


def test_an_owner_is_drawn_from_the_route_only_where_nobody_is() -> None:
    route = replace(POLICY.routes[-1], order=0, owners=("ou_a", "ou_b"))
    rules = replace(POLICY, routes=(route,))
    question = Question(
        policy=rules, record=Requirement(record_id="rec1", values={"title": "x"}), accepted=None, now=NOW
    )

    owned = decide(replace(question, record=question.record.with_values({"owner": ("ou_me",)})))

    assert AssignOwner(candidates=("ou_a", "ou_b"), scope="owner:0:support") in decide(question).actions
    assert not [action for action in owned.actions if isinstance(action, AssignOwner)]


def test_a_put_back_waits_while_the_step_may_still_be_told_and_a_legal_move_does_not() -> None:
    question = Question(
        policy=POLICY,
        record=PENDING.with_values({"status": "closed"}),
        accepted=accepted(PENDING),
        now=NOW,
        grace_over=True,
        may_be_told=True,
    )
    void = question.record.with_values({"status": "void", "void_reason": "invalid"})

    jump, legal = decide(question), decide(replace(question, record=void))

    assert (jump.waiting, jump.actions, jump.changes) == (True, (), {})
    assert (legal.waiting, legal.status) == (False, "void")


def test_the_end_of_an_override_reads_the_same_when_the_write_was_never_settled() -> None:
    """A service killed between its write and its memory of it judges the row it has written."""
    over: Mapping[str, Value] = {
        "manual_priority": "high",
        "override_reason": "老客户",
        "override_until": local("2026-08-28"),
    }
    stood = settled(PENDING).with_values(over)

    written = decide(Question(policy=POLICY, record=stood, accepted=accepted(stood), now=NOW)).record
    again = decide(Question(policy=POLICY, record=written, accepted=accepted(stood), now=NOW))

    assert "到期，已恢复" in str(written.get("priority_note"))
    assert again.changes == {}
