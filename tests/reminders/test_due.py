"""Each reminder comes up when it should, for whom it should, and is silent otherwise."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.policy import Leave, Policy
from feishu_plugin.records import Requirement, Value
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.due import Reminder, due
from feishu_plugin.reminders.notice import folded, for_whom, news, passed_on
from feishu_plugin.rules.due_times import deadline
from tests.reminders.samples import (
    CIRCLE,
    POLICY,
    accepted,
    at,
    people,
    requirement,
    template,
    with_templates,
)

Come = tuple[str, str, tuple[str, ...]]


def reminders(record: Requirement, now: str, circle: Circle = CIRCLE) -> list[Reminder]:
    return list(due([accepted(record)], circle.policy, circle, at(now)))


def come(record: Requirement, now: str) -> list[Come]:
    """(event, stage, people) of what is due."""
    return [(r.event, r.stage, r.to) for r in reminders(record, now)]


def service(**values: Value) -> Requirement:
    usual: dict[str, Value] = {"type": "complaint", "resolve_due": at("09-03 10:00"), "priority": "low"}
    return requirement("rec1", **(usual | values))


UNASSIGNED: Come = ("unassigned", "unassigned", ("ou_lead",))


@pytest.mark.parametrize(
    ("submitted", "now", "expected"),
    [
        ("09-01 09:00", "09-01 09:59", []),
        ("09-01 09:00", "09-01 10:00", [UNASSIGNED]),
        ("09-01 11:30", "09-01 13:29", []),
        ("09-01 11:30", "09-01 13:30", [UNASSIGNED]),
        ("09-04 17:30", "09-07 09:29", []),
        ("09-04 17:30", "09-07 09:30", [UNASSIGNED]),
    ],
)
def test_one_working_hour_without_an_owner(submitted: str, now: str, expected: list[Come]) -> None:
    record = requirement(status="pending", owner=None, submitted_at=at(submitted))

    assert come(record, now) == expected


UNTRIAGED: Come = ("untriaged", "untriaged", ("ou_lead",))


@pytest.mark.parametrize(
    ("values", "now", "expected"),
    [
        ({}, "09-07 09:29", []),
        ({}, "09-07 17:30", [UNTRIAGED]),
        ({"urgency": "low"}, "09-07 17:30", []),
        ({"urgency": "low", "type": None}, "09-07 17:30", [UNTRIAGED]),
        ({"status": "in_progress", "progress_at": at("09-07 09:00")}, "09-07 17:30", []),
        ({"status": "shelved"}, "09-07 17:30", []),
    ],
)
def test_one_workday_without_triage(values: dict[str, Value], now: str, expected: list[Come]) -> None:
    """Submitted on Friday 17:30, a workday is over on Monday 17:30."""
    usual: dict[str, Value] = {"status": "pending", "submitted_at": at("09-04 17:30")}
    record = requirement("rec1", **(usual | values))

    assert come(record, now) == expected


def test_what_triage_still_lacks_is_named() -> None:
    record = requirement(status="pending", type=None, submitted_at=at("09-01 09:00"))

    [reminder] = reminders(record, "09-03 09:00")

    assert (reminder.kind, reminder.facts["missing"]) == ("digest", "需求类型、紧急程度")


def test_without_a_submission_time_the_hour_runs_from_when_we_first_saw_it() -> None:
    record = requirement(status="pending", owner=None, submitted_at=None)

    assert come(record, "09-01 09:59") == []
    assert come(record, "09-01 10:00") == [UNASSIGNED]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("09-01 23:59", []),
        ("09-02 00:00", [("due_soon", "soon", ("ou_dev",))]),
        ("09-03 09:59", [("due_soon", "soon", ("ou_dev",))]),
        ("09-03 10:00", [("overdue", "breach", ("ou_dev",))]),
    ],
)
def test_a_service_request_is_due_at_its_limit(now: str, expected: list[Come]) -> None:
    assert [c for c in come(service(), now) if c[0] != "progress_due"] == expected


def test_over_a_weekend_the_last_workday_before_reminds() -> None:
    record = service(resolve_due=at("09-07 10:00"))

    assert [r.event for r in reminders(record, "09-03 23:59") if r.event == "due_soon"] == []
    assert [r.due for r in reminders(record, "09-04 00:00") if r.event == "due_soon"] == [at("09-07 10:00")]


def test_a_development_type_is_due_at_the_end_of_its_plan_day() -> None:
    record = requirement(planned_finish=at("09-03 00:00"), resolve_due=at("09-01 10:00"))

    assert deadline(POLICY, record) == at("09-03 18:00")
    assert [r.event for r in reminders(record, "09-03 17:59")][:1] == ["due_soon"]
    assert [r.event for r in reminders(record, "09-03 18:00")][:1] == ["overdue"]


def test_a_plan_with_a_time_of_day_means_that_time() -> None:
    assert deadline(POLICY, requirement(planned_finish=at("09-03 15:00"))) == at("09-03 15:00")


def test_what_has_no_due_time_is_never_due() -> None:
    assert deadline(POLICY, requirement()) is None
    assert [r.event for r in reminders(requirement(started_at=at("09-01 09:00")), "09-01 12:00")] == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("09-04 09:59", ["breach"]),
        ("09-04 10:00", ["breach", "manager"]),
        ("09-08 09:59", ["breach", "manager"]),
        ("09-08 10:00", ["breach", "manager", "head"]),
    ],
)
def test_a_breach_escalates_in_workdays(now: str, expected: list[str]) -> None:
    found = [r for r in reminders(service(), now) if r.event == "overdue"]

    assert [r.stage for r in found] == expected
    assert [r.to for r in found] == [("ou_dev",), ("ou_boss",), ("ou_lead",)][: len(expected)]
    assert {r.kind for r in found} == {"instant"}


def test_a_later_stage_knows_who_heard_of_the_earlier_ones() -> None:
    found = [n for r in reminders(service(), "09-08 10:00") for n in r.notices() if n.event == "overdue"]

    assert [(n.audience, n.open_id, n.heard) for n in found] == [
        ("owner", "ou_dev", ()),
        ("manager", "ou_boss", ("ou_dev",)),
        ("head", "ou_lead", ("ou_dev", "ou_boss")),
    ]


def test_nobody_is_told_as_their_own_manager() -> None:
    record = service(owner=("ou_boss",))

    assert [(r.stage, r.to) for r in reminders(record, "09-10 10:00") if r.event == "overdue"] == [
        ("breach", ("ou_boss",)),
        ("head", ("ou_lead",)),
    ]


def test_the_days_of_a_breach_are_whole_workdays() -> None:
    (first, *_) = reminders(service(), "09-07 11:00")

    assert first.facts["days"] == "2"
    assert first.facts["due"] == "2026-09-03 10:00"


MINUTES = st.integers(0, 60 * 24 * 60).map(lambda minutes: at("09-01 00:00") + timedelta(minutes=minutes))


@given(MINUTES, MINUTES)
def test_late_days_are_counted_as_working_time_counts_them(limit: datetime, now: datetime) -> None:
    found = due([accepted(service(resolve_due=limit))], POLICY, CIRCLE, now)
    days = [reminder.facts["days"] for reminder in found if reminder.stage == "breach"]

    exact = int(round(POLICY.worktime.days_between(limit, now), 9))
    assert days == ([str(exact)] if limit <= now else [])


def test_a_due_time_beyond_the_announced_calendar_says_so() -> None:
    record = service(resolve_due=at("09-03 10:00").replace(year=2027))
    circle = replace(CIRCLE)

    (found,) = [
        r
        for r in due([accepted(record)], POLICY, circle, at("09-02 10:00").replace(year=2027))
        if r.event == "due_soon"
    ]

    assert found.facts["due"] == "2027-09-03 10:00（暂按）"


@pytest.mark.parametrize(
    ("now", "missed"),
    [
        ("09-03 08:59", []),
        ("09-03 18:00", ["09-03 18:00"]),
        ("09-04 12:00", ["09-03 18:00"]),
        ("09-07 18:00", ["09-07 18:00"]),
        ("09-09 18:00", ["09-09 18:00"]),
    ],
)
def test_a_progress_note_is_due_again_with_every_missed_interval(now: str, missed: list[str]) -> None:
    record = requirement(priority="medium", progress_at=at("09-02 09:00"), started_at=at("09-01 09:00"))

    assert [r.due for r in reminders(record, now) if r.event == "progress_due"] == list(map(at, missed))


def test_a_moment_that_was_told_is_no_other_one_when_the_rhythm_changes() -> None:
    """Seen in a simulated year: a line came again the morning after the priority was lowered."""
    often = requirement(priority="high", progress_at=at("09-02 09:00"), started_at=at("09-01 09:00"))
    seldom = requirement(priority="medium", progress_at=at("09-02 09:00"), started_at=at("09-01 09:00"))

    [told, again] = [reminders(one, "09-03 18:00")[-1] for one in (often, seldom)]

    assert told.event == "progress_due"
    assert told.due == at("09-03 18:00")
    assert again.identity == told.identity


def test_a_high_priority_owes_a_note_every_workday() -> None:
    record = requirement(priority="high", started_at=at("09-01 09:00"))

    assert [r.due for r in reminders(record, "09-01 18:00")] == [at("09-01 18:00")]


@pytest.mark.parametrize("status", ["in_progress", "testing"])
def test_work_in_hand_owes_progress(status: str) -> None:
    record = requirement(status=status, priority="high", started_at=at("09-01 09:00"))

    assert [r.event for r in reminders(record, "09-07 09:00")] == ["progress_due"]


@pytest.mark.parametrize(
    ("status", "own"),
    [
        ("waiting_customer", "waiting"),
        ("shelved", "follow_up"),
        ("done", "unconfirmed"),
        ("closed", ""),
        ("void", ""),
    ],
)
def test_paused_and_finished_records_are_silent_but_for_their_own_reminder(status: str, own: str) -> None:
    record = service(status=status, owner=None, started_at=at("09-01 09:00"), finished_at=at("09-01 09:00"))

    assert [r.event for r in reminders(record, "09-30 10:00")] == ([own] if own else [])


def test_what_waits_to_be_begun_owes_no_progress() -> None:
    record = requirement(status="pending", priority="high", urgency="high", started_at=at("09-01 09:00"))

    assert reminders(record, "09-07 09:00") == []


def test_a_moved_due_date_is_another_reminder() -> None:
    first, second = (
        reminders(service(resolve_due=at(moment)), "09-04 09:00")[0]
        for moment in ("09-03 10:00", "09-03 11:00")
    )

    assert first.event == second.event == "overdue"
    assert first.identity != second.identity


def test_an_unchanged_reminder_is_the_same_one_tomorrow() -> None:
    identities = {
        notice.identity
        for now in ("09-03 10:00", "09-03 23:00", "09-04 09:00")
        for reminder in reminders(service(progress_at=at("09-03 10:00")), now)
        for notice in reminder.notices()
    }

    assert identities == {"overdue:rec1:breach:2026-09-03T02:00:00+00:00:ou_dev"}


def changed(policy: Policy) -> list[Come]:
    circle = Circle(policy=policy, people=people)
    return [
        (r.event, r.kind, r.to) for r in reminders(service(), "09-04 10:00", circle) if r.event == "overdue"
    ]


def test_templates_decide_who_is_told_and_how() -> None:
    digest = template("overdue", audience=("owner", "submitter"), kind="digest")
    mixed = template("overdue", audience=("manager",), kind="instant")

    assert changed(with_templates(POLICY, digest)) == [
        ("overdue", "digest", ("ou_dev",)),
        ("overdue", "digest", ("ou_sub",)),
    ]
    assert changed(with_templates(POLICY, digest, mixed))[-1] == ("overdue", "instant", ("ou_boss",))


def test_an_event_without_templates_never_comes_up() -> None:
    kept = tuple(t for t in POLICY.templates if t.event != "overdue")

    assert changed(replace(POLICY, templates=kept)) == []


def away(*people_away: str, first: str = "09-01", last: str = "09-30") -> Circle:
    """The team with a backup, and these people on leave."""
    days = [at(f"{day} 00:00").date() for day in (first, last)]
    leave = Leave(people=people_away, first=days[0], last=days[1])
    route = replace(POLICY.routes[0], backup=("ou_dev2",))
    return Circle(policy=replace(POLICY, routes=(route,), leaves=(leave,)), people=people)


def overdue(record: Requirement, now: str, circle: Circle) -> list[tuple[str, tuple[str, ...]]]:
    return [(r.stage, r.to) for r in reminders(record, now, circle) if r.event == "overdue"]


def told_at_once(record: Requirement, now: str, circle: Circle) -> list[tuple[str, str]]:
    """(stage, reader) of a breach that nobody was told of before."""
    notices = [n for r in reminders(record, now, circle) if r.event == "overdue" for n in r.notices()]
    return [(notice.identity.split(":")[2], notice.open_id) for notice in news(notices, frozenset())]


def test_the_owner_who_left_is_reminded_through_the_manager_who_then_hears_no_more() -> None:
    assert told_at_once(service(owner=("ou_gone",)), "09-10 10:00", CIRCLE) == [
        ("breach", "ou_boss"),
        ("head", "ou_lead"),
    ]


def test_who_is_meant_stays_the_same_while_another_gets_it() -> None:
    notices = [
        notice
        for circle in (away(), away("ou_dev"), away("ou_dev", "ou_dev2"))
        for notice in reminders(service(), "09-03 10:00", circle)[0].notices()
    ]

    assert len({notice.identity for notice in notices}) == 1
    assert [(n.open_id, n.instead_of) for n in notices] == [
        ("ou_dev", ()),
        ("ou_dev2", ("ou_dev",)),
        ("ou_boss", ("ou_dev",)),
    ]


def test_a_stand_in_hears_once_of_two_who_are_away() -> None:
    record = service(owner=("ou_dev", "ou_lead"))
    [breach] = [
        r for r in reminders(record, "09-03 10:00", away("ou_dev", "ou_lead")) if r.event == "overdue"
    ]

    (notice,) = folded(breach.notices())

    assert (notice.open_id, notice.instead_of) == ("ou_dev2", ("ou_dev", "ou_lead"))
    assert {breach.told_to("ou_dev"), breach.told_to("ou_lead")} < set(notice.covers)
    assert for_whom(notice.facts)[0] == "代 李雷（休假）、赵组长（休假）处理"


def test_a_stand_in_who_is_the_manager_is_not_told_as_manager_also_when_the_owner_is_back() -> None:
    while_away, back = away("ou_dev", "ou_dev2", last="09-03"), away(last="09-03")
    (breach,) = [n for r in reminders(service(), "09-03 10:00", while_away) for n in r.notices()][:1]
    assert breach.open_id == "ou_boss"

    later = [
        n for r in reminders(service(), "09-04 10:00", back) for n in r.notices() if n.audience == "manager"
    ]

    assert [n.open_id for n in later] == ["ou_boss"]
    assert not later[0].is_news(breach.covers)
    assert later[0].is_news({breach.identity}), "when the owner heard it, the manager still has to"


def test_who_stands_in_today_need_not_have_heard_what_was_told_before_the_leave() -> None:
    """Seen in a simulated year: the head's stand-in was spared for a stage the manager had got himself."""
    circle = replace(away("ou_boss", "ou_lead"), administrators=("ou_cs",))
    state = [accepted(service())]

    def head(*told: str) -> list[tuple[str, ...]]:
        found = due(
            state, circle.policy, circle, at("09-08 10:00"), lambda some: set(told).intersection(some)
        )
        return [one.to for one in found if one.stage == "head"]

    (manager,) = [r for r in reminders(service(), "09-08 10:00", circle) if r.stage == "manager"]

    assert head(manager.told_to("ou_boss")) == [("ou_cs",)]
    assert head(passed_on(manager.told_to("ou_boss"), "ou_cs")) == []


