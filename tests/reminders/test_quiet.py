"""Nobody is disturbed at night or on a day off; morning cards come in the morning, spread out."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.policy import Policy
from feishu_plugin.reminders.quiet import (
    digest_moment,
    is_held,
    is_quiet,
    line_moment,
    next_digest,
    next_morning,
    release,
)
from feishu_plugin.rules.actions import Offer
from tests.reminders.samples import POLICY, at, notice

TUESDAY = date(2026, 9, 1)


def with_parameters(**values: Any) -> Policy:
    return replace(POLICY, parameters=replace(POLICY.parameters, **values))


@pytest.mark.parametrize(
    ("when", "quiet"),
    [
        ("09-01 08:29", True),
        ("09-01 08:30", False),
        ("09-01 12:30", False),
        ("09-01 19:59", False),
        ("09-01 20:00", True),
        ("09-02 00:00", True),
        ("09-05 11:00", True),  # Saturday
        ("09-20 11:00", False),  # a Sunday that is worked
        ("09-25 11:00", True),  # Mid-Autumn, a Friday
    ],
)
def test_nights_and_days_off_are_quiet(when: str, quiet: bool) -> None:
    assert is_quiet(POLICY, at(when)) is quiet


def test_quiet_hours_may_lie_within_one_day() -> None:
    policy = with_parameters(quiet_from=time(12), quiet_until=time(13))

    assert [is_quiet(policy, at(f"09-01 {hour}:30")) for hour in (11, 12, 13, 23)] == [
        False,
        True,
        False,
        False,
    ]


def test_equal_times_mean_no_quiet_hours() -> None:
    policy = with_parameters(quiet_from=time(0), quiet_until=time(0))

    assert not is_quiet(policy, at("09-01 03:00"))


def test_an_instant_card_in_working_time_goes_at_once() -> None:
    assert release(POLICY, notice(event="assigned"), at("09-01 15:00")) == at("09-01 15:00")


@pytest.mark.parametrize(
    ("now", "morning"),
    [
        ("09-01 06:00", "09-01"),
        ("09-01 08:30", "09-01"),
        ("09-01 20:00", "09-02"),
        ("09-04 21:00", "09-07"),
        ("09-05 10:00", "09-07"),
        ("09-30 20:30", "10-08"),
    ],
)
def test_a_held_card_goes_out_on_the_next_working_morning(now: str, morning: str) -> None:
    moment = release(POLICY, notice(event="assigned"), at(now))

    assert timedelta() < moment - at(f"{morning} 08:30") < timedelta(minutes=10)


def test_a_breach_of_high_priority_waits_for_nothing() -> None:
    night = at("09-01 23:00")

    assert release(POLICY, notice(event="overdue", priority="high"), night) == night
    assert release(POLICY, notice(event="overdue", priority="medium"), night) > night
    assert release(POLICY, notice(event="assigned", priority="high"), night) > night


def test_the_answer_to_an_edit_comes_at_once() -> None:
    night = at("09-05 23:00")

    assert release(POLICY, notice(event="put_back", audience="editor"), night) == night


@given(st.text(min_size=1), st.times())
def test_morning_cards_come_within_ten_minutes_and_off_the_half_hours(open_id: str, digest_at: time) -> None:
    policy = with_parameters(digest_at=digest_at.replace(second=0, microsecond=0))

    moment = digest_moment(policy, TUESDAY, open_id)

    wait = moment - policy.worktime.at(TUESDAY, policy.parameters.digest_at)
    assert timedelta() <= wait < timedelta(minutes=10)
    assert moment.minute % 30 != 0
    assert moment == digest_moment(policy, TUESDAY, open_id)


def test_morning_cards_of_many_people_are_spread() -> None:
    minutes = {digest_moment(POLICY, TUESDAY, f"ou_{n}").minute for n in range(200)}

    assert minutes == set(range(1, 9))


@pytest.mark.parametrize(
    ("now", "morning"),
    [("09-01 08:00", "09-01"), ("09-01 09:10", "09-02"), ("09-04 12:00", "09-07"), ("09-30 10:00", "10-08")],
)
def test_the_next_morning_card_is_on_a_working_day(now: str, morning: str) -> None:
    moment = next_digest(POLICY, "ou_dev", at(now))

    assert timedelta() < moment - at(f"{morning} 09:00") < timedelta(minutes=10)


@given(st.text(min_size=1), st.times())
def test_what_follows_a_quiet_time_is_off_the_full_and_half_hour_too(open_id: str, until: time) -> None:
    policy = with_parameters(quiet_until=until.replace(second=0, microsecond=0))
    moment = next_morning(policy, open_id, at("09-01 00:00"))

    assert moment.astimezone(POLICY.worktime.zone).minute % 30 != 0
    assert moment > at("09-01 00:00")


@pytest.mark.parametrize(
    ("now", "morning"),
    [("09-01 06:00", "09-01"), ("09-01 21:00", "09-02"), ("09-05 10:00", "09-07"), ("09-30 23:00", "10-08")],
)
def test_what_rules_tell_in_quiet_time_is_a_line_of_the_next_morning_card(now: str, morning: str) -> None:
    moment = line_moment(POLICY, notice(event="assigned", kind="instant"), at(now))

    assert moment == digest_moment(POLICY, at(f"{morning} 12:00").date(), "ou_dev")


def test_by_day_a_line_is_only_what_is_told_in_the_morning() -> None:
    noon = at("09-01 15:00")

    assert line_moment(POLICY, notice(kind="instant"), noon) is None
    assert line_moment(POLICY, notice(kind="digest"), noon) == next_digest(POLICY, "ou_dev", noon)


@pytest.mark.parametrize(
    "values",
    [
        {"audience": "editor"},
        {"event": "overdue", "priority": "high"},
        {"offer": Offer(kind="merge")},
        {"offer": Offer(kind="release")},
        {"offer": Offer(kind="move"), "kind": "digest"},
    ],
)
def test_answers_breaches_and_what_asks_for_a_decision_are_no_lines(values: dict[str, Any]) -> None:
    told = notice(**({"event": "assigned", "kind": "instant"} | values))

    assert line_moment(POLICY, told, at("09-01 23:00")) is None
    assert not is_held(POLICY, replace(told, kind="instant", since=at("08-31 23:00")), at("09-01 08:40"))


def test_a_quiet_noon_is_followed_by_single_cards() -> None:
    policy = with_parameters(quiet_from=time(12), quiet_until=time(13))
    told = notice(event="assigned", kind="instant")

    assert line_moment(policy, told, at("09-01 12:30")) is None
    assert at("09-01 13:00") < release(policy, told, at("09-01 12:30")) < at("09-01 13:10")
    assert not is_held(policy, replace(told, since=at("09-01 12:30")), at("09-01 13:10"))


@pytest.mark.parametrize(
    ("since", "held"),
    [
        ("08-31 23:00", True),  # the night
        ("08-29 12:00", True),  # a day off
        ("08-31 15:00", True),  # missed yesterday
        ("09-01 08:29", True),
        ("09-01 08:30", False),
        ("09-01 09:30", False),
    ],
)
def test_the_morning_card_tells_what_came_up_before_the_day_began(since: str, held: bool) -> None:
    assert (
        is_held(POLICY, notice(event="overdue", kind="instant", since=at(since)), at("09-01 10:00")) is held
    )
