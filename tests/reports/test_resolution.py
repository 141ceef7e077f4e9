"""解决时效, 按时率, 解决率, worked out by hand. September 2026 begins on a Tuesday."""

from datetime import timedelta

import pytest

from feishu_plugin.records import Value
from feishu_plugin.reports.facts import Facts
from feishu_plugin.worktime import WorkTime
from tests.builders import local, moves, requirement
from tests.reports.told import facts, figure


def quick(record_id: str, submitted: str, finished: str, **values: Value) -> Facts:
    record = requirement(record_id, submitted=submitted, status="done", **values)
    return facts([record], moves(record_id, [(submitted, "in_progress"), (finished, "done")]))


def september() -> Facts:
    """1, 3, 5 and 11 workdays; priorities high, high, medium, low."""
    spans = {
        "one": ("2026-09-01 09:00", "2026-09-01 18:00", "high"),
        "three": ("2026-09-01 09:00", "2026-09-03 18:00", "high"),
        "five": ("2026-09-07 09:00", "2026-09-11 18:00", "medium"),
        "eleven": ("2026-09-07 09:00", "2026-09-21 18:00", "low"),
    }
    records = [
        requirement(key, submitted=begin, status="done", priority=priority)
        for key, (begin, _, priority) in spans.items()
    ]
    return facts(records, [row for key, (_, end, _) in spans.items() for row in moves(key, [(end, "done")])])


@pytest.mark.parametrize(
    ("key", "value", "met", "failed"),
    [
        ("resolution_days", 5.0, True, ("eleven",)),
        ("resolution_median", 4.0, None, ()),
        ("resolution_p90", 11.0, None, ()),
        ("resolution_high", 2.0, True, ("three",)),
        ("resolution_medium", 5.0, False, ("five",)),
        ("resolution_low", 11.0, False, ("eleven",)),
        ("hit_rate", 1 / 4, None, ("three", "five", "eleven")),
    ],
)
def test_workdays_of_those_finished(
    key: str, value: float, met: bool | None, failed: tuple[str, ...]
) -> None:
    found = figure(key, september())

    assert found.value == pytest.approx(value)
    assert found.met is met
    assert found.failed == failed


def test_p90_is_the_value_nine_of_ten_do_not_exceed() -> None:
    ends = [f"2026-09-{day:02d} 18:00" for day in (1, 2, 3, 4, 7, 8, 9, 10, 11, 14)]
    records = [requirement(f"r{n}", submitted="2026-09-01 09:00", status="done") for n in range(10)]
    ledger = [row for n, end in enumerate(ends) for row in moves(f"r{n}", [(end, "done")])]

    assert figure("resolution_p90", facts(records, ledger)).value == pytest.approx(9)


def test_pauses_are_taken_off() -> None:
    """Mon 9:00 to Fri 18:00 is 5 workdays; waiting Tue 9:00 to Wed 18:00 takes two off."""
    ledger = moves(
        "r",
        [
            ("2026-09-07 09:00", "in_progress"),
            ("2026-09-08 09:00", "waiting_customer"),
            ("2026-09-09 18:00", "in_progress"),
            ("2026-09-11 18:00", "done"),
        ],
    )
    known = facts([requirement("r", submitted="2026-09-07 09:00", status="done", paused_hours=99.0)], ledger)

    assert figure("resolution_days", known).value == pytest.approx(3)