def test_a_backup_who_gave_it_away_does_not_hear_it_again_for_the_new_owner() -> None:
    """Seen in a simulated year: the new owner was on leave, and the old one is the backup."""
    circle, state = away("ou_dev"), [accepted(service())]

    def owner(*told: str) -> list[tuple[str, ...]]:
        found = due(state, circle.policy, circle, at("09-03 10:00"), set(told).intersection)
        return [one.to for one in found if one.stage == "breach"]

    (breach,) = [r for r in reminders(service(), "09-03 10:00", circle) if r.stage == "breach"]

    assert owner() == [("ou_dev2",)]
    assert owner(breach.told_to("ou_dev2")) == [("ou_boss",)]


def test_a_manager_who_heard_it_as_the_manager_does_not_hear_it_again_for_a_new_owner() -> None:
    """Seen in a simulated year: handed over a week later to somebody on leave, whose backup knew as well."""
    circle, state = away("ou_dev"), [accepted(service())]
    up = {r.stage: r for r in reminders(service(), "09-10 10:00", away()) if r.event == "overdue"}

    def owner(*told: str) -> list[tuple[str, ...]]:
        found = due(state, circle.policy, circle, at("09-10 10:00"), set(told).intersection)
        return [one.to for one in found if one.stage == "breach"]

    knows = [up["breach"].told_to("ou_dev2"), up["manager"].told_to("ou_boss")]
    assert owner(*knows) == [("ou_lead",)]
    assert owner(knows[0], passed_on(up["manager"].identity, "ou_boss")) == [("ou_lead",)]
    assert owner(*knows, up["head"].told_to("ou_lead")) == [], "it is for the owner alone, when they are back"


