"""Answers of the 满意度 form reach their requirement once, and an unsolved one is reopened."""

import pytest

from feishu_plugin.records import Value
from feishu_plugin.sync.surveys import take_missed
from tests import builders
from tests.sync.base import Base


def answered(base: Base, **answer: Value) -> str:
    rid = base.tables.put("survey", answer)
    base.store.put([builders.hint(base.desk, "survey", rid)])
    base.work()
    base.settle()
    return rid


def finished(base: Base) -> tuple[str, str]:
    """A requirement in 已完成 and its number."""
    rid = base.add(title="一", type="inquiry", result="已说明", status="pending")
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
    assert base.ledger()[-1]["verdict"] == "pass"


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
