"""Clocks that run, stand still and were reached; the words about skipped days; a calendar that changes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules.actions import SetFields, Tell
from feishu_plugin.rules.case import Case, Ruling
from feishu_plugin.rules.due_times import due_times, outdated, resolve_due
from feishu_plugin.rules.limits import rule
from feishu_plugin.rules.working import days_in_words, moment_in_words
from feishu_plugin.worktime import WorkTime, statutory_days, statutory_names
from tests.builders import local, policy
from tests.rules.questions import accepted

DAYS, ANNOUNCED = statutory_days()
CHINA = WorkTime(days=DAYS, names=statutory_names(), announced_until=ANNOUNCED)
LATER_KNOWN = replace(
    CHINA, days={d: w for d, w in DAYS.items() if d.year < 2026}, announced_until=date(2025, 12, 31)
)
POLICY = replace(policy(), worktime=CHINA)
COMPLAINT: Mapping[str, Value] = {
    "status": "in_progress", "type": "complaint", "priority": "high", "urgency": "high", "owner": ("ou_li",),
}  # fmt: skip
FEATURE: Mapping[str, Value] = {**COMPLAINT, "type": "feature", "status": "pending"}


def requirement(values: Mapping[str, Value], submitted: str, **more: Value) -> Requirement:
    return Requirement(record_id="rec1", values={**values, "submitted_at": local(submitted), **more})


def judged(
    record: Requirement, *, before: Requirement | None = None, rules: Policy = POLICY, paused: str = ""
) -> tuple[Requirement, list[Tell]]:
    """The record as the rule leaves it, and what it wants told; ``paused`` is ``begin/end`` of a pause."""
    begin, _, end = paused.partition("/")
    known = accepted(before, local(begin or "2026-09-01")) if before else None
    ended = Ruling(
        from_status="waiting_customer",
        to_status="in_progress",
        verdict="pass",
        rule="",
        at=local(end or "2026-09-01"),
    )
    case = Case(
        policy=rules,
        record=record,
        accepted=known,
        now=local("2026-09-01 10:00"),
        rulings=(ended,) if paused else (),
    )
    actions = list(rule(case))
    for action in actions:
        if isinstance(action, SetFields):
            record = record.with_values(action.values)
    return record, [action for action in actions if isinstance(action, Tell)]


def last_line(record: Requirement) -> str:
    return str(record.get("limit_basis")).split("\n")[-1]


@pytest.mark.parametrize(
    ("start", "due", "words"),
    [
        ("2026-09-01 10:00", "2026-09-03 10:00", ""),
        ("2026-09-04 17:30", "2026-09-07 09:30", "；跳过 周末 09-05 至 09-06"),
        ("2026-09-05 10:00", "2026-09-07 10:00", "；跳过 周末 09-05 至 09-06"),
        ("2026-09-30 10:00", "2026-10-09 10:00", "；跳过 国庆节 10-01 至 10-07"),
        ("2026-10-09 10:00", "2026-10-12 10:00", "；跳过 周末 10-11；计入 国庆节补班 10-10"),
        ("2026-09-18 10:00", "2026-09-21 10:00", "；跳过 周末 09-19；计入 国庆节补班 09-20"),
        ("2026-06-18 10:00", "2026-06-22 10:00", "；跳过 端午 06-19 至 06-21"),
        ("2026-09-01 10:00", "2026-09-22 10:00", "；跳过 周末 5 天；计入 国庆节补班 09-20"),
        ("2026-09-10 10:00", "2026-10-12 10:00",
         "；跳过 中秋 09-25 至 09-27、国庆节 10-01 至 10-07、周末 4 天"
         "；计入 国庆节补班 09-20、国庆节补班 10-10"),
        ("2026-09-01 10:00", "2030-09-01 10:00", ""),
    ],
)  # fmt: skip
def test_days_that_were_skipped_or_counted_are_named(start: str, due: str, words: str) -> None:
    assert days_in_words(CHINA, local(start), local(due)) == words


def test_the_companys_own_days_are_named_as_the_company_does() -> None:
    fair, eve, plain = date(2026, 9, 2), date(2026, 9, 3), date(2026, 9, 4)
    company = WorkTime(
        days={fair: False, plain: False, date(2026, 9, 5): True},
        own_hours={eve: ((time(9), time(12)),)},
        names={fair: "公司年会"},
    )

    assert days_in_words(company, local("2026-09-01 10:00"), local("2026-09-05 10:00")) == (
        "；跳过 公司年会 09-02、放假 09-04；计入 当天（09:00-12:00） 09-03、补班 09-05"
    )


def test_another_year_is_written_out() -> None:
    shown = moment_in_words(CHINA, local("2027-01-04 10:00"), local("2026-12-31 10:00"))

    assert shown == "2027-01-04 10:00"


def test_a_pause_over_a_weekend_is_only_its_working_hours() -> None:
    """Friday 17:00 to Monday 10:00: two hours."""
    record = requirement(COMPLAINT, "2026-09-03 10:00")
    found, _ = judged(record, before=record, paused="2026-09-04 17:00/2026-09-07 10:00")

    assert found.paused_hours == 2.0
    assert found.resolve_due == local("2026-09-07 12:00")
    assert "2 个工作日 + 暂停 2 小时 = 09-07 12:00；跳过 周末 09-05 至 09-06" in last_line(found)


def test_no_second_of_a_pause_gets_lost() -> None:
    record = requirement(COMPLAINT, "2026-09-01 10:00")
    for _ in range(3):
        record, _ = judged(record, before=record, paused="2026-09-01 14:00:00/2026-09-01 14:00:07")

    assert record.resolve_due == local("2026-09-03 10:00:21")


def test_a_pause_shifts_what_was_not_reached_and_leaves_what_was() -> None:
    pause = "2026-09-01 14:00/2026-09-01 16:00"
    record, _ = judged(requirement(FEATURE, "2026-09-01 10:00"))
    answered = record.with_values({"first_response_at": local("2026-09-01 11:00")})

    found, _ = judged(answered, before=answered, paused=pause)
    silent, _ = judged(record, before=record, paused=pause)

    assert (found.response_due, found.start_due) == (local("2026-09-02 10:00"), local("2026-09-10 12:00"))
    assert silent.response_due == local("2026-09-02 12:00")


def test_a_finished_requirement_keeps_its_limit_and_its_working_whatever_changes() -> None:
    record, _ = judged(requirement(COMPLAINT, "2026-09-30 10:00"), rules=replace(POLICY, worktime=WorkTime()))
    done = record.with_values({"status": "done", "finished_at": local("2026-09-30 17:00")})

    found, told = judged(done, before=done)

    assert (found.resolve_due, last_line(found)) == (record.resolve_due, last_line(record))
    assert told == []
    again, _ = judged(done.with_values({"finished_at": None}), before=done)
    assert again.resolve_due == local("2026-10-09 10:00"), "who takes it up again has the calendar of today"


def test_a_submission_time_that_was_wrong_is_no_history() -> None:
    record, _ = judged(requirement(COMPLAINT, "2026-09-01 10:00", finished_at=local("2026-09-01 12:00")))

    found, _ = judged(record.with_values({"submitted_at": local("2026-09-02 10:00")}), before=record)

    assert found.resolve_due == local("2026-09-04 10:00")


def test_a_due_time_can_be_read_back_as_it_was_written() -> None:
    """A seventh of a workday ends in a fraction of a millisecond, which no cell holds."""
    seventh = replace(POLICY, limits=tuple(replace(limit, resolve_days=1 / 7) for limit in POLICY.limits))
    record = requirement(COMPLAINT, "2026-09-01 10:00", submitted_at=local("2026-09-01 10:00:00.123"))

    found, _ = judged(record, rules=seventh)

    assert found.resolve_due is not None
    assert found.resolve_due.microsecond % 1000 == 0


# A calendar that changes while a clock runs


def test_new_year_data_moves_a_provisional_due_time_and_says_so_once() -> None:
    before, _ = judged(
        requirement(COMPLAINT, "2025-12-31 10:00", first_response_at=local("2025-12-31 11:00")),
        rules=replace(POLICY, worktime=LATER_KNOWN),
    )
    assert before.resolve_due == local("2026-01-02 10:00")
    assert last_line(before).endswith("（暂按：节假日安排尚未公布）")

    assert outdated(POLICY, before)
    after, [told] = judged(before, before=before)

    assert after.resolve_due == local("2026-01-05 10:00")
    assert last_line(after).endswith("= 2026-01-05 10:00；跳过 元旦 01-01 至 01-03；计入 元旦补班 01-04")
    assert (told.event, told.to) == ("due_changed", ("ou_li",))
    assert told.facts["note"] == "解决时限 01-02 10:00 → 01-05 10:00"
    assert (outdated(POLICY, after), judged(after, before=after)[1]) == ("", [])


def test_an_announced_year_that_moves_nothing_is_noted_and_not_told() -> None:
    plain = replace(POLICY, worktime=LATER_KNOWN)
    before, _ = judged(requirement(COMPLAINT, "2026-09-01 10:00"), rules=plain)

    assert outdated(POLICY, before) == "announced"
    after, told = judged(before, before=before)

    assert "暂按" in last_line(before)
    assert "暂按" not in last_line(after)
    assert (after.resolve_due, told, outdated(POLICY, after)) == (before.resolve_due, [], "")


@pytest.mark.parametrize(
    "edit",
    [{"type": "inquiry"}, {"priority": "low"}, {"submitted_at": local("2026-09-02 10:00")}],
)
def test_who_moves_a_due_time_by_an_edit_is_not_told_of_it(edit: dict[str, Value]) -> None:
    before, _ = judged(requirement(COMPLAINT, "2026-09-01 10:00"), rules=replace(POLICY, worktime=WorkTime()))

    assert judged(before.with_values(edit), before=before)[1] == []


def test_every_due_time_is_the_sum_that_its_words_say() -> None:
    record, _ = judged(requirement(FEATURE, "2026-09-25 16:00", paused_hours=1.5))

    assert str(record.get("limit_basis")).split("\n") == [
        "响应时限（新功能开发·高）：提交 09-25 16:00 + 24 个自然小时 + 暂停 1.5 小时 = 09-26 17:30",
        "启动时限（新功能开发·高）：提交 09-25 16:00 + 7 个工作日 + 暂停 1.5 小时 = 10-13 10:30"
        "；跳过 中秋 09-25 至 09-27、国庆节 10-01 至 10-07、周末 10-11；计入 国庆节补班 10-10",
    ]
    assert record.start_due == CHINA.add(local("2026-09-25 16:00"), timedelta(hours=57.5))


def test_a_due_time_beyond_every_calendar_is_none() -> None:
    record = requirement(COMPLAINT, "2026-09-01 10:00", paused_hours=1e300)

    assert [due.at for due in due_times(POLICY, record, None).values()] == [None, None, None]
    assert resolve_due(POLICY, record, "high") is None
