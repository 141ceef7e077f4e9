"""需求响应率 and response hours, worked out by hand."""

import pytest

from feishu_plugin.reports.facts import Facts
from tests.builders import local, moves, policy, requirement
from tests.reports.told import facts, figure

NOW = local("2026-09-30 12:00")


def september() -> Facts:
    """One in time, one exactly in time, one late, one silent, one pending, one of August."""
    return facts(
        [
            requirement("soon", submitted="2026-09-01 10:00", first_response_at=local("2026-09-01 11:00")),
            requirement("edge", submitted="2026-09-02 10:00", first_response_at=local("2026-09-03 10:00")),
            requirement("late", submitted="2026-09-03 10:00", first_response_at=local("2026-09-04 16:00")),
            requirement("silent", submitted="2026-09-28 10:00"),
            requirement("fresh", submitted="2026-09-30 09:00"),
            requirement("august", submitted="2026-08-31 23:59", first_response_at=local("2026-09-05")),
        ],
        now=NOW,
    )


def test_response_rate_counts_answers_within_the_hours() -> None:
    found = figure("response_rate", september())

    assert (found.numerator, found.denominator, found.value) == (2, 4, 0.5)
    assert set(found.record_ids) == {"soon", "edge", "late", "silent"}
    assert set(found.failed) == {"late", "silent"}
    assert (found.target, found.met) == (0.9, False)


def test_those_still_inside_their_hours_are_pending() -> None:
    assert figure("response_rate", september()).pending == 1


def test_the_hours_are_a_parameter() -> None:
    known = facts(
        [requirement("r", submitted="2026-09-03 10:00", first_response_at=local("2026-09-04 16:00"))],
        rules=policy(response_within_hours=30),
    )

    assert figure("response_rate", known).value == 1


def test_an_answer_from_before_the_field_existed_is_the_start_or_the_first_move() -> None:
    known = facts(
        [
            requirement("started", submitted="2026-09-01 10:00", started_at=local("2026-09-01 12:00")),
            requirement("voided", submitted="2026-09-01 10:00", status="void"),
        ],
        moves("voided", [("2026-09-01 14:00", "void")]),
    )

    assert figure("response_rate", known).value == 1
    assert figure("response_mean", known).value == 3


def test_a_change_that_was_only_worked_out_is_no_answer() -> None:
    known = facts([requirement("r", submitted="2026-09-01 10:00", status="testing")])

    assert figure("response_rate", known).failed == ("r",)


@pytest.mark.parametrize(
    ("key", "value"),
    [("response_mean", (1 + 24 + 30) / 3), ("response_median", 24), ("response_p90", 30)],
)
def test_response_hours(key: str, value: float) -> None:
    found = figure(key, september())

    assert found.value == pytest.approx(value)
    assert found.pending == 2


@pytest.mark.parametrize("key", ["response_rate", "response_mean", "response_p90"])
def test_nothing_submitted_is_no_figure(key: str) -> None:
    found = figure(key, facts([]))

    assert found.value is None
    assert found.met is None
