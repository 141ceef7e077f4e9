"""Customers and overrides."""

from tests.builders import requirement
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


def test_priorities_decided_by_people_are_counted() -> None:
    known = facts([requirement("a", submitted=DAY, manual_priority="high"), requirement("b", submitted=DAY)])

    assert figure("overrides", known).record_ids == ("a",)
