"""A hand-made history judged again; every count was worked out on paper."""

from dataclasses import replace
from datetime import datetime

import pytest

from feishu_plugin.errors import ReportError
from feishu_plugin.policy import Move, Policy
from feishu_plugin.records import Person, Value
from feishu_plugin.reminders.audience import Circle
from feishu_plugin.reminders.rehearsal import rehearse
from feishu_plugin.reports.periods import span
from feishu_plugin.reports.replay.dues import missed_dues
from feishu_plugin.reports.replay.moves import MovesReplayed, replay_moves
from feishu_plugin.reports.replay.past import Past, read_past
from tests.builders import SCHEMA, local, policy, with_roles
from tests.fakes import MemoryTables

NOW = local("2026-09-30 12:00")
IN_FORCE = policy()
READY: dict[str, Value] = {
    "department": "support",
    "owner": ("ou_li",),
    "priority": "high",
    "planned_finish": local("2026-09-20"),
}


def person(open_id: str) -> Person:
    departments = ("管理部",) if open_id == "ou_boss" else ("客服",)
    return Person(open_id=open_id, name=open_id, departments=departments, roles=("support",))


def past(tables: MemoryTables, since: str = "2026-09-01", until: str = "2026-09-30") -> Past:
    return read_past(tables, IN_FORCE, span(since, until, IN_FORCE.worktime, NOW), NOW)


def told(
    tables: MemoryTables,
    rid: str,
    at: str,
    edge: tuple[str, str],
    verdict: str = "pass",
    by: str = "ou_li",
    **more: Value,
) -> None:
    values: dict[str, Value] = {
        "requirement": (rid,),
        "at": local(at),
        "from_status": edge[0],
        "to_status": edge[1],
        "verdict": verdict,
        "operator": (by,) if by else None,
        "source": "person",
        **more,
    }
    tables.put("transition", values)


def added(tables: MemoryTables, **values: Value) -> str:
    return tables.put("requirement", {"submitted_at": local("2026-09-01 10:00"), **READY, **values})


def replayed(tables: MemoryTables, then: Policy) -> MovesReplayed:
    return replay_moves(past(tables), IN_FORCE, then, person)


def test_a_move_that_only_managers_may_make_would_have_been_put_back() -> None:
    tables = MemoryTables(SCHEMA)
    for by in ("ou_li", "ou_li", "ou_wang", "ou_boss"):
        rid = added(tables, status="in_progress")
        told(tables, rid, "2026-09-02 10:00", ("pending", "in_progress"), by=by)

    found = replayed(tables, with_roles("pending", "in_progress", ("manager",)))

    assert found.verdicts()["put_back"] == {"recorded": 0, "in_force": 0, "then": 3}
    assert {key: count["then"] for key, count in found.by_person().items()} == {"ou_li": 2, "ou_wang": 1}
    assert {key: count["then"] for key, count in found.by_edge().items()} == {"pending>in_progress": 3}
    assert found.by_cause() == {"role": {"in_force": 0, "then": 3}}
    assert {case.because for case in found.newly_refused} == {"policy"}
    assert found.newly_passed == ()


def test_a_new_move_lets_pass_what_was_put_back() -> None:
    tables = MemoryTables(SCHEMA)
    told(tables, added(tables), "2026-09-02 10:00", ("testing", "void"), "put_back")
    then = replace(IN_FORCE, moves=(*IN_FORCE.moves, Move(from_status="testing", to_status="void")))

    found = replayed(tables, then)

    [case] = found.newly_passed
    assert (case.recorded, case.in_force, case.then, case.because) == (
        "put_back",
        "put_back",
        "pass",
        "policy",
    )


def test_fields_that_were_filled_since_are_not_laid_at_the_rules_door() -> None:
    tables = MemoryTables(SCHEMA)
    told(tables, added(tables), "2026-09-02 10:00", ("pending", "in_progress"), "put_back")

    [case] = replayed(tables, IN_FORCE).newly_passed

    assert case.because == "values"


def test_a_watched_move_is_not_put_back() -> None:
    tables = MemoryTables(SCHEMA)
    told(tables, added(tables), "2026-09-02 10:00", ("pending", "in_progress"))
    strict = with_roles("pending", "in_progress", ("manager",))
    watched = replace(strict, moves=tuple(replace(m, mode="observe") for m in strict.moves))

    found = replayed(tables, watched)

    assert found.verdicts()["observe"] == {"recorded": 0, "in_force": 0, "then": 1}
    assert found.newly_refused == ()


def test_a_move_that_a_manager_released_is_no_case_against_the_rules() -> None:
    tables = MemoryTables(SCHEMA)
    told(tables, added(tables), "2026-09-02 10:00", ("pending", "done"), reason="王放行：客户急")

    assert replayed(tables, IN_FORCE).newly_refused == ()


def test_only_peoples_moves_of_the_period_are_judged_and_lost_requirements_are_counted() -> None:
    tables = MemoryTables(SCHEMA)
    rid, lost = added(tables), added(tables)
    told(tables, rid, "2026-08-31 23:59", ("pending", "in_progress"))
    told(tables, rid, "2026-09-01 00:00", ("pending", "in_progress"))
    told(tables, rid, "2026-09-02 00:00", ("done", "closed"), source="rule", by="")
    told(tables, rid, "2026-09-30 23:59", ("pending", "in_progress"))
    told(tables, lost, "2026-09-02 10:00", ("pending", "in_progress"))
    tables.delete("requirement", lost)

    found = replayed(tables, IN_FORCE)

    assert (len(found.cases), found.deleted) == (2, 1)


