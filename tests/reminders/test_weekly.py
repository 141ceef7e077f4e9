"""Leads and managers go through their requirements once a week; everybody else is left in peace."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from feishu_plugin.policy import Leave, Policy
from feishu_plugin.ports import Accepted, Effect, Settlement
from feishu_plugin.records import Value
from feishu_plugin.reminders.card import Section
from feishu_plugin.reminders.quiet import digest_moment
from feishu_plugin.reminders.remind import plan_reminders
from feishu_plugin.reminders.templates import Words
from feishu_plugin.reminders.weekly import FEW, Review, Weekly, days_before, is_review_day
from tests.fakes import MemoryWork
from tests.reminders.card_law import faults
from tests.reminders.samples import (
    APP,
    CIRCLE,
    POLICY,
    accepted,
    at,
    people,
    requirement,
    seen,
    template,
    with_templates,
    without,
)

MONDAY = at("09-07 09:10")


def review(open_id: str, rows: int = 3) -> Review:
    """The list of one person with some rows of one group."""
    lines = [f"**N-{n}** {'标' * 50} · {'长' * 100}" for n in range(min(rows, FEW))]
    section = Section(zh=f"有风险（{rows}）", en=f"At risk ({rows})", lines=lines, count=rows)
    words = {
        lang: Words(title=title, body="") for lang, title in (("zh", "每周清单"), ("en", "Weekly review"))
    }
    return Review(identity=f"weekly:2026-W36:{open_id}", sections=[section] * 6, **words)


def reviews(
    *rows: tuple[str, Accepted], policy: Policy = POLICY, now: datetime = MONDAY
) -> Mapping[str, Review]:
    weekly = Weekly(replace(CIRCLE, policy=policy), now, lambda record_id: f"https://a.cn/{record_id}")
    assert [state for _, state in weekly.passing(rows)] == [state for _, state in rows]
    return weekly.reviews()


def row(record_id: str = "rec1", repeats: tuple[datetime, ...] = (), **values: Value) -> tuple[str, Accepted]:
    old: dict[str, Value] = {"submitted_at": at("08-03 09:00")}
    key, state = accepted(requirement(record_id, **(old | values)))
    return key, replace(state, repeats=repeats)


def groups(found: Review) -> dict[str, list[str]]:
    """Heading to the records of its lines."""
    return {
        section.zh: [line.partition("研发-")[2].partition("]")[0] for line in section.lines]
        for section in found.sections
    }


@pytest.mark.parametrize(
    ("values", "heading"),
    [
        ({"submitted_at": at("08-31 09:00")}, "近 7 天新增（1）"),
        ({"priority": "high"}, "最高优先级（1）"),
        ({"risk": "缺接口"}, "有风险（1）"),
        ({"planned_finish": at("09-04 00:00")}, "已超期（1）"),
        ({"status": "waiting_customer"}, "待客户配合（1）"),
        ({"similar_count": 3.0}, "反馈最多（1）"),
    ],
)
def test_each_group_holds_what_its_heading_says(values: dict[str, Any], heading: str) -> None:
    assert groups(reviews(row(**values))["ou_boss"]) == {heading: ["rec1"]}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"submitted_at": at("08-31 08:59")},
        {"submitted_at": at("09-07 09:00"), "risk": "缺接口"},
        {"priority": "medium"},
        {"planned_finish": at("09-07 00:00")},
        {"planned_finish": at("09-04 00:00"), "status": "shelved"},
        {"planned_finish": at("09-04 00:00"), "status": "done", "risk": "过去了", "priority": "high"},
    ],
)
def test_what_needs_no_talk_is_not_listed(values: dict[str, Any]) -> None:
    assert reviews(row(**values)) == {}


def test_a_lead_sees_the_own_department_and_a_manager_all() -> None:
    found = reviews(row("a", risk="一"), row("b", risk="二", department="support", owner=("ou_sub",)))

    assert set(found) == {"ou_lead", "ou_cs", "ou_boss"}
    assert groups(found["ou_lead"]) == {"有风险（1）": ["a"]}
    assert groups(found["ou_cs"]) == {"有风险（1）": ["b"]}
    assert groups(found["ou_boss"]) == {"有风险（2）": ["a", "b"]}
    assert found["ou_lead"].zh.title == f"每周清单：{POLICY.label('department', 'engineering')}"
    assert (found["ou_boss"].zh.title, found["ou_boss"].en.title) == ("每周清单", "Weekly review")
    assert "**2**" in found["ou_boss"].zh.body


def test_a_lead_is_found_above_the_people_of_the_routes_too() -> None:
    assert "ou_lead" in reviews(row(owner=None, risk="没人管"))


def test_who_left_gets_no_list() -> None:
    route = replace(POLICY.routes[0], managers=("ou_gone",))

    found = reviews(row(risk="一", owner=("ou_gone",)), policy=replace(POLICY, routes=(route,)))

    assert set(found) == {"ou_lead"}


def test_who_is_on_leave_gets_no_list_and_a_manager_is_stood_in_for() -> None:
    route = replace(POLICY.routes[0], managers=("ou_lead",))
    leave = Leave(people=("ou_lead",), first=MONDAY.date(), last=MONDAY.date())

    found = reviews(row(risk="一"), policy=replace(POLICY, routes=(route,), leaves=(leave,)))

    assert set(found) == {"ou_boss"}


def test_without_managers_in_the_routes_those_of_the_managing_department_get_it() -> None:
    assert set(reviews(row(risk="一"), policy=replace(POLICY, routes=()))) == {"ou_lead"}
    managing = replace(POLICY.parameters, manager_departments=("研发",))

    found = reviews(row(risk="一"), policy=replace(POLICY, routes=(), parameters=managing))

    assert {"ou_dev", "ou_lead"} == set(found)


def test_the_most_urgent_lines_are_shown_and_the_others_counted() -> None:
    rows = [
        row(f"r{n:02d}", similar_count=float(n), repeats=(MONDAY - timedelta(days=1),) * (n == 3))
        for n in range(1, 13)
    ]

    (found,) = (r for p, r in reviews(*rows).items() if p == "ou_boss")

    assert groups(found) == {"反馈最多（12）": ["r03", "r12", "r11", "r10", "r09"]}
    assert found.sections[0].lines[1].endswith("导出报表 · ×12 · 李雷")
    assert "另有 7 条" in str(found.elements(40))
    assert "另有 12 条" in str(found.elements(0))


def test_a_line_says_what_matters_in_its_group() -> None:
    found = reviews(row(risk="等 <at id=all></at>", planned_finish=at("09-04 00:00")))["ou_lead"]

    risk, overdue = (section.lines[0] for section in found.sections)
    assert risk.endswith("· 等 &#60;at id=all&#62;&#60;/at&#62; · 李雷")
    assert overdue.endswith("· 2026-09-04 18:00 · 李雷")


@pytest.mark.parametrize(
    ("audience", "people"), [("head", {"ou_lead"}), ("manager", {"ou_boss"}), ("owner", set())]
)
def test_the_template_rows_say_who_gets_it(audience: str, people: set[str]) -> None:
    policy = with_templates(POLICY, template("weekly", kind="digest", audience=(audience,), title="周会"))

    found = reviews(row(risk="一"), policy=policy)

    assert set(found) == people
    assert {found[p].zh.title for p in people} <= {"周会"}


def test_a_template_that_cannot_be_used_is_replaced() -> None:
    policy = with_templates(POLICY, template("weekly", audience=("head",), title="{{ 1 +"))

    assert reviews(row(risk="一"), policy=policy)["ou_lead"].zh.title == "每周清单"


@pytest.mark.parametrize(
    ("day", "reviewed", "expected"),
    [
        ("09-07", [], True),
        ("09-08", [], False),  # new here
        ("09-08", ["08-31"], True),  # Monday was missed
        ("09-11", ["09-01"], True),
        ("09-08", ["08-31", "09-07"], False),
        ("09-06", ["08-31"], False),  # a Sunday
        ("10-08", ["09-28"], True),  # the first working day after a week of holidays
        ("10-09", ["10-08", "09-28"], False),
        ("09-20", ["09-14"], False),  # a Sunday that is worked
    ],
)
def test_it_comes_on_the_first_working_day_of_the_week_or_as_soon_as_it_can(
    day: str, reviewed: list[str], expected: bool
) -> None:
    days = [at(f"{one} 12:00").date() for one in reviewed]

    assert is_review_day(POLICY, at(f"{day} 12:00").date(), days) is expected


def test_the_days_before_reach_back_to_the_monday_of_last_week() -> None:
    assert days_before(date(2026, 9, 7))[-1] == date(2026, 8, 31)
    assert days_before(date(2026, 9, 9))[0] == date(2026, 9, 8)
    assert days_before(date(2026, 9, 9))[-1] == date(2026, 8, 31)


ALONE = without(POLICY, "follow_up")
"""Nothing but the week is told of a shelved requirement."""


def cards(work: MemoryWork, now: datetime, policy: Policy = ALONE) -> dict[str, Effect]:
    effects = plan_reminders(work, policy, people, now, APP, administrators=("ou_boss",))
    work.settle(APP, Settlement(effects=effects))
    return {effect.target: effect for effect in effects if effect.kind == "card"}


def base(**values: Any) -> MemoryWork:
    work = MemoryWork()
    key, state = row(**({"risk": "缺接口"} | values))
    work.settle(APP, Settlement(accepted={("requirement", key): state}))
    return work


def test_every_week_has_one_list_each_inside_the_morning_card() -> None:
    work = base()
    times = [
        at("09-04 09:30"),
        *(at(f"09-{day} {clock}") for day in ("07", "08", "14") for clock in ("09:00", "09:10", "15:00")),
    ]

    told = [(now, set(cards(work, now))) for now in times]

    assert [(now, who) for now, who in told if who] == [
        (at("09-07 09:10"), {"ou_lead", "ou_boss"}),
        (at("09-14 09:10"), {"ou_lead", "ou_boss"}),
    ]


def test_the_lists_go_out_at_the_moments_of_their_people_and_make_up_for_a_missed_monday() -> None:
    work = base()
    assert set(cards(work, at("09-07 09:10"))) == {"ou_lead", "ou_boss"}
    tuesday = at("09-15 00:00").date()
    first, second = sorted(("ou_lead", "ou_boss"), key=lambda p: digest_moment(POLICY, tuesday, p))

    assert set(cards(work, digest_moment(POLICY, tuesday, first))) == {first}
    assert set(cards(work, at("09-15 09:10"))) == {second}
    assert cards(work, at("09-16 09:10")) == {}


def test_what_comes_up_later_that_day_brings_no_list_and_a_late_start_is_made_up_for_in_the_morning() -> None:
    work = base()
    assert set(cards(work, at("09-07 09:10"))) == {"ou_lead", "ou_boss"}

    assert cards(work, at("09-14 10:10")) == {}
    assert set(cards(work, at("09-15 10:00"))) == {"ou_lead", "ou_boss"}


def test_a_team_that_wants_no_list_gets_none() -> None:
    assert cards(base(), at("09-07 09:10"), without(POLICY, "weekly")) == {}


def test_feishu_takes_the_card_with_the_week() -> None:
    found = cards(base(), at("09-07 09:10"))["ou_lead"]

    assert faults(found.body["card"]) == []
    assert "有风险（1）" in seen(found.body["card"])
    assert "At risk (1)" in seen(found.body["card"], "en_us")
