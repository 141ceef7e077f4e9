"""The service writes the month's report on the morning of the 1st, once."""

import pytest

from feishu_plugin.app.month_end import publish_if_due
from tests import builders
from tests.sync.base import Base


def base_on(moment: str) -> Base:
    policy = builders.policy()
    route = policy.routes[0]
    base = Base(builders.with_managers(policy, route, ("ou_manager",)))
    go_to(base, moment)
    return base


def go_to(base: Base, moment: str) -> None:
    base.clock.advance((builders.local(moment) - base.clock.now()).total_seconds())


def kpi_months(base: Base) -> list[object]:
    return [row.get("month") for row in base.tables.rows("kpi")]


def test_a_first_start_reports_nothing_that_was_before_it() -> None:
    base = base_on("2026-08-24 09:05")

    assert publish_if_due(base.desk) is False
    assert kpi_months(base) == []


@pytest.mark.parametrize(("moment", "due"), [("2026-09-01 08:59", False), ("2026-09-01 09:00", True)])
def test_the_report_waits_for_the_morning(moment: str, due: bool) -> None:
    base = base_on("2026-08-24 09:05")
    publish_if_due(base.desk)

    go_to(base, moment)

    assert publish_if_due(base.desk) is due


def test_a_month_is_reported_once_and_its_managers_get_one_card() -> None:
    base = base_on("2026-08-24 09:05")
    publish_if_due(base.desk)
    go_to(base, "2026-09-02 10:00")

    publish_if_due(base.desk)
    again = publish_if_due(base.desk)

    assert again is False
    assert kpi_months(base) == ["2026-08"]
    assert base.cards() == ["ou_manager"]


def test_a_month_that_does_not_add_up_is_told_and_tried_again() -> None:
    base = base_on("2026-08-24 09:05")
    publish_if_due(base.desk)
    rid = base.tables.put("requirement", {"status": "done", "submitted_at": builders.local("2026-08-24")})
    for row in (
        builders.move(rid, "2026-08-25", "pending", "done"),
        builders.move(rid, "2026-08-26", "in_progress", "done"),
    ):
        base.tables.put("transition", row.values)
    go_to(base, "2026-09-01 10:00")

    assert publish_if_due(base.desk)
    assert publish_if_due(base.desk)

    assert kpi_months(base) == []
    assert base.cards() == ["ou_manager"]