def test_a_stay_that_is_asked_for_is_measured_from_the_move_before() -> None:
    tables = MemoryTables(SCHEMA)
    rid = added(tables, confirmation="no_reply")
    told(tables, rid, "2026-09-01 10:00", ("in_progress", "done"))
    told(tables, rid, "2026-09-08 09:00", ("done", "closed"))
    long = added(tables, confirmation="no_reply")
    told(tables, long, "2026-09-01 10:00", ("in_progress", "done"))
    told(tables, long, "2026-09-08 10:00", ("done", "closed"))
    # Five workdays after Tuesday 10:00 are over on Tuesday 10:00.
    cases = {c.record_id: c.then for c in replayed(tables, IN_FORCE).cases if c.to_status == "closed"}

    assert cases == {rid: "put_back", long: "pass"}


def with_days(days: float) -> Policy:
    limits = tuple(
        replace(row, resolve_days=days) if (row.type_class, row.priority) == ("service", "high") else row
        for row in IN_FORCE.limits
    )
    return replace(IN_FORCE, limits=limits)


def complaint(tables: MemoryTables, finished: str) -> str:
    """Came Tuesday 10:00: two workdays end on Thursday 10:00, three on Friday 10:00."""
    at = local(finished)
    rid = added(
        tables, type="complaint", status="done", finished_at=at, first_response_at=local("2026-09-01 11:00")
    )
    told(tables, rid, "2026-09-01 11:00", ("pending", "in_progress"))
    told(tables, rid, finished, ("in_progress", "done"))
    return rid


@pytest.mark.parametrize(
    ("finished", "in_force", "then"),
    [("2026-09-03 10:00", 0, 0), ("2026-09-03 10:01", 1, 0), ("2026-09-04 10:01", 1, 1)],
)
def test_due_times_missed_under_either_limit(finished: str, in_force: int, then: int) -> None:
    tables = MemoryTables(SCHEMA)
    complaint(tables, finished)

    resolve = next(m for m in missed_dues(past(tables), IN_FORCE, with_days(3)) if m.kind == "resolve")

    assert (len(resolve.in_force), len(resolve.then)) == (in_force, then)


def test_an_open_requirement_missed_what_is_past() -> None:
    tables = MemoryTables(SCHEMA)
    rid = added(tables, type="complaint", status="pending")
    void = added(tables, type="complaint", status="void")

    found = {m.kind: m.in_force for m in missed_dues(past(tables), IN_FORCE, IN_FORCE)}

    assert found == {"response": (rid,), "start": (), "resolve": (rid,)}
    assert void not in found["resolve"]


def test_reminders_of_the_period_by_person() -> None:
    tables = MemoryTables(SCHEMA)
    complaint(tables, "2026-09-04 12:00")
    known = past(tables)

    def counted(rules: Policy) -> dict[str, dict[str, int]]:
        found = rehearse(known, rules, Circle(policy=rules, people=person))
        return {who: dict(counts) for who, counts in found.items()}

    # Two days: soon on Wednesday, late on Thursday evening. Three: soon on Thursday, done on Friday.
    assert counted(IN_FORCE) == {"ou_li": {"due_soon": 1, "overdue": 1}}
    assert counted(with_days(3)) == {"ou_li": {"due_soon": 1, "overdue": 0}}


@pytest.mark.parametrize(("answered", "late"), [("2026-09-02 19:00", 1), ("2026-09-02 09:00", 0)])
def test_an_answer_that_came_after_the_evening_was_missing_that_evening(answered: str, late: int) -> None:
    """24 hours to answer: over on Wednesday 10:00. The answer of today's row may be younger."""
    tables = MemoryTables(SCHEMA)
    moment, finish = local(answered), local("2026-09-03 12:00")
    rid = added(
        tables,
        type="feature",
        status="done",
        first_response_at=moment,
        started_at=moment,
        finished_at=finish,
    )
    told(tables, rid, answered, ("pending", "in_progress"))
    told(tables, rid, "2026-09-03 12:00", ("in_progress", "done"))

    found = rehearse(past(tables), IN_FORCE, Circle(policy=IN_FORCE, people=person))

    assert {who: counts["overdue"] for who, counts in found.items()} == ({"ou_li": late} if late else {})


@pytest.mark.parametrize(
    ("begin", "end", "wanted"),
    [
        ("2026-09-01", "2026-09-02", (local("2026-09-01"), local("2026-09-03"))),
        ("2026-09-01T09:30", None, (local("2026-09-01 09:30"), NOW)),
        ("2026-09-01T09:30+00:00", "2026-09-02", (local("2026-09-01 17:30"), local("2026-09-03"))),
    ],
)
def test_a_span_is_read_in_the_teams_zone(
    begin: str, end: str | None, wanted: tuple[datetime, datetime]
) -> None:
    found = span(begin, end, IN_FORCE.worktime, NOW)

    assert (found.begin, found.end) == wanted


@pytest.mark.parametrize(
    ("begin", "end"), [("gestern", None), ("2026-09-02", "2026-09-01"), ("2026-13-01", None)]
)
def test_a_span_that_makes_no_sense_is_refused(begin: str, end: str | None) -> None:
    with pytest.raises(ReportError):
        span(begin, end, IN_FORCE.worktime, NOW)