@pytest.mark.parametrize("pauses", [(276, 1166, 130), (59, 799, 887), (444, 865, 60), (1,)])
def test_what_took_exactly_its_target_has_met_it(pauses: tuple[int, ...]) -> None:
    """16 hours of work between pauses of so many minutes: hours as fractions do not add up to 16."""
    worktime, at, chain = WorkTime(), local("2026-08-03 09:00"), [("2026-08-03 09:00", "in_progress")]
    for minutes in pauses:
        for status, took in (("waiting_customer", 960 // len(pauses)), ("in_progress", minutes)):
            at = worktime.add(at, timedelta(minutes=took))
            chain.append((f"{at.astimezone(worktime.zone):%Y-%m-%d %H:%M}", status))
    end = worktime.add(at, timedelta(minutes=960 - 960 // len(pauses) * len(pauses)))
    chain.append((f"{end.astimezone(worktime.zone):%Y-%m-%d %H:%M}", "done"))
    record = requirement("r", submitted="2026-08-03 09:00", status="done", priority="high")

    known = facts([record], moves("r", chain), month=f"{end:%Y-%m}")
    assert figure("resolution_high", known).value == 2.0
    assert figure("hit_rate", known).value == 1.0


def test_without_a_ledger_the_pauses_of_the_register_are_taken_off() -> None:
    record = requirement(
        "r",
        submitted="2026-09-07 09:00",
        status="done",
        finished_at=local("2026-09-11 18:00"),
        paused_hours=12.0,
    )

    assert figure("resolution_days", facts([record])).value == pytest.approx(3.5)


def test_a_finish_that_people_dated_earlier_counts_from_their_date() -> None:
    known = quick("r", "2026-09-01 09:00", "2026-09-04 18:00", finished_at=local("2026-09-02 18:00"))

    assert figure("resolution_days", known).value == pytest.approx(2)


def test_a_finish_date_of_another_finish_is_not_used() -> None:
    """Finished, reopened, finished again later: the date of the first must not shorten the second."""
    record = requirement(
        "r", submitted="2026-09-01 09:00", status="done", finished_at=local("2026-09-02 18:00")
    )
    chain = [("2026-09-02 18:00", "done"), ("2026-09-08 09:00", "in_progress"), ("2026-09-10 18:00", "done")]

    assert figure("resolution_days", facts([record], moves("r", chain))).value == pytest.approx(8)


def test_one_that_finishes_twice_in_a_month_counts_once_and_by_the_last() -> None:
    chain = [("2026-09-02 18:00", "done"), ("2026-09-03 09:00", "in_progress"), ("2026-09-04 18:00", "done")]
    known = facts([requirement("r", submitted="2026-09-01 09:00", status="done")], moves("r", chain))

    assert figure("resolved", known).value == 1
    assert figure("resolution_days", known).value == pytest.approx(4)


def test_one_finished_and_reopened_still_was_finished_in_the_month() -> None:
    chain = [("2026-09-02 18:00", "done"), ("2026-09-03 09:00", "in_progress")]
    known = facts([requirement("r", submitted="2026-09-01 09:00", status="in_progress")], moves("r", chain))

    assert figure("resolved", known).record_ids == ("r",)


def test_closing_what_was_finished_before_is_no_second_finish() -> None:
    chain = [("2026-08-28 18:00", "done"), ("2026-09-03 09:00", "closed")]
    known = facts([requirement("r", submitted="2026-08-24 09:00", status="closed")], moves("r", chain))

    assert figure("resolved", known).value == 0
    assert figure("resolution_days", known).value is None


@pytest.mark.parametrize(
    ("due", "value"),
    [
        ({"resolve_due": "2026-09-04 18:00"}, 1.0),
        ({"resolve_due": "2026-09-04 17:59"}, 0.0),
        ({"planned_finish": "2026-09-04"}, 1.0),  # a day without a time lasts until it ends
        ({"planned_finish": "2026-09-03"}, 0.0),
        ({"resolve_due": "2026-09-03 18:00", "planned_finish": "2026-09-30"}, 0.0),
        ({}, None),
    ],
)
def test_on_time_means_by_the_limit_else_by_the_plan(due: dict[str, str], value: float | None) -> None:
    moments: dict[str, Value] = {key: local(text) for key, text in due.items()}
    known = quick("r", "2026-09-01 09:00", "2026-09-04 18:00", **moments)

    assert figure("on_time_rate", known).value == value


def test_a_finish_without_a_priority_has_no_target_to_hit() -> None:
    assert figure("hit_rate", quick("r", "2026-09-01 09:00", "2026-09-04 18:00")).value is None


def test_resolution_rate_and_cohort_rate() -> None:
    """Three new: one finished now, one in October, one open; one of August finished now."""
    records = [
        requirement("now", submitted="2026-09-01 09:00", status="done"),
        requirement("october", submitted="2026-09-02 09:00", status="done"),
        requirement("open", submitted="2026-09-03 09:00", status="pending"),
        requirement("august", submitted="2026-08-03 09:00", status="done"),
    ]
    ledger = [
        *moves("now", [("2026-09-10 09:00", "done")]),
        *moves("october", [("2026-10-10 09:00", "done")]),
        *moves("august", [("2026-09-20 09:00", "done")]),
    ]
    known = facts(records, ledger)

    rate, cohort = figure("resolution_rate", known), figure("cohort_rate", known)

    assert (rate.numerator, rate.denominator) == (2, 3)
    assert rate.value == pytest.approx(2 / 3)
    assert (cohort.numerator, cohort.denominator, cohort.pending) == (2, 3, 1)
    assert cohort.failed == ("open",)


def test_nothing_new_is_no_resolution_rate() -> None:
    assert figure("resolution_rate", facts([])).value is None
