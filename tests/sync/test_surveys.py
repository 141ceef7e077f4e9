"""Answers of the 满意度 form reach their requirement once, and an unsolved one is reopened."""

from dataclasses import replace

import pytest

from feishu_plugin.records import Value
from feishu_plugin.sync.surveys import take_missed
from feishu_plugin.sync.ticks import hint_at_due
from tests import builders
from tests.reminders.samples import seen
from tests.sync.base import Base


def answered(base: Base, **answer: Value) -> str:
    rid = base.tables.put("survey", answer)
    base.store.put([builders.hint(base.desk, "survey", rid)])
    base.work()
    base.settle()
    return rid


def finished(base: Base) -> tuple[str, str]:
    """A requirement in 已完成 and its number."""
    rid = base.add(title="一", type="inquiry", result="已说明", status="pending", submitter=("ou_sub",))
    base.settle()
    base.edit(rid, status="in_progress", owner=("ou_a",), planned_finish=base.clock.now())
    base.settle()
    base.edit(rid, status="done")
    base.settle()
    return rid, str(base.record(rid).get("number"))


def test_an_answer_reaches_its_requirement() -> None:
    base = Base()
    rid, number = finished(base)

    answer = answered(base, number=f" {number} ", confirmation="solved", score=5.0, comment="很快")

    record = base.record(rid)
    assert (record.get("confirmation"), record.get("score"), record.get("feedback")) == (
        "solved",
        5.0,
        "很快",
    )
    assert base.tables.peek("survey", answer).get("state") == "noted"
    assert base.tables.peek("survey", answer).get("requirement") == (rid,)


def test_an_unsolved_answer_reopens_the_requirement_through_the_judge() -> None:
    base = Base()
    rid, number = finished(base)

    answered(base, number=number, confirmation="unsolved", score=1.0)

    assert base.record(rid).get("status") == "in_progress"
    assert base.record(rid).get("reopen_count") == 1.0
    assert moved(base)[-1] == ("done", "in_progress", "rule", "pass")
    assert base.ledger()[-1]["reason"] == "「客户确认」为「未解决」"


def moved(base: Base) -> list[tuple[Value, ...]]:
    keys = ("from_status", "to_status", "source", "verdict")
    return [tuple(row[key] for key in keys) for row in base.ledger()]


def told(base: Base, event: str) -> list[str]:
    """Who hears of an event, in order."""
    effects = (waiting.effect for waiting in base.store.outbox.waiting.values())
    return [e.target for e in effects if e.kind == "card" and e.body["event"] == event]


def managed() -> Base:
    """A base whose routes name a manager."""
    rules = builders.policy()
    for route in rules.routes:
        rules = builders.with_managers(rules, route, ("ou_boss",))
    return Base(rules)


def test_a_low_score_reopens_whatever_was_confirmed_and_is_kept_with_the_move() -> None:
    base = managed()
    rid, number = finished(base)

    answered(base, number=number, confirmation="solved", score=2.0, comment="太慢了")

    assert base.record(rid).get("status") == "in_progress"
    assert moved(base)[-1] == ("done", "in_progress", "rule", "pass")
    assert base.ledger()[-1]["score"] == 2.0
    assert told(base, "dissatisfied") == ["ou_a", "ou_boss"]


@pytest.mark.parametrize(("confirmation", "score"), [("solved", 3.0), ("no_reply", None)])
def test_other_answers_leave_it_finished(confirmation: str, score: float | None) -> None:
    base = managed()
    rid, number = finished(base)

    answered(base, number=number, confirmation=confirmation, score=score)

    assert base.record(rid).get("status") == "done"
    assert told(base, "dissatisfied") == []


def test_an_answer_after_the_closing_begins_anew_and_by_hand_it_is_the_same() -> None:
    base = managed()
    for way in ("form", "hand"):
        rid, number = finished(base)
        base.edit(rid, confirmation="solved", score=5.0, status="closed")
        base.settle()
        if way == "form":
            answered(base, number=number, confirmation="unsolved", score=1.0)
        else:
            base.edit(rid, confirmation="unsolved", score=1.0)
            base.settle()

        row = base.record(rid)
        assert (row.get("status"), row.get("reopen_count")) == ("pending", 1.0)
        assert (row.get("finished_at"), row.get("closed_at")) == (None, None)
        assert moved(base)[-1] == ("closed", "pending", "rule", "pass")


def test_finished_again_the_customer_is_asked_anew_and_the_same_answer_counts_again() -> None:
    base = managed()
    rid, number = finished(base)
    answered(base, number=number, confirmation="unsolved", score=1.0, comment="还是很慢")

    base.edit(rid, status="done")
    base.settle()

    row = base.record(rid)
    assert (row.get("status"), row.get("confirmation"), row.get("score")) == ("done", None, None)
    assert row.get("feedback") == "还是很慢"
    answered(base, number=number, confirmation="unsolved", score=1.0)
    assert base.record(rid).get("status") == "in_progress"
    assert base.record(rid).get("reopen_count") == 2.0
    assert told(base, "dissatisfied") == ["ou_a", "ou_boss"] * 2


