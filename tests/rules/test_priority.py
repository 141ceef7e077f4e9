"""Priority against a table computed by hand, and what must hold for every evaluation."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feishu_plugin.records import Requirement, Value
from feishu_plugin.rules.actions import SetFields
from feishu_plugin.rules.case import Case
from feishu_plugin.rules.decide import Question, decide
from feishu_plugin.rules.priority import Rating, rate, rule
from tests.builders import local, policy
from tests.rules.questions import accepted

NOW = local("2026-09-01 10:00")
POLICY = policy()

HIGHEST: dict[str, Value] = {
    "customer_value": 5.0, "business_value": 5.0, "scope": "all", "urgency": "high", "effort": "low",
    "difficulty": "low",
}  # fmt: skip
LOWEST: dict[str, Value] = {
    "customer_value": 1.0, "business_value": 1.0, "scope": "single", "urgency": "low", "effort": "high",
    "difficulty": "high",
}  # fmt: skip
MIDDLE: dict[str, Value] = {
    "customer_value": 3.0, "business_value": 3.0, "scope": "multiple", "urgency": "medium",
    "effort": "medium", "difficulty": "medium",
}  # fmt: skip


def rated(values: dict[str, Value], **more: Value) -> Rating:
    return rate(POLICY, Requirement(record_id="rec1", values={"status": "pending", **values, **more}), NOW)


def written(values: dict[str, Value], now: datetime = NOW, **more: Value) -> dict[str, Value]:
    found = Requirement(record_id="rec1", values={"status": "pending", **values, **more})
    actions = rule(Case(policy=POLICY, record=found, accepted=None, now=now))
    return {k: v for action in actions if isinstance(action, SetFields) for k, v in action.values.items()}


@pytest.mark.parametrize(
    ("values", "importance", "quadrant", "score", "level", "priority"),
    [
        # importance 0.4·5 + 0.4·5 + 0.2·5 = 5; (0.6·5 + 0.3·5 + 0.1·5 − 1) / 4 = 100 %
        (HIGHEST, 5.0, "urgent_important", 100.0, 5, "high"),
        (LOWEST, 1.0, "neither", 0.0, 1, "low"),
        (MIDDLE, 3.0, "neither", 50.0, 3, "medium"),
        ({}, 3.0, "neither", 50.0, 3, "medium"),
        # 0.4·4 + 0.4·3 + 0.2·1 = 3.0; 0.6·3 + 0.3·5 + 0.1·(1+3)/2 = 3.5 → 62.5
        ({"customer_value": 4.0, "business_value": 3.0, "scope": "single", "urgency": "high",
          "effort": "high", "difficulty": "medium"}, 3.0, "urgent", 62.5, 4, "high"),
        # 0.4·5 + 0.4·2 + 0.2·3 = 3.4; 0.6·3.4 + 0.3·1 + 0.1·(5+1)/2 = 2.64 → 41.0
        ({"customer_value": 5.0, "business_value": 2.0, "scope": "multiple", "urgency": "low",
          "effort": "low", "difficulty": "high"}, 3.4, "neither", 41.0, 3, "medium"),
        # the same from a VIP: 3.9, important; 0.6·3.9 + 0.3 + 0.3 = 2.94 → 48.5
        ({"customer_value": 5.0, "business_value": 2.0, "scope": "multiple", "urgency": "low",
          "effort": "low", "difficulty": "high", "customer_level": "vip"},
         3.9, "important", 48.5, 3, "medium"),
        # only 重要 adds nothing
        ({**MIDDLE, "customer_level": "important"}, 3.0, "neither", 50.0, 3, "medium"),
        # a VIP is never more than 5
        ({**HIGHEST, "customer_level": "vip"}, 5.0, "urgent_important", 100.0, 5, "high"),
        # 0.4·2 + 0.4·1 + 0.2·1 = 1.4; 0.6·1.4 + 0.3·1 + 0.1·3 = 1.44 → 11.0
        ({"customer_value": 2.0, "business_value": 1.0, "scope": "single", "urgency": "low"},
         1.4, "neither", 11.0, 1, "low"),
    ],
)  # fmt: skip
def test_the_hand_computed_table(
    values: dict[str, Value], importance: float, quadrant: str, score: float, level: int, priority: str
) -> None:
    found = rated(values)

    assert (found.importance, found.quadrant, found.score) == (importance, quadrant, score)
    assert (found.level, found.priority) == (level, priority)


def test_what_is_not_filled_counts_as_the_middle_and_is_named() -> None:
    found = rated({"customer_value": 5.0, "urgency": "high"})

    # 0.4·5 + 0.4·3 + 0.2·3 = 3.8; 0.6·3.8 + 0.3·5 + 0.1·3 = 4.08 → 77.0
    assert (found.importance, found.score) == (3.8, 77.0)
    assert found.missing == ("business_value", "scope", "effort", "difficulty")
    assert str(written({"customer_value": 5.0, "urgency": "high"})["priority_note"]).endswith(
        "未填按中间值计：业务价值、影响范围、资源投入、技术难度"
    )


def test_the_quadrants_are_ordered_as_the_process_says() -> None:
    """紧急且重要 > 重要不紧急 > 紧急不重要 > 不紧急不重要, ease being equal."""
    important = {**MIDDLE, "customer_value": 5.0, "business_value": 5.0, "scope": "all"}
    cases = [{**important, "urgency": "high"}, {**important, "urgency": "low"}, {**MIDDLE, "urgency": "high"},
             {**MIDDLE, "urgency": "low"}]  # fmt: skip

    found = [rated(case) for case in cases]

    assert [one.quadrant for one in found] == ["urgent_important", "important", "urgent", "neither"]
    assert [one.score for one in found] == [95.0, 65.0, 65.0, 35.0]
    assert [one.level for one in found] == [5, 4, 4, 2]


@pytest.mark.parametrize(
    ("due", "submitted", "quadrant"),
    [
        # 2 workdays from Tuesday 2026-09-01 10:00 is Thursday 10:00; a problem of 中 has 4 workdays
        ("2026-09-03 10:00", "2026-08-28 10:00", "urgent"),
        ("2026-09-03 10:01", "2026-08-28 10:01", "neither"),
        ("2026-09-01 09:00", "2026-08-26 09:00", "urgent"),
        ("2026-09-10 10:00", "2026-09-04 10:00", "neither"),
    ],
)
def test_what_is_due_within_two_workdays_is_urgent(due: str, submitted: str, quadrant: str) -> None:
    assert rated(MIDDLE, planned_finish=local(due)).quadrant == quadrant
    assert rated(MIDDLE, type="problem", submitted_at=local(submitted)).quadrant == quadrant


def test_a_limit_that_depends_on_the_priority_never_answers_it() -> None:
    """What is not high is due at once and so high; what is high has longer, and would be not high again."""
    limits = (replace(row, resolve_days=9.0 if row.priority == "high" else 1.0) for row in POLICY.limits)
    values: dict[str, Value] = {
        "type": "problem", "customer_value": 4.0, "business_value": 4.0, "scope": "single", "urgency": "low",
        "customer_level": "vip", "submitted_at": NOW, "status": "pending",
    }  # fmt: skip
    question = Question(
        policy=replace(POLICY, limits=tuple(limits)),
        record=Requirement(record_id="rec1", values=values),
        accepted=None,
        now=NOW,
        adopt=True,
    )

    once = decide(question)
    again = decide(replace(question, record=once.record, accepted=accepted(once.record), adopt=False))

    assert (once.record.priority, once.record.resolve_due) == ("high", local("2026-09-14 10:00"))
    assert again.changes == {}


def test_the_plan_counts_before_the_limit_and_finished_work_is_not_urgent() -> None:
    soon, late = local("2026-09-02"), local("2026-09-20")

    limited: dict[str, Value] = {"type": "problem", "submitted_at": soon - timedelta(days=10)}
    assert rated({**MIDDLE, **limited}).quadrant == "urgent"
    assert rated({**MIDDLE, **limited}, planned_finish=late).quadrant == "neither"
    assert rated(MIDDLE, planned_finish=soon, finished_at=NOW).quadrant == "neither"


def test_urgent_and_important_is_at_least_level_four() -> None:
    """Importance just at 3.5 and a score below 60, made urgent by its date."""
    values: dict[str, Value] = {
        "customer_value": 4.0, "business_value": 4.0, "scope": "single", "urgency": "low", "effort": "high",
        "difficulty": "high",
    }  # fmt: skip

    calm, pressing = (
        rated(values, customer_level="vip"),
        rated(values, customer_level="vip", planned_finish=NOW),
    )

    assert (calm.importance, calm.quadrant, calm.level) == (3.9, "important", 3)
    assert (pressing.quadrant, pressing.score, pressing.level) == ("urgent_important", calm.score, 4)
    assert pressing.priority == "high"


@pytest.mark.parametrize(
    ("count", "level", "priority"), [(29.0, 1, "low"), (30.0, 4, "high"), (None, 1, "low")]
)
def test_what_many_ask_for_is_at_least_high(count: float | None, level: int, priority: str) -> None:
    found = rated(LOWEST, similar_count=count)

    assert (found.level, found.priority, found.score) == (level, priority, 0.0)


@pytest.mark.parametrize(
    ("days_ago", "count", "priority"),
    [(0, 29, "low"), (0, 30, "high"), (6.9, 30, "high"), (7, 30, "low"), (1, 0, "low")],
)
def test_only_the_duplicates_of_the_last_week_count(days_ago: float, count: int, priority: str) -> None:
    """The total of many years says nothing about now."""
    found = Requirement(record_id="rec1", values={"status": "pending", **LOWEST, "similar_count": 500.0})
    repeats = (NOW - timedelta(days=days_ago),) * count

    assert rate(POLICY, found, NOW, repeats).priority == priority


@pytest.mark.parametrize(
    ("days", "score"), [(0, 50.0), (0.9, 50.0), (6, 51.0), (15, 52.5), (30, 55.0), (300, 55.0), (-3, 50.0)]
)
def test_age_adds_up_to_five_points_by_whole_days(days: float, score: float) -> None:
    assert rated(MIDDLE, submitted_at=NOW - timedelta(days=days)).score == score


def test_finished_work_does_not_age() -> None:
    assert rated(MIDDLE, submitted_at=NOW - timedelta(days=60), finished_at=NOW).score == 50.0


@pytest.mark.parametrize(
    ("score_of", "level"), [(19.5, 1), (20.0, 2), (40.0, 3), (59.5, 3), (60.0, 4), (80.0, 5)]
)
def test_levels_begin_at_their_thresholds(score_of: float, level: int) -> None:
    """Only 客户价值 counts, so the score is 25 points a step."""
    plain = policy(weight_business_value=0.0, weight_scope=0.0, score_urgency=0.0, score_ease=0.0)
    found = Requirement(record_id="rec1", values={"customer_value": 1 + score_of / 25, "urgency": "low"})

    rating = rate(plain, found, NOW)

    assert (rating.score, rating.level) == (score_of, level)


OVERRIDE: dict[str, Value] = {
    "manual_priority": "low", "override_reason": "客户同意延后", "override_until": local("2026-09-10 18:00"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "now", "priority", "said"),
    [
        ({}, "2026-09-10 17:59", "low", "人工改为低，至 2026-09-10：客户同意延后"),
        ({"override_reason": None}, "2026-09-01 10:00", "high", "人工优先级需要填写改写理由和有效期才生效"),
        ({"override_until": None}, "2026-09-01 10:00", "high", "人工优先级需要填写改写理由和有效期才生效"),
        ({"manual_priority": None}, "2026-09-01 10:00", "high", "级（高）"),
    ],
)
def test_an_override_needs_a_reason_and_an_end_and_ends(
    changes: dict[str, Value], now: str, priority: str, said: str
) -> None:
    found = written({**HIGHEST, **OVERRIDE, **changes}, now=local(now))

    assert found["priority"] == priority
    assert str(found["priority_note"]).endswith(said)
    assert (found["priority_level"], found["priority_score"]) == (5.0, 100.0), (
        "the computed one stays visible"
    )


def test_a_vip_bonus_is_said_in_words() -> None:
    assert str(written(MIDDLE, customer_level="vip")["priority_note"]).startswith(
        "重要度 3.5（含 VIP 加分）；"
    )


@pytest.mark.parametrize("status", ["closed", "void"])
def test_what_has_ended_keeps_its_priority(status: str) -> None:
    assert written(HIGHEST, status=status) == {}


def test_a_cell_of_the_matrix_decides_and_a_pair_without_one_is_scored() -> None:
    cells = {("all", "high"): 2, ("single", "low"): 5}
    rules = policy(priority_matrix=cells)

    def level(values: dict[str, Value], **more: Value) -> tuple[int, str, float]:
        found = rate(rules, Requirement(record_id="rec1", values={**values, **more}), NOW)
        return found.level, found.priority, found.score

    assert level(HIGHEST) == (2, "low", 100.0)
    assert level(LOWEST) == (5, "high", 0.0)
    assert level(MIDDLE) == (3, "medium", 50.0)
    assert level(HIGHEST, urgency=None) == (5, "high", 85.0)
    assert level(HIGHEST, scope=None) == (5, "high", 94.0)


def test_odd_parameters_are_survived() -> None:
    """A team that sets every weight to nothing, or a floor above the top, still gets a priority."""
    nothing = policy(
        weight_customer_value=0.0, weight_business_value=0.0, weight_scope=0.0, score_importance=0.0,
        score_urgency=0.0, score_ease=0.0, urgent_important_level=9.0, important_from=0.0,
    )  # fmt: skip

    found = rate(nothing, Requirement(record_id="rec1", values=HIGHEST), NOW)

    assert (found.score, found.level, found.priority) == (0.0, 5, "high")


grades = st.none() | st.integers(1, 5).map(float)
three = st.none() | st.sampled_from(["low", "medium", "high"])
evaluations = st.fixed_dictionaries(
    {
        "customer_value": grades,
        "business_value": grades,
        "scope": st.none() | st.sampled_from(["single", "multiple", "all"]),
        "urgency": three,
        "effort": three,
        "difficulty": three,
        "customer_level": st.none() | st.sampled_from(["vip", "important", "normal"]),
        "similar_count": st.none() | st.integers(0, 60).map(float),
        "submitted_at": st.none() | st.integers(-5, 100).map(lambda days: NOW - timedelta(days=days)),
        "planned_finish": st.none() | st.integers(-100, 400).map(lambda hours: NOW + timedelta(hours=hours)),
    }
)

WORSE_TO_BETTER: dict[str, list[Value]] = {
    "customer_value": [1.0, 2.0, 3.0, 4.0, 5.0],
    "business_value": [1.0, 2.0, 3.0, 4.0, 5.0],
    "scope": ["single", "multiple", "all"],
    "urgency": ["low", "medium", "high"],
    "effort": ["high", "medium", "low"],
    "difficulty": ["high", "medium", "low"],
    "customer_level": ["normal", "vip"],
    "similar_count": [0.0, 29.0, 30.0, 31.0],
    "submitted_at": [NOW - timedelta(days=days) for days in (0, 1, 15, 30, 90)],
    "planned_finish": [NOW + timedelta(hours=hours) for hours in (400, 48, 47, 1, -1)],
}


@given(evaluations)
def test_a_score_is_between_0_and_100_and_its_level_fits(values: dict[str, Value]) -> None:
    found = rated(values)

    assert 0 <= found.score <= 100
    assert 1 <= found.level <= 5
    assert found.level >= 1 + sum(found.score >= threshold for threshold in (20, 40, 60, 80))
    assert found.priority == {1: "low", 2: "low", 3: "medium", 4: "high", 5: "high"}[found.level]


@pytest.mark.parametrize("key", WORSE_TO_BETTER)
@given(values=evaluations)
def test_more_of_any_input_never_lowers_the_priority(key: str, values: dict[str, Value]) -> None:
    found = [rated(values, **{key: value}) for value in WORSE_TO_BETTER[key]]

    assert [one.score for one in found] == sorted(one.score for one in found)
    assert [one.level for one in found] == sorted(one.level for one in found)


@given(evaluations, st.floats(-10, 20))
def test_a_grade_outside_one_to_five_breaks_nothing(values: dict[str, Value], grade: float) -> None:
    assert 0 <= rated(values, customer_value=grade).score <= 100
