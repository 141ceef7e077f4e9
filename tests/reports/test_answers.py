"""What 知识库 was good for in a month."""

import pytest

from feishu_plugin.records import Requirement, Transition
from feishu_plugin.reports.facts import Facts
from tests.builders import local, moves, requirement
from tests.reports.told import facts, figure

ENTRIES = {"recFaq": local("2026-09-01 09:00"), "recLate": local("2026-09-20 09:00")}


def asked(record_id: str, *linked: str, submitted: str = "2026-09-02 09:00", **values: str) -> Requirement:
    return requirement(
        record_id, submitted=submitted, knowledge=linked or None, **{"type": "inquiry", **values}
    )


def finished(*asked_and_days: tuple[Requirement, int]) -> Facts:
    """Each submitted on Wednesday 2 September 09:00 and finished so many workdays later."""
    rows: list[Transition] = []
    for one, days in asked_and_days:
        day = (3, 4, 7, 8, 9, 10, 11, 14)[days - 1]
        rows += moves(one.record_id, [(f"2026-09-{day:02d} 09:00", "done")])
    return facts([one for one, _ in asked_and_days], rows, entries=ENTRIES)


def test_an_answer_counts_when_it_was_there_before_the_question() -> None:
    known = facts(
        [
            asked("answered", "recFaq"),
            asked("by one of two", "recLate", "recFaq"),
            asked("on the moment", "recFaq", submitted="2026-09-01 09:00"),
            asked("source", "recLate"),
            asked("gone", "recGone"),
            asked("none"),
            asked("august", "recFaq", submitted="2026-08-31 09:00"),
        ],
        entries=ENTRIES,
    )

    found = figure("faq_answered", known)

    assert found.value == 3
    assert found.record_ids == ("answered", "by one of two", "on the moment")


def test_what_it_saved_is_the_difference_of_the_medians_times_those_answered() -> None:
    quick = [(asked(f"quick{n}", "recFaq"), days) for n, days in enumerate((1, 1, 2, 2, 8))]
    slow = [(asked(f"slow{n}"), days) for n, days in enumerate((3, 4, 5, 5, 6, 8))]
    other = [(asked(f"other{n}", type="feature"), 8) for n in range(9)]

    found = figure("faq_saved_days", finished(*quick, *slow, *other))

    assert found.value == pytest.approx((5 - 2) * 5)
    assert set(found.record_ids) == {one.record_id for one, _ in (*quick, *slow)}
    assert found.amounts["slow0"] == pytest.approx(3)


def test_answers_that_cost_time_show_it() -> None:
    slow = [(asked(f"slow{n}", "recFaq"), 4) for n in range(5)]
    quick = [(asked(f"quick{n}"), 1) for n in range(5)]

    assert figure("faq_saved_days", finished(*slow, *quick)).value == pytest.approx(-15)


@pytest.mark.parametrize(("with_one", "without"), [(4, 9), (9, 4), (0, 9)])
def test_too_few_tell_nothing(with_one: int, without: int) -> None:
    known = finished(
        *((asked(f"a{n}", "recFaq"), 1) for n in range(with_one)),
        *((asked(f"b{n}"), 3) for n in range(without)),
    )

    assert figure("faq_saved_days", known).value is None
