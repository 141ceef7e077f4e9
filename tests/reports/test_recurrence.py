"""需求复现率, worked out by hand."""

import pytest

from feishu_plugin.records import Requirement, Transition, Value
from tests.builders import local, move, moves, requirement
from tests.reports.told import facts, figure


def done(record_id: str = "r") -> tuple[Requirement, list[Transition]]:
    """Finished on 10 September at 10:00."""
    record = requirement(record_id, submitted="2026-09-01 09:00", status="done")
    return record, moves(record_id, [("2026-09-10 10:00", "done")])


@pytest.mark.parametrize(
    ("reopened", "value"),
    [("2026-09-11 09:00", 1.0), ("2026-10-10 10:00", 1.0), ("2026-10-10 10:01", 0.0)],
)
def test_a_reopening_within_thirty_days_recurs(reopened: str, value: float) -> None:
    record, ledger = done()
    ledger.append(move("r", reopened, "done", "in_progress"))

    found = figure("recurrence_rate", facts([record.with_values({"status": "in_progress"})], ledger))

    assert found.value == value
    assert found.met is (value == 0.0)
    assert found.failed == (("r",) if value else ())


@pytest.mark.parametrize(
    ("submitted", "values", "value"),
    [
        ("2026-09-20", {"status": "void", "void_reason": "duplicate"}, 1.0),
        ("2026-09-05", {"status": "void", "void_reason": "duplicate"}, 0.0),  # asked before it was solved
        ("2026-11-20", {"status": "void", "void_reason": "duplicate"}, 0.0),  # asked too late
        ("2026-09-20", {"status": "void", "void_reason": "invalid"}, 0.0),
        ("2026-09-20", {"status": "pending"}, 0.0),  # not confirmed
    ],
)
def test_a_confirmed_duplicate_recurs(submitted: str, values: dict[str, Value], value: float) -> None:
    record, ledger = done()
    again = requirement("again", submitted=submitted, duplicate_of=("r",), **values)

    assert figure("recurrence_rate", facts([record, again], ledger)).value == value


def test_the_share_is_of_everything_finished() -> None:
    """One of twenty is exactly the target and therefore meets it."""
    pairs = [done(f"r{n}") for n in range(20)]
    ledger = [row for _, rows in pairs for row in rows]
    ledger.append(move("r0", "2026-09-15 09:00", "done", "in_progress"))
    records = [pairs[0][0].with_values({"status": "in_progress"}), *(record for record, _ in pairs[1:])]

    found = figure("recurrence_rate", facts(records, ledger))

    assert (found.numerator, found.denominator, found.met) == (1, 20, True)


def test_until_thirty_days_have_passed_it_may_still_recur() -> None:
    record, ledger = done()

    assert figure("recurrence_rate", facts([record], ledger, now=local("2026-10-10 09:59"))).pending == 1
    assert figure("recurrence_rate", facts([record], ledger, now=local("2026-10-10 10:00"))).pending == 0


def test_reopening_something_finished_in_another_month_is_not_of_this_month() -> None:
    record, ledger = done()
    ledger.append(move("r", "2026-10-05 09:00", "done", "in_progress"))
    known = facts([record.with_values({"status": "in_progress"})], ledger, month="2026-10")

    assert figure("recurrence_rate", known).value is None
    assert figure("reopened", known).value == 1
