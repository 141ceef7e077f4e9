"""Limits nobody kept, customers nobody asked, work nobody looked at again: each at its exact moment."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from feishu_plugin.policy import Policy
from feishu_plugin.records import Accepted, Requirement, Value
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.due import Reminder, due
from tests.builders import with_parameters
from tests.reminders.samples import POLICY, at, people, requirement, template, with_templates

TUESDAY = "09-01 09:00"


def reminders(
    record: Requirement, now: str, rules: Policy = POLICY, since: str = TUESDAY
) -> Iterator[Reminder]:
    """What has come up by now for a record that came into its status ``since``."""
    state = Accepted(record=record, status_since=at(since))
    return due([(record.record_id, state)], rules, Circle(policy=rules, people=people), at(now))


def come(record: Requirement, now: str, rules: Policy = POLICY) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(r.event, r.stage, r.to) for r in reminders(record, now, rules)]


def waiting(**values: Value) -> Requirement:
    return requirement("rec1", status="waiting_customer", progress="已请客户提供日志", **values)


def shelved(**values: Value) -> Requirement:
    return requirement("rec1", status="shelved", follow_up="十月随大版本再看", **values)


def finished(**values: Value) -> Requirement:
    usual: dict[str, Value] = {"finished_at": at(TUESDAY), "result": "已发布"}
    return requirement("rec1", status="done", **(usual | values))


def untouched(**values: Value) -> Requirement:
    """Nobody has taken it up, and its response limit is the next thing to come."""
    usual: dict[str, Value] = {"urgency": "low", "response_due": at("09-02 10:00")}
    return requirement("rec1", status="pending", **(usual | values))


@pytest.mark.parametrize(
    ("now", "moments"),
    [
        ("09-03 17:59", []),
        ("09-03 18:00", ["09-03 18:00"]),
        ("09-08 17:59", ["09-03 18:00"]),
        ("09-08 18:00", ["09-08 18:00"]),
    ],
)
def test_a_customer_who_keeps_us_waiting_is_called_to_mind_every_three_workdays(
    now: str, moments: list[str]
) -> None:
    assert come(waiting(), now) == [("waiting", "missed", ("ou_dev",)) for _ in moments]
    assert [one.due for one in reminders(waiting(), now)] == list(map(at, moments))


def test_the_owner_reads_what_was_asked_of_the_customer_and_for_how_long() -> None:
    [reminder] = reminders(waiting(), "09-04 12:00")

    assert (reminder.kind, reminder.facts["days"], reminder.facts["note"]) == (
        "digest",
        "3",
        "已请客户提供日志",
    )


@pytest.mark.parametrize(
    ("now", "moments"),
    [
        ("09-14 17:59", []),
        ("09-14 18:00", ["09-14 18:00"]),
        ("09-28 17:59", ["09-14 18:00"]),  # the 20th is a working Sunday, the 25th a holiday
        ("09-28 18:00", ["09-28 18:00"]),
    ],
)
def test_what_is_shelved_is_looked_at_again_every_ten_workdays(now: str, moments: list[str]) -> None:
    assert come(shelved(), now) == [("follow_up", "missed", ("ou_dev",)) for _ in moments]
    assert [one.due for one in reminders(shelved(), now)] == list(map(at, moments))


def test_the_follow_up_plan_goes_to_the_submitter_when_nobody_owns_it() -> None:
    [reminder] = reminders(shelved(owner=None), "09-15 09:00")

    assert (reminder.to, reminder.audience, reminder.kind) == (("ou_sub",), "submitter", "digest")
    assert (reminder.facts["days"], reminder.facts["note"]) == ("10", "十月随大版本再看")


def test_a_team_may_have_others_follow_up() -> None:
    rules = with_templates(POLICY, template("follow_up", audience=("manager",), kind="digest"))

    assert come(shelved(), "09-15 09:00", rules) == [("follow_up", "missed", ("ou_boss",))]


@pytest.mark.parametrize(
    ("values", "now", "expected"),
    [
        ({}, "09-02 17:59", []),
        ({}, "09-02 18:00", [("unconfirmed", "unconfirmed", ("ou_sub",))]),
        ({"confirmation": "solved"}, "09-02 18:00", []),
        ({"confirmation": "no_reply"}, "09-02 18:00", []),
        ({"status": "closed"}, "09-02 18:00", []),
        ({"finished_at": None}, "09-30 18:00", []),
    ],
)
def test_two_workdays_after_a_finish_the_submitter_is_asked_for_the_confirmation(
    values: dict[str, Value], now: str, expected: list[tuple[str, str, tuple[str, ...]]]
) -> None:
    assert come(finished().with_values(values), now) == expected


def test_the_confirmation_is_asked_for_once_for_each_finish() -> None:
    first, later, again = (
        [r.identity for r in reminders(finished(), now, since=since)]
        for now, since in (
            ("09-02 18:00", TUESDAY),
            ("09-08 09:00", TUESDAY),
            ("09-16 09:00", "09-10 09:00"),
        )
    )

    assert first == later
    assert len({*first, *again}) == 2


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("09-02 09:59", []),
        ("09-02 10:00", [("response", ("ou_dev",))]),
        ("09-03 09:59", [("response", ("ou_dev",))]),
        ("09-03 10:00", [("response", ("ou_dev",)), ("response-manager", ("ou_boss",))]),
        (
            "09-07 10:00",
            [("response", ("ou_dev",)), ("response-manager", ("ou_boss",)), ("response-head", ("ou_lead",))],
        ),
    ],
)
def test_an_answer_that_nobody_gave_escalates_in_workdays(
    now: str, expected: list[tuple[str, tuple[str, ...]]]
) -> None:
    found = [r for r in reminders(untouched(), now) if r.event == "overdue"]

    assert [(r.stage, r.to) for r in found] == expected
    assert {r.due for r in found} <= {at("09-02 10:00")}
    assert {r.facts["clock"] for r in found} <= {"响应时限"}


def test_an_answer_nobody_owes_goes_to_the_head_of_the_department() -> None:
    found = come(untouched(owner=None), "09-02 10:00")

    assert ("overdue", "response", ("ou_lead",)) in found


@pytest.mark.parametrize(
    "values",
    [
        {"first_response_at": at("09-02 11:00")},
        {"status": "in_progress", "progress_at": at("09-02 09:00")},
        {"status": "shelved"},
        {"status": "done", "confirmation": "solved"},
    ],
    ids=["answered, if late", "taken up before us", "shelved", "finished"],
)
def test_who_answered_is_not_reminded_to_answer(values: dict[str, Value]) -> None:
    assert come(untouched().with_values(values), "09-02 12:00") == []


def test_work_that_was_not_begun_in_time() -> None:
    record = untouched(response_due=None, first_response_at=at(TUESDAY), start_due=at("09-10 09:00"))

    assert come(record, "09-10 08:59") == []
    assert come(record, "09-10 09:00") == [("overdue", "start", ("ou_dev",))]
    assert come(record, "09-11 09:00")[1:] == [("overdue", "start-manager", ("ou_boss",))]
    assert come(record.with_values({"started_at": at("09-10 08:00")}), "09-11 09:00") == []


def test_each_clock_is_told_of_its_own_even_to_the_same_person() -> None:
    record = untouched(type="complaint", start_due=at("09-02 11:00"), resolve_due=at("09-02 12:00"))

    found = [r for r in reminders(record, "09-02 13:00") if r.event == "overdue"]

    assert [(r.stage, r.to, r.facts["clock"]) for r in found] == [
        ("breach", ("ou_dev",), "解决时限"),
        ("response", ("ou_dev",), "响应时限"),
        ("start", ("ou_dev",), "启动时限"),
    ]
    assert len({r.identity for r in found}) == 3


@pytest.mark.parametrize(
    ("values", "clock"),
    [
        ({"type": "complaint", "resolve_due": at("09-02 10:00")}, "解决时限"),
        ({"type": "complaint", "planned_finish": at("09-02 00:00")}, "计划完成时间"),
        ({"type": "feature", "planned_finish": at("09-02 00:00")}, "计划完成时间"),
        ({"type": "feature", "resolve_due": at("09-02 10:00")}, "解决时限"),
    ],
)
def test_a_breach_says_which_clock_ran_out(values: dict[str, Value], clock: str) -> None:
    record = requirement("rec1", progress_at=at("09-03 09:00"), **values)

    assert [r.facts["clock"] for r in reminders(record, "09-03 09:00")] == [clock]


@pytest.mark.parametrize(
    ("record", "parameter"),
    [(waiting(), "waiting_days"), (shelved(), "follow_up_days"), (finished(), "confirm_days")],
)
def test_nought_days_switch_a_reminder_off(record: Requirement, parameter: str) -> None:
    assert come(record, "09-30 09:00") != []
    assert come(record, "09-30 09:00", with_parameters(POLICY, **{parameter: 0.0})) == []


def test_a_team_may_wait_for_customers_in_a_status_of_its_own() -> None:
    """One in which the clocks go on: then it is work in hand as well."""
    record = waiting(priority="low").with_values({"status": "awaiting_logs"})
    rules = with_parameters(POLICY, waiting_statuses=("awaiting_logs",))

    assert [event for event, _, _ in come(record, "09-03 18:00", rules)] == ["progress_due", "waiting"]


def test_the_moment_does_not_depend_on_who_looks_when() -> None:
    """The same reminder whether a tick, a later tick or one after an outage finds it."""
    record = replace(waiting())
    seen = {(r.identity, r.since) for now in ("09-03 18:00", "09-05 03:00", "09-08 17:59")
            for r in reminders(record, now)}  # fmt: skip

    assert seen == {("waiting:rec1:missed:2026-09-03T10:00:00+00:00", at("09-03 18:00"))}
