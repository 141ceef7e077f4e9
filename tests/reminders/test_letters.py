"""Which mails follow from what rules tell, when they go, to whom, and when they are no longer true."""

from dataclasses import replace
from datetime import datetime

import pytest

from feishu_plugin.ports import Json
from feishu_plugin.records import Requirement, Value
from feishu_plugin.reminders.letters import letters_of_tells, mail_facts, reader_of, why_not
from feishu_plugin.rules.actions import Tell
from tests.builders import with_parameters
from tests.reminders.samples import POLICY, at, requirement, with_templates

THURSDAY = at("09-03 10:00")


def of_customer(**values: Value) -> Requirement:
    usual: dict[str, Value] = {"customer": ("rec_star",), "status": "pending"}
    return requirement("rec1", **(usual | values))


def moment(event: str, now: datetime, not_before: datetime | None = None) -> datetime:
    tell = Tell(event=event, identity=event, not_before=not_before)
    (letter,) = letters_of_tells(POLICY, [(of_customer(), tell)], now)
    return letter.not_before


def test_a_mail_is_one_per_event_requirement_and_customer() -> None:
    record = of_customer(customer=("rec_star", "rec_moon"))
    tell = Tell(event="received", identity="received")

    letters = letters_of_tells(POLICY, [(record, tell)], THURSDAY)

    assert [letter.identity for letter in letters] == [
        "mail:received:rec1:received:rec_star",
        "mail:received:rec1:received:rec_moon",
    ]
    assert {letter.kind for letter in letters} == {"mail"}
    assert {letter.target for letter in letters} == {"rec1"}


@pytest.mark.parametrize("event", ["assigned", "mail_footer", "risk"])
def test_what_the_team_does_not_tell_customers_makes_no_mail(event: str) -> None:
    assert letters_of_tells(POLICY, [(of_customer(), Tell(event=event, identity="x"))], THURSDAY) == []


def test_a_mail_that_the_team_switched_off_is_not_made() -> None:
    silent = with_templates(POLICY)
    silent = replace(silent, templates=tuple(t for t in POLICY.templates if t.event != "received"))

    assert letters_of_tells(silent, [(of_customer(), Tell(event="received", identity="x"))], THURSDAY) == []


def test_without_a_customer_there_is_nobody_to_write_to() -> None:
    record, tell = (
        of_customer(customer=None, contact_way="138 0000 0000"),
        Tell(event="received", identity="x"),
    )

    assert letters_of_tells(POLICY, [(record, tell)], THURSDAY) == []


def test_a_contact_with_an_address_gets_the_mail() -> None:
    record, tell = (
        of_customer(customer=None, contact_way="li@example.com"),
        Tell(event="received", identity="x"),
    )

    (letter,) = letters_of_tells(POLICY, [(record, tell)], THURSDAY)

    assert letter.body["customer"] == ""


def test_a_mail_waits_some_minutes_so_that_a_slip_can_be_taken_back() -> None:
    assert moment("finished", at("09-03 10:00")) == at("09-03 10:05")


def test_a_receipt_comes_at_night_and_news_in_the_morning() -> None:
    assert moment("received", at("09-05 23:00")) == at("09-05 23:05")
    morning = moment("finished", at("09-05 23:00"))
    assert at("09-07 08:30") < morning < at("09-07 08:40"), "09-05 is a Saturday"


def test_a_survey_waits_three_days_and_for_a_working_morning() -> None:
    due = moment("survey", at("09-03 10:00"), not_before=at("09-06 10:00"))

    assert at("09-07 09:00") < due < at("09-07 09:10"), "09-06 is a Sunday"


def test_without_a_mail_server_a_day_of_mails_waits_for_the_morning() -> None:
    (letter,) = letters_of_tells(
        POLICY, [(of_customer(), Tell(event="received", identity="x"))], THURSDAY, ready=False
    )

    assert at("09-04 09:00") < letter.not_before < at("09-04 09:10")


def body(event: str, of: datetime | None = None, customer: str = "rec_star") -> Json:
    return {"event": event, "customer": customer, "of": of}


@pytest.mark.parametrize(
    ("meant", "record", "reader"),
    [
        ("rec_star", {}, "rec_star"),
        ("rec_star", {"customer": ("rec_moon",)}, None),
        ("", {"customer": ("rec_moon",), "contact_way": "li@example.com"}, "rec_moon"),
        ("", {"customer": None, "contact_way": "li@example.com"}, ""),
        ("", {"customer": None, "contact_way": None}, None),
    ],
)
def test_a_mail_goes_to_who_is_meant_by_now(meant: str, record: dict[str, Value], reader: str | None) -> None:
    assert reader_of(body("received", customer=meant), of_customer(**record)) == reader


DONE = at("09-02 10:00")


@pytest.mark.parametrize(
    ("told", "record", "cause"),
    [
        (body("received"), {}, ""),
        (body("received"), {"status": "in_progress"}, ""),
        (body("received"), {"status": "void"}, "需求已作废"),
        (body("in_progress"), {"status": "in_progress"}, ""),
        (body("in_progress"), {"status": "testing"}, ""),
        (body("in_progress"), {"status": "pending"}, "状态已变化"),
        (body("in_progress"), {"status": "done"}, "状态已变化"),
        (body("in_progress"), {"status": "waiting_customer"}, "状态已变化"),
        (body("finished", DONE), {"status": "done", "finished_at": DONE}, ""),
        (body("finished", DONE), {"status": "closed", "finished_at": DONE}, ""),
        (body("finished", DONE), {"status": "in_progress"}, "需求已重开"),
        (body("finished", DONE), {"status": "done", "finished_at": at("09-03 10:00")}, "需求已重开"),
        (body("survey", DONE), {"status": "closed", "closed_at": DONE}, ""),
        (body("survey", DONE), {"status": "pending"}, "需求已重开"),
        (body("survey", DONE), {"status": "done", "closed_at": DONE}, "需求已重开"),
        (body("survey", DONE), {"status": "closed", "closed_at": at("09-03 10:00")}, "需求已重开"),
    ],
)
def test_a_mail_that_is_no_longer_true_is_not_sent(told: Json, record: dict[str, Value], cause: str) -> None:
    assert why_not(POLICY, told, of_customer(**record), None) == cause


def test_a_mail_about_a_deleted_row_is_not_sent() -> None:
    assert why_not(POLICY, body("received"), None, None) == "需求已删除"


@pytest.mark.parametrize(("answered", "cause"), [("09-02 11:00", "客户已评价"), ("09-01 11:00", "")])
def test_who_answered_since_the_work_was_done_is_not_asked(answered: str, cause: str) -> None:
    record = of_customer(status="closed", finished_at=DONE, closed_at=at("09-03 10:00"))

    assert why_not(POLICY, body("survey", at("09-03 10:00")), record, at(answered)) == cause


def test_a_policy_may_name_other_moments() -> None:
    policy = with_parameters(POLICY, mail_delay_minutes=0.0)

    (letter,) = letters_of_tells(policy, [(of_customer(), Tell(event="received", identity="x"))], THURSDAY)

    assert letter.not_before == THURSDAY


def test_facts_hold_nothing_that_is_only_for_the_team() -> None:
    record = of_customer(risk="内部", progress="内部", remark="内部", solution="内部", owner=("ou_dev",))

    facts = mail_facts(POLICY, record, None, None)

    assert "内部" not in str(facts)
    assert "ou_dev" not in str(facts)
