"""满意度, worked out by hand."""

import pytest

from feishu_plugin.reports.facts import Facts
from tests.builders import move, moves, requirement
from tests.reports.told import facts, figure


def september() -> Facts:
    """Closed with 5, 4 and 3 and once without a score; reopened with 1; finished but not answered yet."""
    closed = {"five": 5.0, "four": 4.0, "three": 3.0, "silent": None}
    records = [
        requirement(key, submitted="2026-09-01", status="closed", score=score)
        for key, score in closed.items()
    ]
    records += [
        requirement("angry", submitted="2026-09-01", status="in_progress", score=1.0),
        requirement("waiting", submitted="2026-09-01", status="done", score=5.0),
        requirement("october", submitted="2026-09-01", status="closed", score=5.0),
    ]
    ledger = [row for key in closed for row in moves(key, [("2026-09-10", "done"), ("2026-09-15", "closed")])]
    ledger += moves("angry", [("2026-09-10", "done"), ("2026-09-12", "in_progress")])
    ledger += moves("waiting", [("2026-09-29", "done")])
    ledger += moves("october", [("2026-09-29", "done"), ("2026-10-03", "closed")])
    return facts(records, ledger)


def test_the_mean_score_of_those_who_answered_in_the_month() -> None:
    found = figure("satisfaction", september())

    assert found.value == pytest.approx((5 + 4 + 3 + 1) / 4)
    assert found.pending == 1
    assert found.met is False
    assert set(found.failed) == {"four", "three", "angry"}


def test_the_share_of_fours_and_fives() -> None:
    found = figure("satisfied_share", september())

    assert (found.numerator, found.denominator, found.value) == (2, 4, 0.5)
    assert set(found.failed) == {"three", "angry"}


def test_the_share_of_those_who_answered() -> None:
    found = figure("survey_response", september())

    assert (found.numerator, found.denominator) == (4, 5)
    assert found.failed == ("silent",)


def test_a_bad_score_stays_in_its_month_when_the_customer_was_asked_anew() -> None:
    """Reopened with 1 in September, finished again, closed with 5 in October: each month has its own."""
    record = requirement("angry", submitted="2026-09-01", status="closed", score=5.0)
    ledger = [
        move("angry", "2026-09-10", "pending", "done"),
        move("angry", "2026-09-12", "done", "in_progress", score=1.0),
        move("angry", "2026-09-20", "in_progress", "done"),
        move("angry", "2026-10-08", "done", "closed", score=5.0),
    ]

    found = {m: figure("satisfaction", facts([record], ledger, month=m)) for m in ("2026-09", "2026-10")}

    assert {m: one.value for m, one in found.items()} == {"2026-09": 1.0, "2026-10": 5.0}


@pytest.mark.parametrize(
    ("confirmation", "after", "answered"),
    [
        ("no_reply", "closed", False),
        ("solved", "closed", True),
        ("unsolved", "in_progress", True),
        (None, "in_progress", True),  # a reopening is an answer
    ],
)
def test_without_a_score_the_confirmation_or_the_reopening_is_the_answer(
    confirmation: str | None, after: str, answered: bool
) -> None:
    record = requirement("r", submitted="2026-09-01", status=after, confirmation=confirmation)
    known = facts([record], moves("r", [("2026-09-10", "done"), ("2026-09-12", after)]))

    assert figure("survey_response", known).value == float(answered)


def test_one_that_is_reopened_and_closed_again_is_asked_once() -> None:
    chain = [("2026-09-02", "done"), ("2026-09-03", "in_progress"), ("2026-09-04", "done")]
    record = requirement("r", submitted="2026-09-01", status="closed")
    found = figure("survey_response", facts([record], moves("r", [*chain, ("2026-09-05", "closed")])))

    assert (found.numerator, found.denominator) == (1, 1)


def test_without_answers_there_is_no_satisfaction() -> None:
    assert figure("satisfaction", facts([])).value is None


def test_an_answer_stays_in_its_month_when_its_score_was_emptied_to_ask_anew() -> None:
    record = requirement("anew", submitted="2026-09-01", status="in_progress")
    ledger = [
        move("anew", "2026-09-10", "pending", "done"),
        move("anew", "2026-09-12", "done", "closed", score=4.0),
        move("anew", "2026-10-08", "closed", "in_progress"),
    ]
    assert figure("survey_response", facts([record], ledger)).value == 1.0
