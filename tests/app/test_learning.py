"""A base learns its types once a month, in a process of its own; real processes, no mocks."""

import multiprocessing
from collections.abc import Iterator
from datetime import datetime

import pytest

from feishu_plugin.app.learning import LEFT_STANDING, School, homework_of
from feishu_plugin.records import Accepted, Record, Values
from feishu_plugin.rules.learned import Learned, Weights
from feishu_plugin.sync.known_types import KnownTypes, keep_types, known_types, month_learned
from tests import builders
from tests.app.test_training import lessons
from tests.sync.base import Base

WAIT_S = 120.0
"""For a process on a busy machine; it takes two seconds on a quiet one."""


@pytest.fixture
def school() -> Iterator[School]:
    found = School()
    yield found
    found.stop()


def base_with(count: int, submitted: str = "2026-08-20", more: Values | None = None) -> Base:
    base = Base(builders.policy(learn_rows=20.0))
    go_to(base, "2026-09-01 09:05")
    add(base, count, submitted, more=more)
    return base


def add(base: Base, count: int, submitted: str, seed: int = 1, more: Values | None = None) -> None:
    """Judged rows whose type people chose, unless ``more`` says otherwise."""
    for n, lesson in enumerate(lessons(count, seed=seed)):
        title, _, body = lesson.text.partition("\n")
        told: Values = {"title": title, "description": body, "type": lesson.option, "status": "in_progress"}
        came = builders.local(submitted)
        keep(base, f"rec{seed}{n}", {**told, "submitted_at": came, **(more or {})})


def keep(base: Base, rid: str, values: Values) -> None:
    state = Accepted(record=Record(record_id=rid, values=values), status_since=base.clock.now())
    base.store.states["requirement", rid] = state


def go_to(base: Base, moment: str) -> None:
    base.clock.advance((builders.local(moment) - base.clock.now()).total_seconds())


def learn(school: School, base: Base) -> str:
    """Begins, waits for the process, takes what it says."""
    now = base.clock.now()
    assert school.step(base.desk, now) == ""
    assert school.wait(WAIT_S)
    return school.step(base.desk, now)


def test_a_month_is_learned_from_and_the_desk_suggests_by_it(school: School) -> None:
    base = base_with(90)

    told = learn(school, base)

    assert "90 条需求" in told
    assert "Types were learned from 90" in told
    assert base.desk.suggest is not None
    asked = lessons(9, seed=5)
    right = [one.option for one in asked if getattr(base.desk.suggest(one.text), "option", "") == one.option]
    assert len(right) >= 8
    assert month_learned(base.store, base.desk.app_token) == "2026-09"


def test_a_row_that_comes_in_gets_the_learned_type(school: School) -> None:
    base = base_with(90)
    learn(school, base)
    title, _, body = lessons(1, ("suggestion",), seed=5)[0].text.partition("\n")

    rid = base.add(title=title, description=body)
    base.settle()

    assert (base.record(rid).get("type"), base.record(rid).get("classified_by")) == (
        "suggestion",
        "automatic",
    )


def test_it_survives_a_restart(school: School) -> None:
    base = base_with(90)
    learn(school, base)

    found = known_types(base.store, base.desk.app_token)

    assert found is not None
    assert found.learned is not None
    assert found.learned.rows == {"inquiry": 30, "problem": 30, "suggestion": 30}


def test_a_month_is_learned_from_once_and_the_next_one_again(school: School) -> None:
    base = base_with(90)
    learn(school, base)

    again = _begins(school, base, "2026-09-20 10:00")
    next_month = _begins(school, base, "2026-10-01 10:00")

    assert (again, next_month) == (False, True)


def test_what_is_no_better_leaves_what_is_in_use(school: School) -> None:
    """No row came since, so nothing can show that the new one is better."""
    base = base_with(90)
    learn(school, base)
    before = base.desk.suggest
    go_to(base, "2026-10-01 09:05")

    told = learn(school, base)

    assert "no better" in told
    assert base.desk.suggest is before
    assert month_learned(base.store, base.desk.app_token) == "2026-10"


def test_with_too_few_rows_nothing_begins_until_there_are_enough(school: School) -> None:
    base = base_with(30)
    few = _begins(school, base, "2026-09-01 10:00")
    add(base, 60, "2026-09-01", seed=2)

    same_day, next_day = _begins(school, base, "2026-09-01 11:00"), _begins(school, base, "2026-09-02 09:05")

    assert (few, same_day, next_day) == (False, False, True)


def test_it_can_be_switched_off(school: School) -> None:
    base = base_with(90)
    base.desk.policy = builders.policy(learn_rows=0.0)

    assert not _begins(school, base, "2026-09-01 10:00")


def test_a_process_that_dies_is_told_as_no_better_and_stops_nothing(school: School) -> None:
    base = base_with(90)
    school.step(base.desk, base.clock.now())
    [process] = [child for child in multiprocessing.active_children() if child.name == "learning"]
    process.kill()
    assert school.wait(WAIT_S)

    told = school.step(base.desk, base.clock.now())

    assert "stays" in told
    assert base.desk.suggest is None


def test_what_another_replica_learned_is_taken_over(school: School) -> None:
    base, other = base_with(90), School()
    learn(other, base)
    base.desk.suggest = None

    school.step(base.desk, base.clock.now())

    assert isinstance(base.desk.suggest, KnownTypes)


def test_damaged_numbers_suggest_nothing_and_stop_nothing() -> None:
    base = base_with(0)
    now = base.clock.now()
    keep_types(base.store, base.desk.app_token, _empty(now))
    base.store.keep(base.desk.app_token, "learned_types", {"version": 1, "options": 7})

    found = known_types(base.store, base.desk.app_token)

    assert found is not None
    assert found("报错") is None


@pytest.mark.parametrize(
    ("values", "weight"),
    [
        ({}, 1.0),
        ({"classified_by": "person", "status": "pending"}, 1.0),
        ({"classified_by": "automatic", "status": "in_progress"}, LEFT_STANDING),
        ({"classified_by": "automatic", "status": "pending"}, None),
        ({"type": None}, None),
        ({"title": None, "description": None}, None),
    ],
)
def test_who_chose_the_type_says_what_a_row_counts(values: Values, weight: float | None) -> None:
    base = base_with(1, more=values)

    found = [one.weight for one in homework_of(base.desk, base.clock.now()).lessons]

    assert found == ([] if weight is None else [weight])


def test_rows_that_came_since_are_new() -> None:
    base = base_with(3, "2026-08-20")
    add(base, 3, "2026-08-30", seed=2)
    keep_types(base.store, base.desk.app_token, _empty(builders.local("2026-08-25")))
    base.desk.suggest = known_types(base.store, base.desk.app_token)

    found = homework_of(base.desk, base.clock.now())

    assert [one.is_new for one in found.lessons] == [True] * 3 + [False] * 3


def _empty(at: datetime) -> Learned:
    nothing = Weights(places={}, rarity=[], values=[])
    return Learned(
        options=("problem", "inquiry"),
        whole=nothing,
        title=nothing,
        bias=(0.0, 0.0),
        sharpness=1.0,
        at=at,
        accuracy=0.5,
    )


def _begins(school: School, base: Base, moment: str) -> bool:
    go_to(base, moment)
    school.step(base.desk, base.clock.now())
    began = school.is_busy()
    school.stop()
    return began
