"""The service writes the month's report on the morning of the 1st, once."""

import json

import pytest

from feishu_plugin.app.month_end import publish_if_due
from feishu_plugin.errors import NotYet
from feishu_plugin.records import Values
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
    assert not publish_if_due(base.desk)  # at once it would be the same
    go_to(base, "2026-09-01 11:00")
    assert publish_if_due(base.desk)

    assert kpi_months(base) == []
    assert base.cards() == ["ou_manager"]


def test_a_base_without_the_tables_of_a_newer_version_is_told_what_to_do() -> None:
    base = Base(builders.policy(), missing=("figure",))
    base.desk.administrators = ("ou_admin",)
    go_to(base, "2026-08-24 09:05")
    publish_if_due(base.desk)
    go_to(base, "2026-09-01 10:00")

    assert publish_if_due(base.desk)

    [told] = [p.effect for p in base.store.outbox.waiting.values() if p.effect.kind == "card"]
    assert told.target == "ou_admin"
    assert "run feishu-plugin apply" in str(told.body["card"])


def test_months_that_were_missed_are_caught_up_with_their_quarter() -> None:
    """The service was away from July to the 3rd of October."""
    base = base_on("2026-07-24 09:05")
    publish_if_due(base.desk)

    go_to(base, "2026-10-03 10:00")
    publish_if_due(base.desk)

    assert kpi_months(base) == ["2026-07", "2026-08", "2026-09", "2026-Q3"]
    assert publish_if_due(base.desk) is False


def test_a_report_waits_an_hour_for_edits_that_are_still_to_be_judged() -> None:
    base = base_on("2026-08-24 09:05")
    publish_if_due(base.desk)
    go_to(base, "2026-09-01 09:00")
    base.desk.store.put([builders.hint(base.desk, "requirement", "rec_late")])
    swept: list[str] = []

    with pytest.raises(NotYet, match="2026-08 waits for edits"):
        publish_if_due(base.desk, lambda: swept.append("swept"))
    assert swept == ["swept"]
    go_to(base, "2026-09-01 10:00")
    assert publish_if_due(base.desk) is True


def test_the_next_report_says_what_changed_in_the_months_before() -> None:
    base = base_on("2026-08-24 09:05")
    publish_if_due(base.desk)
    submitted = builders.local("2026-08-25 09:00")
    values: Values = {"number": "N-1", "status": "done", "submitted_at": submitted, "finished_at": submitted}
    rid = base.tables.put("requirement", values)
    base.tables.put("transition", builders.move(rid, "2026-08-26 09:00", "pending", "done").values)
    go_to(base, "2026-09-01 10:00")
    publish_if_due(base.desk)
    assert base.tables.rows("restatement") == []

    moved = builders.move(rid, "2026-09-05 09:00", "done", "in_progress", operator=("ou_li",))
    base.tables.put("transition", moved.values)
    base.tables.update("requirement", {rid: {"status": "in_progress"}})
    go_to(base, "2026-10-01 10:00")
    publish_if_due(base.desk)

    [again] = [row for row in base.tables.rows("restatement") if "需求复现率" in str(row.get("kpi"))]
    assert (again.get("kpi"), again.get("old"), again.get("new")) == ("2026-08 需求复现率", "0.0%", "100.0%")
    assert again.get("cause") == "N-1：状态 已完成 → 处理中（09-05 09:00），ou_li"
    assert (again.get("people"), again.get("records")) == (("ou_li",), (rid,))
    known = len(base.tables.rows("restatement"))
    go_to(base, "2026-11-01 10:00")
    publish_if_due(base.desk)
    assert len(base.tables.rows("restatement")) == known


def report_cards(base: Base) -> list[str]:
    """The managers' cards that wait to be sent, as text."""
    waiting = [held.effect for held in base.store.outbox.waiting.values()]
    found = [effect for effect in waiting if effect.body.get("event") == "report_ready"]
    return [json.dumps(effect.body["card"], ensure_ascii=False) for effect in found]


def test_the_card_says_that_figures_of_earlier_months_were_corrected() -> None:
    base = base_on("2026-08-24 09:05")
    publish_if_due(base.desk)
    rid = base.tables.put(
        "requirement", {"number": "N-1", "submitted_at": builders.local("2026-08-25 09:00")}
    )
    go_to(base, "2026-09-01 10:00")
    publish_if_due(base.desk)

    base.tables.update("requirement", {rid: {"submitted_at": builders.local("2026-09-02 09:00")}})
    go_to(base, "2026-10-01 10:00")
    publish_if_due(base.desk)

    first, *later = report_cards(base)
    assert "更正**" not in first
    assert later
    assert all("**更正**：2026-08 已公布的数字有" in card for card in later)


def test_the_card_opens_the_dashboard_made_last_and_the_tables_that_there_are() -> None:
    base = base_on("2026-08-24 09:05")
    known = {"blkOld": "dashboard:manager", "blkNew": "dashboard:manager", "blkTeam": "dashboard:team"}
    base.store.keep(base.desk.app_token, "identities", known)
    publish_if_due(base.desk)
    go_to(base, "2026-09-01 10:00")
    publish_if_due(base.desk)

    [card] = report_cards(base)
    assert base.desk.link("blkNew", "") in card
    assert base.desk.link("blkOld", "") not in card
    assert base.desk.link("restatement", "") in card


def test_without_a_remembered_dashboard_the_card_has_no_button_for_it() -> None:
    base = base_on("2026-08-24 09:05")
    publish_if_due(base.desk)
    go_to(base, "2026-09-01 10:00")
    publish_if_due(base.desk)

    [card] = report_cards(base)
    assert "经营看板" not in card
    assert "KPI月报" in card
