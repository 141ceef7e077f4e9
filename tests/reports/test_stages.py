"""How long requirements stay where, by hand and against a count of half days."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings

from feishu_plugin.reports import periods
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.stages import bottleneck_words, stage_rows, stages_of
from tests.builders import local, move, moves, policy, requirement
from tests.reports.test_balance import Life, populations
from tests.reports.told import facts

MONTHS = ("2026-07", "2026-08", "2026-09", "2026-10", "2026-Q3", "2026")


def rows(known: Facts) -> dict[str, dict[str, object]]:
    return {str(row.values["stage"]): dict(row.values) for row in stage_rows(known, stages_of(known))}


def september() -> Facts:
    """Mon 7th to Fri 18th, 09:00-18:00. ``a`` is tested twice; ``b`` waits; ``c`` goes on in October."""
    lives = {
        "a": [
            ("2026-09-07 18:00", "in_progress"),  # pending 1
            ("2026-09-09 18:00", "testing"),  # in progress 2
            ("2026-09-10 18:00", "in_progress"),  # testing 1
            ("2026-09-11 18:00", "testing"),  # in progress 1
            ("2026-09-16 18:00", "done"),  # testing 3
        ],
        "b": [
            ("2026-09-08 18:00", "in_progress"),  # pending 2
            ("2026-09-09 18:00", "waiting_customer"),  # in progress 1
            ("2026-09-18 18:00", "in_progress"),  # waiting 7
            ("2026-09-18 18:00", "done"),  # in progress 0
        ],
        "c": [("2026-09-07 18:00", "in_progress"), ("2026-10-09 18:00", "done")],  # pending 1
    }
    records = [requirement(key, submitted="2026-09-07 09:00", status="done") for key in lives]
    return facts(records, [row for key, chain in lives.items() for row in moves(key, chain)])


def test_the_stages_of_a_month_by_hand() -> None:
    """Finished in it: a with 1 + 3 + 4 workdays, b with 2 + 1 + 7: 18 in all."""
    found = rows(september())

    shown = ("stays", "stay_mean", "stay_median", "stay_p90", "time_share", "is_bottleneck")
    assert {name: [row.get(key) for key in shown] for name, row in found.items()} == {
        "待处理": [3, 1.33, 1.0, 2.0, round(3 / 18, 4), None],
        "处理中": [4, 1.0, 1.0, 2.0, round(4 / 18, 4), True],
        "测试验证": [2, 2.0, 2.0, 3.0, round(4 / 18, 4), None],  # as much, but later in the workflow
        "待客户配合": [1, 7.0, 7.0, 7.0, round(7 / 18, 4), None],
    }


def test_the_bottleneck_is_told_in_words_and_is_none_of_the_pauses() -> None:
    known = september()

    assert bottleneck_words(known, stages_of(known)) == "处理中 22.2%"


def test_a_pause_is_the_bottleneck_only_where_nothing_else_took_time() -> None:
    chain = [("2026-09-07 09:00", "waiting_customer"), ("2026-09-09 18:00", "done")]
    record = requirement("r", submitted="2026-09-07 09:00", status="done")
    known = facts([record], moves("r", chain))

    assert bottleneck_words(known, stages_of(known)) == "待客户配合 100.0%"


def test_a_month_that_finished_nothing_has_no_bottleneck() -> None:
    known = facts([requirement("r", submitted="2026-09-01", status="pending")])

    assert bottleneck_words(known, stages_of(known)) is None
    assert stage_rows(known, stages_of(known)) == ()


def test_a_row_opens_the_requirements_whose_stay_ended_and_tells_their_time() -> None:
    [row] = [row for row in stage_rows(september(), stages_of(september())) if row.key == "2026-09 测试验证"]

    assert row.values["records"] == ("a",)
    amounts = {figure.key: dict(figure.amounts) for figure in row.figures}
    assert amounts["stay_mean"] == pytest.approx({"a": 4.0})
    assert amounts["time_share"] == pytest.approx({"a": 4.0})


def test_what_no_ledger_row_tells_is_left_out() -> None:
    """It was done long before the plugin came; only its way to being closed is known."""
    old = requirement(
        "old", submitted="2026-09-01 09:00", status="done", finished_at=local("2026-09-10 18:00")
    )
    begun = requirement("begun", submitted="2026-09-01 09:00", status="testing")
    known = facts([old, begun], [move("begun", "2026-09-04 18:00", "in_progress", "testing")])

    assert {name: row["stays"] for name, row in rows(known).items()} == {"处理中": 1}


def test_time_whose_end_no_ledger_row_tells_is_nobodys_bottleneck() -> None:
    """Nobody saw it leave 待处理; that it was tested until the 4th the ledger tells."""
    record = requirement(
        "r", submitted="2026-09-01 09:00", status="done", started_at=local("2026-09-03 18:00")
    )
    known = facts([record], [move("r", "2026-09-04 18:00", "testing", "done")])

    assert {stage.status: dict(stage.worked) for stage in stages_of(known)} == {"testing": {"r": 1.0}}
    assert bottleneck_words(known, stages_of(known)) == "测试验证 100.0%"


def test_closed_is_no_stage_but_waiting_for_the_closing_is_one() -> None:
    chain = [("2026-09-01 18:00", "done"), ("2026-09-03 18:00", "closed"), ("2026-09-10 18:00", "pending")]
    record = requirement("r", submitted="2026-09-01 09:00", status="pending")

    found = rows(facts([record], moves("r", chain)))

    assert {name: row["stay_mean"] for name, row in found.items()} == {"待处理": 1.0, "已完成": 2.0}


# --- against half days: every life changes at noon or midnight, a workday has 3 h before and 5 h after noon


def half_days(since: datetime, till: datetime) -> float:
    """Workdays between two instants on a grid of half days, one by one."""
    hours = 0
    while since < till:
        if since.weekday() < 5:
            hours += 3 if since.hour == 0 else 5
        since += timedelta(hours=12)
    return hours / 8


def told_stays(life: Life) -> list[tuple[str, datetime, datetime]]:
    after = life.stations[1:]
    return [(status, since, till) for (since, status), (till, _) in zip(life.stations, after, strict=False)]


def lasting(population: list[Life], known: Facts) -> dict[str, list[float]]:
    """By status: the lengths of the stays that ended in the period."""
    found: dict[str, list[float]] = {}
    for life in population:
        for status, since, till in told_stays(life):
            if till in known.period and status not in ("closed", "void"):
                found.setdefault(status, []).append(half_days(since, till))
    return found


def spent(population: list[Life], known: Facts) -> dict[str, float]:
    """By status: the time of those finished in the period until their last finish of it."""
    total: dict[str, float] = {}
    over = ("done", "closed")
    for life in population:
        ends = [
            till
            for (_, before), (till, after) in zip(life.stations, life.stations[1:], strict=False)
            if till in known.period and after in over and before not in over
        ]
        for status, since, till in told_stays(life) if ends else []:
            if till <= ends[-1] and status not in ("closed", "void"):
                total[status] = total.get(status, 0.0) + half_days(since, till)
    return total


@settings(max_examples=150, deadline=None)
@given(populations())
def test_stays_and_shares_equal_a_count_of_half_days(population: list[Life]) -> None:
    records = [life.record for life in population]
    whole = facts(records, [row for life in population for row in life.ledger], month="2026")
    for key in MONTHS:
        known = whole.within(periods.period(key, policy().worktime))
        stages = {stage.status: stage for stage in stages_of(known)}
        lengths, taken = lasting(population, known), spent(population, known)

        assert {status for status, stage in stages.items() if stage.stays} == set(lengths)
        for status, expected in lengths.items():
            assert sorted(days for _, days in stages[status].stays) == pytest.approx(sorted(expected))
        for status, days in taken.items():
            assert sum(stages[status].worked.values()) == pytest.approx(days)
            assert stages[status].whole == pytest.approx(sum(taken.values()))
        shares = [float(str(row["time_share"])) for row in rows(known).values() if row["time_share"]]
        assert not any(taken.values()) or sum(shares) == pytest.approx(1, abs=0.001)
