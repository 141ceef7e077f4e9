"""The last millisecond of a month and the first instant of the next, in three zones.

March ends in London when its clock is one hour ahead already: 31 March 23:00 UTC.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from feishu_plugin.policy import Policy
from feishu_plugin.records import Requirement, Transition, Value
from feishu_plugin.reports.breakdown import channel_rows, dimension_rows, timeliness_rows
from feishu_plugin.reports.facts import Facts
from feishu_plugin.reports.measures import MEASURES, STAGE_MEASURES, TIMELINESS_MEASURES
from feishu_plugin.reports.review import overdue
from feishu_plugin.reports.stages import stages_of
from feishu_plugin.worktime import WorkTime
from tests.builders import policy
from tests.reports import told

MARCH, APRIL = "2026-03", "2026-04"
MIDNIGHTS = {
    "Asia/Shanghai": datetime(2026, 3, 31, 16, tzinfo=UTC),
    "UTC": datetime(2026, 4, 1, tzinfo=UTC),
    "Europe/London": datetime(2026, 3, 31, 23, tzinfo=UTC),
}
"""When April begins."""
EARLIER = datetime(2026, 2, 2, 9, tzinfo=UTC)
"""Nothing else happens in March."""
INSTANT = datetime.max.replace(tzinfo=UTC)
"""Stands for the instant that is looked at."""


@dataclass(frozen=True)
class Life:
    """A requirement with one thing that happens at ``INSTANT``, and who must count it then."""

    counted_by: frozenset[str]
    chain: Sequence[tuple[datetime, str]] = ()
    submitted: datetime = EARLIER
    verdict: str = "pass"
    values: Mapping[str, Value] = field(default_factory=dict)


def early(days: int) -> datetime:
    return EARLIER + timedelta(days=days)


_ANSWERED = {"response_rate", "response_mean", "response_median", "response_p90"}
_FINISHED = {
    *("resolved", "finished", "resolution_days", "resolution_median", "resolution_p90", "resolution_high"),
    *("on_time_rate", "hit_rate", "recurrence_rate", "resolution_rate"),
}
LIVES: Mapping[str, Life] = {
    "submitted": Life(
        frozenset({"created", "customers", "cohort_rate", "resolution_rate", *_ANSWERED}),
        submitted=INSTANT,
        values={"customer_name": "甲公司", "first_response_at": datetime(2026, 4, 1, 20, tzinfo=UTC)},
    ),
    "finished": Life(
        frozenset(_FINISHED),
        [(early(1), "in_progress"), (INSTANT, "done")],
        values={"priority": "high", "resolve_due": datetime(2026, 12, 1, tzinfo=UTC)},
    ),
    "suggested": Life(
        frozenset({"created", "cohort_rate", "resolution_rate", "suggestion_accuracy", *_ANSWERED}),
        submitted=INSTANT,
        values={
            "classified_by": "automatic",
            "classified_confidence": 0.8,
            "first_response_at": datetime(2026, 4, 1, 20, tzinfo=UTC),
        },
    ),
    "answered": Life(
        frozenset({"created", "cohort_rate", "resolution_rate", "faq_answered", *_ANSWERED}),
        submitted=INSTANT,
        values={"knowledge": ("rec_faq",), "first_response_at": datetime(2026, 4, 1, 20, tzinfo=UTC)},
    ),
    "closed": Life(
        frozenset({"satisfaction", "satisfied_share", "survey_response"}),
        [(early(1), "done"), (INSTANT, "closed")],
        values={"score": 5.0},
    ),
    "closed directly": Life(frozenset({"closed"}), [(INSTANT, "closed")]),
    "reopened": Life(
        frozenset({"reopened", "reopened_again"}),
        [(early(1), "done"), (early(2), "in_progress"), (early(3), "done"), (INSTANT, "in_progress")],
    ),
    "voided": Life(frozenset({"voided"}), [(INSTANT, "void")]),
    "shelved": Life(frozenset({"shelved"}), [(INSTANT, "shelved")]),
    "resumed": Life(frozenset({"resumed"}), [(early(1), "shelved"), (INSTANT, "pending")]),
    "put back": Life(frozenset({"put_back"}), [(INSTANT, "closed")], verdict="put_back"),
}
CASES = [(name, key) for name, life in LIVES.items() for key in sorted(life.counted_by)]
MOMENTS = [(-1, MARCH), (0, APRIL)]
"""Milliseconds after midnight, and the month to which they belong."""


def rules(zone: str) -> Policy:
    return replace(policy(), worktime=WorkTime(zone=ZoneInfo(zone)))


def facts(life: Life, at: datetime, month: str, zone: str) -> Facts:
    def when(moment: datetime) -> datetime:
        return at if moment is INSTANT else moment

    ledger: list[Transition] = []
    before = "pending"
    for moment, status in life.chain:
        values: dict[str, Value] = {
            "requirement": ("rec1",),
            "at": when(moment),
            "from_status": before,
            "to_status": status,
            "verdict": life.verdict,
        }
        ledger.append(Transition(record_id=f"led{len(ledger)}", values=values))
        before = before if life.verdict == "put_back" else status
    given: dict[str, Value] = {"submitted_at": when(life.submitted), "status": before, **life.values}
    record = Requirement(record_id="rec1", values=given)
    return told.facts([record], ledger, month=month, rules=rules(zone), entries={"rec_faq": EARLIER})


def edges(name: str, zone: str, milliseconds: int) -> dict[str, Facts]:
    """The facts of both months, when it happens so many milliseconds after midnight."""
    at = MIDNIGHTS[zone] + timedelta(milliseconds=milliseconds)
    return {month: facts(LIVES[name], at, month, zone) for month in (MARCH, APRIL)}


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "month"), MOMENTS, ids=["last", "first"])
@pytest.mark.parametrize(("name", "key"), CASES)
def test_what_happens_at_an_edge_belongs_to_one_month(
    name: str, key: str, milliseconds: int, month: str, zone: str
) -> None:
    counted = [
        one for one, known in edges(name, zone, milliseconds).items() if told.figure(key, known).record_ids
    ]

    assert counted == [month]


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "left"), [(-1, MARCH), (0, APRIL)])
def test_what_is_finished_at_an_edge_is_handed_over_or_not(milliseconds: int, left: str, zone: str) -> None:
    known = edges("finished", zone, milliseconds)
    open_at_the_end = {month: told.figure("closing", one).value for month, one in known.items()}

    assert open_at_the_end == {MARCH: float(left == APRIL), APRIL: 0}
    assert told.figure("opening", known[APRIL]).value == open_at_the_end[MARCH]


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "month"), MOMENTS)
def test_a_stay_and_its_time_belong_to_the_month_in_which_it_ended(
    milliseconds: int, month: str, zone: str
) -> None:
    known = edges("finished", zone, milliseconds)
    stays = {one: {s.status: len(s.stays) for s in stages_of(two)} for one, two in known.items()}
    spent = {one: bool(stages_of(two)) and stages_of(two)[0].whole > 0 for one, two in known.items()}

    assert stays[month].get("in_progress") == 1
    assert [one for one in stays if stays[one].get("in_progress")] == [month]
    assert [one for one, some in spent.items() if some] == [month]


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "months"), [(-1, [MARCH, APRIL]), (0, [APRIL])])
def test_what_is_due_at_an_edge_is_late_from_then_on(milliseconds: int, months: list[str], zone: str) -> None:
    at = MIDNIGHTS[zone] + timedelta(milliseconds=milliseconds)
    life = Life(frozenset(), values={"resolve_due": at})

    assert [month for month in (MARCH, APRIL) if [*overdue(facts(life, at, month, zone))]] == months


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "months"), [(-1, [MARCH]), (0, [MARCH, APRIL])])
def test_what_is_finished_too_late_is_late_in_that_month(
    milliseconds: int, months: list[str], zone: str
) -> None:
    """Open at the end of March, it was late there as well."""
    at = MIDNIGHTS[zone] + timedelta(milliseconds=milliseconds)
    life = Life(frozenset(), [(INSTANT, "done")], values={"resolve_due": early(3)})

    assert [month for month in (MARCH, APRIL) if [*overdue(facts(life, at, month, zone))]] == months


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "months"), [(-1, [MARCH, APRIL]), (0, [APRIL])])
def test_an_override_counts_from_the_submission(milliseconds: int, months: list[str], zone: str) -> None:
    at = MIDNIGHTS[zone] + timedelta(milliseconds=milliseconds)
    held: dict[str, Value] = {
        "manual_priority": "high",
        "override_reason": "总经理要求",
        "override_until": datetime(2026, 12, 31, 12, tzinfo=UTC),
    }
    life = Life(frozenset(), submitted=INSTANT, values=held)
    counted = [
        month for month in (MARCH, APRIL) if told.figure("overrides", facts(life, at, month, zone)).value
    ]

    assert counted == months


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "months"), [(-1, [MARCH]), (0, [MARCH, APRIL])])
def test_an_override_counts_until_it_ends(milliseconds: int, months: list[str], zone: str) -> None:
    """Midnight is how people enter a day: it holds until that day ends."""
    at = MIDNIGHTS[zone] + timedelta(milliseconds=milliseconds)
    held: dict[str, Value] = {
        "manual_priority": "high",
        "override_reason": "总经理要求",
        "override_until": at,
    }
    life = Life(frozenset(), values=held)
    counted = [
        month for month in (MARCH, APRIL) if told.figure("overrides", facts(life, at, month, zone)).value
    ]

    assert counted == months


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "month"), MOMENTS)
def test_the_parts_are_cut_where_the_whole_is(milliseconds: int, month: str, zone: str) -> None:
    """Channels, priorities and every dimension."""
    known = edges("submitted", zone, milliseconds)
    for rows in (channel_rows, timeliness_rows, dimension_rows):
        counted = {
            one: sum(
                figure.value or 0 for row in rows(two) for figure in row.figures if figure.key == "created"
            )
            for one, two in known.items()
        }
        assert [one for one, number in counted.items() if number] == [month]


@pytest.mark.parametrize("zone", MIDNIGHTS)
@pytest.mark.parametrize(("milliseconds", "value"), [(-1, 1.0), (0, 1.0), (1, 0.0)])
def test_an_answer_is_in_time_to_the_millisecond(milliseconds: int, value: float, zone: str) -> None:
    """24 plain hours, also over a night in which the clock is set."""
    at = MIDNIGHTS[zone]
    answered = at + timedelta(hours=24, milliseconds=milliseconds)
    life = Life(frozenset(), submitted=at, values={"first_response_at": answered})

    assert told.figure("response_rate", facts(life, at, APRIL, zone)).value == value


def test_every_measure_has_an_edge() -> None:
    """Those of other priorities and the stages follow the finish, the rest has its own test here."""
    elsewhere = {"opening", "closing", "overrides", "resolution_medium", "resolution_low", "faq_saved_days"}
    stages = {measure.key for measure in STAGE_MEASURES}
    known = {key for _, key in CASES} | elsewhere | stages

    assert {m.key for m in (*MEASURES, *TIMELINESS_MEASURES, *STAGE_MEASURES)} <= known
