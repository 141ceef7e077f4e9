"""超期复盘: who was late in a month, by how much, and where the time went."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feishu_plugin.records import Record, Value, Values
from feishu_plugin.reports import periods
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.measures import MEASURES
from feishu_plugin.reports.review import overdue, overdue_causes, review_rows, withdrawn
from tests.builders import local, moves, policy, requirement
from tests.reports.test_balance import Life, populations
from tests.reports.told import facts

Chain = list[tuple[str, str]]


def one(chain: Chain, values: Values | None = None, *, month: str = "2026-09") -> Facts:
    """A requirement of Tue 2026-09-01 09:00 with its moves."""
    status = chain[-1][1] if chain else "pending"
    record = requirement("rec1", submitted="2026-09-01 09:00", **{"status": status, **(values or {})})
    return facts([record], moves("rec1", chain), month=month)


def row(known: Facts) -> Values:
    [found] = review_rows(known, ())
    return found.values


def late(known: Facts) -> list[str]:
    return [found.history.record_id for found in overdue(known)]


WORKED: Chain = [("2026-09-01 18:00", "in_progress"), ("2026-09-10 18:00", "done")]


@pytest.mark.parametrize(
    ("due", "is_late"),
    [
        ({"resolve_due": "2026-09-10 17:59"}, True),
        ({"resolve_due": "2026-09-10 18:00"}, False),
        ({"planned_finish": "2026-09-09"}, True),
        ({"planned_finish": "2026-09-10"}, False),  # a day holds until it ends
        ({"resolve_due": "2026-09-10 18:00", "planned_finish": "2026-09-02"}, False),
        ({}, False),
    ],
)
def test_finished_in_the_month_after_it_was_due(due: dict[str, str], is_late: bool) -> None:
    moments: dict[str, Value] = {key: local(text) for key, text in due.items()}

    assert late(one(WORKED, moments)) == (["rec1"] if is_late else [])
    assert late(one(WORKED, moments, month="2026-10")) == []


@pytest.mark.parametrize(
    ("chain", "months"),
    [
        ([], ["2026-09", "2026-10"]),
        ([("2026-09-20", "in_progress")], ["2026-09", "2026-10"]),
        ([("2026-10-09 18:00", "done")], ["2026-09", "2026-10"]),
        ([("2026-09-05", "waiting_customer")], []),  # its clock stood still before it was due
        ([("2026-09-20", "waiting_customer")], ["2026-09", "2026-10"]),
        ([("2026-09-20", "shelved")], []),
        ([("2026-09-20", "void")], []),
        ([("2026-09-02", "done"), ("2026-10-12", "in_progress")], ["2026-10"]),
        ([("2026-09-20", "done"), ("2026-10-12", "void")], ["2026-09"]),
    ],
)
def test_open_at_the_end_of_the_month_and_due_before(chain: Chain, months: list[str]) -> None:
    due: Values = {"resolve_due": local("2026-09-10 18:00")}

    found = [month for month in ("2026-08", "2026-09", "2026-10") if late(one(chain, due, month=month))]

    assert found == months


def test_the_row_of_one_that_was_finished_too_late() -> None:
    """Due Mon 7th 18:00, finished Thu 10th 18:00; 1 workday pending, 7 in progress."""
    due = local("2026-09-07 18:00")
    known = one(WORKED, {"resolve_due": due, "number": "20260901-客服-001", "owner": ("ou_li", "ou_wang")})

    [found] = review_rows(known, ())

    assert found.key == "2026-09·20260901-客服-001"
    assert found.values == {
        "key": "2026-09·20260901-客服-001",
        "month": "2026-09",
        "requirement": ("rec1",),
        "number": "20260901-客服-001",
        "stage": "in_progress",
        "stage_days": 7.0,
        "overrun_days": 3.0,
        "due": due,
        "finished_at": local("2026-09-10 18:00"),
        "kpi": None,
        "standing": "stands",
    }
    assert found.once == {"responsible": ("ou_li",), "state": "open"}


def test_one_that_is_still_open_overran_until_the_month_ended() -> None:
    """Due Fri 25th 18:00: Mon 28th to Wed 30th are three workdays; the month has 22."""
    found = row(one([], {"resolve_due": local("2026-09-25 18:00")}))

    assert (found["overrun_days"], found["finished_at"]) == (3.0, None)
    assert (found["stage"], found["stage_days"]) == ("pending", 22.0)


PAUSED: Chain = [
    ("2026-09-01 18:00", "in_progress"),
    ("2026-09-08 09:00", "waiting_customer"),  # two workdays
    ("2026-09-09 18:00", "in_progress"),
    ("2026-09-11 18:00", "done"),
]


def test_a_plan_is_not_moved_by_a_pause_so_the_pause_is_taken_off() -> None:
    """Planned for Mon 7th; Tue to Fri are four workdays, two of them waiting."""
    assert row(one(PAUSED, {"planned_finish": local("2026-09-07")}))["overrun_days"] == 2.0


def test_a_limit_was_moved_by_the_pause_already() -> None:
    """Two workdays for a complaint and two of waiting: due Fri 4th; Mon to Fri are five, the wait is inside.

    The register counts 16 hours of pause, all of them in the due time.
    """
    limited: Values = {"type": "complaint", "priority": "high", "paused_hours": 16.0}

    assert row(one(PAUSED, {**limited, "resolve_due": local("2026-09-04 18:00")}))["overrun_days"] == 5.0


def test_of_a_limit_only_the_pause_that_goes_on_is_taken_off() -> None:
    """Due Mon 7th 18:00, waiting since Thu 10th 18:00: three workdays overrun by the end of the month."""
    chain = [("2026-09-01 18:00", "in_progress"), ("2026-09-10 18:00", "waiting_customer")]
    limited: Values = {"type": "complaint", "priority": "high"}

    assert row(one(chain, {**limited, "resolve_due": local("2026-09-07 18:00")}))["overrun_days"] == 3.0


def test_the_stage_is_no_pause_unless_there_is_nothing_else() -> None:
    waited = [("2026-09-02 09:00", "waiting_customer"), ("2026-09-20 09:00", "done")]
    only = [("2026-09-01 09:00", "waiting_customer"), ("2026-09-20 09:00", "done")]
    due: Values = {"planned_finish": local("2026-09-03")}

    assert row(one(waited, due))["stage"] == "pending"
    assert row(one(only, due))["stage"] == "waiting_customer"


def test_the_time_before_a_reopening_is_no_stage_that_overran() -> None:
    """It counted as solved for a week; nobody knew better."""
    chain = [("2026-09-02 18:00", "done"), ("2026-09-14 09:00", "in_progress"), ("2026-09-14 18:00", "done")]

    found = row(one(chain, {"planned_finish": local("2026-09-03")}))

    assert (found["stage"], found["stage_days"]) == ("pending", 2.0)


def test_without_a_ledger_nobody_knows_the_stage() -> None:
    dates: Values = {"resolve_due": local("2026-09-07"), "finished_at": local("2026-09-10 18:00")}

    found = row(one([], {"status": "done", **dates}))

    assert (found["stage"], found["stage_days"], found["overrun_days"]) == (None, None, 4.0)


def test_two_requirements_of_one_number_have_two_rows() -> None:
    records = [
        requirement(
            key, submitted="2026-09-01", status="pending", number="n", resolve_due=local("2026-09-02")
        )
        for key in ("rec_aaaa", "rec_bbbb")
    ]

    assert [found.key for found in review_rows(facts(records), ())] == [
        "2026-09·n（aaaa）",
        "2026-09·n（bbbb）",
    ]


def test_a_missed_target_has_a_row_with_the_requirements_that_failed_it() -> None:
    known = one([("2026-09-20", "in_progress")])
    figures = [measure.figure(known) for measure in MEASURES]

    [found] = review_rows(known, figures)

    assert found.key == "2026-09·需求响应率"
    assert found.values["kpi"] == "需求响应率 0.0%（目标 ≥ 90.0%）"
    assert (found.values["requirement"], found.values["number"]) == (("rec1",), None)
    assert found.once == {"state": "open"}


def test_a_row_without_a_reason_is_withdrawn_and_keeps_what_people_wrote() -> None:
    known = row(one(WORKED, {"resolve_due": local("2026-09-07 18:00"), "number": "n"}))
    theirs: Values = {"cause": "staffing", "action": "加人", "state": "reviewed", "responsible": ("ou_li",)}

    gone = withdrawn(Record(record_id="rev", values={**known, **theirs}))

    assert gone == {
        **dict.fromkeys(("stage", "stage_days", "overrun_days", "due", "finished_at", "kpi")),
        "standing": "withdrawn",
    }
    assert withdrawn(Record(record_id="rev", values={**known, **gone})) == {}
    assert withdrawn(Record(record_id="own", values={"key": "2026-09·自查", **theirs})) == {}


def test_causes_are_counted_the_most_frequent_first() -> None:
    names = {"staffing": "人手不足", "external": "外部依赖", "other": "其他"}
    given_: list[Values] = [
        *[{"cause": "staffing"}] * 3,
        {"cause": "other"},
        {"cause": "external"},
        {"cause": "external", "standing": "withdrawn"},
        {"cause": "external", "kpi": "满意度 3.50 分"},
        {"cause": "天气"},
        *[{"standing": "stands"}] * 2,
    ]

    assert overdue_causes(given_, names) == "人手不足 3；外部依赖 1；其他 1；天气 1；未填 2"
    assert overdue_causes([], names) is None


# --- against a walk through every half day of a life


_OVER = {"done", "closed"}
_AT_REST = {*_OVER, "void", "shelved"}


def worked(since: datetime, till: datetime) -> float:
    """Workdays between two instants on the grid of half days."""
    hours = 0
    while since < till:
        hours += (3 if since.hour == 0 else 5) if since.weekday() < 5 else 0
        since += timedelta(hours=12)
    return hours / 8


def status_at(life: Life, at: datetime) -> str:
    """The status just before an instant; empty before it came."""
    return ([status for when, status in life.stations if when < at] or [""])[-1]


def overran(life: Life, due: datetime, begin: datetime, end: datetime) -> float | None:
    """By how much a life was late in a period; None when it was not."""
    finishes = [
        at
        for (_, before), (at, after) in zip(life.stations, life.stations[1:], strict=False)
        if begin <= at < end and after in _OVER and before not in _OVER
    ]
    paused = ("waiting_customer", "shelved")
    if status_at(life, end) not in {*_AT_REST, ""}:
        ran = sum(
            status_at(life, due + timedelta(hours=12 * n + 12)) not in paused
            for n in range(int((end - due) / timedelta(hours=12)))
        )
        if ran:
            return unpaused(life, due, end)
    return unpaused(life, due, finishes[-1]) if finishes and finishes[-1] > due else None


def unpaused(life: Life, since: datetime, till: datetime) -> float:
    total = 0.0
    while since < till:
        after = since + timedelta(hours=12)
        if status_at(life, after) not in ("waiting_customer", "shelved"):
            total += worked(since, after)
        since = after
    return total


@settings(max_examples=150, deadline=None)
@given(populations(), st.integers(0, 300))
def test_who_is_late_and_by_how_much_equals_a_walk_through_half_days(
    population: list[Life], halves: int
) -> None:
    """With a plan for due time: no pause moves it."""
    due = local("2026-07-01") + timedelta(hours=12 * halves)
    planned = due + timedelta(days=1) if due.hour == 0 else due  # a midnight means its whole day
    records = [life.record.with_values({"planned_finish": due}) for life in population]
    whole = facts(records, [row for life in population for row in life.ledger], month="2026")
    for month in ("2026-07", "2026-08", "2026-09", "2026-10", "2026-11"):
        known = whole.within(periods.period(month, policy().worktime))
        expected = {
            life.record.record_id: round(days, 2)
            for life in population
            if (days := overran(life, planned, known.period.begin, known.period.end)) is not None
        }
        rows = review_rows(known, ())
        assert {row.values["number"]: row.values["overrun_days"] for row in rows} == expected