def test_a_manager_who_stands_in_for_the_owner_today_hears_for_the_other_manager_in_the_same_card() -> None:
    """Seen in a simulated year: the other manager's part came days later, as a card of its own."""
    route = replace(POLICY.routes[0], managers=("ou_boss", "ou_cs"), backup=())
    leave = Leave(people=("ou_dev", "ou_cs"), first=at("09-04 00:00").date(), last=at("09-30 00:00").date())
    circle = Circle(policy=replace(POLICY, routes=(route,), leaves=(leave,)), people=people)

    [stage] = [r for r in reminders(service(), "09-04 10:00", circle) if r.stage == "manager"]
    [notice] = folded(stage.notices())

    assert notice.open_id == "ou_boss"
    assert {stage.told_to("ou_boss"), stage.told_to("ou_cs")} < set(notice.covers)


def test_an_escalation_passes_over_who_stands_in_for_the_owner() -> None:
    found = told_at_once(service(), "09-10 10:00", away("ou_dev", "ou_dev2"))

    assert found == [("breach", "ou_boss"), ("head", "ou_lead")]


def test_an_escalation_ends_when_the_record_is_finished_paused_or_planned_anew() -> None:
    hardly = service(resolve_due=at("09-09 10:00"))

    assert overdue(hardly, "09-10 09:59", away("ou_dev")) == [("breach", ("ou_dev2",))]
    assert overdue(service(status="done"), "09-10 10:00", away("ou_dev")) == []
    assert overdue(service(status="waiting_customer"), "09-10 10:00", away("ou_dev")) == []