def test_one_answer_typed_cell_by_cell_is_told_once() -> None:
    base = managed()
    rid, _ = finished(base)

    for cell in ({"confirmation": "unsolved"}, {"score": 2.0}, {"score": 1.0}, {"feedback": "没有变化"}):
        base.edit(rid, **cell)
        base.settle()

    assert told(base, "dissatisfied") == ["ou_a", "ou_boss"]
    assert base.record(rid).get("reopen_count") == 1.0


def test_an_answer_that_meets_a_refused_move_still_reopens() -> None:
    """The form wrote 未解决 while somebody closed it: the closing is put back, the answer counts."""
    base = managed()
    rid, _ = finished(base)

    base.edit(rid, confirmation="unsolved", status="closed")
    base.settle()

    assert base.record(rid).get("status") == "in_progress"
    assert moved(base)[-2:] == [
        ("done", "closed", "person", "put_back"),
        ("done", "in_progress", "rule", "pass"),
    ]


@pytest.mark.parametrize("status", ["done", "closed"])
def test_old_answers_of_rows_that_were_there_before_stir_nothing(status: str) -> None:
    """Adopted, edited elsewhere, seen by a tick, under a new policy: they stay as they are."""
    base = managed()
    rid = base.tables.put(
        "requirement", {"title": "旧", "status": status, "confirmation": "unsolved", "score": 1.0}
    )
    base.store.put([replace(builders.hint(base.desk, "requirement", rid), kind="adopted")])
    base.settle()
    rows = len(base.ledger())

    base.edit(rid, title="改了标题")
    base.settle()
    base.clock.advance(30 * 86_400)
    base.desk.policy = replace(base.desk.policy, version="newer")
    hint_at_due(base.desk)
    base.settle()

    assert base.record(rid).get("status") == status
    assert base.ledger()[rows:] == []
    assert told(base, "dissatisfied") == []
    base.edit(rid, score=2.0)
    base.settle()
    assert moved(base)[-1][2:] == ("rule", "pass")


def test_a_team_that_names_who_reopens_keeps_it_to_people() -> None:
    base = managed()
    moves = (replace(m, roles=("manager",)) if m.automatic else m for m in base.desk.policy.moves)
    base.desk.policy = replace(base.desk.policy, moves=tuple(moves))
    rid, number = finished(base)

    answered(base, number=number, confirmation="unsolved")

    assert base.record(rid).get("status") == "done"
    assert told(base, "dissatisfied") == ["ou_a", "ou_boss"]


def test_the_submitter_reads_the_result_of_what_is_finished() -> None:
    base = Base()
    finished(base)

    [card] = [
        waiting.effect.body["card"]
        for waiting in base.store.outbox.waiting.values()
        if waiting.effect.kind == "card" and waiting.effect.body["event"] == "finished"
    ]
    assert "**处理结果：** 已说明" in seen(card)


@pytest.mark.parametrize("number", ["20990101-客服-001", "写错了"])
def test_an_unknown_number_is_said_in_the_row(number: str) -> None:
    base = Base()

    answer = answered(base, number=number, confirmation="solved")

    assert base.tables.peek("survey", answer).get("state") == "unknown_number"


def test_an_answer_to_unfinished_work_changes_nothing() -> None:
    base = Base()
    rid = base.add(title="一", type="inquiry")
    base.settle()

    answer = answered(base, number=base.record(rid).get("number"), confirmation="unsolved", score=1.0)

    assert base.tables.peek("survey", answer).get("state") == "not_finished"
    assert base.record(rid).get("confirmation") is None


def test_an_answer_is_taken_once() -> None:
    base = Base()
    rid, number = finished(base)
    answered(base, number=number, confirmation="solved", score=5.0)
    base.edit(rid, score=3.0)
    base.settle()

    assert take_missed(base.desk) == 0
    assert base.record(rid).get("score") == 3.0


def test_an_answer_that_only_unsubscribes_sets_nothing_in_the_requirement() -> None:
    base = Base()
    rid, number = finished(base)

    answer = answered(base, number=number, unsubscribe=True)

    assert base.tables.peek("survey", answer).get("state") == "unsubscribed"
    assert base.record(rid).get("status") == "done"
    assert base.record(rid).get("confirmation") is None


def test_an_answer_may_unsubscribe_besides_and_whatever_the_status() -> None:
    base = Base()
    star = base.tables.put("customer", {"name": "星河公司"})
    rid = base.add(title="一", type="inquiry", customer=(star,))
    base.settle()

    answer = answered(base, number=base.record(rid).get("number"), confirmation="solved", unsubscribe=True)

    assert base.tables.peek("survey", answer).get("state") == "not_finished"
    assert base.tables.peek("customer", star).get("mail_state") == "unsubscribed"


def test_a_lost_answer_is_found_by_the_sweep() -> None:
    base = Base()
    rid, number = finished(base)
    base.tables.put("survey", {"number": number, "confirmation": "solved", "score": 4.0})

    assert take_missed(base.desk) == 1
    assert base.record(rid).get("score") == 4.0
