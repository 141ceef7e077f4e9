"""Response, start and resolution limits against hand-counted dates, pauses and the words about them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from feishu_plugin.policy import Policy
from feishu_plugin.records import Record, Requirement, Value
from feishu_plugin.rules.actions import SetFields
from feishu_plugin.rules.case import Case, Ruling
from feishu_plugin.rules.due_times import end_of_day
from feishu_plugin.rules.limits import limit_state, rule
from feishu_plugin.worktime import WorkTime
from tests.builders import local, policy
from tests.rules.questions import accepted

POLICY = policy()
SUBMITTED = local("2026-09-01 10:00")
"""A Tuesday."""
NATIONAL_DAY = [date(2026, 10, day) for day in range(1, 8)]
AUTUMN = WorkTime(
    days={**dict.fromkeys(NATIONAL_DAY, False), date(2026, 10, 10): True},
    names={**dict.fromkeys(NATIONAL_DAY, "国庆节"), date(2026, 10, 10): "国庆节补班"},
    announced_until=date(2026, 12, 31),
)


def found(
    values: Mapping[str, Value],
    *,
    now: datetime = SUBMITTED,
    rulings: tuple[Ruling, ...] = (),
    since: datetime | None = None,
    rules: Policy = POLICY,
) -> dict[str, Value]:
    record = Requirement(record_id="rec1", values={"status": "pending", "submitted_at": SUBMITTED, **values})
    known = accepted(record, since) if since else None
    case = Case(policy=rules, record=record, accepted=known, now=now, rulings=rulings)
    return {k: v for action in rule(case) if isinstance(action, SetFields) for k, v in action.values.items()}


def basis(values: Mapping[str, Value]) -> list[str]:
    return str(values["limit_basis"]).split("\n")


def moved(before: str, after: str, at: str, verdict: str = "pass") -> Ruling:
    return Ruling(
        from_status=before,
        to_status=after,
        verdict=verdict,  # type: ignore[arg-type]
        rule="",
        at=local(at),
    )


@pytest.mark.parametrize(
    ("type", "grade", "response", "start", "resolve"),
    [
        ("complaint", "high", "2026-09-02 10:00", None, "2026-09-03 10:00"),
        ("complaint", "medium", "2026-09-04 10:00", None, "2026-09-07 10:00"),
        ("complaint", "low", None, None, "2026-09-10 10:00"),
        ("problem", "high", "2026-09-02 10:00", None, "2026-09-03 10:00"),
        ("suggestion", "medium", "2026-09-04 10:00", None, "2026-09-07 10:00"),
        ("feature", "high", "2026-09-02 10:00", "2026-09-10 10:00", None),
        ("feature", "medium", "2026-09-04 10:00", "2026-09-22 10:00", None),
        ("feature", "low", None, None, None),
        ("other", "high", "2026-09-02 10:00", "2026-09-10 10:00", None),
    ],
)
def test_the_limits_of_the_process_documents(
    type: str, grade: str, response: str | None, start: str | None, resolve: str | None
) -> None:
    values = found({"type": type, "priority": grade, "urgency": grade})

    due = [values[key] for key in ("response_due", "start_due", "resolve_due")]
    assert due == [local(at) if at else None for at in (response, start, resolve)]


def test_the_response_follows_the_urgency_and_the_rest_the_priority() -> None:
    values = found({"type": "inquiry", "priority": "low", "urgency": "high"})

    assert (values["response_due"], values["resolve_due"]) == (
        local("2026-09-02 10:00"),
        local("2026-09-10 10:00"),
    )


def test_without_an_urgency_the_response_follows_the_priority() -> None:
    assert found({"type": "inquiry", "priority": "high"})["response_due"] == local("2026-09-02 10:00")


def test_a_row_without_submission_has_no_limits_yet() -> None:
    assert found({"type": "inquiry", "priority": "high", "submitted_at": None}) == {}


def test_a_type_without_a_row_has_only_its_plan() -> None:
    rules = replace(POLICY, limits=())

    values = found(
        {"type": "inquiry", "priority": "high", "planned_finish": local("2026-09-04")}, rules=rules
    )

    assert [values[key] for key in ("response_due", "start_due", "resolve_due")] == [
        None, None, local("2026-09-04 18:00"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("planned", "due"),
    [
        ("2026-09-04", "2026-09-04 18:00"),
        ("2026-09-04 15:30", "2026-09-04 15:30"),
        ("2026-09-06", "2026-09-06 18:00"),
    ],
)
def test_development_follows_its_plan_and_a_bare_date_means_the_end_of_that_day(
    planned: str, due: str
) -> None:
    values = found({"type": "feature", "priority": "high", "planned_finish": local(planned)})

    assert values["resolve_due"] == local(due) == end_of_day(POLICY, local(planned))
    assert basis(values)[-1] == f"解决时限：按计划完成时间 = {local(due):%m-%d %H:%M}"


def test_the_national_day_of_2026_moves_a_limit_past_the_holiday() -> None:
    rules = replace(POLICY, worktime=AUTUMN)
    values = found(
        {"type": "complaint", "priority": "high", "submitted_at": local("2026-09-30 10:00")}, rules=rules
    )

    assert values["resolve_due"] == local("2026-10-09 10:00")
    assert basis(values) == [
        "响应时限（投诉·高）：提交 09-30 10:00 + 24 个自然小时 = 10-01 10:00",
        "解决时限（投诉·高）：提交 09-30 10:00 + 2 个工作日 = 10-09 10:00；跳过 国庆节 10-01 至 10-07",
    ]


def test_a_limit_beyond_the_announced_year_says_that_it_is_provisional() -> None:
    rules = replace(POLICY, worktime=WorkTime(announced_until=date(2026, 12, 31)))
    late: dict[str, Value] = {
        "type": "complaint",
        "priority": "high",
        "submitted_at": local("2026-12-31 10:00"),
    }

    assert str(found(late, rules=rules)["limit_basis"]).endswith("（暂按：节假日安排尚未公布）")
    assert "暂按" not in str(found({**late, "submitted_at": SUBMITTED}, rules=rules)["limit_basis"])


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-09-01 10:00", "normal"),
        # due on Thursday 2026-09-03 10:00; one workday before is Wednesday 10:00
        ("2026-09-02 09:59", "normal"),
        ("2026-09-02 10:00", "soon"),
        ("2026-09-03 10:00", "soon"),
        ("2026-09-03 10:01", "overdue"),
    ],
)
def test_the_state_follows_the_time(now: str, state: str) -> None:
    assert found({"type": "complaint", "priority": "high"}, now=local(now))["limit_state"] == state


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({"status": "waiting_customer"}, "paused"),
        ({"status": "shelved"}, "paused"),
        ({"status": "done", "finished_at": local("2026-09-03 10:00")}, "met"),
        ({"status": "done", "finished_at": local("2026-09-03 10:01")}, "overdue"),
        ({"status": "closed", "finished_at": local("2026-09-02 10:00")}, "met"),
        ({"status": "void"}, None),
        ({"status": "in_progress"}, "overdue"),
    ],
)
def test_the_state_follows_the_status(values: dict[str, Value], state: str | None) -> None:
    late = local("2026-09-20 10:00")

    assert found({"type": "complaint", "priority": "high", **values}, now=late)["limit_state"] == state


def test_what_has_no_limit_has_no_state() -> None:
    values = found({"type": "feature", "priority": "low"}, now=local("2027-01-01"))

    assert (values["resolve_due"], values["limit_state"], values["limit_basis"]) == (None, None, None)
    empty = Requirement(record_id="rec1", values={"status": "done", "finished_at": SUBMITTED})
    assert limit_state(POLICY, empty, SUBMITTED) is None


def test_a_pause_is_added_when_it_ends_in_working_hours() -> None:
    """From Tuesday 14:00 to Wednesday 11:00 six working hours pass."""
    values = found(
        {"type": "complaint", "priority": "high", "status": "in_progress"},
        since=local("2026-09-01 14:00"),
        rulings=(moved("waiting_customer", "in_progress", "2026-09-02 11:00"),),
    )

    assert values["paused_hours"] == 6.0
    assert values["resolve_due"] == local("2026-09-03 17:00")
    assert basis(values)[-1] == (
        "解决时限（投诉·高）：提交 09-01 10:00 + 2 个工作日 + 暂停 6 小时 = 09-03 17:00"
    )


def test_pauses_add_up_and_only_moves_that_passed_count() -> None:
    values = found(
        {"type": "complaint", "priority": "high", "status": "in_progress", "paused_hours": 2.0},
        since=local("2026-09-01 14:00"),
        rulings=(
            moved("waiting_customer", "done", "2026-09-01 14:30", "put_back"),
            moved("waiting_customer", "in_progress", "2026-09-01 15:00"),
            moved("in_progress", "waiting_customer", "2026-09-01 16:00"),
            moved("waiting_customer", "in_progress", "2026-09-01 16:30"),
        ),
    )

    assert values["paused_hours"] == 3.5


def test_a_pause_that_goes_on_is_not_added_yet() -> None:
    values = found(
        {"type": "complaint", "priority": "high", "status": "waiting_customer"},
        since=local("2026-09-01 10:00"),
        rulings=(moved("in_progress", "waiting_customer", "2026-09-01 15:00"),),
    )

    assert (values["paused_hours"], values["limit_state"]) == (None, "paused")
    assert values["resolve_due"] == local("2026-09-03 10:00")


def test_the_same_record_gives_the_same_limits_again() -> None:
    once = found({"type": "complaint", "priority": "high", "paused_hours": 4.0})

    again = found({"type": "complaint", "priority": "high", **once}, since=SUBMITTED)

    assert again == once
    assert Record(record_id="rec1", values=once).get("resolve_due") == local("2026-09-03 15:00")