def test_a_hand_over_escalates_no_second_time() -> None:
    def manager(record: Requirement) -> list[str]:
        found = (n for r in reminders(record, "09-04 10:00", away()) for n in r.notices())
        return [n.identity for n in found if n.audience == "manager"]

    assert manager(service()) == manager(service(owner=("ou_dev2",)))


def test_a_team_may_add_a_step_to_the_escalation() -> None:
    rows = [t for t in POLICY.templates if t.event == "overdue"]
    last = template("overdue", audience=("administrator",), after_days=5.0)
    policy = with_templates(POLICY, *rows, last)
    circle = Circle(policy=policy, people=people, administrators=("ou_cs",))

    assert overdue(service(), "09-10 09:59", circle)[-1] == ("head", ("ou_lead",))
    assert overdue(service(), "09-10 10:00", circle)[-1] == ("administrator", ("ou_cs",))


def test_a_team_may_move_a_step_of_the_escalation() -> None:
    rows = [replace(t, after_days=0.5) for t in POLICY.templates if t.event == "overdue"]
    circle = Circle(policy=with_templates(POLICY, *rows), people=people)

    assert overdue(service(), "09-03 10:00", circle) == []
    assert [stage for stage, _ in overdue(service(), "09-03 15:30", circle)] == ["owner", "manager", "head"]
