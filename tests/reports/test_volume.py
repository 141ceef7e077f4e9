"""Customers and overrides."""

from datetime import timedelta

import pytest

from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules.actions import SetFields
from feishu_plugin.rules.case import Case
from feishu_plugin.rules.override import rule
from tests import builders
from tests.builders import local, moves, requirement
from tests.reports.told import facts, figure

DAY = "2026-09-02"


def test_a_customer_is_counted_once_by_link_or_by_name() -> None:
    known = facts(
        [
            requirement("a", submitted=DAY, customer=("rec_acme",), customer_name="Acme"),
            requirement("b", submitted=DAY, customer=("rec_acme",), customer_name="Acme Ltd"),
            requirement("c", submitted=DAY, customer_name=" acme "),
            requirement("d", submitted=DAY, customer_name="甲公司"),
            requirement("e", submitted=DAY, customer_name="甲公司"),
            requirement("nobody", submitted=DAY),
            requirement("august", submitted="2026-08-02", customer_name="乙公司"),
        ]
    )

    found = figure("customers", known)

    assert found.value == 2
    assert found.record_ids == ("a", "b", "c", "d", "e")


def override(record_id: str, until: str | None, submitted: str = DAY, **values: Value) -> Requirement:
    given: dict[str, Value] = {"manual_priority": "high", "override_reason": "总经理要求", **values}
    if until:
        given["override_until"] = local(until)
    return requirement(record_id, submitted=submitted, **{"status": "pending", **given})


def test_overrides_that_held_at_some_time_of_the_month_are_counted() -> None:
    known = facts(
        [
            override("whole", "2026-12-31", "2026-07-01"),
            override("last_day", "2026-09-01", "2026-07-01"),  # a day holds until it ends
            override("ended_before", "2026-08-31", "2026-07-01"),
            override("later", "2026-12-31", "2026-10-01"),
            override("no_reason", "2026-12-31", override_reason=None),
            override("no_day", None),
            requirement("computed", submitted=DAY, status="pending"),
        ]
    )

    assert figure("overrides", known).record_ids == ("whole", "last_day")


def test_an_override_of_something_that_was_over_before_the_month_decides_nothing() -> None:
    chain = [("2026-08-20", "done")]
    known = facts([override("r", "2026-12-31", "2026-08-01", status="done")], moves("r", chain))

    assert figure("overrides", known).value == 0


@pytest.mark.parametrize(("day", "counted"), [("2026-08-31", 0), ("2026-09-01", 1), ("2026-09-20", 1)])
def test_an_override_that_has_run_out_is_known_from_the_note_it_left(day: str, counted: int) -> None:
    """The rule that empties its three cells says so; here it writes the note itself."""
    policy, until = builders.policy(), local(day)
    before = override("r", day, "2026-07-01")
    case = Case(policy=policy, record=before, accepted=None, now=until + timedelta(days=2))
    [emptied] = [action for action in rule(case) if isinstance(action, SetFields)]
    after = requirement("r", submitted="2026-07-01", **{"status": "pending", **emptied.values})

    assert after.manual_priority == ""
    assert figure("overrides", facts([after])).value == counted
